"""Whether the ledger is what was written: every entry against its seal and the one before, the head, the checkpoints, their tiles, and
what this machine has seen of it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

import pyarrow as pa

from muniment.core.merkle import leaf_hash
from muniment.core.notes import Checkpoint
from muniment.core.tiles import Frontier, Name
from muniment.errors import Corrupt, NotFound
from muniment.schemas.canonical import sha256
from muniment.schemas.ledger import GENESIS, Entry, EntryKind, Head
from muniment.store.ledger import entry_of, require_headed
from muniment.store.root import Root
from muniment.tasks.audit import checkpoints
from muniment.tasks.step import report

T = TypeVar("T")
_COMPARE = "Compare the ledger with a backup, and with a checkpoint that was kept elsewhere."
_NOTHING = pa.nulls(0, pa.string())  # an array of a list would import pandas first


@dataclass
class Told:
    """What the ledger says about records that are kept beside it."""

    entries: int = 0
    reviews: dict[str, str] = field(default_factory=dict)  # key → digest of the record
    sources: dict[str, str] = field(default_factory=dict)  # id#version → digest of the registry entry
    requests: dict[str, str] = field(
        default_factory=dict
    )  # id of an erasure → digest of its request; empty: entered before these were
    receipts: set[str] = field(default_factory=set)
    receipts_removed: int = 0  # by retention
    access: dict[int, str] = field(default_factory=dict)  # number of a change of who may read → digest of its record
    checkpoints: dict[int, str] = field(default_factory=dict)  # size → root, hexadecimal

    def note(self, entry: Entry) -> None:
        """Take in the next entry."""
        self.entries = entry.sequence
        outputs = {kind: name for kind, _, name in (each.partition(":") for each in entry.outputs)}
        if entry.kind is EntryKind.REVIEWED and "record" in outputs:
            self.reviews[entry.key] = outputs["record"]
        elif entry.kind is EntryKind.SOURCE_CHANGED:
            self.sources[entry.key] = outputs.get("registry", "")
        elif entry.kind is EntryKind.ERASURE_REQUESTED:
            self.requests[outputs.get("request", "")] = outputs.get("record", "")
        elif entry.kind is EntryKind.ERASED:
            self.receipts.add(outputs.get("receipt", ""))
        elif entry.kind is EntryKind.ACCESS_CHANGED:
            self.access[int(outputs.get("access", "0"))] = outputs.get("record", "")
        elif entry.kind is EntryKind.RETENTION_ENFORCED:
            self.receipts_removed += entry.counts.get("receipts", 0)
        elif entry.kind is EntryKind.CHECKPOINT:
            self.checkpoints[entry.counts.get("size", 0)] = outputs.get("checkpoint", "")


def examine(root: Root, elsewhere: Sequence[Checkpoint] = ()) -> tuple[Told, list[str]]:
    """Read the whole ledger: what it tells, as far as it is sound, and what is wrong, the first entry that is wrong at the top.

    Seals are checked of entries that no checkpoint of ours covers yet: a checkpoint is signed after those before it were checked, and
    its root changes with every byte of them. Others may append meanwhile.
    """
    problems, told = list[str](), Told()
    # In this order, each before what it speaks of, so that what is added meanwhile is never missed.
    seen = _attempt(lambda: root.lineage.sql("SELECT hash FROM entries ORDER BY sequence")["hash"].combine_chunks(), _NOTHING, [])
    ours = _attempt(lambda: checkpoints.kept(root), list[Checkpoint](), problems)
    head = _attempt(root.ledger.head, Head(sequence=0, hash=GENESIS), problems)
    last = max(_attempt(root.ledger.end, 0, problems), head.sequence, len(seen), *(each.size for each in (*ours, *elsewhere)))
    try:
        for entry in _entries(root, [*ours, *elsewhere], max((each.size for each in ours), default=0), last, Seen(head, seen)):
            told.note(entry)
    except Corrupt as error:
        first = list[str]()  # the first entry that is wrong, if it is an entry
        _attempt(lambda: sum(1 for _ in root.ledger.walk(1, last, GENESIS)), 0, first)
        return told, list(dict.fromkeys([*(first or [str(error)]), *problems]))
    problems += [wrong for size, name in told.checkpoints.items() if (wrong := _gone(root, size, name))]
    return told, problems


class Seen(NamedTuple):
    """What is known of the ledger beside checkpoints."""

    head: Head
    hashes: pa.StringArray  # of the first entries, as this machine has seen them


def _entries(root: Root, notes: Sequence[Checkpoint], covered: int, last: int, seen: Seen) -> Iterator[Entry]:
    """All entries, compared with all that is known of them; those that no checkpoint of ours covers also by their seals."""
    frontier, previous = Frontier(), GENESIS
    roots: dict[int, set[bytes]] = {}
    for note in notes:
        roots.setdefault(note.size, set()).add(note.root)

    def compare(payload: bytes) -> None:
        tiles = list(frontier.add(leaf_hash(payload)))
        for name, tile in tiles:
            _same_tile(root, name, tile, required=frontier.size <= covered)
        if frontier.size == covered:
            for name, tile in frontier.tiles().items():
                _same_tile(root, name, tile, required=False)  # a later checkpoint removes it
        if frontier.size in roots and roots[frontier.size] != {frontier.root()}:
            raise Corrupt(f"The ledger differs from a checkpoint over {frontier.size} entries: history was rewritten.", _COMPARE)
        require_headed(seen.head, frontier.size, payload)
        _require_seen(seen.hashes, frontier.size, payload)

    for number, payload in enumerate(root.ledger.payloads(1, covered), start=1):
        compare(payload)
        previous = sha256(payload)
        yield entry_of(payload, number)
    for entry, payload in root.ledger.walk(covered + 1, last, previous):
        compare(payload)
        yield entry
        if entry.sequence % 1024 == 0:
            report("ledger", entry.sequence, last)


def _require_seen(hashes: pa.StringArray, number: int, payload: bytes) -> None:
    if number <= len(hashes) and hashes[number - 1].as_py() != sha256(payload):
        raise Corrupt(
            f"Ledger entry {number} is not the one that this machine has seen.",
            "If this root was restored or made anew, delete its lineage.duckdb; else compare the ledger with a backup.",
        )


def _same_tile(root: Root, name: Name, tile: bytes, required: bool) -> None:
    held = checkpoints.tile(root, name)
    if held != tile and (held or required):
        raise Corrupt(
            f"Tile {name.path} is not that of the ledger's entries.",
            "Remove `tiles/`: the next `muniment audit checkpoint` writes it anew.",
        )


def _gone(root: Root, size: int, name: str) -> str:
    """What is wrong with a checkpoint that the ledger says was made."""
    try:
        made = checkpoints.authentic(root, root.objects.read(checkpoints.key(size)), checkpoints.key(size))
    except (Corrupt, NotFound):
        return f"The checkpoint over {size} entries, which the ledger names, is gone or was changed. {_COMPARE}"
    return "" if made.root.hex() == name else f"The checkpoint over {size} entries is not the one that the ledger names. {_COMPARE}"


def _attempt(act: Callable[[], T], otherwise: T, problems: list[str]) -> T:
    try:
        return act()
    except Corrupt as error:
        problems.append(str(error))
        return otherwise
