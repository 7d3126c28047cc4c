"""What the structure of a page overrules in its text: licences that it links in passing, and the clauses of a licence on the licence's own page."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

import polars as pl

from muniment.core.licences.evidence import Evidence
from muniment.core.licences.notices import LICENCE_PAGE, in_passing

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


def letters(text: str) -> str:
    """A text without its spaces, punctuation and capitals."""
    return "".join(filter(str.isalnum, text)).lower()


def _line(text: str, place: int) -> str:
    return text[text.rfind("\n", 0, place) + 1 : text.find("\n", place) if text.find("\n", place) >= 0 else len(text)]
