"""What must not be in a corpus that models are tested after, and what could not be taken in at all."""

import polars as pl

from muniment.schemas.evidence import EVAL_HIT
from muniment.schemas.review import Section
from muniment.tasks.derive import frame
from muniment.tasks.pack.facts import Facts


def hits(facts: Facts) -> Section:
    """Overlaps with registered evaluation sets, by suite."""
    names = ("contamination", "evaluation")
    found = [each.evidence[name] for each in facts.judgement.shards for name in names if name in each.evidence]
    rows = frame(facts.root.lake.read_all(found, EVAL_HIT))
    groups = (
        rows.group_by("suite", "kind")
        .agg(pl.len(), pl.col("doc_id").n_unique().alias("documents"), pl.col("overlap").max())
        .sort("suite", "kind")
    )
    table = tuple(
        (row["suite"], row["kind"], f"{row['len']:,}", f"{row['documents']:,}", f"{row['overlap']:.0%}")
        for row in groups.to_dicts()
    )
    columns = ("Suite", "Kind", "Hits", "Documents", "Largest overlap")
    note = "" if table else "No document overlaps a registered set."
    return Section(title="Evaluation sets", columns=columns, rows=table, note=note)


def set_aside(facts: Facts) -> Section:
    """Records that could not be taken in, by reason."""
    rows = tuple((reason, f"{count:,}") for reason, count in facts.capture.set_aside_reasons.items())
    note = "" if rows else "Every record could be taken in."
    return Section(title="Set aside", columns=("Reason", "Records"), rows=rows, note=note)
