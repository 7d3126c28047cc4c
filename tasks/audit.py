"""Check that what is kept is what was written: the chain, its signature, and the digest of every object that a manifest names."""

from datetime import UTC, datetime

from muniment.errors import Corrupt, NotFound
from muniment.schemas.canonical import canonical_json
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.source import Record
from muniment.store.root import Root, open_root
from muniment.store.segments import Segments
from muniment.store.vault import signed_by
from muniment.tasks import copies
from muniment.tasks.step import report, step


class Checkpoint(Record):
    """The head of the ledger at some time, signed: what came before cannot be rewritten without breaking it."""

    sequence: int
    hash: str
    public_key: str
    signature: str = ""


class Audit(Record):
    """What an audit found. It is sound when nothing is listed under `problems`."""

    entries: int
    objects: int
    checkpoints: int
    unnamed: int  # objects that no manifest names: left by interrupted runs, harmless
    problems: tuple[str, ...]


@step
def verify_root(uri: str, actor: str) -> Audit:
    """Recompute everything, then sign a new checkpoint if all is sound."""
    root = open_root(uri)
    problems: list[str] = []
    entries = checked = 0
    try:
        entries = root.ledger.verify()
        checked = _checkpoints(root)
    except Corrupt as error:
        problems.append(str(error))
    named = {digest: stored for _, manifest in copies.manifests(root) for digest, stored in copies.named(manifest).items()}
    for done, stored in enumerate(named.values(), start=1):
        report("audit", done, len(named))
        try:
            root.lake.verify(stored)
        except (Corrupt, NotFound) as error:
            problems.append(str(error))
    problems += _segments(root)
    if not problems:
        _sign(root, actor)
    return Audit(
        entries=entries,
        objects=len(named),
        checkpoints=checked,
        unnamed=len(set(copies.objects(root)) - set(named)),
        problems=tuple(problems),
    )


def _segments(root: Root) -> list[str]:
    """What is wrong with the band index."""
    segments, problems = Segments(root.objects), list[str]()
    for each in segments.names():
        try:
            segments.verify(each)
        except (Corrupt, NotFound) as error:
            problems.append(str(error))
    return problems


def _checkpoints(root: Root) -> int:
    """Compare every signed head with the chain as it is; raises `Corrupt`."""
    keys = list(root.objects.list("checkpoints/"))
    for key in keys:
        held = root.manifests.record(key, Checkpoint)
        unsigned = held.model_copy(update={"signature": ""})
        if not signed_by(root.vault.public_key, canonical_json(unsigned), held.signature):
            raise Corrupt(f"{key} is not signed by this root's key.", "Compare it with a backup.")
        if root.ledger.tail() < held.sequence or root.ledger.entry(held.sequence).hash != held.hash:
            raise Corrupt(
                f"The ledger differs from its signed checkpoint at entry {held.sequence}.",
                "It was rewritten: compare it with a backup.",
            )
    return len(keys)


def _sign(root: Root, actor: str) -> None:
    entry = root.ledger.append(Draft(kind=EntryKind.CHECKPOINT, actor=actor), datetime.now(UTC))
    unsigned = Checkpoint(sequence=entry.sequence, hash=entry.hash, public_key=root.vault.public_key)
    signed = unsigned.model_copy(update={"signature": root.vault.sign(canonical_json(unsigned))})
    root.objects.put(f"checkpoints/{entry.sequence:020d}.json", canonical_json(signed))
