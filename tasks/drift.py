"""What the documents of a snapshot are like, in counts by value, and how far two snapshots lie apart (SNP-4)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from muniment.core.drift import divergence, stability
from muniment.errors import NotFound
from muniment.schemas.chunk import PROMOTED
from muniment.schemas.snapshot import Snapshot
from muniment.schemas.source import Record
from muniment.schemas.stored import Stored
from muniment.store.root import Root
from muniment.tasks import rules
from muniment.tasks.derive import frame

GATED = ("source_id", "licence", "language")  # what a promotion is held to; none of them needs the texts
DIMENSIONS = (*GATED, "rights", "classification", "action", "reasons", "length")
_ENDS = [100, 1_000, 10_000, 100_000]
_LENGTHS = ("0-100", "100-1k", "1k-10k", "10k-100k", "more")  # characters, the upper end exclusive

Counts = Mapping[str, Mapping[str, int]]  # dimension → value → documents


class Shift(Record):
    """How far a property of the documents moved."""

    divergence: float  # Jensen-Shannon, 0 to 1
    stability: float  # population stability index, 0 and more


class Setting(Record):
    """A filter or threshold of the policy that is not the same in both."""

    name: str
    before: str
    after: str


def counts(root: Root, shards: Iterable[Stored], dimensions: Sequence[str] = DIMENSIONS) -> Counts:
    """Documents by value; one object is in memory at a time, and texts only where lengths are asked for."""
    found = {name: Counter[str]() for name in dimensions}
    for shard in shards:
        read = [name for name in dimensions if name != "length"]
        documents = frame(root.lake.read(shard, PROMOTED, [*read, *(["text"] if "length" in dimensions else [])]))
        for name in dimensions:
            found[name].update(_counted(documents, name))
    return found


def shifts(before: Counts, after: Counts) -> dict[str, Shift]:
    """How far each dimension moved."""
    return {
        name: Shift(
            divergence=round(divergence(before[name], after[name]), 6), stability=round(stability(before[name], after[name]), 6)
        )
        for name in before
    }


def settings(root: Root, before: Snapshot, after: Snapshot) -> tuple[Setting, ...]:
    """Which settings of the policy differ between two snapshots; none where a policy is not kept."""
    try:
        old, new = (_flat(rules.policy_of(root, each).model_dump(mode="json")) for each in (before, after))
    except NotFound:
        return ()
    return tuple(
        Setting(name=name, before=old.get(name, ""), after=new.get(name, ""))
        for name in sorted(old.keys() | new.keys())
        if old.get(name, "") != new.get(name, "")
    )


def _counted(documents: pl.DataFrame, name: str) -> dict[str, int]:
    if name == "length":
        sized = documents["text"].str.len_chars().cast(pl.Int64).cut(_ENDS, labels=_LENGTHS, left_closed=True)
        values = sized.cast(pl.String)
    else:
        values = documents[name].explode().drop_nulls() if name == "reasons" else documents[name].cast(pl.String).fill_null("None")
    return dict(values.alias("value").value_counts().iter_rows())


def _flat(value: Any, name: str = "") -> dict[str, str]:
    """Settings by their dotted names; of a list of records, each by its name or code."""
    if isinstance(value, dict):
        return {key: said for part, each in value.items() for key, said in _flat(each, f"{name}.{part}" if name else part).items()}
    if isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
        named = [(str(each.get("code") or each.get("name") or each.get("id") or place), each) for place, each in enumerate(value)]
        return {key: said for part, each in named for key, said in _flat(each, f"{name}[{part}]").items()}
    return {} if value in (None, [], "") else {name: str(value)}
