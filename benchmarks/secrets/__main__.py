"""Speed, false alarms and recall of the secrets detector and of two other tools, over the same texts.

python -m benchmarks.secrets --megabytes 20
"""

import gzip
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import typer
from benchmarks.duplicates.environments import Unavailable, interpreter, last_line
from benchmarks.secrets.sample import sample

from muniment.evaluate.secrets import covers, family
from muniment.evaluate.spans import Labelled, covered

HERE = Path(__file__).parent
DATA = Path(os.environ.get("MUNIMENT_DATA") or HERE.parents[2] / "shared" / "data")
PEERS = ("betterleaks", "detect_secrets")
# The slow one reads a part of the sample, and is counted by the megabyte.
PART = {"detect_secrets": 10}
RUNS, ENOUGH = 3, 20  # times a side is run, and CPU seconds after which it is not run again
ONE_THREAD = dict.fromkeys(["POLARS_MAX_THREADS", "RAYON_NUM_THREADS", "GOMAXPROCS", "OMP_NUM_THREADS"], "1")
CONTEXT = 50  # code points before a false alarm, in the list of them


def main(
    megabytes: Annotated[float, typer.Option(help="How much code and documentation.")] = 20,
    labelled: Annotated[Path, typer.Option(help="JSON Lines with text and spans.")] = DATA / "pii" / "secrets_credsweeper.jsonl.gz",
    alarms: Annotated[bool, typer.Option(help="Print every finding of ours in the code, to be looked at.")] = False,
) -> None:
    """Run every side in processes of its own, print a line for each, and the ratios."""
    chosen = sample(int(megabytes * 1e6))
    with gzip.open(labelled, "rt") as lines:
        rows = [json.loads(line) for line in lines]
    with tempfile.TemporaryDirectory() as name:
        sides = {side: run(side, [text for _, text in chosen], rows, Path(name)) for side in ("muniment", *PEERS)}
    print(f"{len(chosen):,} files; {'':<18}MB/CPU s  findings/MB  recall of keys  of passwords  ours is faster")
    for side, result in sides.items():
        print(f"  {side:<28}", line(result, sides["muniment"], rows))
    for n, start, end in sides["muniment"].get("alarms", ()) if alarms else ():
        print(chosen[n][0], repr(chosen[n][1][max(0, start - CONTEXT) : start]), f"{end - start} characters")


def run(side: str, code: Sequence[str], rows: Sequence[dict[str, Any]], folder: Path) -> dict[str, Any]:
    """One tool, several times, each time in a new process: its last result, with the median of its CPU seconds and the MB it read."""
    code = code[:: PART.get(side, 1)]
    files = [folder / "code.json", folder / "labelled.json"]
    for file, texts in zip(files, (code, [row["text"] for row in rows]), strict=True):
        file.write_text(json.dumps(texts))
    try:
        python = Path(sys.executable) if side == "muniment" else interpreter(side, HERE / "peers")
    except Unavailable as problem:
        return {"reason": str(problem)}
    script = HERE / "ours.py" if side == "muniment" else HERE / "peers" / f"{side}.py"
    seconds: list[float] = []
    while len(seconds) < RUNS and sum(seconds) < ENOUGH:
        # -P: a peer's script has the name of the package that it imports.
        environment = os.environ | ONE_THREAD | {"PYTHONPATH": str(HERE)}
        done = subprocess.run([python, "-P", script, *files], check=False, capture_output=True, text=True, env=environment)
        if done.returncode:
            return {"reason": last_line(done.stderr)}
        result: dict[str, Any] = json.loads(last_line(done.stdout))
        seconds.append(result["cpu_seconds"])
    return result | {"cpu_seconds": median(seconds), "mb": sum(len(text.encode()) for text in code) / 1e6}


def line(result: dict[str, Any], ours: dict[str, Any], rows: Sequence[dict[str, Any]]) -> str:
    """Speed, false alarms and both recalls of one side, or why it was not run."""
    if "reason" in result:
        return f"not run: {result['reason']}"
    speed, base = (each["mb"] / each["cpu_seconds"] for each in (result, ours))
    recalls = [recall(result["found"], rows, each) for each in ("keys", "passwords")]
    ratio = "" if result is ours else f"{base / speed:,.1f}×"
    return f"{speed:>10,.2f}  {result['findings'] / result['mb']:>11.2f}  {recalls[0]:>14.3f}  {recalls[1]:>12.3f}  {ratio:>14}"


def recall(found: Sequence[tuple[int, int, int]], rows: Sequence[dict[str, Any]], of: str) -> float:
    """The share of the labelled spans of a family that a side covers by half or more."""
    told: list[list[Labelled]] = [[] for _ in rows]
    for n, start, end in found:
        told[n].append(Labelled(start, end, ""))
    hits = [
        covers(covered(each), Labelled(span["start"], span["end"], span["type"]))
        for row, each in zip(rows, told, strict=True)
        for span in row["spans"]
        if family(span["type"]) == of
    ]
    return sum(hits) / max(1, len(hits))


if __name__ == "__main__":
    typer.run(main)
