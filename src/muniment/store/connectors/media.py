"""Media types (RFC 6838): from a name, checked against the first bytes."""

from pathlib import PurePosixPath

BINARY = "application/octet-stream"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
HEAD = 4096  # bytes that are looked at

_NAMES = {
    "text/html": "html htm",
    "application/xhtml+xml": "xhtml",
    "text/markdown": "md markdown mdx",
    "text/x-rst": "rst",
    "text/x-python": "py pyi pyx pxd",
    "text/javascript": "js mjs cjs jsx",
    "text/typescript": "ts tsx",
    "text/x-c": "c h",
    "text/x-c++": "cc cpp cxx hpp hh",
    "text/x-java": "java kt scala",
    "text/x-go": "go",
    "text/x-rust": "rs",
    "text/x-ruby": "rb",
    "text/x-php": "php",
    "text/x-csharp": "cs",
    "text/x-sql": "sql",
    "text/x-shellscript": "sh bash zsh fish",
    "text/css": "css scss less",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "text/plain": "txt text log cfg ini conf",
    "application/json": "json",
    "application/x-ndjson": "jsonl ndjson",
    "application/xml": "xml",
    "application/yaml": "yaml yml",
    "application/toml": "toml",
    "application/pdf": "pdf",
    DOCX: "docx",
    "message/rfc822": "eml",
    "application/mbox": "mbox mbx",
    "application/vnd.apache.parquet": "parquet",
}
_BY_EXTENSION = {f".{extension}": kind for kind, extensions in _NAMES.items() for extension in extensions.split()}
_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"PAR1", "application/vnd.apache.parquet"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\x1f\x8b", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\0", "application/x-xz"),
    (b"(\xb5/\xfd", "application/zstd"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"\x7fELF", BINARY),
    (b"MZ\x90\0", BINARY),
    (b"\xca\xfe\xba\xbe", BINARY),
    (b"SQLite format 3\0", "application/vnd.sqlite3"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
)
_HOLDS = {DOCX: ("application/zip", "application/x-ole-storage"), "application/pdf": ("application/pdf",)}
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")  # byte order marks of text that has NUL bytes by right


def media_type(path: str, head: bytes) -> str:
    """Media type of a file from its name and its first bytes (`HEAD` of them).

    A name is believed unless the bytes are known to be something else; a name that says nothing is text unless it holds NUL bytes.
    """
    named = _BY_EXTENSION.get(PurePosixPath(path).suffix.lower())
    found = next((kind for mark, kind in _MAGIC if head.startswith(mark)), None)
    if found is not None and found != named and found not in _HOLDS.get(named or "", ()):
        return found
    if named is not None:
        return named
    if head.startswith(b"From ") and b"\nFrom: " in head:
        return "application/mbox"
    return BINARY if b"\0" in head and not head.startswith(_WIDE) else "text/plain"
