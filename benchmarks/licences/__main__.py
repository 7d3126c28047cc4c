"""Speed and exactness of the licence detector and of scancode-toolkit, over the same documents.

python -m benchmarks.licences --data ../shared/data/licences
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from benchmarks.duplicates.environments import Unavailable, interpreter, last_line
from rich.console import Console
from rich.table import Table

from muniment.core.extraction import extract
from muniment.core.licences.expressions import keys_of
from muniment.errors import InvalidRecord
from muniment.evaluate.records import records

HERE = Path(__file__).parent
DATA = Path(os.environ.get("MUNIMENT_DATA") or HERE.parents[2] / "shared" / "data") / "licences"
ONE_THREAD = dict.fromkeys(["POLARS_MAX_THREADS", "RAYON_NUM_THREADS", "OMP_NUM_THREADS"], "1")
SETS = {  # a set's file, the kinds of records in it, and the option that says how many of them
    "licensed READMEs": ("docs_dev.jsonl.gz", {"readme-licensed"}, "licensed"),
    "plain code, READMEs": ("docs_dev.jsonl.gz", {"plain-code", "plain-readme"}, "plain"),
    "licence texts": ("licences_dev.jsonl.gz", None, "licensed"),
}
_PAGE = re.compile(r"<!doctype html|<html[\s>]", re.IGNORECASE)
WIDTH = 110  # of the table, also where the output is no terminal

Documents = list[dict[str, Any]]


def main(
    data: Annotated[Path, typer.Option(help="Folder of docs_dev and licences_dev.")] = DATA,
    licensed: Annotated[int, typer.Option(help="Documents of each set that has licences.")] = 60,
    plain: Annotated[int, typer.Option(help="Documents that have none.")] = 100,
    times: Annotated[
        int, typer.Option(help="How often ours reads each, to be measured at all; it starts with another line each time.")
    ] = 20,
) -> None:
    """Run both sides on one thread, each in a process of its own, and print their documents a CPU second and the ratios."""
    wanted = {"licensed": licensed, "plain": plain}
    sets = {name: sample(data / file, kinds, wanted[option]) for name, (file, kinds, option) in SETS.items()}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "documents.json"
        path.write_text(json.dumps(sets))
        ours = run(Path(sys.executable), HERE / "ours.py", path, times)
        try:
            peer = run(interpreter("scancode", HERE / "peers"), HERE / "peers" / "scancode.py", path, 1)
        except Unavailable as problem:
            peer = {"reason": str(problem)}
    Console(width=WIDTH).print(table(sets, ours, peer))


def sample(path: Path, kinds: set[str] | None, size: int) -> Documents:
    """So many records of these kinds, spread evenly over the file, their pages read as in a capture; both sides get the same text."""
    rows = [row for row in records([path], ["expected"]) if kinds is None or row["kind"] in kinds]
    chosen = rows[:: max(1, len(rows) // size)][:size]
    return [page(row["text"]) | {"expected": row["expected"]} for row in chosen]


def page(text: str) -> dict[str, Any]:
    """A text, and what stood beside it where it was a page."""
    if _PAGE.search(text, 0, 1000):
        try:
            found = extract(text.encode(), "text/html", "document")
            return {"text": found.text, "notices": found.notices, "media_type": "text/html"}
        except InvalidRecord:
            pass  # nothing but markup: read as it stands
    return {"text": text, "media_type": "text/plain"}


def run(python: Path, script: Path, path: Path, times: int) -> dict[str, Any]:
    """What one side prints, or the reason why it did not."""
    # -P: a peer's script has the name of a package that it imports.
    environment = os.environ | ONE_THREAD | {"PYTHONPATH": str(HERE)}
    done = subprocess.run([python, "-P", script, path, str(times)], check=False, capture_output=True, text=True, env=environment)
    result: dict[str, Any] = json.loads(last_line(done.stdout)) if not done.returncode else {"reason": last_line(done.stderr)}
    return result


def table(sets: Mapping[str, Documents], ours: Mapping[str, Any], peer: Mapping[str, Any]) -> Table:
    """A row a set: documents a CPU second of both sides, their ratio, and how many conclusions are exactly as labelled."""
    title = f"Documents a CPU second on one thread, and exact sets of licences, beside scancode-toolkit {peer.get('version', '')}"
    titled = Table(title=title)
    for heading in ("documents", "", "Muniment", "scancode", "ratio", "exact", "scancode"):
        titled.add_column(heading, justify="left" if heading == "documents" else "right", no_wrap=True)
    for name, documents in sets.items():
        speeds = [speed(side, name) for side in (ours, peer)]
        ratio = f"{speeds[0] / speeds[1]:,.0f}×" if all(speeds) else "-"
        rates = [f"{each:,.1f}" if each else "not run" for each in speeds]
        titled.add_row(name, str(len(documents)), *rates, ratio, *(exact(side, name, documents) for side in (ours, peer)))
    for side in (ours, peer):
        titled.caption = side.get("reason", titled.caption)
    return titled


def speed(side: Mapping[str, Any], name: str) -> float:
    """Documents a CPU second; 0 where it did not run."""
    return side["sets"][name]["documents"] / side["sets"][name]["cpu_seconds"] if "sets" in side else 0.0


def exact(side: Mapping[str, Any], name: str, documents: Sequence[Mapping[str, Any]]) -> str:
    """Of how many documents the set of licence identifiers is the labelled one."""
    if "sets" not in side:
        return "-"
    pairs = zip(documents, side["sets"][name]["licences"], strict=True)
    right = sum(frozenset().union(*map(keys_of, document["expected"])) == keys_of(told or "") for document, told in pairs)
    return f"{right} of {len(documents)}"


if __name__ == "__main__":
    typer.run(main)
