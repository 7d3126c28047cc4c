"""Say in whose documents names were searched: only a language with an installed model has its names read."""

import polars as pl

from muniment.core.names import read_as
from muniment.schemas.capture import Judgement
from muniment.schemas.evidence import SIGNAL
from muniment.store.models import installed
from muniment.store.root import Root
from muniment.tasks.derive import frame

UNSEARCHED = "Names of people were not searched: the policy lists no detector `names` (see docs/names.md)."


def searched(root: Root, judgement: Judgement) -> str:
    """One line for a steward: how many documents of which languages a model read for names, and how many of which it did not."""
    if not all("names" in each.evidence for each in judgement.shards):
        return UNSEARCHED
    stored = [each.evidence["language"] for each in judgement.shards if "language" in each.evidence]
    signals = frame(root.lake.read_all(stored, SIGNAL)).filter(pl.col("name") == "language")
    known = [model.language for model in installed()]
    read: dict[str, int] = {}
    unread: dict[str, int] = {}
    for label, value in signals.select("label", "value").iter_rows():
        counts, name = (read, read_as(label, value, known)) if read_as(label, value, known) else (unread, label or "undetermined")
        counts[str(name)] = counts.get(str(name), 0) + 1
    said = f"Names were searched by a model in {_counted(read)}"
    return (
        f"{said}; no model reads {_counted(unread)}, where only what labels and titles announce was found."
        if unread
        else f"{said}."
    )


def _counted(counts: dict[str, int]) -> str:
    ranked = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    total = sum(counts.values())
    return f"{total:,} document{'' if total == 1 else 's'}" + (
        f" ({', '.join(f'{name} {count:,}' for name, count in ranked)})" if ranked else ""
    )
