"""What would be redacted: counts by type, and a few values masked."""

import polars as pl

from muniment.core.redaction import mask
from muniment.schemas.capture import Judgement
from muniment.schemas.document import DOCUMENT
from muniment.schemas.review import Section
from muniment.store.root import Root
from muniment.tasks.names import searched
from muniment.tasks.pack.facts import Facts

_SAMPLES = 3


def redactions(facts: Facts) -> Section:
    """Findings by type with masked samples, the most frequent first."""
    findings = facts.findings
    groups = findings.group_by("type").agg(pl.len(), pl.col("doc_id").n_unique().alias("documents")).sort("len", descending=True)
    samples = (
        findings.sort("score", "keyed_hash", descending=True)
        .unique("keyed_hash", maintain_order=True)
        .group_by("type", maintain_order=True)
        .head(_SAMPLES)
    )
    masked = _masked(facts.root, facts.judgement, samples)
    rows = tuple(
        (row["type"], f"{row['len']:,}", f"{row['documents']:,}", "  ".join(masked.get(row["type"], [])))
        for row in groups.to_dicts()
    )
    return Section(
        title="Personal data and secrets",
        columns=("Type", "Findings", "Documents", "Masked samples"),
        rows=rows,
        note=" ".join([*(() if rows else ("None found.",)), searched(facts.root, facts.judgement)]),
    )


def _masked(root: Root, judgement: Judgement, samples: pl.DataFrame) -> dict[str, list[str]]:
    """Masked values by type: the only place where a value is looked at, and it leaves only masked."""
    texts: dict[str, str] = {}
    wanted = set(samples["doc_id"])
    for each in judgement.shards:
        for doc_id in sorted(wanted - set(texts)):
            found = root.lake.find(each.shard, DOCUMENT, doc_id, ["text"])
            if found.num_rows:
                texts[doc_id] = found["text"][0].as_py()
    shown: dict[str, list[str]] = {}
    for row in samples.to_dicts():
        if row["doc_id"] in texts:
            shown.setdefault(row["type"], []).append(f"`{mask(texts[row['doc_id']][row['start'] : row['end']])}`")
    return {kind: list(dict.fromkeys(values)) for kind, values in shown.items()}
