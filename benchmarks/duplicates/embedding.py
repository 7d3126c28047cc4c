"""How many more duplicates a static encoder finds among near candidates, and how many of them are versions of one page.

    python -m benchmarks.duplicates.embedding --documents 10000 --cosines 0.90,0.95,0.97,0.99

Whole pages (source, grp) are drawn from the corpus with all their versions. What is removed is right when its canonical is the same
page; even exact copies are not always, since pages share parts, so the figure is a lower bound. Intervals are 95%, by a bootstrap over
pages: the versions of a page depend on each other.
"""

import os
import time
from pathlib import Path
from typing import Annotated

import polars as pl
import pyarrow as pa
import typer
from rich.console import Console
from rich.table import Table

from muniment.core import twins
from muniment.core.twins.kernel import Array
from muniment.evaluate.metrics import Metric, share
from muniment.policies.duplicates import Domain, Duplicates
from muniment.schemas.evidence import SUBJECT
from muniment.store.encoders import encoder

DATA = Path(os.environ.get("MUNIMENT_DATA") or Path(__file__).parents[3] / "shared" / "data")
_NOTHING_KNOWN = {
    "source_id": "", "media_type": "text/plain", "language": None, "project": 0, "path": 0, "vendored": False, "settled": False,
    "standing": False, "admitted": True, "authority": 0, "licence": 0, "modified": None, "quality": None,
}  # fmt: skip


def main(
    documents: Annotated[int, typer.Option(help="About how many documents, in whole pages.")] = 10_000,
    cosines: Annotated[str, typer.Option(help="Levels to try, with commas.")] = "0.90,0.95,0.97,0.99",
    model: Annotated[str, typer.Option(help="The encoder.")] = "wordllama",
    data: Annotated[Path, typer.Option(help="The folder with corpus/docs.parquet.")] = DATA,
) -> None:
    """Print, without embeddings and for each level, how much is removed in all, and how and how rightly by embedding."""
    sample = pages(data / "corpus" / "docs.parquet", documents)
    start = time.process_time()
    vectors = encoder(model).encode(sample["text"].to_list())
    encoding = time.process_time() - start
    place = pl.DataFrame({"doc_id": sample["doc_id"]}).with_row_index("at")

    def alike(one: pl.Series, other: pl.Series) -> Array:
        rows, others = (
            each.to_frame("doc_id").join(place, on="doc_id", how="left", maintain_order="left")["at"] for each in (one, other)
        )
        return (vectors[rows.to_numpy()] * vectors[others.to_numpy()]).sum(axis=1)

    text = pa.table({name: sample[name].to_arrow() for name in ("doc_id", "text")})
    signatures = twins.detector().detect(text)
    shown = Table("cosine", "removed", "more", "by embedding", "right", "precision [95%]", "right by source")
    before = 0
    for level in (None, *map(float, cosines.split(","))):
        search = twins.Search(subjects(sample), signatures, Duplicates(domain=(Domain(name="all", cosine=level),)))
        search.add(text["doc_id"], text["text"])
        removed = judged(pl.DataFrame(search.twins(alike)), sample)
        before = before if level else removed.height
        first = ["none" if level is None else f"{level:.2f}", str(removed.height), f"{removed.height - before:+d}"]
        # Without embeddings, what is near is shown: the same measure of what the exact Jaccard removes.
        shown.add_row(*first, *figures(removed.filter(kind="embedding" if level else "near")))
    console = Console(width=140)
    console.print(f"{len(sample)} documents of {sample.n_unique(['source', 'grp'])} pages, {model}, {encoding:.1f} CPU s to encode")
    console.print(shown)


def pages(path: Path, documents: int) -> pl.DataFrame:
    """Whole pages in an order of their own until there are so many documents."""
    corpus = pl.read_parquet(path, columns=["doc_id", "text", "source", "grp"])
    sizes = corpus.group_by("source", "grp").len().sort(pl.struct("source", "grp").hash(seed=7), "source", "grp")
    drawn = sizes.filter(pl.col("len").cum_sum() <= documents)
    return corpus.join(drawn.select("source", "grp"), on=["source", "grp"], maintain_order="left")


def subjects(sample: pl.DataFrame) -> pa.Table:
    """Documents about which nothing is known but their text."""
    return sample.select("doc_id", *(pl.lit(value).alias(name) for name, value in _NOTHING_KNOWN.items())).to_arrow().cast(SUBJECT)


def judged(found: pl.DataFrame, sample: pl.DataFrame) -> pl.DataFrame:
    """What is removed, with its page, and whether its canonical is of the same."""
    page = sample.select("doc_id", "source", "grp")
    removed = found.filter(pl.col("spared").is_null()).join(page, on="doc_id")
    paired = removed.join(page, left_on="canonical_id", right_on="doc_id", suffix="_kept")
    same = (pl.col("source") == pl.col("source_kept")) & (pl.col("grp") == pl.col("grp_kept"))
    return paired.with_columns(same.alias("right"))


def figures(part: pl.DataFrame) -> tuple[str, ...]:
    """Documents, how many are right, their share with pages as what is resampled, and the same by source."""
    if part.is_empty():
        return "0", "0", "", ""
    pages = part.group_by("source", "grp").agg(pl.col("right").sum(), pl.len()).sort("source", "grp")
    sources = part.group_by("source").agg(pl.col("right").sum(), pl.len()).sort("source")
    by_source = ", ".join(f"{name.split('/')[0]} {hit}/{every}" for name, hit, every in sources.iter_rows())
    return (
        str(part.height),
        str(part["right"].sum()),
        interval(share(pages["right"].to_numpy(), pages["len"].to_numpy())),
        by_source,
    )


def interval(metric: Metric) -> str:
    return f"{metric.value:.3f} [{metric.low:.3f}, {metric.high:.3f}]"


if __name__ == "__main__":
    typer.run(main)
