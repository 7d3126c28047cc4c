"""What the structure of a page overrules in its text: licences that it links in passing, and the clauses of a licence on the licence's own page."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

import polars as pl

from muniment.core.licences.creative_commons.sentences import commons_in
from muniment.core.licences.evidence import Evidence
from muniment.core.licences.pages.markup import LICENCE_PAGE, in_passing
from muniment.core.licences.texts.cues import narrowed

_OF_COMMONS = ("CC-", "LicenseRef-scancode-cc", "LicenseRef-scancode-unknown", "LicenseRef-scancode-free-unknown")
_BEHIND = 60  # code points behind a match in which the version of the name may stand that it begins
_LETTERS = 60  # of the beginning of a sentence, by which it is known again in the text


def settled(rows: Iterable[tuple[int, Evidence]], frame: pl.DataFrame) -> Iterator[tuple[int, Evidence]]:
    """The rows, with the role of each that stands in the text as the structure of its page has it.

    `frame` has (doc, notices, text). What a full licence's page holds are its clauses; what a sentence names that the page's markup shows to be
    about a picture, or no grant, is an asset's or a mention.
    """
    found = list(rows)
    whole = {doc for doc, evidence in found if evidence.rule == LICENCE_PAGE}
    sentences = {doc: list(in_passing(said)) for doc, said in frame.select("doc", "notices").drop_nulls().iter_rows()}
    sentences = {doc: said for doc, said in sentences.items() if said}
    texts = dict(frame.filter(pl.col("doc").is_in(list(sentences))).select("doc", "text").iter_rows())
    lines: dict[int, dict[int, str]] = defaultdict(dict)
    for doc, evidence in found:
        if evidence.start is None or evidence.role != "grant":
            yield doc, evidence
        elif doc in whole:
            yield doc, evidence._replace(role="mention")
        elif doc in sentences:
            line = lines[doc].setdefault(evidence.start, letters(_line(texts[doc], evidence.start)))
            role = next((role for sentence, role in sentences[doc] if letters(sentence)[:_LETTERS] in line), "grant")
            yield doc, evidence._replace(role=role, scope="asset" if role == "asset" else evidence.scope)
        else:
            yield doc, evidence


def named(rows: Iterable[tuple[int, Evidence]], frame: pl.DataFrame) -> Iterator[tuple[int, Evidence]]:
    """The rows, with the Creative Commons licence that a sentence names in the place of the one that a rule near to it has."""
    found = list(rows)
    doubtful = {doc for doc, evidence in found if _doubtful(evidence)}
    texts = dict(frame.filter(pl.col("doc").is_in(list(doubtful))).select("doc", "text").iter_rows())
    for doc, evidence in found:
        yield doc, _exact(evidence, texts[doc]) if _doubtful(evidence) else evidence


def _doubtful(evidence: Evidence) -> bool:
    said = evidence.expression or ""
    return evidence.start is not None and evidence.kind in ("notice", "reference") and (not said or said.startswith(_OF_COMMONS))


def _exact(evidence: Evidence, text: str) -> Evidence:
    start, end = evidence.start or 0, evidence.end or 0
    near = [one for one in commons_in(text, start, end + _BEHIND) if one.start < end and start < one.end]
    names = {one.expression for one in near if not narrowed(text, one.expression, one.end)}
    return evidence._replace(expression=names.pop()) if len(names) == 1 else evidence


def letters(text: str) -> str:
    """A text without its spaces, punctuation and capitals."""
    return "".join(filter(str.isalnum, text)).lower()


def _line(text: str, place: int) -> str:
    return text[text.rfind("\n", 0, place) + 1 : text.find("\n", place) if text.find("\n", place) >= 0 else len(text)]
