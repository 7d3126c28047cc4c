"""Signed checkpoints of the ledger, and proofs that lead to them: what somebody outside can keep, and hold against the ledger later.

A leaf of the Merkle tree is the bytes of an entry, its seal among them. Hashes are kept in tiles, which are a cache: a checkpoint is
made only when the tiles give the root that the one before was signed over, or when all entries were read again.
"""

from collections.abc import Callable, Iterator
from functools import cache
from functools import partial as partial_of

from muniment.core.merkle import Span, consistency, consistent, hash_of, included, inclusion, leaf_hash
from muniment.core.notes import Checkpoint, consistency_proof, inclusion_proof, parsed
from muniment.core.tiles import Frontier, Name, nodes, partial
from muniment.errors import Corrupt, NotFound
from muniment.schemas.canonical import sha256
from muniment.schemas.ledger import GENESIS, Draft, EntryKind
from muniment.store.root import Root, open_root
from muniment.store.vault import signed_by
from muniment.tasks.step import report, step

_COMPARE = "Compare it with a copy that was kept elsewhere, and the ledger with a backup."


@step
def checkpoint(uri: str, actor: str) -> Checkpoint:
    """Check the entries since the last checkpoint and sign a new one over all of them; the last one when nothing happened since.

    Raises `Corrupt` at the first entry that is wrong, and signs nothing then. Safe to run again, and by several at once.
    """
    root = open_root(uri)
    root.ledger.head()  # raises when the end of the ledger is gone
    last, size = latest(root), root.ledger.tail()
    if last and (size == last.size or (size == last.size + 1 and root.ledger.entry(size).kind is EntryKind.CHECKPOINT)):
        _record(root, last, actor)
        return last
    frontier = _edge(root, last)
    before = set(frontier.tiles())
    for name, tile in _grow(root, frontier, size):
        _put(root, name, tile)
    for name, tile in frontier.tiles().items():
        _put(root, name, tile)
    made = Checkpoint(origin(root), size, frontier.root())
    made = made.signed(bytes.fromhex(root.vault.public_key), bytes.fromhex(root.vault.sign(made.text)))
    root.objects.put(key(size), made.note)
    _record(root, made, actor)
    for name in before - set(frontier.tiles()):
        root.objects.delete(f"tiles/{name.path}")
    return made


def kept(root: Root) -> list[Checkpoint]:
    """All checkpoints, the smallest first; raises `Corrupt` for one that this root did not sign."""
    return [_read(root, each) for each in sorted(root.objects.list("checkpoints/"))]


def latest(root: Root) -> Checkpoint | None:
    """The checkpoint over the most entries; raises `Corrupt`."""
    keys = sorted(root.objects.list("checkpoints/"))
    return _read(root, keys[-1]) if keys else None


def authentic(root: Root, note: bytes, name: str) -> Checkpoint:
    """The checkpoint of a note that this root's key signed for this ledger; raises `Corrupt`."""
    made = parsed(note)
    if made is None:
        raise Corrupt(f"{name} is no checkpoint.", _COMPARE)
    if made.origin != origin(root):
        raise Corrupt(f"{name} is a checkpoint of another ledger, {made.origin}.", _COMPARE)
    public = root.vault.public_key
    if not signed_by(public, made.text, made.by(bytes.fromhex(public)).hex()):
        raise Corrupt(f"{name} is not signed by this root's key.", _COMPARE)
    return made


def origin(root: Root) -> str:
    """What checkpoints call this ledger: no two have the same first entry."""
    return f"muniment.ledger/{sha256(root.ledger.payload(1))[:32]}"


def prove_inclusion(uri: str, sequence: int, actor: str) -> bytes:
    """A proof that the ledger holds an entry, with the entry itself (C2SP tlog-proof); a checkpoint is made when none covers it yet.

    Raises `NotFound` for an entry that there is not, `Corrupt` when ledger and checkpoint differ.
    """
    root = open_root(uri)
    if not 1 <= sequence <= root.ledger.tail():
        raise NotFound(f"The ledger has no entry {sequence}.", 'List them: `muniment lineage sql "SELECT * FROM entries"`.')
    last = latest(root)
    if last is None or last.size < sequence:
        last = checkpoint(uri, actor)
    payload, index, over = root.ledger.payload(sequence), sequence - 1, last
    path = _proof(
        root, over, inclusion(index, over.size), lambda path: included(leaf_hash(payload), index, over.size, path, over.root)
    )
    return inclusion_proof(index, path, over, payload)


