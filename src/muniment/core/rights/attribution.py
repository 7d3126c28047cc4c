"""Who is to be named for which documents: attributions grouped by project, as people read them."""

from collections.abc import Iterator
from typing import NamedTuple

import polars as pl

from muniment.core.rights.copyrights import copyright_lines

# A document of the snapshot (`listed`), or a paper of its project: a licence file or a notice, which may not be in the snapshot itself.
CREDIT: dict[str, pl.DataType] = {
    **dict.fromkeys(("project", "native_key", "title", "doc_id", "licence"), pl.String()),
    "redactions": pl.Int32(),
    "listed": pl.Boolean(),
    "copyrights": pl.List(pl.String),
    "notice": pl.String(),
}
PAPER = r"(?i)(?:^|[/:!])(?:un)?(?:licen[sc]e|copying|copyright|notice|authors|mit-licen[sc]e)[^/]*$"
_NOTICE = r"(?i)(?:^|[/:!])notice[^/]*$"
_LONGEST_NOTICE = 20_000  # code points
_MOST = 200  # copyright lines of a project
_SPEAKS = r"(?i)copyright|copr\.|©|\(c\)"


class Group(NamedTuple):
    """Documents of one project, or one document of none: what they are under, who is to be named, and what must be passed on with them."""

    project: str  # empty: of none
    licences: tuple[str, ...]  # expressions
    copyrights: tuple[str, ...]
    notices: tuple[tuple[str, str], ...]  # (where, text)
    documents: tuple[dict[str, object], ...]


def credits(documents: pl.DataFrame, listed: bool) -> pl.DataFrame:
    """Rows of `CREDIT` for documents with project, native_key, title, doc_id, licence, redactions and text, in their order."""
    speaking = documents["text"].str.contains(_SPEAKS)
    lines = [copyright_lines(text) if speaks else [] for text, speaks in zip(documents["text"], speaking, strict=True)]
    notice = pl.when(pl.col("native_key").str.contains(_NOTICE)).then(pl.col("text").str.slice(0, _LONGEST_NOTICE))
    return documents.with_columns(
        pl.lit(listed).alias("listed"), notice.alias("notice"), pl.Series("copyrights", lines, dtype=pl.List(pl.String))
    ).select(pl.col(name).cast(kind) for name, kind in CREDIT.items())


def groups(rows: pl.DataFrame) -> Iterator[Group]:
    """Attributions of rows of `CREDIT`, by project and then by native key; documents of no project stand alone, after the others."""
    ordered = rows.sort("project", "native_key", "doc_id", nulls_last=True)
    of_projects = ordered.filter(pl.col("project").is_not_null())
    for (project,), own in of_projects.group_by("project", maintain_order=True):
        if own["listed"].any():
            yield _group(str(project), own)
    alone = ordered.filter(pl.col("project").is_null() & pl.col("listed"))
    for place in range(alone.height):
        yield _group("", alone.slice(place, 1))


def _group(project: str, own: pl.DataFrame) -> Group:
    listed = own.filter("listed")
    notices = own.filter(pl.col("notice").is_not_null()).unique("notice", keep="first", maintain_order=True)
    lines = own["copyrights"].explode().drop_nulls().unique(maintain_order=True).head(_MOST)
    return Group(
        project=project,
        licences=tuple(sorted(listed["licence"].fill_null("").unique())),
        copyrights=tuple(lines),
        notices=tuple(notices.select("native_key", "notice").iter_rows()),
        documents=tuple(listed.select("doc_id", "title", "native_key", "licence", "redactions").iter_rows(named=True)),
    )


def changes(redactions: object) -> str:
    """What was changed in a document, as licences ask to be told; empty where nothing was."""
    return f"{redactions} passage{'s' * (redactions != 1)} replaced for the protection of persons" if redactions else ""
