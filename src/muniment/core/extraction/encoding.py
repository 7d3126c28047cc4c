"""Bytes become text: the declared or detected encoding, never a guess that loses characters silently."""

import codecs
import re

import charset_normalizer

from muniment.core.extraction.extracted import truncated
from muniment.errors import InvalidRecord

# The longest mark first: UTF-32LE begins with the mark of UTF-16LE.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# PEP 263 in source code, <meta charset> in HTML, <?xml encoding> in XML: all stand near the beginning.
_DECLARED = re.compile(rb"(?:coding|charset)[:=][ \t]*[\"']?([-\w.]{2,40})", re.IGNORECASE)
_SAMPLE = 1 << 16
_MAX_CHAOS = 0.2  # charset-normalizer's mess ratio; above it what comes out is noise


def decode(raw: bytes) -> tuple[str, tuple[str, ...]]:
    """Text of `raw` and the transform that made it (none for plain UTF-8).

    Tries byte order marks, UTF-8, the declared encoding, then charset-normalizer on the first 64 KB. Raises `InvalidRecord`:
    `NUL_BYTES`, `INVALID_UTF16`, `TRUNCATED` (cut within a character), `BAD_ENCODING`.
    """
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return _without_nul(_decode_marked(raw, encoding)), (f"decode:{encoding}@1",)
    if b"\0" in raw:
        raise _nul()
    try:
        return raw.decode(), ()
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data" and len(raw) - error.start < 4 and error.start > 0:
            raise truncated("text") from None
    return _decode_declared(raw) or _decode_detected(raw)


def _decode_marked(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        reason = "INVALID_UTF16" if encoding == "utf-16" else "BAD_ENCODING"
        raise InvalidRecord(reason, f"The file is marked as {encoding} but is not.", "Save it again as UTF-8.") from None


def _decode_declared(raw: bytes) -> tuple[str, tuple[str, ...]] | None:
    declared = _DECLARED.search(raw, 0, 1024)
    try:
        codec = codecs.lookup(declared[1].decode()) if declared else None
        if codec is None or not codec._is_text_encoding or codec.name == "utf-7":
            return None
        return raw.decode(codec.name), (f"decode:{codec.name}@1",)
    except (LookupError, UnicodeError):
        return None


def _decode_detected(raw: bytes) -> tuple[str, tuple[str, ...]]:
    best = charset_normalizer.from_bytes(raw[:_SAMPLE]).best()
    try:
        if best is not None and best.chaos <= _MAX_CHAOS:
            text = raw.decode(best.encoding)
            return _without_nul(text), (f"decode:{best.encoding}:charset-normalizer@{charset_normalizer.__version__}",)
    except UnicodeDecodeError:
        pass
    raise InvalidRecord("BAD_ENCODING", "No encoding turns these bytes into text.", "Save the file again as UTF-8.")


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise _nul()
    return text


def _nul() -> InvalidRecord:
    return InvalidRecord("NUL_BYTES", "The text holds NUL bytes.", "Exclude it if it is binary, or save it again as UTF-8.")