def prove_consistency(uri: str, old: bytes, actor: str) -> bytes:
    """A new checkpoint with the proof that it only adds to an old one, which was kept elsewhere (the body of a C2SP tlog-witness
    request). Raises `Corrupt` when the old one is not of this ledger, or the ledger is shorter than it says."""
    root = open_root(uri)
    before = authentic(root, old, "The old checkpoint")
    made = checkpoint(uri, actor)
    if made.size < before.size:
        raise Corrupt(f"The ledger had {before.size} entries and has {made.size}.", "Its end was cut off: restore a backup.")
    spans = consistency(before.size, made.size)
    path = _proof(root, made, spans, lambda path: consistent(before.size, made.size, before.root, made.root, path))
    return consistency_proof(before.size, path, made)


def tile(root: Root, name: Name) -> bytes:
    """The bytes of a tile, empty when it is not kept."""
    try:
        return root.objects.read(f"tiles/{name.path}")
    except NotFound:
        return b""


def key(size: int) -> str:
    """Where the checkpoint over so many entries lies."""
    return f"checkpoints/{size:020d}.note"


def _read(root: Root, name: str) -> Checkpoint:
    made = authentic(root, root.objects.read(name), name)
    if name != key(made.size):
        raise Corrupt(f"{name} is a checkpoint over {made.size} entries.", _COMPARE)
    return made


def _edge(root: Root, last: Checkpoint | None) -> Frontier:
    """The frontier at the last checkpoint: from its tiles when they give the root that was signed, else from all entries."""
    if last is None:
        return Frontier()
    try:
        frontier = Frontier(last.size, {name: tile(root, name) for name in partial(last.size)})
        if frontier.root() == last.root:
            return frontier
    except ValueError:
        pass
    return _anew(root, last)


def _anew(root: Root, last: Checkpoint) -> Frontier:
    """Every tile up to a checkpoint written again from the entries; raises `Corrupt` when they are not those that were signed."""
    frontier = Frontier()
    for name, payload in _grow(root, frontier, last.size):
        _put(root, name, payload)
    if frontier.root() != last.root:
        raise Corrupt(f"The ledger differs from its checkpoint over {last.size} entries.", _COMPARE)
    for name, payload in frontier.tiles().items():
        _put(root, name, payload)
    return frontier


def _grow(root: Root, frontier: Frontier, size: int) -> Iterator[tuple[Name, bytes]]:
    """Append the entries up to `size`, each checked; gives the tiles that they fill."""
    first = frontier.size + 1
    previous = sha256(root.ledger.payload(first - 1)) if first > 1 else GENESIS
    for entry, payload in root.ledger.walk(first, size, previous):
        yield from frontier.add(leaf_hash(payload))
        if entry.sequence % 1024 == 0:
            report("checkpoint", entry.sequence - first, size - first)


def _proof(root: Root, over: Checkpoint, spans: list[Span], holds: Callable[[list[bytes]], bool]) -> list[bytes]:
    """Hashes over spans of a checkpoint's leaves that hold together; raises `Corrupt` when the entries give none either."""
    for again in (False, True):
        if again:
            _anew(root, over)
        read = cache(partial_of(tile, root))
        try:
            path = [hash_of(span, nodes(over.size, read)) for span in spans]
        except IndexError:
            continue
        if holds(path):
            return path
    raise Corrupt(
        f"No proof leads to the checkpoint over {over.size} entries: it is not of what the ledger holds.",
        "Run `muniment audit verify`.",
    )


def _put(root: Root, name: Name, payload: bytes) -> None:
    """Keep a tile; one that holds anything else is replaced."""
    where = f"tiles/{name.path}"
    if not root.objects.put(where, payload) and tile(root, name) != payload:
        root.objects.delete(where)
        root.objects.put(where, payload)


def _record(root: Root, made: Checkpoint, actor: str) -> None:
    root.record(
        Draft(
            kind=EntryKind.CHECKPOINT,
            actor=actor,
            key=f"checkpoint#{made.size}",
            outputs=(f"checkpoint:{made.root.hex()}",),
            counts={"size": made.size},
        )
    )
