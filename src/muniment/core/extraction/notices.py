"""What a page says of rights, in markup and in its footer, read before boilerplate is stripped (rel=license, Dublin Core, JSON-LD, RDFa)."""

import json
import re
from collections.abc import Iterator
from typing import Any

from lxml.html import HtmlElement  # type: ignore[import-untyped]

_META = re.compile(r"licen[cs]e|rights|copyright|^(?:robots|tdm-reservation|tdm-policy|googlebot)$", re.IGNORECASE)
_SPEAKS = re.compile(
    r"licen[cs]|copyright|©|\(c\) ?\d{4}|all rights|creative commons|public domain|\bCC[ -](?:BY|0)", re.IGNORECASE
)
_KEYS = ("license", "copyrightNotice", "copyrightHolder", "copyrightYear", "usageInfo", "acquireLicensePage")
_FOOTERS = "//footer | //*[@role='contentinfo'] | //*[@id='footer'] | //*[contains(concat(' ', @class, ' '), ' footer ')]"
_LIMIT = 500  # characters of one statement
_MAX_LINES = 100


def read_notices(tree: HtmlElement) -> str | None:
    """One statement a line, `where: what`, strongest evidence first; None where a page says nothing."""
    found: dict[str, None] = {}
    for where, what in _statements(tree):
        line = f"{where}: {' '.join(what.split())[:_LIMIT]}"
        found.setdefault(line)
        if len(found) == _MAX_LINES:
            break
    return "\n".join(found) or None


def _statements(tree: HtmlElement) -> Iterator[tuple[str, str]]:
    for link in tree.xpath("//link[@href]"):
        if {"license", "copyright"} & set((link.get("rel") or "").lower().split()):
            yield "link rel=license", link.get("href")
    for meta in tree.xpath("//meta[@content]"):
        name = meta.get("name") or meta.get("property") or meta.get("http-equiv") or ""
        if _META.search(name):
            yield f"meta {name.lower()}", meta.get("content")
    for script in tree.xpath("//script[@type='application/ld+json']"):
        yield from _linked_data(script.text or "")
    for anchor in tree.xpath("//a[@href and @rel] | //*[contains(@property, 'license') or contains(@itemprop, 'license')]"):
        relation = f"{anchor.get('rel') or ''} {anchor.get('property') or ''} {anchor.get('itemprop') or ''}".lower()
        if "license" in relation:
            yield f"{_scope(anchor)} rel=license", f"{anchor.get('href') or anchor.get('content') or ''} {anchor.text_content()}"
    for footer in tree.xpath(_FOOTERS):
        for line in _lines(footer):
            if _SPEAKS.search(line):
                yield "footer", line


def _scope(anchor: HtmlElement) -> str:
    """A licence inside a figure is the picture's, not the page's."""
    return "figure" if any(parent.tag in ("figure", "figcaption") for parent in anchor.iterancestors()) else "page"


def _lines(footer: HtmlElement) -> Iterator[str]:
    for block in footer.xpath("descendant-or-self::*[not(self::script or self::style)][not(.//p or .//div or .//li or .//footer)]"):
        parent = block.getparent()
        if block.tag in ("p", "div", "li", "footer", "small", "section") or (
            parent is not None and parent.tag in ("footer", "div")
        ):
            links = " ".join(str(link) for link in block.xpath("descendant-or-self::a/@href") if _SPEAKS.search(str(link)))
            yield f"{block.text_content()} {links}"


def _linked_data(text: str) -> Iterator[tuple[str, str]]:
    try:
        waiting: list[Any] = [json.loads(text)]
    except (ValueError, RecursionError):
        return
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, dict):
            for key in _KEYS:
                if key in value:
                    yield f"json-ld {value.get('@type', 'Thing')} {key}", _name(value[key])
            waiting.extend(each for each in value.values() if isinstance(each, (dict, list)))


def _name(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("url") or value.get("@id") or value.get("name") or "")
    return " ".join(map(_name, value)) if isinstance(value, list) else str(value)
