"""Text of PDF files (ISO 32000), page by page, without the headers and footers that repeat."""

import logging
import re
from collections import Counter
from io import BytesIO

import pypdf

from muniment.core.extraction.extracted import Extracted, one_line, truncated, utc
from muniment.errors import InvalidRecord

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its warnings quote what is in the file

_TRANSFORM = f"pdf:pypdf@{pypdf.__version__}"
_FURNITURE = "page-furniture@1"
_MAX_PAGES = 5_000
_MAX_TEXT = 50_000_000
_EDGE = 2  # lines at the top and bottom of a page that may be a header or footer
_DIGITS = re.compile(r"\d+")


def extract_pdf(raw: bytes) -> Extracted:
    """Text of a PDF, pages apart by a blank line.

    Raises `InvalidRecord`: `TRUNCATED`, `ENCRYPTED`, `TOO_LARGE`, `NO_TEXT` (a scan).
    """
    if b"%%EOF" not in raw[-2048:]:
        raise truncated("PDF")
    reader = pypdf.PdfReader(BytesIO(raw), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        raise InvalidRecord("ENCRYPTED", "The PDF asks for a password.", "Store a copy without one at the source.")
    if len(reader.pages) > _MAX_PAGES:
        raise InvalidRecord("TOO_LARGE", f"The PDF has {len(reader.pages)} pages, at most {_MAX_PAGES} are read.", "Split it.")
    pages = _pages(reader)
    kept = _without_furniture(pages)
    text = "\n\n".join("\n".join(lines) for lines in kept)
    if not text.strip():
        raise InvalidRecord("NO_TEXT", "The PDF has pages but no text, as a scan has.", "Run OCR on it upstream.")
    metadata = reader.metadata
    title = one_line(metadata.title) if metadata else None
    transforms = (_TRANSFORM, _FURNITURE) if kept != pages else (_TRANSFORM,)
    return Extracted(text, title, None, utc(_modified(metadata)), transforms)


def _pages(reader: pypdf.PdfReader) -> list[list[str]]:
    pages, size = [], 0
    for page in reader.pages:
        text = page.extract_text()
        size += len(text)
        if size > _MAX_TEXT:
            raise InvalidRecord("TOO_LARGE", f"The PDF unfolds to more than {_MAX_TEXT} characters.", "Split it.")
        pages.append([line.rstrip() for line in text.split("\n")])
    return pages


def _modified(metadata: pypdf.DocumentInformation | None):  # type: ignore[no-untyped-def]
    try:
        return metadata and (metadata.modification_date or metadata.creation_date)
    except ValueError:  # the field is free text in many files
        return None


def _without_furniture(pages: list[list[str]]) -> list[list[str]]:
    """Pages without the edge lines that stand, but for their digits, on more than half of at least three pages."""
    if len(pages) < 3:
        return pages
    seen = Counter(shape for page in pages for shape in {_shape(line) for line in page[:_EDGE] + page[-_EDGE:] if line.strip()})
    repeated = {shape for shape, count in seen.items() if count >= 3 and count > len(pages) / 2}
    return [_inner(page, repeated) for page in pages]


def _inner(page: list[str], repeated: set[str]) -> list[str]:
    last = len(page) - _EDGE
    return [line for at, line in enumerate(page) if not ((at < _EDGE or at >= last) and _shape(line) in repeated)]


def _shape(line: str) -> str:
    return _DIGITS.sub("#", line.strip())
