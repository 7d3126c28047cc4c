"""Text of HTML pages: what the page is about as Markdown, without navigation, scripts and forms."""

import logging
import re
from datetime import datetime

import trafilatura
from lxml import etree  # type: ignore[import-untyped]
from lxml.html import HtmlElement, HTMLParser, document_fromstring  # type: ignore[import-untyped]

from muniment.core.extraction.extracted import Extracted, one_line, utc
from muniment.core.extraction.notices import lost, read_blocks, read_notices
from muniment.errors import InvalidRecord

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

_TRANSFORM = f"html:trafilatura@{trafilatura.__version__}"
_WHOLE = "html-whole-body@1"
_ACTIVE = ("script", "style", "noscript", "template", "iframe", "object", "embed", "form", "nav", "svg", "canvas")
# trafilatura loses highlighted code and short blocks: each stands aside behind a sentence that is long enough to be kept.
_PLACE = "This sentence keeps the place of code block number {} of the page."
_PLACES = re.compile(_PLACE.format(r"(\d+)").replace(".", r"\."))
_MODIFIED = (
    "article:modified_time",
    "last-modified",
    "dcterms.modified",
    "og:updated_time",
    "article:published_time",
    "dcterms.date",
)
_MIN_SHARE = 0.1  # of the words of the body: below it, extraction lost the page
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


def extract_html(text: str) -> Extracted:
    """Main text of a page as Markdown, code blocks fenced and tables as rows; `notices` are read from the whole page.

    Raises `InvalidRecord`: `EMPTY`, `MALFORMED`.
    """
    try:
        tree = document_fromstring(
            _DECLARATION.sub("", text), parser=HTMLParser(remove_comments=True, remove_pis=True, huge_tree=False)
        )
    except (etree.ParserError, etree.XMLSyntaxError):
        raise InvalidRecord("EMPTY", "The page holds no element.", "Leave it out of the source.") from None
    notices, blocks, title, modified = read_notices(tree), read_blocks(tree), _title(tree), _modified(tree)
    etree.strip_elements(tree, *_ACTIVE, with_tail=False)
    codes = _set_code_aside(tree)
    words = len(tree.text_content().split())
    main = trafilatura.extract(
        tree, output_format="markdown", fast=True, favor_recall=True, include_comments=False, include_tables=True
    )
    transforms: tuple[str, ...] = (_TRANSFORM,)
    if not main or len(main.split()) < _MIN_SHARE * words:
        main, transforms = _whole_body(tree), (_WHOLE,)
    text = _PLACES.sub(lambda place: _fence(codes, int(place[1])), main)
    return Extracted(text, title, lost(blocks, text, notices), modified, transforms)


def _title(tree: HtmlElement) -> str | None:
    for path in ("//head/title", "//h1"):
        for element in tree.xpath(path):
            if title := one_line(element.text_content()):
                return title
    return None


def _modified(tree: HtmlElement) -> datetime | None:
    held = {
        (meta.get("property") or meta.get("name") or meta.get("http-equiv") or "").lower(): meta.get("content")
        for meta in tree.iter("meta")
    }
    for name in _MODIFIED:
        try:
            if held.get(name):
                return utc(datetime.fromisoformat(held[name].strip()))
        except ValueError:
            continue
    return None


def _set_code_aside(tree: HtmlElement) -> list[str]:
    codes: list[str] = []
    for block in list(tree.iter("pre")):
        if block.getparent() is None or not (code := block.text_content().strip("\n")).strip():
            continue
        tail = block.tail
        block.clear()
        block.tag, block.text, block.tail = "p", _PLACE.format(len(codes)), tail
        for frame in block.iterancestors("figure", "details", "section", "aside"):
            frame.tag = "div"
            frame.attrib.clear()
        codes.append(code)
    return codes


def _fence(codes: list[str], number: int) -> str:
    if number >= len(codes):
        return ""
    fence = "```" if "```" not in codes[number] else "~~~~"
    return f"\n{fence}\n{codes[number]}\n{fence}\n"


def _whole_body(tree: HtmlElement) -> str:
    """All text of a page on which no main part was found, a block a line."""
    for element in tree.iter("p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "table"):
        element.tail = "\n" + (element.tail or "")
    body = tree.find("body")
    lines = (" ".join(line.split()) for line in (tree if body is None else body).text_content().split("\n"))
    return "\n".join(line for line in lines if line)
