"""Erasures of growing size from one root, one after the other, each measured and checked."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

import polars as pl
import psutil
from benchmarks.erasure.corpus import USER

from muniment.schemas.chunk import PROMOTED
from muniment.schemas.erasure import Selector
from muniment.schemas.snapshot import Snapshot
from muniment.store.root import Root, open_root
from muniment.tasks.corpus import required
from muniment.tasks.derive import frame
from muniment.tasks.erasure import copies
from muniment.tasks.erasure.prove import prove
from muniment.tasks.erasure.requests import request_erasure
from muniment.tasks.erasure.rewrite import rewrite_copies
from muniment.tasks.erasure.settle import settle
from muniment.tasks.erasure.survey import plan_erasure
from muniment.tasks.search.search import search

R = TypeVar("R")
_HEAD = ("corpus", "erased", "unserved s", "affected MB", "written MB", "ratio", "system MB", "find s", "rewrite s", "prove s", "residue", "snapshots equal")  # fmt: skip


def erase_all(uri: str, documents: int, sizes: list[int]) -> None:
    """Erase that many documents each time, and print a line."""
    root, chance = open_root(uri), random.Random(5)
    seconds, _ = timed(lambda: copies.look_into(root))
    print(f"\n{documents:,} documents, {_kept(root) / 1e6:,.0f} MB kept; every object looked into in {seconds:.1f} s, once")
    print(" | ".join(_HEAD))
    for size in sizes:
        print(" | ".join(_erased(root, documents, size, chance)), flush=True)


def _erased(root: Root, documents: int, size: int, chance: random.Random) -> list[str]:
    before = {name: contents(root, name) for name in root.manifests.ids("snapshots")}
    rows = promoted(root).filter(pl.col("text").str.len_bytes() > 0)
    chosen = sorted(chance.sample(rows["doc_id"].to_list(), size))
    asked = rows.filter(pl.col("doc_id") == chosen[0])["text"][0]
    assert chosen[0] in served(root, asked), "the document must be found before it is erased"
    unserved, request = timed(lambda: request_erasure(root.uri, Selector(documents=tuple(chosen)), "benchmark", "bench"))
    looking, found = timed(lambda: served(root, asked))
    assert chosen[0] not in found, "what is withheld is not found"
    writing = _written()
    finding, plan = timed(lambda: plan_erasure(root.uri, request.id))
    rewriting, _ = timed(lambda: rewrite_copies(root.uri, plan))
    system = _written() - writing
    proving, receipt = timed(lambda: prove(root.uri, plan))
    settle(root.uri, plan, receipt)
    equal = sum(_same(held, contents(root, name), chosen) for name, held in before.items())
    affected, written = receipt.bytes_affected, receipt.bytes_written
    return [
        f"{documents:,}", f"{size:,}", f"{unserved:.2f} (search {looking:.2f})", f"{affected / 1e6:.1f}", f"{written / 1e6:.1f}",
        f"{written / max(affected, 1):.2f}", f"{system / 1e6:.1f}", f"{finding:.1f}", f"{rewriting:.1f}", f"{proving:.1f}",
        f"{sum(each.count for each in receipt.residue)}{'' if receipt.proven else ' NOT PROVEN'}", f"{equal} of {len(before)}",
    ]  # fmt: skip


def timed(work: Callable[[], R]) -> tuple[float, R]:
    """Wall seconds of a piece of work, and what it gives."""
    began = time.perf_counter()
    made = work()
    return time.perf_counter() - began, made


def served(root: Root, text: str) -> set[str]:
    """Documents that a search with a document's own words gives."""
    return {hit.citation.partition(":")[0] for hit in search(root.uri, text[:400], USER, k=10).hits}


def promoted(root: Root) -> pl.DataFrame:
    """Ids and texts of what production shows."""
    return frame(root.lake.read_all(required(root, "production").shards(), PROMOTED, ["doc_id", "text"]))


def contents(root: Root, name: str) -> pl.DataFrame:
    """Every document of a snapshot by the digest of its text."""
    snapshot = root.manifests.get("snapshots", name, Snapshot)
    return frame(root.lake.read_all(snapshot.shards(), PROMOTED, ["doc_id", "text_hash", "title"])).sort("doc_id")


def _same(before: pl.DataFrame, after: pl.DataFrame, gone: list[str]) -> bool:
    return before.filter(~pl.col("doc_id").is_in(gone)).equals(after)


def _kept(root: Root) -> int:
    return sum(root.objects.open(key).seek(0, 2) for key in root.objects.list("objects/"))


def _written() -> int:
    """Bytes that this process and those that it started have written."""
    this = psutil.Process()
    return sum(each.io_counters().write_chars for each in (this, *this.children(recursive=True)))
