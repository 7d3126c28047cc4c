"""From the bytes of a file and its media type to text: a pure function for each format, one refusal for all hostile input."""

import re
from collections.abc import Callable
from functools import partial
from importlib import import_module
from importlib.metadata import version

from muniment.core.extraction.encoding import decode
from muniment.core.extraction.extracted import Extracted
from muniment.core.extraction.headers import rights_headers
from muniment.errors import InvalidRecord

__all__ = ["VERSION", "Extracted", "extract", "rights_headers"]

# Names everything that can change a text: documents extracted under another version are extracted again.
_LIBRARIES = {"trafilatura": "trafilatura", "pypdf": "pypdf", "docx": "python-docx", "charset": "charset-normalizer"}
VERSION = "+".join(["2", *(f"{name}{version(package)}" for name, package in _LIBRARIES.items())])


def extract(raw: bytes, media_type: str, path: str) -> Extracted:
    """Text, title, notices and upstream time of one document (`raw`: its bytes, `path`: how it was retrieved).

    Raises `InvalidRecord` for whatever cannot be read, with a stable reason: `EMPTY`, `TRUNCATED`, `ENCRYPTED`, `ZIP_BOMB`,
    `TOO_LARGE`, `NO_TEXT`, `NUL_BYTES`, `INVALID_UTF16`, `BAD_ENCODING`, `BINARY`, `UNSUPPORTED_MEDIA`, `TOO_DEEP`, `MALFORMED`.
    """
    if not raw.strip():
        raise InvalidRecord("EMPTY", "The document holds no bytes.", "Leave it out of the source.")
    try:
        return _reader(media_type)(raw)
    except InvalidRecord:
        raise
    except RecursionError:
        raise InvalidRecord("TOO_DEEP", "The document is nested too deeply.", "Check where the file comes from.") from None
    except Exception as error:  # noqa: BLE001 hostile bytes reach third-party parsers here; whatever breaks, breaks this one record
        raise InvalidRecord(
            "MALFORMED", f"The {media_type} cannot be read ({type(error).__name__}).", "Fetch or save it again."
        ) from None


def _reader(media_type: str) -> Callable[[bytes], Extracted]:
    if media_type in _READERS:
        return _READERS[media_type]
    if media_type.startswith("text/") or media_type in _TEXTUAL:
        return _as_is
    if media_type == "application/octet-stream" or media_type.split("/")[0] in ("image", "audio", "video", "font"):
        raise InvalidRecord("BINARY", f"The file is not text ({media_type}).", "Exclude it, or take a text of it in as a source.")
    raise InvalidRecord("UNSUPPORTED_MEDIA", f"No extractor reads {media_type}.", "Exclude it, or convert it at the source.")


def _as_is(raw: bytes) -> Extracted:
    text, transforms = decode(raw)
    return Extracted(text, transforms=transforms)


def _markdown(raw: bytes) -> Extracted:
    """Markdown as it is; its title is the first ATX heading (CommonMark 4.2) before any code block."""
    text, transforms = decode(raw)
    heading = _HEADING.search(text.split("```", 1)[0])
    return Extracted(text, heading[1] if heading else None, transforms=transforms)


def _page(raw: bytes) -> Extracted:
    text, transforms = decode(raw)
    page: Extracted = import_module("muniment.core.extraction.web").extract_html(text)
    return Extracted(page.text, page.title, page.notices, page.modified, (*transforms, *page.transforms))


def _with(module: str, raw: bytes) -> Extracted:
    """What a module reads that is imported when a document of its format comes: together they take half a second, and most commands
    read no document."""
    made: Extracted = getattr(import_module(f"muniment.core.extraction.{module}"), f"extract_{module}")(raw)
    return made


_HEADING = re.compile(r"^#{1,3}[ \t]+(\S.*?)[ \t]*#*[ \t]*$", re.MULTILINE)
_TEXTUAL = frozenset(
    {
        "application/json",
        "application/xml",
        "application/toml",
        "application/yaml",
        "application/x-ndjson",
        "application/javascript",
    }
)
_READERS: dict[str, Callable[[bytes], Extracted]] = {
    "text/html": _page,
    "text/markdown": _markdown,
    "application/xhtml+xml": _page,
    "application/pdf": partial(_with, "pdf"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": partial(_with, "word"),
    "message/rfc822": partial(_with, "mail"),
}
