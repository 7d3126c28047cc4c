"""What would become of the documents, why, and which of them to look at first."""

import polars as pl

from muniment.policies.guidance import action_of
from muniment.schemas.review import Section
from muniment.tasks.pack.facts import Facts

_ROWS = 12


def reasons(facts: Facts) -> Section:
    """Every reason with how many documents it hits, the most frequent first."""
    rules = facts.policy.by_code()
    rows = [
        (
            f"`{code}`",
            f"{count:,}",
            action_of(rules, code),
            rules[code].why if code in rules else "A required detector gave no evidence.",
        )
        for code, count in sorted(facts.judgement.reasons.items(), key=lambda each: -each[1])
    ]
    note = "" if rows else "No rule hit any document."
    return Section(title="Reasons", columns=("Code", "Documents", "Action", "Why"), rows=tuple(rows), note=note)


def first(facts: Facts) -> Section:
    """One held or rejected document of each combination of reasons, the rarest combinations first: what is rare was thought of least."""
    stopped = facts.verdicts.filter(pl.col("action").is_in(["hold", "reject"])).with_columns(
        pl.col("reasons").list.join(", ").alias("why")
    )
    groups = stopped.group_by("why").agg(pl.len(), pl.col("doc_id").min(), pl.col("action").first())
    rows = groups.sort("len", "why").head(_ROWS).to_dicts()
    table = tuple((f"`{row['doc_id']}`", row["action"], row["why"], f"{row['len']:,}") for row in rows)
    more = f" And {groups.height - _ROWS} more combinations of reasons." if groups.height > _ROWS else ""
    return Section(
        title="Worth reading first",
        columns=("Document", "Action", "Reasons", "Documents like it"),
        rows=table,
        note=f"`muniment explain ID` tells a document's whole story.{more}" if table else "Nothing is held or rejected.",
    )
