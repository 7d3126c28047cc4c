"""Documents and megabytes a CPU second of Muniment and of six other tools, over the same documents.

python -m benchmarks.duplicates --documents 20000 --peers gaoya,rensa,datasketch
"""

import itertools
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import typer
from benchmarks.duplicates.environments import PEERS, Unavailable, interpreter, last_line
from rich.console import Console
from rich.table import Table

HERE = Path(__file__).parent
DATA = Path(os.environ.get("MUNIMENT_DATA") or HERE.parents[2] / "shared" / "data")
REMOVAL = ["gaoya", "rensa", "datasketch", "text_dedup", "datatrove"]
ANY_TOKENS = ["rensa", "datasketch"]  # take shingles from the caller: run with white space, and once more with the tokens of ours
SIGNATURE = ["daft"]
WARM = 200
RUNS, ENOUGH = 5, 20  # times a side is run, and CPU seconds after which it is not run again
ONE_THREAD = dict.fromkeys(
    ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS", "RAYON_NUM_THREADS", "POLARS_MAX_THREADS"], "1"
)
SILENT = {"HF_HUB_OFFLINE": "1", "DO_NOT_TRACK": "1", "DAFT_ANALYTICS_ENABLED": "0"}


@dataclass(frozen=True)
class Side:
    """What one tool did: the line of JSON it printed, or why it did nothing."""

    name: str
    result: dict[str, Any]
    reason: str = ""


def main(
    documents: Annotated[int, typer.Option(help="How many documents, from the start of the corpus.")] = 20_000,
    peers: Annotated[str, typer.Option(help="Names of peers, with commas.")] = ",".join(REMOVAL + SIGNATURE),
    corpus: Annotated[Path, typer.Option(help="A Parquet file with doc_id and text.")] = DATA
    / "twins"
    / "versioned"
    / "docs.parquet",
) -> None:
    """Run every side in processes of its own, print a table, and the same as one line of JSON."""
    chosen = [name for name in peers.split(",") if name]
    if unknown := set(chosen) - {*REMOVAL, *SIGNATURE}:
        raise typer.BadParameter(f"No such peer: {', '.join(sorted(unknown))}. There are {', '.join(REMOVAL + SIGNATURE)}.")
    sides = [[name] for name in REMOVAL] + [[name, "same"] for name in ANY_TOKENS]
    with tempfile.TemporaryDirectory() as folder:
        files, size = sample(corpus, documents, Path(folder))
        sections = [
            [run("muniment", files), *(run(name, files, *options) for name, *options in sides if name in chosen)],
            [run("muniment", files, "signature"), *(run(name, files) for name in SIGNATURE if name in chosen)],
        ]
    show(sections, size)
    named = dict(zip(("removal", "signature"), ([vars(side) for side in section] for section in sections), strict=True))
    print(json.dumps({"bytes": size, **named}))


def sample(source: Path, documents: int, folder: Path) -> tuple[tuple[Path, Path], int]:
    """The first documents, and the first few of them for the warm-up, as files of (doc_id, text); and the bytes of all their text."""
    rows = pa.Table.from_batches(pq.ParquetFile(source).iter_batches(documents, columns=["doc_id", "text"])).slice(0, documents)
    files = folder / "documents.parquet", folder / "warm.parquet"
    for file, table in zip(files, (rows, rows.slice(0, WARM)), strict=True):
        pq.write_table(table, file, compression="zstd", row_group_size=8_192)
    return files, pc.sum(pc.binary_length(rows["text"])).as_py()


def run(name: str, files: tuple[Path, Path], *options: str) -> Side:
    """One tool, several times, each time in a new process: its last result, with the median of the CPU seconds and all of "runs"."""
    print(f"{name} {' '.join(options)}", file=sys.stderr, flush=True)
    ours = name == "muniment"
    try:
        python = Path(sys.executable) if ours else interpreter(name)
    except Unavailable as problem:
        return Side(name, {}, str(problem))
    # -P: a peer's script has the name of the package that it imports.
    command = [python, "-P", HERE / "ours.py" if ours else PEERS / f"{name}.py", *files, *options]
    runs: list[float] = []
    while len(runs) < RUNS and sum(runs) < ENOUGH:
        done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment())
        if done.returncode:
            return Side(name, {}, last_line(done.stderr))
        result = json.loads(last_line(done.stdout))
        runs.append(result["cpu_seconds"])
    name = " ".join([name, *("our tokens" for option in options if option == "same")])
    return Side(name, result | {"cpu_seconds": median(runs), "runs": [round(each, 3) for each in runs]})


def environment() -> dict[str, str]:
    """One thread for whatever lets itself be told, no calls to anyone, and the clock where a script finds it."""
    return os.environ | ONE_THREAD | SILENT | {"PYTHONPATH": str(HERE)}


def show(sections: list[list[Side]], size: int) -> None:
    """The table, and under it how each tool worked."""
    table = Table(title=f"Removing near-duplicates, then the signature alone, {size / 1e6:,.1f} MB of text")
    for heading in ("", "version", "documents/CPU s", "MB/CPU s", "removed", "ours is faster"):
        table.add_column(heading, justify="left" if heading in ("", "version") else "right", no_wrap=True)
    for section in sections:
        for side in section:
            table.add_row(side.name, *cells(side, section[0], size))
        table.add_section()
    console = Console()
    console.print(table)
    for side in itertools.chain(*sections):
        console.print(f"{side.name}: {side.result.get('note', side.reason)}", highlight=False)


def cells(side: Side, ours: Side, size: int) -> list[str]:
    """Version, documents and megabytes a CPU second, documents removed, and how many times as many ours takes a CPU second."""
    if not side.result:
        return ["not run"]
    seconds, removed = side.result["cpu_seconds"], side.result["removed"]
    ratio = f"{seconds / ours.result['cpu_seconds']:,.2f}×" if ours.result and side is not ours else ""
    rates = [f"{side.result['documents'] / seconds:,.0f}", f"{size / 1e6 / seconds:,.1f}"]
    return [side.result["version"], *rates, "" if removed is None else f"{removed:,}", ratio]


if __name__ == "__main__":
    typer.run(main)
