"""What removing duplicates does to what was captured: before and after, slice by slice."""

from collections.abc import Iterator, Sequence
from math import sqrt

import polars as pl

from muniment.errors import NotFound
from muniment.schemas.capture import Judgement, ShardEvidence
from muniment.schemas.document import DOCUMENT
from muniment.schemas.source import Record
from muniment.schemas.verdict import VERDICT
from muniment.store.root import Root, open_root
from muniment.tasks.derive import frame
from muniment.tasks.duplicates.clusters import REMOVED, Cluster, describe, shown_members, twins_of
from muniment.tasks.judge import standing
from muniment.tasks.step import report

DIMENSIONS = ("source", "language", "length", "media type")
LENGTHS = ("0-100", "100-1k", "1k-10k", "10k-100k", "more")  # characters, the upper end exclusive
BINS = 50  # of the histogram, from 0 to 1
_CUBE = (*DIMENSIONS, "kind", "spared")
_TIMES, _Z = 2.0, 1.96  # a slice is far above when its odds of removal are surely (95%) more than so many times the whole's


class Amount(Record):
    """So many documents, with so many characters of text."""

    documents: int
    characters: int

    def __sub__(self, other: "Amount") -> "Amount":
        return Amount(documents=self.documents - other.documents, characters=self.characters - other.characters)


class Slice(Record):
    """Documents that share a value. `share` of them are removed; `high` when that is far above the share of the whole."""

    dimension: str
    value: str
    before: Amount
    after: Amount
    share: float
    high: bool


class Bin(Record):
    """Removed documents, by kind, whose exact Jaccard with the kept one lies from `low` up to the next bin."""

    low: float
    documents: dict[str, int]


class Effect(Record):
    """Removed is a document that is close to a kept one and that nothing spares. Other reasons to refuse it do not count here."""

    sources: tuple[str, ...]
    judgements: tuple[str, ...]
    not_searched: tuple[str, ...]  # sources whose captures were not searched for duplicates
    settings: int  # different policies and versions under which duplicates were searched for
    before: Amount
    after: Amount
    share: float  # of documents, removed
    slices: tuple[Slice, ...]  # by dimension, the largest first
    kinds: dict[str, Amount]  # kind → what is removed
    spared: dict[str, Amount]  # reason → what is kept all the same
    jaccard: tuple[Bin, ...]  # from the least to 1
    clusters: tuple[Cluster, ...]  # the largest


def effect(uri: str, source: str = "") -> Effect:
    """The effect on what stands of one source, or of all; raises `NotFound` when nothing was captured or searched.

    Texts are read once, a row group at a time, to count their characters.
    """
    root = open_root(uri)
    judgements = _judgements(root, source)
    twins = twins_of(root, judgements)
    members = shown_members(twins)
    amounts, sizes = zip(*_shards(root, judgements, twins, members), strict=True)
    cube = pl.concat(amounts).group_by(_CUBE).agg(pl.col("documents", "characters").sum())
    before, removed = _amount(cube), _amount(cube.filter(REMOVED))
    share = removed.documents / max(before.documents, 1)
    return Effect(
        sources=tuple(each.source for each in judgements),
        judgements=tuple(each.id for each in judgements),
        not_searched=tuple(each.source for each in judgements if each.shards and each.twins is None),
        settings=twins["parameters"].n_unique(),
        before=before,
        after=before - removed,
        share=share,
        slices=tuple(each for dimension in DIMENSIONS for each in _slices(cube, dimension, share)),
        kinds=_amounts(cube.filter(REMOVED), "kind"),
        spared=_amounts(cube.drop_nulls("spared"), "spared"),
        jaccard=_bins(twins.filter(REMOVED)),
        clusters=describe(root, twins, members.join(pl.concat(sizes), on="doc_id", maintain_order="left")),
    )


def _judgements(root: Root, source: str) -> list[Judgement]:
    if source:
        root.registry.get(source)
    found = [each for each in standing(root) if source in ("", each.source)]
    if not any(each.shards for each in found):
        raise NotFound(
            f"Of {source or 'all sources'} no document was captured yet.", f"Run `muniment capture {source or 'SOURCE'}`."
        )
    if all(each.twins is None for each in found if each.shards):
        raise NotFound("No duplicates were searched for.", "Add `twins` to the detectors of the policy, and capture again.")
    return found


