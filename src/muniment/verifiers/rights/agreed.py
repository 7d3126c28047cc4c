"""The table and the use of a proof, held against those that somebody trusted wrote."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from .canonical import plain, unique
from .finding import Finding, Refused
from .header import Header
from .table import Table

_FIELDS = ("preferred", "silent", "licences", "exceptions")


def agreed(header: Header, names: set[str], path: Path) -> Iterator[Finding]:
    """Hold the table and the use against a file that `muniment rights table` wrote for somebody who is trusted."""
    try:
        trusted = json.loads(path.read_bytes(), object_pairs_hook=unique)
        whole = Table({"digest": "", **{name: trusted[name] for name in _FIELDS}})
        uses = {use["name"]: use for use in trusted["uses"]}
    except (ValueError, KeyError, TypeError) as error:
        raise Refused(f"{path.name} is no table of licences and uses: {error}") from None
    for kind, ours, theirs in (
        ("licence", whole.licences, header.table.licences),
        ("exception", whole.exceptions, header.table.exceptions),
    ):
        for name in sorted(names | set(theirs)):
            if ours.get(name) != theirs.get(name):
                raise Refused(f"the table in the proof says something else of the {kind} {name} than {path.name}")
    if whole.silent & names != header.table.silent:
        raise Refused(f"the proof takes others for silent than {path.name} does")
    if whole.preferred != header.table.preferred:
        raise Refused(f"the order of choice in the proof is not that of {path.name}")
    if uses.get(header.use["name"]) != header.use:
        raise Refused(f"the use {header.use['name']} in the proof is not that of {path.name}")
    digest = hashlib.sha256(plain([trusted[name] for name in _FIELDS])).hexdigest()
    if digest != header.table.digest:
        raise Refused(f"the table in the proof has another digest than that of {path.name}")
    yield Finding("ok", f"the licence table and the clauses are those of {path.name}")
