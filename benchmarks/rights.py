"""What rights cost over made documents: the check of a use, its proof, the stand-alone verifier, and the manifest of attributions.

    python -m benchmarks.rights [--documents 1000000] [--root DIR]

The snapshot is made by hand: no source is fetched and no detector runs. Each command runs in a process of its own on one thread, beside
a plain program over the same bytes. CPU seconds and peak memory are those of the whole process, its start included.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa

from muniment import __version__
from muniment.core.licences.tags import tags
from muniment.core.rights.layers import apart
from muniment.core.rights.rows import COLUMNS
from muniment.policies.licences import licence_tags
from muniment.schemas.canonical import digest
from muniment.schemas.chunk import PROMOTED
from muniment.schemas.review import Decision
from muniment.schemas.snapshot import SCHEMA_VERSION, Part, Snapshot, Target
from muniment.schemas.source import Source
from muniment.schemas.stored import Stored
from muniment.store.root import open_root
from muniment.tasks.sources import add_source, approve_source
from muniment.verifiers import rights as verifier

USE = "internal-retrieval"  # admits share-alike: its proof names every document
LICENCES = ["MIT", "Apache-2.0", "CC-BY-4.0", "MIT OR GPL-2.0-only", "CC0-1.0", "BSD-3-Clause AND MIT", "CC-BY-SA-4.0", "ISC"]
SHARD, PROJECT = 50_000, 20  # documents
HASHES = 16 + 32  # bytes of an id and of a text's SHA-256, which hardly compress
SAME = {
    "source_id": "made", "owner": "o", "classification": "internal", "tenant": "default", "language": "en", "media_type": "text/plain",
    "rights": "verified", "action": "accept",
}  # fmt: skip
ONE_THREAD = dict.fromkeys(["POLARS_MAX_THREADS", "RAYON_NUM_THREADS", "OMP_NUM_THREADS"], "1")
MUNIMENT = (sys.executable, "-m", "muniment", "rights")

# ru_maxrss also counts what the process that started it held: a process that holds nothing starts each command.
LAUNCHER = """
import os, subprocess, sys
started = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, used = os.wait4(started.pid, 0)
print(os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, used.ru_maxrss)
"""
READ = """
import sys, polars
for path in sys.argv[2:]:
    polars.read_parquet(path, columns=sys.argv[1].split(","))
"""
SEARCH = """
import sys, polars
for path in sys.argv[1:]:
    polars.read_parquet(path, columns=["text"])["text"].str.extract_all("(?im)^.*copyright.*$")
"""
HASH_LINES = """
import gzip, hashlib, sys
for line in gzip.open(sys.argv[1]):
    hashlib.sha256(line).digest()
"""
HASH_TEXTS = """
import hashlib, sys, pyarrow.parquet
for path in sys.argv[1:]:
    hashlib.file_digest(open(path, "rb"), "sha256")
    for batch in pyarrow.parquet.ParquetFile(path).iter_batches(256, columns=["text"]):
        for text in batch["text"].to_pylist():
            hashlib.sha256(text.encode()).digest()
"""


class Cost(NamedTuple):
    """What a process cost: CPU seconds, and peak memory in bytes."""

    cpu: float
    peak: float


def main() -> None:
    """Make the snapshot, then print what each command costs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--root", type=Path, help="an empty folder to make the snapshot in; it is kept")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = given.root or Path(folder) / "root"
        objects = snapshot(str(root), given.documents)
        compare(root, [str(root / each.key) for each in objects], given.documents, Path(folder))


def snapshot(uri: str, documents: int) -> list[Stored]:
    """Store made documents of one source, let production show them, and give their objects."""
    root = open_root(uri)
    source = {"id": "made", "kind": "folder", "location": "/made", "owner": "o", "steward": "s", "acl": ["staff"]}
    add_source(uri, Source.model_validate(source), "bench")
    approve_source(uri, "made", "bench")
    licences = pl.DataFrame({"licence": LICENCES})
    licences = licences.with_columns(pl.Series("tags", tags(licences.to_arrow(), licence_tags())["tags"].to_pylist()))
    layers: tuple[list[Stored], list[Stored]] = ([], [])
    for first in range(0, documents, SHARD):
        for layer, rows in zip(layers, apart(promoted(first, min(SHARD, documents - first), licences)), strict=True):
            layer.append(root.lake.write(rows, PROMOTED))
    held = {"capture": "c" * 20, "judgement": "d" * 20, "decision": Decision.APPROVE, "review": "e" * 64}
    objects = layers[0] + layers[1]
    part = Part.model_validate({"source": "made", "shards": objects, "share_alike": layers[1], **held})
    named = {"parts": [part.model_dump(mode="json")], "policy": "f" * 64, "licences": licence_tags().digest, "code": __version__}
    made = Snapshot.model_validate(
        {**named, "id": digest({**named, "schema": SCHEMA_VERSION})[:20], "checks": "", "statistics": {"documents": documents}}
    )
    root.manifests.put("snapshots", made)
    root.refs.move("production", Target(snapshot=made.id, serial=1), root.refs.read("production", Target)[1])
    return objects


