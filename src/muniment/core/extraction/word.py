"""Text of DOCX files (ECMA-376): paragraphs, headings, lists and tables in their order; headers and footers are left out."""

import zipfile
from collections.abc import Iterator
from io import BytesIO

import docx
from docx.document import Document
from docx.table import Table
from docx.text.paragraph import Paragraph

from muniment.core.extraction.extracted import Extracted, one_line, truncated, utc
from muniment.errors import InvalidRecord

_TRANSFORM = f"docx:python-docx@{docx.__version__}"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TEXT, _BREAKS, _TABS = f"{_W}t", (f"{_W}br", f"{_W}cr"), f"{_W}tab"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # Office puts encrypted files, and the old .doc, into this container
_MAX_UNPACKED, _MAX_RATIO, _MAX_PARTS = 200_000_000, 100, 5_000
_SMALL = 4_000_000  # a part up to this size may compress as well as it likes


def extract_word(raw: bytes) -> Extracted:
    """Text of a DOCX with tables as Markdown rows and headings marked `#`.

    Raises `InvalidRecord`: `ENCRYPTED`, `TRUNCATED`, `MALFORMED`, `ZIP_BOMB`.
    """
    if raw.startswith(_OLE):
        raise InvalidRecord("ENCRYPTED", "The file is encrypted or an old .doc.", "Save it as an unprotected DOCX at the source.")
    refuse_bomb(raw)
    document = docx.Document(BytesIO(raw))
    properties = document.core_properties
    return Extracted("\n\n".join(_blocks(document)), one_line(properties.title), None, utc(properties.modified), (_TRANSFORM,))


def refuse_bomb(raw: bytes) -> None:
    """Judge an archive by its directory, before anything is unpacked; raises `InvalidRecord` (`ZIP_BOMB`, `TRUNCATED`, `ENCRYPTED`)."""
    try:
        with zipfile.ZipFile(BytesIO(raw)) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile:
        if raw.startswith(b"PK\x03\x04"):
            raise truncated("archive") from None  # the directory stands at its end
        raise InvalidRecord("MALFORMED", "The file is not the archive that its name says.", "Fetch it again.") from None
    if any(part.flag_bits & 1 for part in parts):
        raise InvalidRecord("ENCRYPTED", "The archive asks for a password.", "Store a copy without one at the source.")
    unpacked = sum(part.file_size for part in parts)
    dense = any(part.file_size > _SMALL and part.file_size > _MAX_RATIO * part.compress_size for part in parts)
    if dense or unpacked > _MAX_UNPACKED or len(parts) > _MAX_PARTS:
        raise InvalidRecord("ZIP_BOMB", f"{len(raw)} bytes would unfold to {unpacked}.", "Check where the file comes from.")


def _blocks(document: Document) -> Iterator[str]:
    for block in document.iter_inner_content():
        text = _paragraph(block) if isinstance(block, Paragraph) else _table(block)
        if text.strip():
            yield text


def _paragraph(paragraph: Paragraph) -> str:
    text = _text(paragraph._p)
    name = (paragraph.style.name if paragraph.style is not None else None) or ""
    if not text.strip():
        return ""
    if name == "Title":
        return f"# {text}"
    if name.startswith("Heading ") and name[8:].isdigit():
        return f"{'#' * min(int(name[8:]) + 1, 6)} {text}"
    return f"- {text}" if name.startswith("List ") else text


def _table(table: Table) -> str:
    """Markdown rows, read from the XML in one pass: `row.cells` of python-docx is quadratic. Inner tables are flattened."""
    rows = [[" ".join(_text(cell).split()) for cell in row.iterchildren(f"{_W}tc")] for row in table._tbl.iterchildren(f"{_W}tr")]
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows if any(row)]
    return "\n".join([*lines[:1], "|" + "---|" * len(rows[0]), *lines[1:]]) if lines else ""


def _text(element) -> str:  # type: ignore[no-untyped-def]
    """Text runs below an element, those of tracked insertions and links too; tracked deletions are left out."""
    parts: list[str] = []
    for node in element.iter(_TEXT, _TABS, *_BREAKS, f"{_W}p"):
        if node.tag == _TEXT:
            parts.append(node.text or "")
        elif node.tag == _TABS:
            if node.getparent().tag == f"{_W}r":  # elsewhere it is a tab stop of the style
                parts.append("\t")
        elif parts:
            parts.append("\n")
    return "".join(parts)
