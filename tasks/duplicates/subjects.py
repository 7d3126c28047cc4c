"""What duplicates are told apart and preferred by, gathered about documents in quarantine and in the corpus."""

import polars as pl

from muniment.core.twins import traits
from muniment.policies.licences import Tag
from muniment.schemas.evidence import SUBJECT
from muniment.schemas.verdict import PROMOTABLE

_LIMITS = [each.value for each in (Tag.NONCOMMERCIAL, Tag.NO_DERIVATIVES, Tag.RESEARCH_ONLY, Tag.PARTNER_ONLY)]
# Of the signals about a text, the two that say how much of it is prose that is said once.
QUALITY = ("duplicate_line_ratio", "alphabetic_word_ratio")


def placed(documents: pl.DataFrame) -> pl.DataFrame:
    """`documents` (with native_key, project, tags) with the columns project, path, vendored and licence of `SUBJECT`."""
    key, project = documents["native_key"].to_arrow(), documents["project"].to_arrow()
    tags, has = pl.col("tags"), pl.col("tags").list.contains
    limited = pl.any_horizontal(has(tag) for tag in _LIMITS)
    openness = (
        pl.when(tags.is_null() | has(Tag.UNKNOWN.value))
        .then(0)
        .when(limited)
        .then(1)
        .when(has(Tag.SHAREALIKE.value))
        .then(2)
        .otherwise(3)
    )
    return documents.with_columns(
        project=pl.Series(traits.projects(project)),
        path=pl.Series(traits.paths(key)),
        vendored=pl.col("native_key").str.contains(f"(?i){traits.VENDORED.pattern}"),
        licence=openness.cast(pl.Int32),
    )


def judged(documents: pl.DataFrame, verdicts: pl.DataFrame) -> pl.DataFrame:
    """Captured documents with what a judgement without duplicates says of them: language, tags, admitted."""
    said = verdicts.select("doc_id", "language", "tags", admitted=pl.col("action").is_in([str(each) for each in PROMOTABLE]))
    return documents.join(said, on="doc_id", how="left", maintain_order="left")


def quality(signals: pl.DataFrame) -> pl.DataFrame:
    """doc_id and quality (0 to 1): the share of lines that repeat no other times the share of words with a letter in them."""
    said = signals.filter(pl.col("name").is_in(QUALITY)).pivot("name", index="doc_id", values="value")
    return said.select("doc_id", quality=((1 - pl.col(QUALITY[0])) * pl.col(QUALITY[1])).round(2).cast(pl.Float32)) if said.height else (
        pl.DataFrame(schema={"doc_id": pl.String, "quality": pl.Float32})
    )  # fmt: skip


def subjects(documents: pl.DataFrame) -> pl.DataFrame:
    """The columns of `SUBJECT`, in its order."""
    return documents.select(SUBJECT.names)
