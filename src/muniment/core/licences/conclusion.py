"""From evidence to one SPDX expression a document, or to the honest statement that there is none.

The rules, in order:
1. What a document says itself stands: tags, full texts, notices and markup, all joined by AND, since parts under each may be in it.
   Markup speaks for the whole page, so notices and references in a page with markup are dropped. A short reference never adds `-only`
   to a notice that says "or later", and counts only where nothing stronger speaks.
2. Then what was declared for it. A tag, or a licence file, that has no licence in common with the declaration is a conflict.
3. A document that makes a statement which nobody understood is unknown: it does not inherit past its own words.
4. A silent document inherits its project's licence: the declared one, else that of its licence files. Where those two have nothing in
   common the project is in conflict, and so is what would inherit from it. Last comes the source's declared licence.
"""

import polars as pl
import pyarrow as pa
from license_expression import combine_expressions

from muniment.core.licences.declared import licensing, understand
from muniment.core.licences.texts import LICENCE_NAME

_CONCLUDED = pa.schema([("doc_id", pa.string()), ("licence", pa.string()), ("status", pa.string())])
_STRONG = ("tag", "text", "notice", "markup")


def conclude(documents: pa.Table, evidence: pa.Table, source_declared: str = "") -> pa.Table:
    """(doc_id, licence, status) for each of n documents, in their order.

    `documents` has doc_id, project (nullable) and native_key; `evidence` is a `LICENCE` table about them; `source_declared` is what the
    registry says about their source. `status` is known, inherited, unknown or conflict; `licence` is null for the last two.
    """
    frame = pl.DataFrame(documents.select(["doc_id", "project", "native_key"]))
    own = _own(frame, _relevant(pl.DataFrame(evidence).filter(pl.col("role") == "grant")))
    projects = _projects(own)
    whole = own.join(projects, on="project", how="left", maintain_order="left", nulls_equal=False)
    source = pl.lit(understand(source_declared) if source_declared else None, pl.String)
    silent = ~pl.col("clash") & pl.col("own").is_null() & ~pl.col("unread")
    inherited = pl.coalesce("project_licence", source)
    quarrel = pl.col("clash") | (silent & pl.col("project_clash").fill_null(False))
    status = (
        pl.when(quarrel).then(pl.lit("conflict"))
        .when(pl.col("own").is_not_null()).then(pl.lit("known"))
        .when(silent & inherited.is_not_null()).then(pl.lit("inherited"))
        .otherwise(pl.lit("unknown"))
    )  # fmt: skip
    whole = whole.with_columns(status=status)
    licence = pl.when(pl.col("status") == "known").then("own").when(pl.col("status") == "inherited").then(inherited)
    return whole.select("doc_id", licence.alias("licence"), "status").to_arrow().cast(_CONCLUDED)


def _relevant(evidence: pl.DataFrame) -> pl.DataFrame:
    """Evidence without what stronger evidence of the same document overrules."""
    by_page = ((pl.col("kind") == "markup") & pl.col("expression").is_not_null()).any().over("doc_id")
    family = pl.col("expression").str.replace(r"-(only|or-later)$", "")
    later = pl.col("expression").str.ends_with("-or-later").any().over("doc_id", family)
    pointer = (pl.col("kind") == "reference") & pl.col("expression").str.ends_with("-only")
    dropped = (by_page & pl.col("kind").is_in(["notice", "reference"])) | (pointer & later).fill_null(False)
    return evidence.filter(~dropped)


def _own(frame: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
    """Per document: `own` licence, `clash`, and `unread`: it says something, and nothing of it was understood."""
    understood = pl.col("expression").is_not_null()
    strong = pl.col("kind").is_in(_STRONG)
    groups = {
        "strong": pl.col("expression").filter(strong & understood).unique().sort(),
        "tags": pl.col("expression").filter((pl.col("kind") == "tag") & understood).unique().sort(),
        "declared": pl.col("expression").filter((pl.col("kind") == "declared") & understood).unique().sort(),
        "weak": pl.col("expression").filter((pl.col("kind") == "reference") & understood).unique().sort(),
        "unread": (strong & ~understood).any(),
    }
    table = frame.join(evidence.group_by("doc_id").agg(**groups), on="doc_id", how="left", maintain_order="left")
    table = table.with_columns(_joined(name) for name in ("strong", "tags", "declared", "weak"))
    table = table.with_columns(file=pl.col("native_key").str.contains(LICENCE_NAME), unread=pl.col("unread").fill_null(False))
    firm = pl.when("file").then("strong").otherwise("tags")
    clash = _disjoint(firm, pl.col("declared"))
    return table.with_columns(own=pl.coalesce("strong", "declared", "weak"), clash=clash)


def _projects(own: pl.DataFrame) -> pl.DataFrame:
    """Per project: `project_licence`, and `project_clash` where declaration and licence files have nothing in common."""
    said = own.filter(pl.col("project").is_not_null()).group_by("project").agg(
        declared=pl.col("declared").drop_nulls().unique().sort(),
        files=pl.col("strong").filter("file").drop_nulls().unique().sort(),
    ).with_columns(_joined("declared"), _joined("files"))  # fmt: skip
    licence = pl.coalesce("declared", "files").alias("project_licence")
    return said.select("project", licence, _disjoint(pl.col("files"), pl.col("declared")).alias("project_clash"))


def _joined(name: str) -> pl.Expr:
    """A list of expressions as one, by AND; null for an empty list. Computed once for each distinct list."""
    return pl.col(name).list.join("\n").fill_null("").map_batches(_conjunctions, return_dtype=pl.String).alias(name)


def _disjoint(one: pl.Expr, other: pl.Expr) -> pl.Expr:
    """Whether two expressions are both there and name no licence in common."""
    keys = [expression.str.extract_all(r"[^\s()]+").list.set_difference(["AND", "OR", "WITH"]) for expression in (one, other)]
    return (keys[0].list.set_intersection(keys[1]).list.len() == 0).fill_null(False)


def _conjunctions(lists: pl.Series) -> pl.Series:
    distinct = lists.unique()
    meaning = [_conjunction(lines) for lines in distinct]
    return lists.replace_strict(distinct, pl.Series(meaning, dtype=pl.String), return_dtype=pl.String)


def _conjunction(lines: str) -> str | None:
    if not lines:
        return None
    return str(combine_expressions(lines.split("\n"), relation="AND", unique=True, licensing=licensing()))
