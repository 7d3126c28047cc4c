"""What a steward sees of rights: what is established how well, and where statements disagree, both sides of it."""

import polars as pl

from muniment.core import licences
from muniment.schemas.capture import Capture, Judgement
from muniment.schemas.review import Section
from muniment.store.root import Root
from muniment.tasks import policies
from muniment.tasks.derive import frame
from muniment.tasks.rights.conclude import papers

_ROWS = 12
_DARK = "not understood"
_SIDES = {
    "strong": "itself",
    "weak": "in passing",
    "declared": "declared for it",
    "upstream": "declared for its project",
    "directory": "its directory",
    "by_project": "its project",
    "source": "its source",
}


def disagreements(root: Root, judgement: Judgement, rights: pl.Series) -> Section:
    """Shares of documents by how well their right is established, and what the others' papers say, the largest groups first."""
    shares = ", ".join(f"{name} {count / max(len(rights), 1):.1%}" for name, count in rights.value_counts(sort=True).rows())
    if not (rights == "unverified").any():
        return Section(title="Rights", columns=(), rows=(), note=f"Rights are {shares}." if len(rights) else "No document.")
    weighed = _weighed(root, judgement).filter(pl.col("status").is_in(["conflict", "unknown"]))
    weighed = weighed.with_columns(upstream=pl.when("dark").then(pl.coalesce("upstream", pl.lit(_DARK))).otherwise("upstream"))
    sides = [name for name in _SIDES if weighed[name].drop_nulls().len()]
    groups = (
        weighed.group_by("status", *sides)
        .agg(pl.len(), pl.col("doc_id").min())
        .sort("len", "status", "doc_id", descending=[True, False, False])
    )
    rows = tuple(
        (
            row["status"],
            "; ".join(f"{_SIDES[name]}: {row[name]}" for name in sides if row[name]) or "nobody says anything",
            f"{row['len']:,}",
            f"`{row['doc_id']}`",
        )
        for row in groups.head(_ROWS).to_dicts()
    )
    more = f" And {groups.height - _ROWS} more groups." if groups.height > _ROWS else ""
    columns = ("Status", "Who says what", "Documents", "For example")
    return Section(title="Rights", columns=columns, rows=rows, note=f"Rights are {shares}.{more}")


def sides(root: Root, judgement: Judgement, doc_id: str) -> Section:
    """All that was weighed about the licence of one document."""
    [row] = _weighed(root, judgement).filter(pl.col("doc_id") == doc_id).to_dicts()
    row["upstream"] = row["upstream"] or (_DARK if row["dark"] else None)
    rows = tuple((label, row[name]) for name, label in _SIDES.items() if row[name])
    note = f"{row['status']}, {row['rights']}" + (
        f"; inherited from its {row['near']}" if row["status"] == "inherited" and row["near"] else ""
    )
    return Section(title="Rights", columns=("Side", "Licence"), rows=rows, note=note + ("." if rows else "; nobody says anything."))


def _weighed(root: Root, judgement: Judgement) -> pl.DataFrame:
    capture = root.manifests.get(f"captures/{judgement.source}", judgement.capture, Capture)
    evidence = {each.shard.digest: each.evidence for each in judgement.shards}
    documents, statements = papers(root, capture, evidence)
    source = root.registry.get(judgement.source)
    return frame(licences.sides(documents, statements, source.declared_licence, policies.current(root).rights))
