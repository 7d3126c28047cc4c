"""From evidence to one SPDX expression a document, or to the honest statement that there is none.

The rules, in order:
1. What a document says itself stands: tags, full texts, notices and markup, all joined by AND, since parts under each may be in it.
   Markup speaks for the whole page, so notices and references in a page with markup are dropped. A short reference never adds `-only`
   to a notice that says "or later".
2. Then what was declared for that document.
3. A document that makes a statement which nobody understood is unknown: it does not inherit past its own words.
4. A silent document inherits what its directory, its project or its source says (`inheritance`), in the order that policy gives.
   A short reference of its own stands before its source's declaration and behind everything else.
5. Which disagreements are a conflict is policy's as well: a tag that has nothing in common with the declaration, a project whose
   metadata and licence files have nothing in common, a conclusion that has nothing in common with the source's declaration, a grant
   beside "all rights reserved".
"""

from collections.abc import Sequence

import polars as pl
import pyarrow as pa

from muniment.core.licences.agreement import disjoint
from muniment.core.licences.declared.strings import understand
from muniment.core.licences.expressions import joined
from muniment.core.licences.inheritance import around
from muniment.core.licences.texts.statements import LICENCE_NAME
from muniment.policies.rights import Rights

_CONCLUDED = pa.schema([("doc_id", pa.string()), ("licence", pa.string()), ("status", pa.string()), ("rights", pa.string())])
_WEIGHED = [*_CONCLUDED.names, "strong", "weak", "declared", "upstream", "near", "directory", "by_project", "source", "dark"]
_STRONG = ("tag", "text", "notice", "markup")
_RESERVED = r"\bLicenseRef-AllRightsReserved\b"
_PROVEN = 0.9  # confidence from which a document's own words verify a right
_UPSTREAM = "upstream metadata"
_SAYS = {"directory": "directory", "project": "by_project"}  # place → column of what is inherited from there
_NONE = pl.lit(None, pl.String)


def conclude(documents: pa.Table, evidence: pa.Table, source_declared: str = "", policy: Rights = Rights()) -> pa.Table:
    """(doc_id, licence, status, rights) for each of n documents, in their order.

    `documents` has doc_id, project (nullable) and native_key; `evidence` is a `LICENCE` table about them; `source_declared` is what the
    registry says about their source. `status` is known, inherited, unknown or conflict; `licence` is null for the last two. `rights`
    is how well the right is established (LIC-7): verified by the document's own words, or where metadata and licence files of its
    project agree; partial, by one of these or by a declaration alone; unverified.
    """
    return pl.DataFrame(sides(documents, evidence, source_declared, policy)).select(_CONCLUDED.names).to_arrow().cast(_CONCLUDED)


def sides(documents: pa.Table, evidence: pa.Table, source_declared: str = "", policy: Rights = Rights()) -> pa.Table:
    """As `conclude`, with all that was weighed: what each document says itself (`strong`, `weak`), what was `declared` for it and for its
    project (`upstream`), what its `directory`, its project (`by_project`) and its `source` say, from where it inherits (`near`), and whether
    a declaration was not understood (`dark`)."""
    frame = pl.DataFrame(documents.select(["doc_id", "project", "native_key"]))
    counted = (pl.col("role") == "grant") & (pl.col("confidence") >= policy.confidence)
    own = _own(frame, _relevant(pl.DataFrame(evidence).filter(counted)))
    source = pl.lit(understand(source_declared) if source_declared else None, pl.String)
    whole = around(own, _joined).with_columns(source=source)
    order = [name for name in policy.inherit if name != "source"]
    last = pl.col("source") if "source" in policy.inherit else pl.lit(None, pl.String)
    whole = whole.with_columns(firm=pl.coalesce("strong", "declared"), near=_first(order)).with_columns(
        silent=pl.col("firm").is_null() & ~pl.col("unread"), inherited=pl.coalesce(*(_SAYS[name] for name in order), _NONE)
    )
    licence = pl.when("silent").then(pl.coalesce("inherited", "weak", last)).otherwise("firm")
    itself = ~pl.col("silent") | (pl.col("inherited").is_null() & pl.col("weak").is_not_null())
    status = (
        pl.when(_conflict(policy, licence)).then(pl.lit("conflict"))
        .when(licence.is_null()).then(pl.lit("unknown"))
        .when(itself).then(pl.lit("known"))
        .otherwise(pl.lit("inherited"))
    )  # fmt: skip
    whole = whole.with_columns(status=status, licence=licence)
    held = pl.when(pl.col("status").is_in(["known", "inherited"])).then("licence")
    return whole.with_columns(licence=held).with_columns(rights=_rights()).select(_WEIGHED).to_arrow()


