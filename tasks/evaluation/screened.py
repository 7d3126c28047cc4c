"""Which version of each set screened which capture: an entry of the ledger for each, written once."""

from collections import defaultdict

from muniment.schemas.capture import Capture
from muniment.schemas.evalset import Screened
from muniment.schemas.ledger import Draft, EntryKind
from muniment.store.root import Root, open_root
from muniment.tasks import evalsets
from muniment.tasks.step import run_id

_ACTOR = "detector:contamination"


def note_screened(root: Root, capture: Capture, standing: str, detector: str) -> None:
    """Record that a capture was screened with the sets as they stand. Nothing, where there is none, or where one changed since
    `standing` was taken: some shards were then screened with other items, and the next capture says with which all are.

    detector: digest of the detector that did it, under which its evidence is remembered.
    """
    held = evalsets.registered(root)
    if not held or evalsets.digest(root) != standing:
        return
    root.record(
        Draft(
            kind=EntryKind.SCREENED,
            actor=_ACTOR,
            run=run_id(),
            key=f"{capture.id}#{standing[:32]}",
            subjects=(f"source:{capture.source}",),
            inputs=(f"capture:{capture.id}", *(f"evalset:{each.id}@{each.kept[-1].number}" for each in held)),
            outputs=(f"detector:{detector[:16]}",),
        )
    )


def history(uri: str, name: str) -> list[Screened]:
    """Every version of a set, the first one first, and the captures that it screened; raises `NotFound`."""
    root = open_root(uri)
    held, captures = evalsets.one(root, name)[0], _captures(root, name)
    return [
        Screened(
            number=each.number,
            at=each.at,
            actor=each.actor,
            used=each.used,
            retired=each.retired,
            handle=evalsets.handle_of(root, each),
            captures=tuple(captures[each.number]),
        )
        for each in held.kept
    ]


def _captures(root: Root, name: str) -> dict[int, list[str]]:
    query = """SELECT v.id AS version, s.id AS source, c.id AS capture FROM entries e
                 JOIN links v ON v.sequence = e.sequence AND v.type = 'evalset'
                 JOIN links s ON s.sequence = e.sequence AND s.type = 'source'
                 JOIN links c ON c.sequence = e.sequence AND c.type = 'capture'
               WHERE e.kind = 'capture.screened' ORDER BY e.sequence"""
    found = defaultdict[int, list[str]](list)
    for row in root.lineage.sql(query).to_pylist():
        suite, _, number = row["version"].rpartition("@")
        if suite == name:
            found[int(number)].append(f"{row['source']}/{row['capture']}")
    return found
