"""The command: one proof, and what was found printed."""

import argparse
import json
from datetime import datetime
from pathlib import Path

from .findings import holds, verify
from .reading import Reading


def main(arguments: list[str] | None = None) -> int:
    """Verify one proof and print what was found; gives the exit code."""
    parser = argparse.ArgumentParser(prog="rights", description="Verify a proof of rights without trusting who wrote it.")
    parser.add_argument("proof", type=Path)
    parser.add_argument("--key", default="", help="the Ed25519 public key that you trust, 64 hexadecimal digits")
    parser.add_argument("--terms", type=Path, help="licence table and uses that you agreed on (`muniment rights table`)")
    parser.add_argument("--objects", type=Path, help="folder of the root that holds the snapshot and its objects")
    given = parser.parse_args(arguments)
    findings = verify(given.proof, given.key, given.terms, given.objects)
    marks = {"ok": "checked      ", "failed": "FAILED       ", "unchecked": "not checked  "}
    for state in ("ok", "failed", "unchecked"):
        for each in findings:
            if each.state == state:
                print(marks[state] + each.what)
    sound = holds(findings)
    print(f"{given.proof.name}: {said(given.proof) if sound else 'the proof does NOT hold'}")
    return 0 if sound else 1


def said(path: Path) -> str:
    """What a proof says that holds, in one sentence."""
    fields = json.loads(json.loads(path.read_bytes())["header"]) if path.suffix == ".json" else Reading(path).header
    less = f" without {', '.join(fields['without'])}" if fields["without"] else ""
    whom = f" for {fields['customer']}" if fields["customer"] else ""
    issued = datetime.fromisoformat(fields["issued"]).strftime("%Y-%m-%d %H:%M %Z")
    count = "one document" if path.suffix == ".json" else f"{fields['documents']:,} documents"
    return f"{count} of snapshot {fields['snapshot']}{less} may be used as {fields['use']['name']}{whom}, as of {issued}"
