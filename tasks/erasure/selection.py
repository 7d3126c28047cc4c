"""Which documents a request names (DEL-1): kinds narrow one another, values of one kind widen."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

import polars as pl
import pyarrow as pa

from muniment.core.licences.dependence import depends
from muniment.errors import NotFound
from muniment.schemas.erasure import Selector
from muniment.store.root import Root
from muniment.tasks.derive import frame
from muniment.tasks.erasure import copies
from muniment.tasks.erasure.reelect import with_duplicates
from muniment.tasks.retain import ages

_NOBODY = pl.Series("doc_id", [], dtype=pl.String)


class Found(NamedTuple):
    """Sorted ids: of what a selector names, and of all that goes, which are more when duplicates go with it."""

    named: pa.Array
    documents: pa.Array


class _Test(NamedTuple):
    """One kind of a selector that is answered by rows of kept objects."""

    reads: tuple[str, ...]  # columns that an object must have, beside doc_id
    hit: Callable[[pl.DataFrame], pl.Expr]
    may_read: tuple[str, ...] = ()


def selected(root: Root, selector: Selector) -> pa.Array:
    """Sorted ids of all that goes by a selector; raises `NotFound` when that is nothing."""
    return found(root, selector).documents


def found(root: Root, selector: Selector, mentioning: pa.Array | None = None) -> Found:
    """What a selector names, and what goes with it when the request is about what documents say: the duplicates of each.

    `mentioning` are ids of documents that were found to mention the data subject, which no keyed hash tells: they count as that kind.
    """
    asked = list(_kinds(root, selector, mentioning))
    if not asked:
        raise NotFound("The request names nothing.", "Give --doc, --source or another selector: `muniment erase --help`.")
    named = asked[0]
    for other in asked[1:]:
        named = named.filter(named.is_in(other.implode()))
    ids = named.unique().sort().to_arrow().cast(pa.string())
    if not len(ids):
        raise NotFound(
            f"No kept document is named by {_said(selector)}.",
            "Check the values: `muniment source list`, `muniment explain`; values of different kinds narrow each other.",
        )
    about = selector.about_content or mentioning is not None
    return Found(ids, with_duplicates(root, ids) if about else ids)


def _kinds(root: Root, selector: Selector, mentioning: pa.Array | None) -> Iterator[pl.Series]:
    """For each kind that is given, the ids that it names."""
    if selector.documents:
        yield pl.Series("doc_id", selector.documents, dtype=pl.String)
    yield from _passed(root, _tests(root, selector), mentioning)
    if (selector.after or selector.before) and selector.by == "captured":
        seen = ages.first_seen(root, selector.source)
        yield seen.filter(_between(pl.col("seen"), selector))["doc_id"]


def _tests(root: Root, selector: Selector) -> dict[str, _Test]:
    tests: dict[str, _Test] = {}
    if selector.source or selector.contract or selector.classification:
        sources = _sources(root, selector)
        tests["source"] = _Test(("source_id",), lambda rows: pl.col("source_id").is_in(sources))
    if selector.licence:
        tests["licence"] = _Test(("licence",), lambda rows: pl.col("licence").is_in(_hanging(rows["licence"], selector.licence)))
    if selector.content:
        tests["content"] = _Test(("text_hash",), lambda rows: _is_content(rows, selector.content), ("raw_hash", "chunk_id"))
    if selector.subjects:
        tests["subject"] = _Test(("keyed_hash",), lambda rows: pl.col("keyed_hash").is_in(list(selector.subjects)))
    if (selector.after or selector.before) and selector.by == "modified":
        tests["modified"] = _Test(("modified",), lambda rows: _between(pl.col("modified"), selector))
    return tests


def _passed(root: Root, tests: dict[str, _Test], mentioning: pa.Array | None) -> Iterator[pl.Series]:
    """The ids that pass each test, found in one pass over the kept objects."""
    hits: dict[str, list[pl.Series]] = {name: [_NOBODY] for name in tests}
    if mentioning is not None:
        hits.setdefault("subject", [_NOBODY]).append(pl.Series("doc_id", mentioning, dtype=pl.String))
    wanted = {"doc_id", *(name for test in tests.values() for name in (*test.reads, *test.may_read))}
    for digest in copies.objects(root) if tests else ():
        held, table = root.lake.columns(digest, sorted(wanted))
        for name, test in tests.items():
            if {"doc_id", *test.reads} <= {*held}:
                rows = frame(table)
                hits[name].append(rows.filter(test.hit(rows))["doc_id"].unique())
    yield from (pl.concat(each).unique() for each in hits.values())


def _sources(root: Root, selector: Selector) -> list[str]:
    """Sources that are of this name, bound to this contract and classified so by now; whether they are registered or not, the named one."""
    if not (selector.contract or selector.classification):
        return [selector.source]
    return [
        each.id
        for each in root.registry.all()
        if selector.source in ("", each.id)
        and selector.contract in ("", each.terms.customer)
        and selector.classification in (None, each.classification)
    ]


def _hanging(licences: pl.Series, licence: str) -> list[str]:
    return [each for each in licences.unique() if each and depends(each, licence)]


def _is_content(rows: pl.DataFrame, hashes: tuple[str, ...]) -> pl.Expr:
    """Of documents; a passage's own hash is not a document's."""
    if "chunk_id" in rows.columns:
        return pl.lit(False)
    return pl.any_horizontal(pl.col(name).is_in(list(hashes)) for name in ("raw_hash", "text_hash") if name in rows.columns)


def _between(moment: pl.Expr, selector: Selector) -> pl.Expr:
    """From `after` on and before `before`; what has no time is in no range."""
    hit = moment.is_not_null()
    if selector.after:
        hit &= moment >= _utc(selector.after)
    return hit & (moment < _utc(selector.before)) if selector.before else hit


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _said(selector: Selector) -> str:
    """The kinds of a selector, without the values that may identify somebody."""
    plain = ("source", "licence", "contract", "classification", "after", "before")
    told = [f"{name} {getattr(selector, name)}" for name in plain if getattr(selector, name)]
    counted = (("document", selector.documents), ("content", selector.content), ("subject", selector.subjects))
    return " and ".join([*told, *(f"{len(values)} {name}(s)" for name, values in counted if values)])