def promoted(first: int, count: int, licences: pl.DataFrame) -> pa.Table:
    """Rows of PROMOTED by id: 150 words over a Zipf-like vocabulary, and in every fourth text a copyright line."""
    numbers, words = range(first, first + count), np.array([f"word{number}" for number in range(20_000)], object)
    drawn = words[np.minimum(np.random.default_rng(first).zipf(1.3, (count, 150)), len(words)) - 1]
    lines = [f"Copyright {2000 + number % 25} Keeper {number % 1000}\n\n" if number % 4 == 0 else "" for number in numbers]
    texts = [line + " ".join(row) for line, row in zip(lines, drawn, strict=True)]
    rows = licences[np.array(numbers) // 3 % licences.height].with_columns(
        doc_id=pl.Series([sha256(b"%d" % number).hexdigest()[:32] for number in numbers]),
        native_key=pl.Series([f"{number // PROJECT}/{number}.md" for number in numbers]),
        project=pl.Series([f"project-{number // PROJECT}" for number in numbers]),
        title=pl.Series([f"Page {number}" for number in numbers]),
        text_hash=pl.Series([sha256(text.encode()).hexdigest() for text in texts]),
        text=pl.Series(texts),
        acl=pl.lit(["staff"]),
        redactions=pl.lit(0),
        **{name: pl.lit([], pl.List(pl.Null)) for name in ("reserved", "reasons", "splices")},
        **{name: pl.lit(None) for name in ("modified", "pseudonym_key")},
        **{name: pl.lit(value) for name, value in SAME.items()},
    )
    return rows.sort("doc_id").select(PROMOTED.names).to_arrow(compat_level=pl.CompatLevel.oldest()).cast(PROMOTED)


def compare(root: Path, objects: list[str], documents: int, folder: Path) -> None:
    """Run each command and its baseline, and print a line of both."""
    proof, key = folder / "proof.json.gz", ("--key", open_root(str(root)).vault.public_key)
    check = (*MUNIMENT, "check", "--use", USE)
    attribution = (*MUNIMENT, "attribution", "--out", str(folder / "attribution.md"))
    program = (sys.executable, str(Path(verifier.__file__).parent), str(proof), *key)
    plain = (sys.executable, "-c")
    read = (*plain, READ, ",".join([*COLUMNS, "native_key"]), *objects)
    lines, texts, search = (*plain, HASH_LINES, str(proof)), (*plain, HASH_TEXTS, *objects), (*plain, SEARCH, *objects)
    print(f"{documents:,} documents, {len(objects)} objects of {sum(Path(each).stat().st_size for each in objects) / 1e6:,.0f} MB")
    for name, command, baseline, against in [
        ("muniment starts", (*MUNIMENT, "uses"), None, ""),
        ("rights check", check, read, "Polars reads the same columns"),
        ("rights check --out", (*check, "--out", str(proof)), read, "Polars reads the same columns"),
        ("verifier", program, lines, "SHA-256 of every line of the proof"),
        ("verifier --objects", (*program, "--objects", str(root)), texts, "SHA-256 of every object and text"),
        ("rights attribution", attribution, search, "Polars finds lines with “copyright”"),
    ]:
        own = run(command, root)
        print(told(name, own, documents), end="", flush=True)
        print(f"  {ratio(own, run(baseline, root))} {against}" if baseline else "", flush=True)
    size = proof.stat().st_size / documents
    print(f"The proof: {size * documents / 1e6:,.1f} MB, {size:.1f} bytes a document, {size / HASHES:.2f} times its id and hash")


def run(command: Sequence[str], root: Path) -> Cost:
    """What a command costs that must succeed."""
    environment = os.environ | ONE_THREAD | {"MUNIMENT_ROOT": str(root)}
    launched = [sys.executable, "-I", "-S", "-c", LAUNCHER, *command]
    code, cpu, peak = subprocess.run(launched, env=environment, check=True, capture_output=True, text=True).stdout.split()
    if int(code):
        raise SystemExit(f"{' '.join(command[:6])} … ended with {code}")
    return Cost(float(cpu), int(peak) * 1024)


def told(name: str, cost: Cost, documents: int) -> str:
    """One line of the table."""
    return f"{name:<20}{cost.cpu:8.2f} CPU s {documents / cost.cpu:10,.0f} documents/CPU s {cost.peak / 1e6:7,.0f} MB"


def ratio(own: Cost, baseline: Cost) -> str:
    """Times the CPU seconds of a baseline, and those."""
    return f"{own.cpu / baseline.cpu:5.1f} times {baseline.cpu:.2f} s:"


if __name__ == "__main__":
    main()
