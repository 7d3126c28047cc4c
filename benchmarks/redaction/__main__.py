"""Documents a CPU second of redaction and of presidio-anonymizer, over the same documents and the same findings.

python -m benchmarks.redaction --documents 20000
"""

import gzip
import json
import os
import subprocess
import sys
import tempfile
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import typer
from benchmarks.duplicates.environments import Unavailable, interpreter, last_line

from muniment.schemas.evidence import FINDING

HERE = Path(__file__).parent
DATA = Path(os.environ.get("MUNIMENT_DATA") or HERE.parents[2] / "shared" / "data")
RUNS = 3
_LABEL = {"detector": "label@1", "rule": "label", "score": 1.0}
FORMS = ("redact", "mask", "pseudonym")


def main(
    documents: Annotated[int, typer.Option(help="How many labelled texts; they are repeated where there are fewer.")] = 20_000,
    joined: Annotated[str, typer.Option(help="How many texts make a document, one run of all for each.")] = "1,20,200",
    labelled: Annotated[Path, typer.Option(help="JSON Lines with text and spans.")] = DATA / "pii" / "presidio_synth_v2.jsonl.gz",
) -> None:
    """Run each side a few times in turn, print documents a CPU second and the ratio."""
    theirs = interpreter("presidio_anonymizer", HERE / "peers")
    for size in map(int, joined.split(",")):
        with tempfile.TemporaryDirectory() as name:
            compare(labelled, documents // size, size, theirs, Path(name))


def compare(labelled: Path, documents: int, joined: int, theirs: Path, folder: Path) -> None:
    """Time all sides over the same files, and print what came of it."""
    size = write(labelled, documents, joined, folder)
    seconds: dict[str, list[float]] = {}
    for _ in range(RUNS):
        for form in FORMS:
            done = timed(Path(sys.executable), HERE / "ours.py", folder, form)
            seconds.setdefault(form, []).append(done["cpu_seconds"])
        peer = timed(theirs, HERE / "peers" / "presidio_anonymizer.py", folder)
        seconds.setdefault("presidio-anonymizer", []).append(peer["cpu_seconds"])
    spans = pq.read_metadata(folder / "findings.parquet").num_rows / documents
    print(f"{documents:,} documents of {size / documents:,.0f} bytes and {spans:.1f} findings, median of {RUNS} runs")
    base = median(seconds["presidio-anonymizer"])
    for name, runs in seconds.items():
        ratios = sorted(theirs / ours for theirs, ours in zip(seconds["presidio-anonymizer"], runs, strict=True))
        speed = f"{documents / median(runs):>10,.0f} documents a CPU second"
        print(f"  {name:<20} {speed}  {base / median(runs):6.1f}× ({ratios[0]:.1f} to {ratios[-1]:.1f})")
    print(
        f"  {equal(folder):.1%} of the texts are alike but for the brackets; presidio-anonymizer {peer['version']} joins neighbours"
    )


def write(labelled: Path, documents: int, joined: int, folder: Path) -> int:
    """Documents of several labelled texts, and their spans as findings; gives the bytes of the texts."""
    with gzip.open(labelled, "rt") as lines:
        rows = cycle([json.loads(line) for line in lines])
    texts: list[dict[str, Any]] = []
    found: list[dict[str, Any]] = []
    for place in range(documents):
        name, text = f"{place:032x}", ""
        for row in islice(rows, joined):
            for span in row["spans"]:
                placed = {"type": span["type"], "start": span["start"] + len(text), "end": span["end"] + len(text)}
                found.append({**_LABEL, **placed, "doc_id": name, "keyed_hash": f"{len(found):064x}"})
            text += row["text"] + "\n"
        texts.append({"doc_id": name, "text": text})
    table = pa.Table.from_pylist(texts, schema=pa.schema([("doc_id", pa.string()), ("text", pa.large_string())]))
    pq.write_table(table, folder / "documents.parquet")
    pq.write_table(pa.Table.from_pylist(found, schema=FINDING), folder / "findings.parquet")
    return int(pc.sum(pc.binary_length(table["text"])).as_py())


def timed(python: Path, script: Path, folder: Path, *options: str) -> dict[str, Any]:
    """One side in a process of its own; raises `Unavailable` with its last line."""
    out = folder / f"{'-'.join([script.stem, *options])}.parquet"
    files = [folder / "documents.parquet", folder / "findings.parquet", out]
    done = subprocess.run([python, script, *files, *options], check=False, capture_output=True, text=True)
    if done.returncode:
        raise Unavailable(last_line(done.stderr))
    return dict(json.loads(done.stdout.splitlines()[-1]))


def equal(folder: Path) -> float:
    """The share of texts that both sides wrote alike."""
    ours, theirs = (pq.read_table(folder / f"{name}.parquet")["text"] for name in ("ours-redact", "presidio_anonymizer"))
    tags = pc.replace_substring_regex(theirs, r"<([A-Z_]+)>", r"[\1]")
    return float(pc.mean(pc.equal(ours, tags).cast(pa.float64())).as_py())


if __name__ == "__main__":
    typer.run(main)
