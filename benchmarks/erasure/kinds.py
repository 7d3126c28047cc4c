"""Erasures of 1, 10 and 100 documents from an index of each kind, at two numbers of segments of one size.

    python -m benchmarks.erasure.kinds [--segments 4 12] [--erase 1 10 100] [--folder DIR]

A segment is a source of 2,500 documents, or 5,000 passages (wordllama). Each kind is served by a root of its own, from which documents drawn
at random are erased as the product does it. Printed for each erasure, in CPU seconds on one core: until nothing of it is served, to
find its copies, to rewrite them, to prove it; bytes of the segments that held it, before, and written in their place; files that were made
anew, by kind; residue that the verifier found. Stops when anything of another segment was written, or when an erasure is not proven.
"""

import argparse
import os
import random
import resource
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

os.environ["MUNIMENT_CORES"] = os.environ["OMP_NUM_THREADS"] = "1"
os.environ.setdefault("MUNIMENT_ENCODER", "wordllama")

from benchmarks.erasure import corpus
from benchmarks.erasure.ours import promoted, served

from muniment.schemas.chunk import CHUNK
from muniment.schemas.erasure import Selector
from muniment.schemas.index import EXACT, Index, Segment
from muniment.schemas.snapshot import Target
from muniment.store.root import Root, open_root
from muniment.store.vectors import KINDS
from muniment.tasks.corpus import target
from muniment.tasks.erasure.prove import prove
from muniment.tasks.erasure.requests import request_erasure
from muniment.tasks.erasure.rewrite import rewrite_copies
from muniment.tasks.erasure.settle import settle
from muniment.tasks.erasure.survey import plan_erasure
from muniment.tasks.index.variants import build_variant

R = TypeVar("R")
_DOCUMENTS = 2_500  # of a source
_HEAD = ("kind", "segments", "erased", "touched", "unserved s", "find s", "rewrite s", "prove s", "held MB", "written MB", "ratio", "made anew", "residue")  # fmt: skip


def main() -> None:
    """Build once, then copy, erase and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--segments", type=int, nargs="+", default=[4, 12])
    parser.add_argument("--erase", type=int, nargs="+", default=[1, 10, 100])
    parser.add_argument("--folder", type=Path, help="work here; what was built there before is used again")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        tempfile.tempdir = temporary  # which a proof searches: that of others is not ours
        print(" | ".join(_HEAD))
        for segments in given.segments:
            built = folder / str(segments)
            if not (built / "root").exists():
                corpus.build_sources(built, segments, _DOCUMENTS)
            for kind in KINDS:
                shutil.rmtree(folder / "copy", ignore_errors=True)
                copy = folder / "copy" / f"{segments}-{kind}"
                shutil.copytree(built / "root", copy, ignore=shutil.ignore_patterns("lineage.duckdb*"))
                _erase_all(open_root(str(copy)), kind, given.erase)


def _erase_all(root: Root, kind: str, sizes: list[int]) -> None:
    chance = random.Random(7)
    _serve(root, kind)
    for size in sizes:
        print(" | ".join(_erased(root, kind, size, chance)), flush=True)


def _serve(root: Root, kind: str) -> None:
    """Serve an index of that kind; whether a gate would let it is another question."""
    held, tag = target(root, "production")
    assert held
    if kind != EXACT:
        variant = build_variant(root.uri, "production", kind, "cpu")
        root.refs.move("production", Target(snapshot=held.snapshot, index=variant.id, serial=held.serial + 1), tag)


def _erased(root: Root, kind: str, size: int, chance: random.Random) -> list[str]:
    rows = promoted(root)
    chosen = sorted(chance.sample(rows["doc_id"].to_list(), size))
    asked = next(text for doc_id, text in rows.iter_rows() if doc_id == chosen[0])
    assert chosen[0] in served(root, asked), "the document must be found before it is erased"
    before, there = _index(root), _sizes(root)
    touched = _touched(root, before, set(chosen))

    unserved, request = _timed(lambda: request_erasure(root.uri, Selector(documents=tuple(chosen)), "benchmark", "bench"))
    assert chosen[0] not in served(root, asked), "what is withheld is not found"
    finding, plan = _timed(lambda: plan_erasure(root.uri, request.id))
    rewriting, _ = _timed(lambda: rewrite_copies(root.uri, plan))
    proving, receipt = _timed(lambda: prove(root.uri, plan))
    settle(root.uri, plan, receipt)
    assert receipt.proven, receipt.checks

    held, written, made = _replaced(before, _index(root), touched, there, _sizes(root))
    return [
        kind, f"{len(touched)}", f"{size}", f"{sum(touched)}", f"{unserved:.2f}", f"{finding:.1f}", f"{rewriting:.1f}", f"{proving:.1f}",
        f"{held / 1e6:.1f}", f"{written / 1e6:.1f}", f"{written / held:.3f}",
        ", ".join(f"{count} {name}" for name, count in sorted(made.items())), f"{sum(each.count for each in receipt.residue)}",
    ]  # fmt: skip


def _replaced(
    before: Index, after: Index, touched: list[bool], there: dict[str, int], now: dict[str, int]
) -> tuple[int, int, Counter[str]]:
    """Bytes of the segments that were touched, bytes of what took their place, and how many files of each kind were made anew."""
    assert [one != other for one, other in zip(before.segments, after.segments, strict=True)] == touched, "no other segment"
    lost = _files(each for each, hit in zip(before.segments, touched, strict=True) if hit)
    made = _files(each for each, hit in zip(after.segments, touched, strict=True) if hit)
    assert lost.keys().isdisjoint(now), "what was replaced is gone"
    assert {name for name in now.keys() - there.keys() if name.startswith("derived/")} <= made.keys(), "no other file was made"
    kinds = Counter(made[name] for name in made.keys() - there.keys())
    return sum(there[name] for name in lost), sum(now[name] for name in made), kinds


def _index(root: Root) -> Index:
    held, _ = target(root, "production")
    assert held
    return root.manifests.get("indexes", held.index, Index)


def _touched(root: Root, index: Index, doc_ids: set[str]) -> list[bool]:
    """Which segments have passages of these documents."""
    return [not doc_ids.isdisjoint(root.lake.read(each.chunks, CHUNK, ["doc_id"])["doc_id"].to_pylist()) for each in index.segments]


def _files(segments: Iterable[Segment]) -> dict[str, str]:
    """Objects and derived files of segments, with what each is."""
    found = {}
    for each in segments:
        found |= {each.chunks.key: "chunks", each.vectors.key: "vectors"} | {file.key: file.kind for file in each.files}
    return found


def _sizes(root: Root) -> dict[str, int]:
    """Bytes of everything that an index can be made of."""
    folder = Path(root.uri)
    return {
        str(path.relative_to(folder)): path.stat().st_size
        for room in ("objects", "derived")
        for path in (folder / room).rglob("*")
        if path.is_file()
    }


def _timed(work: Callable[[], R]) -> tuple[float, R]:
    """CPU seconds of a piece of work, its programs included, and what it gives."""
    began = _spent()
    made = work()
    return _spent() - began, made


def _spent() -> float:
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


if __name__ == "__main__":
    main()
