"""The command: exit code 0 when everything was read and nothing found, 1 when not, 2 when it was asked wrongly."""

import argparse
import json
import os
import sys
from pathlib import Path

from muniment.verifiers.residue.look import LIMIT
from muniment.verifiers.residue.make import Maker
from muniment.verifiers.residue.needles import Needles
from muniment.verifiers.residue.report import Report, Task, look_through


def main(arguments: list[str] | None = None) -> int:
    """Look through places, say what was found."""
    given = _parser().parse_args(arguments)
    if bool(given.needles) == bool(given.ids):
        _parser().error("give --needles or --ids")
    needles = Needles.load(given.needles.read_bytes()) if given.needles else _by_ids(given.ids)
    task = Task(
        needles, tuple(given.ids_may_stand_in), given.limit, given.threads, given.since, tuple(given.large), _keys(given.keys)
    )
    report = look_through(given.places, task)
    if given.json:
        print(json.dumps(report.as_json()))
    else:
        _show(report)
    return 0 if report.clean else 1


def _keys(source: str) -> dict[str, bytes]:
    if not source:
        return {}
    held = json.loads(sys.stdin.read() if source == "-" else Path(source).read_text())
    return {name: bytes.fromhex(value) for name, value in held.items()}


def _by_ids(path: Path) -> Needles:
    maker = Maker()
    maker.ids(path.read_text().split())
    return maker.made()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m muniment.verifiers.residue",
        description="Look for what is left of erased documents in every file below these places. Exit code 0: all was read, nothing found.",
        epilog="Example: python -m muniment.verifiers.residue .muniment ~/.prefect --needles needles.npz",
    )
    parser.add_argument("places", nargs="+", metavar="PLACE", help="a folder, a file, or s3://bucket/prefix")
    parser.add_argument("--needles", type=Path, help="fingerprints of what is looked for, as an erasure wrote them")
    parser.add_argument("--ids", type=Path, help="look for these document ids alone: a file, one a line")
    parser.add_argument("--keys", default="", help="data keys of an encrypted root: JSON, id to hexadecimal; - reads it from stdin")
    parser.add_argument("--ids-may-stand-in", nargs="*", default=[], metavar="PATTERN", help="names of files that list ids rightly")
    parser.add_argument(
        "--since", type=float, default=0, help="skip what is older, seconds since 1970, of the files named by --large"
    )
    parser.add_argument("--large", nargs="*", default=[], metavar="PATTERN")
    parser.add_argument("--limit", type=int, default=LIMIT, help="bytes that one file may expand to")
    parser.add_argument("--threads", type=int, default=int(os.environ.get("MUNIMENT_CORES") or os.cpu_count() or 1))
    parser.add_argument("--json", action="store_true")
    return parser


def _show(report: Report) -> None:
    for each in report.residue:
        print(f"FOUND  {each.trace:6} x{each.times}  {each.place}: {each.name}")
    for name, why in report.unread.items():
        print(f"UNREAD {name}: {why}")
    for why, count in report.not_checked.items():
        print(f"not checked ({count}): {why}")
    files = ", ".join(f"{count} {kind}" for kind, count in sorted(report.checked.items()))
    print(f"Looked through {files or 'nothing'}: {report.bytes / 1e6:,.1f} MB in {report.seconds:.1f} s.")
    print("Nothing was found." if report.clean else "NOT CLEAN.")
