"""What stands around a document: the licence of its directory, of its project, and whether these agree.

A place is a directory with a licence file or package metadata; it speaks for all below it, and the nearest one above a document counts
(as REUSE 3.3 and the Debian policy have it for directories of upstream sources). The places of a project that lie highest speak for
all of it, whatever its directories are called: an installed package keeps its papers beside its code. `LICENSES/`, `debian/` and
`.reuse/` speak for their parent.
"""

from collections.abc import Callable, Iterable

import polars as pl

from muniment.core.licences.agreement import disjoint

_TEXTS = r"(?i)/?(?:licen[sc]es?|legal|debian|\.reuse)$"
_files = pl.when("file").then("strong")
Joined = Callable[[str], pl.Expr]  # a column of lists of expressions as one expression each


def around(own: pl.DataFrame, joined: Joined) -> pl.DataFrame:
    """The frame with `directory` and `by_project`, the licences inherited from there, and for both `…_clash` (metadata and licence files
    there have nothing in common) and `…_agreed` (both are there and do not clash); `high`: it is among its project's own papers.

    One row a document: native_key, project; file (is it a licence file), strong (what it says of itself), metadata (what it says of its
    project), upstream (what was declared for its project).
    """
    placed = own.with_columns(place=pl.col("native_key").str.extract(r"^(.*)[/!:][^/]*$").fill_null("").str.replace(_TEXTS, ""))
    papers = placed.filter((pl.col("file") & pl.col("strong").is_not_null()) | pl.col("metadata").is_not_null()).with_columns(
        depth=pl.col("place").str.count_matches("/")
    )
    top = pl.col("depth") == pl.col("depth").min().over("project", mapping_strategy="group_to_rows")
    high = papers.filter(top & pl.col("project").is_not_null())
    upstream = placed.filter(pl.col("project").is_not_null() & pl.col("upstream").is_not_null())
    told = upstream.select("project", said="upstream").unique()
    named = high.select("doc_id", high=pl.lit(True))
    spoken = pl.concat([high.select("project", said="metadata", files=_files), told], how="diagonal")
    low = papers.join(high.select("doc_id"), on="doc_id", how="anti").select("place", said="metadata", files=_files)
    places = _spoken(low, "place", joined)
    projects = _spoken(spoken, "project", joined)
    projects = projects.select("project", by_project="licence", project_clash="clash", project_agreed="agreed")
    nearest = _nearest(placed["place"].unique(), set(places["place"])).join(places, left_on="paper", right_on="place", how="left")
    nearest = nearest.select("place", directory="licence", directory_clash="clash", directory_agreed="agreed")
    whole = placed.join(nearest, on="place", how="left", maintain_order="left")
    whole = whole.join(projects, on="project", how="left", maintain_order="left", nulls_equal=False)
    whole = whole.join(named, on="doc_id", how="left", maintain_order="left").with_columns(pl.col("high").fill_null(False))
    return whole.with_columns(pl.col("^(directory|project)_(clash|agreed)$").fill_null(False))


def _spoken(papers: pl.DataFrame, by: str, joined: Joined) -> pl.DataFrame:
    """What the papers (`said` in metadata, `files`) of one place or project say together: metadata before licence files."""
    said = (
        papers.group_by(by).agg(pl.col("said", "files").drop_nulls().unique().sort()).with_columns(joined("said"), joined("files"))
    )
    clash = disjoint(pl.col("files"), pl.col("said")).fill_null(False)
    both = pl.col("files").is_not_null() & pl.col("said").is_not_null()
    return said.select(by, licence=pl.coalesce("said", "files"), clash=clash, agreed=both & ~clash)


def _nearest(directories: Iterable[str], places: set[str]) -> pl.DataFrame:
    """Directory → the nearest place at or above it, null where there is none."""
    found: dict[str, str | None] = {}
    for directory in directories:
        passed, above = [], directory
        while above not in found and above not in places and above:
            passed.append(above)
            above = above.rpartition("/")[0]
        paper = above if above in places else found.get(above)
        found |= dict.fromkeys([*passed, directory], paper)
    return pl.DataFrame({"place": list(found), "paper": list(found.values())}, schema={"place": pl.String, "paper": pl.String})
