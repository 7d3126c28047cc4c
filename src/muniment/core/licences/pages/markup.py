"""What a page says of rights beside its text: the statements that extraction kept, one `where: what` a line, with role and scope.

`link`, `meta`, JSON-LD and response headers of the page stand above `rel=license` and RDFa in the body, these above sentences with a link to a
licence, these above footers and blocks that the text has lost: of what is understood only the strongest counts. What is said of a figure or an
image is the asset's licence, and a link in passing is a mention. That all rights are reserved, or that a page is confidential, stands beside any
licence: one of the two is wrong, and which is not for us to guess; a sentence that says both grants.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

import polars as pl

from muniment.core.licences.creative_commons.headings import licence_of_heading
from muniment.core.licences.declared.strings import address, understand
from muniment.core.licences.evidence import Evidence
from muniment.core.licences.matching.rules import Rules
from muniment.core.licences.pages.grants import grants
from muniment.core.licences.texts.plain_notices import ALL_RIGHTS_RESERVED, CONFIDENTIAL, PARTNER_ONLY, RESEARCH_ONLY, plain
from muniment.core.licences.texts.statements import named_in

_WHERE = re.compile(
    r"^(?P<where>link rel=license|header link rel=license|meta (?P<name>[^:\s]+)|json-ld (?:(?P<scope>asset|other) )?(?P<type>\S+) (?P<key>\w+)"
    r"|(?P<subject>page|figure|other) (?P<form>rel=license|link|footer)|footer|aside): (?P<what>.+)$"
)
_LICENCE_KEYS = frozenset(["license"])
_RIGHTS_META = re.compile(r"(?:^|[._-])(?:licen[cs]e|rights|copyright)(?:[._-]?\w+)?$")
_UNDERSTOOD_ONLY = re.compile(r"rights|copyright")
_SOME_RIGHTS = re.compile(
    r"some rights reserved|rights reserved (?:except|unless)|except (?:where|as) otherwise|unless otherwise", re.IGNORECASE
)
_URL = re.compile(r"https?://\S+|//\S+")
_HEAD, _BODY, _SENTENCE, _FOOTER = 0.98, 0.95, 0.92, 0.9
LICENCE_PAGE = "heading"  # the rule by which a page is known for that of a licence
_LINKED = re.compile(r"^(?P<subject>page|figure|other) (?:link|rel=license|footer): (?:\S*[/:]\S*\s+)?(?P<sentence>.+)$")
_SHORTEST = 12  # letters of a sentence that is known again
# These stand beside whatever licence is stated more strongly: nothing that restricts is lost.
_RESTRICTING = frozenset([ALL_RIGHTS_RESERVED, CONFIDENTIAL, PARTNER_ONLY, RESEARCH_ONLY])
_OF_ASSET = frozenset(["asset", "figure"])

_Reader = Callable[[str], tuple[str, float] | None]


class Statement(NamedTuple):
    """One statement: an SPDX expression, or None where it was not understood, its confidence, role (`grant`, `mention`, `asset`) and place."""

    expression: str | None
    confidence: float
    where: str
    role: str = "grant"
    kind: str = "markup"


def statements(frame: pl.DataFrame, rules: Rules) -> Iterator[tuple[int, Evidence]]:
    """Evidence in the notices of a frame of (doc, notices)."""
    read = cache(lambda sentence: named_in(sentence, rules))  # the pages of a site have one footer
    for doc, said in frame.select("doc", "notices").drop_nulls().iter_rows():
        for found in strongest(said, read):
            scope = "asset" if found.role == "asset" else "document"
            yield doc, Evidence(found.expression, found.kind, found.where, found.confidence, role=found.role, scope=scope)


def strongest(notices: str, read: _Reader) -> list[Statement]:
    """The strongest statements about a page, and what is said of its assets and in passing.

    `read` finds a licence named in a sentence: (expression, confidence) or None.
    """
    found = {statement for line in notices.splitlines() for statement in _of_line(line, read)}
    granting = {one for one in found if one.role == "grant" and one.expression not in _RESTRICTING}
    if own := _of_licence_page(notices):
        found = {one._replace(role="mention") if one in granting else one for one in found} | own
        granting = own
    understood = {one for one in granting if one.expression} or granting
    most = max((one.confidence for one in understood), default=0.0)
    kept = {one for one in found if one not in granting or (one in understood and one.confidence == most)}
    return sorted(kept, key=lambda one: (one.role, one.expression or "", one.where))


def in_passing(notices: str) -> Iterator[tuple[str, str]]:
    """Sentences with a link to a licence that grant the page nothing: (sentence, `asset` or `mention`)."""
    for found in filter(None, map(_LINKED.match, notices.splitlines())):
        subject, sentence = found["subject"], found["sentence"]
        if len(sentence) >= _SHORTEST and (subject != "page" or (" link: " in found[0] and not grants(sentence))):
            yield sentence, "asset" if subject in _OF_ASSET else "mention"


def _of_licence_page(notices: str) -> set[Statement]:
    """What the page of a Creative Commons licence is called: it is that licence, whatever its site says of itself in its footer.

    A page that names more than two in its headings is about licences.
    """
    headings = (line.removeprefix("heading: ") for line in notices.splitlines() if line.startswith("heading: "))
    named = {expression for heading in headings if (expression := licence_of_heading(heading))}
    return {Statement(expression, _HEAD, LICENCE_PAGE, kind="text") for expression in named} if len(named) <= 2 else set()


def _of_line(line: str, read: _Reader) -> Iterator[Statement]:
    parts = _WHERE.match(line)
    if not parts:
        return
    where, what = parts["where"], parts["what"]
    linked = next(filter(None, map(address, _URL.findall(what))), None)
    if where in ("footer", "aside"):
        yield from _sentence(where, what, linked, read)
    elif parts["form"] in ("link", "footer"):
        yield from _linked(parts["subject"], where, what, linked)
    elif parts["name"]:
        yield from _meta(parts["name"], where, what, linked, read)
    elif parts["key"]:
        yield from _json_ld(parts, what, linked, read)
    else:
        role = "asset" if parts["subject"] in _OF_ASSET else "mention" if parts["subject"] == "other" else "grant"
        yield Statement(linked or _plain_in(what) or understand(what), _BODY if parts["subject"] else _HEAD, where, role)


def _sentence(where: str, what: str, linked: str | None, read: _Reader) -> Iterator[Statement]:
    """Footers and lost blocks: a licence that is linked or named there, else what they say in plain language."""
    notices = [one.expression for one in plain(what)]
    named = (linked, 1.0) if linked else read(what)
    if named and notices and named[0].startswith("LicenseRef-"):  # the plain notice says what the general rule only senses
        named = None
    if named and (where == "footer" or grants(what)):
        yield Statement(named[0], _FOOTER * named[1], where)
    elif named and not notices:
        yield Statement(named[0], _FOOTER * named[1], where, "mention")
    for expression in notices:
        if expression != ALL_RIGHTS_RESERVED or not (named or _SOME_RIGHTS.search(what)):
            yield Statement(expression, _FOOTER, where)


def _linked(subject: str, where: str, what: str, linked: str | None) -> Iterator[Statement]:
    expression = linked or _plain_in(what)
    if expression:
        role = "asset" if subject in _OF_ASSET else "grant" if subject == "page" and grants(what) else "mention"
        yield Statement(expression, _SENTENCE, where, role)


def _meta(name: str, where: str, what: str, linked: str | None, read: _Reader) -> Iterator[Statement]:
    """`rights` and `copyright` may hold any sentence: only one that names a licence is a statement about it."""
    if not _RIGHTS_META.search(name) or name.endswith("holder"):
        return
    expression = linked or understand(what) or _plain_in(what)
    if expression is None and (named := read(what)):
        expression = named[0]
    if expression or not _UNDERSTOOD_ONLY.search(name):
        yield Statement(expression, _HEAD, where)


def _json_ld(parts: re.Match[str], what: str, linked: str | None, read: _Reader) -> Iterator[Statement]:
    role = "asset" if parts["scope"] == "asset" else "mention" if parts["scope"] else "grant"
    expression = linked or understand(what) or _plain_in(what)
    if expression is None and parts["key"] not in _LICENCE_KEYS and (named := read(what)):
        expression = named[0]
    if expression or parts["key"] in _LICENCE_KEYS:
        yield Statement(expression, _HEAD, parts["where"], role)


def _plain_in(what: str) -> str | None:
    return next((one.expression for one in plain(what)), None)