def _shards(
    root: Root, judgements: Sequence[Judgement], twins: pl.DataFrame, members: pl.DataFrame
) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Of each shard the amounts for every combination of `_CUBE`, and doc_id, source and characters of its members."""
    facts, wanted = twins.select("doc_id", "kind", "spared"), members["doc_id"].implode()
    shards = [(judgement.source, each) for judgement in judgements for each in judgement.shards]
    for done, (source, shard) in enumerate(shards, start=1):
        documents = _documents(root, shard, source).join(facts, on="doc_id", how="left")
        cube = documents.group_by(_CUBE).agg(pl.len().cast(pl.Int64).alias("documents"), pl.col("characters").sum())
        yield cube, documents.filter(pl.col("doc_id").is_in(wanted)).select("doc_id", "source", "characters")
        report("effect", done, len(shards))


def _documents(root: Root, shard: ShardEvidence, source: str) -> pl.DataFrame:
    """doc_id, characters and the dimensions."""
    batches = root.lake.batches(shard.shard, DOCUMENT, ["doc_id", "media_type", "text"])
    measured = [
        frame(batch).with_columns(characters=pl.col("text").str.len_chars().cast(pl.Int64)).drop("text") for batch in batches
    ]
    languages = frame(root.lake.read(shard.verdicts, VERDICT, ["doc_id", "language"]))
    ends = [100, 1_000, 10_000, 100_000]
    return (
        pl.concat(measured)
        .join(languages, on="doc_id", how="left")
        .with_columns(
            pl.lit(source).alias("source"),
            pl.col("language").fill_null("undetermined"),
            pl.col("characters").cut(ends, labels=LENGTHS, left_closed=True).cast(pl.String).alias("length"),
            pl.col("media_type").alias("media type"),
        )
    )


def _amount(rows: pl.DataFrame) -> Amount:
    return Amount(**rows.select("documents", "characters").sum().row(0, named=True))


def _amounts(cube: pl.DataFrame, column: str) -> dict[str, Amount]:
    sums = cube.group_by(column).agg(pl.col("documents", "characters").sum()).sort("documents", column, descending=[True, False])
    return {row[column]: Amount(documents=row["documents"], characters=row["characters"]) for row in sums.to_dicts()}


def _slices(cube: pl.DataFrame, dimension: str, share: float) -> list[Slice]:
    before, removed = _amounts(cube, dimension), _amounts(cube.filter(REMOVED), dimension)
    none = Amount(documents=0, characters=0)
    gone = {value: removed.get(value, none) for value in before}
    values = [value for value in LENGTHS if value in before] if dimension == "length" else before
    return [
        Slice(
            dimension=dimension,
            value=value,
            before=before[value],
            after=before[value] - gone[value],
            share=gone[value].documents / before[value].documents,
            high=_high(gone[value].documents, before[value].documents, share),
        )
        for value in values
    ]


def _high(removed: int, documents: int, share: float) -> bool:
    """Whether the lower end of a slice's share (Wilson 1927) has odds far above those of the whole."""
    middle, spread = removed + _Z**2 / 2, _Z * sqrt(removed * (documents - removed) / documents + _Z**2 / 4)
    least = (middle - spread) / (documents + _Z**2)
    return least * (1 - share) > _TIMES * share * (1 - least)


def _bins(removed: pl.DataFrame) -> tuple[Bin, ...]:
    # A Jaccard that is a bin's lower end may be a hair less in 32 bits.
    bins = removed.select("kind", bin=((pl.col("jaccard") + 1e-6) * BINS).floor().clip(0, BINS - 1).cast(pl.Int64))
    counts = bins.group_by("bin", "kind").len().rows()
    first = min((place for place, _, _ in counts), default=BINS)
    return tuple(
        Bin(low=place / BINS, documents={kind: count for at, kind, count in sorted(counts) if at == place})
        for place in range(first, BINS)
    )