def _first(order: Sequence[str]) -> pl.Expr:
    """From where a silent document inherits: the first of these that says something."""
    return pl.coalesce(*(pl.when(pl.col(_SAYS[name]).is_not_null()).then(pl.lit(name)) for name in order), _NONE)


def _conflict(policy: Rights, licence: pl.Expr) -> pl.Expr:
    heir = {name: pl.col("silent") & (pl.col("near") == name).fill_null(False) for name in _SAYS}
    tests = {
        "declared": disjoint(pl.col("tags"), pl.coalesce("declared", "upstream")),
        "project": (heir["directory"] & pl.col("directory_clash")) | ((heir["project"] | pl.col("high")) & pl.col("project_clash")),
        "source": disjoint(licence, pl.col("source")),
        "reserved": pl.col("strong").str.contains(_RESERVED) & pl.col("strong").str.contains(" AND ", literal=True),
    }
    return pl.any_horizontal(pl.lit(False), *(tests[name].fill_null(False) for name in policy.conflicts))


def _rights() -> pl.Expr:
    agreed = pl.coalesce(*(pl.when(pl.col("near") == name).then(f"{name}_agreed") for name in _SAYS), pl.lit(False))
    proven = pl.col("proven") | (pl.col("silent") & agreed)
    return (
        pl.when(pl.col("licence").is_null())
        .then(pl.lit("unverified"))
        .when(proven)
        .then(pl.lit("verified"))
        .otherwise(pl.lit("partial"))
    )


def _relevant(evidence: pl.DataFrame) -> pl.DataFrame:
    """Evidence without what the markup of the same page overrules."""
    markup = (pl.col("kind") == "markup") & (pl.col("rule") != "footer") & pl.col("expression").is_not_null()
    by_page = markup.any().over("doc_id")
    return evidence.filter(~(by_page & pl.col("kind").is_in(["notice", "reference"])))


def _own(frame: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
    """What each document says: of itself (`strong`, of it `tags`; `weak`: short references; `declared` for it), of its project
    (`metadata`, and `upstream`, declared for its project); `file`: it is a licence file; `unread`: it says something of itself, and
    nothing of it was understood; `proven`: its own words are sure."""
    understood, strong, declared = pl.col("expression").is_not_null(), pl.col("kind").is_in(_STRONG), pl.col("kind") == "declared"
    evidence = evidence.join(frame.select("doc_id", within=pl.col("project").is_not_null()), on="doc_id", how="inner")
    upstream = declared & (pl.col("rule") == _UPSTREAM) & pl.col("within")
    project = declared & ~upstream & (pl.col("scope") == "project")
    kinds = {
        "strong": strong,
        "tags": pl.col("kind") == "tag",
        "weak": pl.col("kind") == "reference",
        "upstream": upstream,
        "metadata": project,
        "declared": declared & ~upstream & ~project,
    }
    groups = {name: pl.col("expression").filter(kind & understood).unique().sort() for name, kind in kinds.items()}
    sure = (strong & understood & (pl.col("confidence") >= _PROVEN)).any()
    dark = (pl.col("kind") == "declared") & ~understood
    groups |= {"dark": dark.any(), "unread": (strong & ~understood).any(), "proven": sure}
    table = frame.join(evidence.group_by("doc_id").agg(**groups), on="doc_id", how="left", maintain_order="left")
    table = table.with_columns(_joined(name) for name in kinds)
    return table.with_columns(
        pl.col("unread", "proven", "dark").fill_null(False), file=pl.col("native_key").str.contains(LICENCE_NAME)
    )


def _joined(name: str) -> pl.Expr:
    """A list of expressions as one, by AND; null for an empty list. Computed once for each distinct list."""
    return pl.col(name).list.join("\n").fill_null("").map_batches(_conjunctions, return_dtype=pl.String).alias(name)


def _conjunctions(lists: pl.Series) -> pl.Series:
    distinct = lists.unique()
    meaning = [joined(lines.split("\n")) if lines else None for lines in distinct]
    return lists.replace_strict(distinct, pl.Series(meaning, dtype=pl.String), return_dtype=pl.String)
