"""What an erasure of kept documents sets in motion: 200 canonicals of 100,000 documents are erased, and their duplicates decided anew.

    python -m benchmarks.duplicates.deletion [--documents 100000] [--erased 200]

Made documents, a fifth of them near twins, go the product's own way: captured, judged, approved, promoted, erased. Printed are the
documents that were looked at again and the decisions that changed; the run fails if a decision about any other document did.
"""

import argparse
import tempfile
import time
from pathlib import Path

import polars as pl
from benchmarks.duplicates import memory
from benchmarks.spine import policy

from muniment import flows
from muniment.schemas.erasure import Selector
from muniment.schemas.evidence import TWIN
from muniment.schemas.review import Decision
from muniment.schemas.source import Source
from muniment.store.root import open_root
from muniment.tasks import policies
from muniment.tasks.derive import frame
from muniment.tasks.duplicates import bins
from muniment.tasks.erasure.prove import prove
from muniment.tasks.erasure.reelect import reelect
from muniment.tasks.erasure.requests import request_erasure
from muniment.tasks.erasure.rewrite import rewrite_copies
from muniment.tasks.erasure.survey import plan_erasure
from muniment.tasks.judge import standing
from muniment.tasks.review.decide import decide
from muniment.tasks.sources import add_source, approve_source

SOURCE = {
    "id": "made", "kind": "table", "owner": "o", "steward": "bench", "declared_licence": "CC0-1.0", "acl": ["all"],
    "columns": {"text": "text", "key": "doc_id"},
}  # fmt: skip


def corpus(folder: Path, documents: int) -> str:
    """A root in which so many documents were captured and promoted."""
    (folder / "input").mkdir()
    memory.make(folder / "input" / "made.parquet", documents)
    uri = str(folder / "root")
    add_source(uri, Source.model_validate({**SOURCE, "location": str(folder / "input")}), "bench")
    approve_source(uri, "made", "bench")
    policies.put_in_force(
        open_root(uri),
        policy()
        .replace('detectors = ["secrets", "quality"]', 'detectors = ["quality", "twins"]')
        .replace('required = ["secrets", "quality"]', 'required = ["twins"]'),
    )
    captured = flows.capture("made", root=uri, actor="bench")
    decide(uri, captured.judgement, Decision.APPROVE, "benchmark", "bench")
    flows.promote(root=uri, actor="bench")
    print(f"{sum(captured.actions.values()):,} documents captured: {captured.actions}")
    return uri


def rows(uri: str) -> pl.DataFrame:
    """What stands about duplicates."""
    (judgement,) = standing(open_root(uri))
    assert judgement.twins is not None
    return frame(open_root(uri).lake.read(judgement.twins, TWIN)).filter(pl.col("spared").is_null())


def main() -> None:
    """Erase canonicals, re-elect, and compare everything that stands before and after."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--erased", type=int, default=200)
    options = parser.parse_args()
    asked: list[int] = []
    bins.search = watched(asked)
    with tempfile.TemporaryDirectory() as folder:
        uri = corpus(Path(folder), options.documents)
        before = rows(uri)
        gone = before["canonical_id"].unique().sort().head(options.erased)
        orphans = before.filter(pl.col("canonical_id").is_in(gone.implode()))
        request = request_erasure(uri, Selector(documents=tuple(gone)), "benchmark", "bench").id
        plan = timed("plan", lambda: plan_erasure(uri, request))
        timed("rewrite", lambda: rewrite_copies(uri, plan))
        asked.clear()
        timed("look at the orphans again and judge", lambda: reelect(uri, plan, "bench"))
        receipt = timed("prove", lambda: prove(uri, plan))
        after = rows(uri)
    stood = before.join(orphans, on="doc_id", how="anti")
    same = stood.join(after, on=before.columns, how="semi", nulls_equal=True)
    elected = orphans.join(after, on="doc_id", how="anti")
    print(f"{len(gone):,} kept documents erased, {orphans.height:,} orphans; {sum(asked):,} documents were looked at again; "
          f"{elected.height:,} orphans are kept now, {orphans.height - elected.height:,} have another canonical; proven: {receipt.proven}")  # fmt: skip
    print(f"{stood.height - same.height:,} of {stood.height:,} other decisions changed")
    assert same.height == stood.height and receipt.proven


def watched(asked: list[int]):
    """The search, telling how many documents take part in it."""
    search = bins.search

    def tell(subjects, *rest):
        asked.append(subjects.num_rows)
        return search(subjects, *rest)

    return tell


def timed(name, work):
    """Do something and print how long it took."""
    began = time.perf_counter()
    result = work()
    print(f"  {name}: {time.perf_counter() - began:.2f} s", flush=True)
    return result


if __name__ == "__main__":
    main()
