"""Take out of an answer what the policy hides from whoever asked."""

from typing import NamedTuple

import polars as pl
import pyarrow as pa

from muniment.policies.findings import FindingTest
from muniment.policies.redaction import Redaction
from muniment.schemas.evidence import FINDING
from muniment.schemas.search import Hit
from muniment.store.root import Root
from muniment.tasks.derive import frame
from muniment.tasks.redact import Removal, finders, key_in_use, remove, search


class Shown(NamedTuple):
    """A hit with the text before and after its passage: a value may be cut by its edge, and the word that gives it away may lie outside."""

    hit: Hit
    before: str
    after: str


def hide(
    root: Root, shown: list[Shown], tests: tuple[FindingTest, ...], how: Redaction, detectors: tuple[str, ...]
) -> tuple[Hit, ...]:
    """The hits with these findings taken out of titles and texts, each with how many that were.

    Both detectors look, also where the policy does not run them over documents. A detector that fails fails the answer.
    """
    names = finders(tuple(dict.fromkeys((*detectors, "personal", "secrets"))))
    texts = _frame([each for one in shown for each in (one.hit.title, one.hit.text)])
    around = [
        ("", one.hit.title, "") if title else (one.before, one.hit.text, one.after) for one in shown for title in (True, False)
    ]
    found = search(root, _frame(["".join(each) for each in around]), names)
    removal = Removal(tests=tests, how=how, key_id=key_in_use(root, how))
    clean = remove(root, texts, _inside(found, around), removal, names)
    pairs = zip(clean["text"].to_list(), clean["redactions"].to_list(), strict=True)
    return tuple(
        one.hit.model_copy(update={"title": title, "text": text, "redactions": first + second})
        for one, (title, first), (text, second) in zip(shown, pairs, pairs, strict=True)
    )


def _frame(texts: list[str]) -> pl.DataFrame:
    return pl.DataFrame(
        {"doc_id": [str(place) for place in range(len(texts))], "text": texts}, schema_overrides={"text": pl.String}
    )


def _inside(found: pa.Table, around: list[tuple[str, str, str]]) -> pa.Table:
    """Findings in texts with their surroundings, as findings in the texts: those of the surroundings left out, the others cut at the
    edge."""
    sizes = pl.DataFrame(
        {
            "doc_id": [str(place) for place in range(len(around))],
            "skipped": [len(before) for before, _, _ in around],
            "size": [len(text) for _, text, _ in around],
        },
        schema_overrides={"skipped": pl.Int32, "size": pl.Int32},
    )
    placed = frame(found).join(sizes, on="doc_id", maintain_order="left")
    start, end = pl.col("start") - pl.col("skipped"), pl.col("end") - pl.col("skipped")
    cut = placed.with_columns(start=pl.max_horizontal(start, 0), end=pl.min_horizontal(end, "size"))
    return cut.filter(pl.col("start") < pl.col("end")).select(FINDING.names).to_arrow().cast(FINDING)
