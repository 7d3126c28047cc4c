"""Check that what is kept is what was written: the ledger, what it speaks of, and the digest of every object that a manifest names."""

from collections.abc import Sequence
from pathlib import Path

from muniment.core.notes import Checkpoint
from muniment.errors import Corrupt, MunimentError
from muniment.schemas.source import Record
from muniment.store.root import Root, open_root
from muniment.tasks.audit import checkpoints, references
from muniment.tasks.audit.chain import Told, examine
from muniment.tasks.step import step


class Audit(Record):
    """What an audit found. It is sound when nothing is listed under `problems`, the first wrong entry of the ledger before all else."""

    entries: int  # of the ledger, up to the first that is wrong
    objects: int
    checkpoints: int
    reviews: int
    receipts: int
    unnamed: int  # objects that no manifest names: left by interrupted runs, harmless
    against: int = 0  # entries that a checkpoint kept elsewhere covers
    problems: tuple[str, ...]


@step
def verify_root(uri: str, actor: str, against: Path | None = None) -> Audit:
    """Recompute everything, then sign a new checkpoint if all is sound. `against` is a checkpoint that was kept elsewhere.

    Others may work meanwhile: what they add is looked at or not, and is no problem.
    """
    root, problems, elsewhere = open_root(uri), list[str](), list[Checkpoint]()
    if against:
        try:
            elsewhere.append(checkpoints.authentic(root, against.read_bytes(), against.name))
        except Corrupt as error:
            problems.append(str(error))
    told, wrong = records(root, elsewhere)
    problems += wrong
    looked = references.objects(root)
    problems += looked.problems
    if not problems:
        checkpoints.checkpoint(uri, actor)
    return Audit(
        entries=told.entries,
        objects=looked.named,
        checkpoints=len(list(root.objects.list("checkpoints/"))),
        reviews=len(told.reviews),
        receipts=len(told.receipts),
        unnamed=looked.unnamed,
        against=elsewhere[0].size if elsewhere else 0,
        problems=tuple(problems),
    )


def records(root: Root, elsewhere: Sequence[Checkpoint] = ()) -> tuple[Told, list[str]]:
    """What the ledger tells, and what is wrong with it and with the records that it speaks of: reviews, registry, requests, receipts, refs."""
    told, problems = examine(root, elsewhere)
    if not problems:  # a ledger that is not sound tells nothing of others
        for look in (references.reviews, references.registry, references.requests, references.access, references.receipts):
            try:
                problems += look(root, told)
            except MunimentError as error:
                problems.append(str(error))
    return told, [*problems, *references.refs(root)]
