"""The same documents in the same number of versions, erased by peers with their own means, and searched by our verifier."""

import json
import random
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import polars as pl
from benchmarks.duplicates.environments import Unavailable, interpreter

from muniment.schemas.chunk import PROMOTED
from muniment.schemas.snapshot import Snapshot
from muniment.store.root import Root, open_root
from muniment.tasks import history
from muniment.tasks.derive import frame
from muniment.verifiers.residue.make import Maker

PEERS = Path(__file__).parent / "peers"
_NAMES = ("pyiceberg", "deltalake")
_ERASED = 100


def compare(uri: str, folder: Path) -> None:
    """Hand every peer the snapshots of a root as versions, let it erase documents, and print what is left of them."""
    given, erased = folder / "input", folder / "erased.txt"
    shutil.rmtree(folder, ignore_errors=True)
    given.mkdir(parents=True)
    held = _versions(open_root(uri), given)
    gone = held.filter(pl.col("doc_id").is_in(random.Random(3).sample(sorted(held["doc_id"].unique()), _ERASED)))
    erased.write_text("\n".join(gone["doc_id"].unique()))
    needles = folder / "needles.npz"
    needles.write_bytes(_needles(gone))
    print(
        f"\n{_ERASED} of {held['doc_id'].n_unique():,} documents in {len(list(given.iterdir()))} versions, by each peer's own means"
    )
    print("peer | seconds | MB written | versions readable | residue (traces in files)")
    for name in _NAMES:
        print(_line(name, given, folder / name, erased, needles), flush=True)


def _versions(root: Root, folder: Path) -> pl.DataFrame:
    """One file a snapshot, the oldest first, of the documents that came with it; all of them together."""
    seen, frames = pl.DataFrame(schema={"doc_id": pl.String, "text": pl.String}), []
    for number, kept in enumerate(reversed(history.snapshots(root.uri))):
        snapshot = root.manifests.get("snapshots", kept.id, Snapshot)
        rows = frame(root.lake.read_all(snapshot.shards(), PROMOTED, ["doc_id", "native_key", "title", "text"]))
        new = rows.join(seen, on=["doc_id", "text"], how="anti")
        new.write_parquet(folder / f"{number:02d}.parquet")
        seen = pl.concat([seen, new.select("doc_id", "text")])
        frames.append(new)
    return pl.concat(frames)


def _needles(gone: pl.DataFrame) -> bytes:
    maker = Maker()
    maker.ids(gone["doc_id"].unique())
    for text in gone["text"].unique():
        maker.text(text)
    return maker.made().dump()


def _line(name: str, given: Path, table: Path, erased: Path, needles: Path) -> str:
    try:
        python = interpreter(name, PEERS)
    except Unavailable as reason:
        return f"{name} | not available: {reason}"
    ran = subprocess.run([python, PEERS / f"{name}.py", given, table, erased], check=True, capture_output=True, text=True)
    done = json.loads(ran.stdout.splitlines()[-1])
    command = [sys.executable, "-m", "muniment.verifiers.residue", str(table), "--needles", str(needles), "--json"]
    found = json.loads(subprocess.run(command, check=False, capture_output=True, text=True).stdout)
    traces, files = Counter[str](), set()
    for each in found["residue"]:
        traces[each["trace"]] += each["times"]
        files.add(each["name"])
    left = ", ".join(f"{count:,} {trace}" for trace, count in sorted(traces.items())) or "none"
    return (
        f"{name} {done['version']} ({done['note']}) | {done['seconds']:.1f} | {done['written'] / 1e6:.1f} | "
        f"{done['readable']} of {done['versions']} | {left} in {len(files)} files"
    )
