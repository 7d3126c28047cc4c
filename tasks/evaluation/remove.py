"""Remove a set with all that is known of its items: every version, and every hit in evidence, here and in the backups.

First the ref says so, and the set is neither shown nor screened for any more; then its objects go; last the ref forgets them. Killed in
between, the same again ends it.
"""

from collections.abc import Mapping

from muniment.errors import NotFound
from muniment.schemas.capture import Capture
from muniment.schemas.evalset import EvalSet, Removed
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.source import Record
from muniment.schemas.stored import Stored
from muniment.store.root import Root, open_root
from muniment.tasks import policies
from muniment.tasks.custody import backup
from muniment.tasks.detect import Gathered
from muniment.tasks.erasure import copies
from muniment.tasks.evaluation.access import require_evaluator
from muniment.tasks.evaluation.replace import put_in_place, without_suite
from muniment.tasks.judge import judge, standing
from muniment.tasks.retain import leases
from muniment.tasks.step import run_id


class Purged(Record):
    """What went under one root."""

    items: int
    evidence: int
    judgements: tuple[str, ...]  # sources whose verdicts followed from it


def remove_evalset(uri: str, name: str, actor: str) -> Removed:
    """Remove a registered set for good; raises `NotFound`, `Forbidden`. Documents that were kept out for it are judged anew, and wait for
    their stewards. Backups that can be reached are purged too."""
    root = open_root(uri)
    held, tag = root.refs.read(f"evalsets/{name}", EvalSet)
    if held is None:
        raise NotFound(f"No evaluation set {name} is registered.", "List them: `muniment evalset list`.")
    if held.kept:
        require_evaluator(root, held, actor)
        root.refs.move(f"evalsets/{name}", held.model_copy(update={"erased": held.last}), tag)
    places = backup.registered(root)
    with leases.quiet(root):
        gone = purge(root, name, actor)
        reached = tuple(each.id for each in places if each.reachable and _carry_out(root, open_root(each.uri), name))
    _record(root, name, held.last, gone, actor)
    forget(root, name)
    return Removed(
        id=name,
        versions=len(held.versions),
        items=gone.items,
        evidence=gone.evidence,
        judgements=gone.judgements,
        backups=reached,
        pending=tuple(each.id for each in places if not each.reachable),
    )


def carry_over(root: Root, journal: Root, actor: str) -> None:
    """Remove from a restored root what was removed from its journal since the copy was made."""
    for name in journal.refs.names("evalsets/"):
        _carry_out(journal, root, name.removeprefix("evalsets/"), actor)


def purge(root: Root, name: str, actor: str = "") -> Purged:
    """Remove the objects of all versions that a set's ref calls erased, and what evidence says of the set. Safe to run again.

    actor: in whose name what its hits had decided is judged anew; without one nothing is, as befits a copy.
    """
    held, _ = root.refs.read(f"evalsets/{name}", EvalSet)
    if held is None:
        return Purged(items=0, evidence=0, judgements=())
    gone = {each.items.digest: each.items for each in held.versions if each.number <= held.erased}
    mapped = dict(without_suite(root, name))
    again = _rejudge(root, mapped, actor) if actor else ()  # before the evidence goes by which they are found
    put_in_place(root, mapped)
    for each in set(gone) - {version.items.digest for version in held.kept}:
        root.objects.delete(copies.key_of(each))
    return Purged(items=sum(each.rows for each in gone.values()), evidence=len(mapped), judgements=again)


def forget(root: Root, name: str) -> None:
    """Leave of the removed versions the number of the last one."""
    held, tag = root.refs.read(f"evalsets/{name}", EvalSet)
    if held and held.kept != held.versions:
        left = {"versions": held.kept, "files": held.files if held.kept else ()}
        root.refs.move(f"evalsets/{name}", held.model_copy(update=left), tag)


def _rejudge(root: Root, mapped: Mapping[str, Stored], actor: str) -> tuple[str, ...]:
    """Judge again, on the evidence that is left, what hits of the set had decided about; gives the sources."""
    codes = {rule.code for rule in policies.current(root).rule if rule.evaluation}
    named = [each for each in standing(root) if set(mapped) & set(copies.named(each)) and not codes.isdisjoint(each.reasons)]
    for each in named:
        capture = root.manifests.get(f"captures/{each.source}", each.capture, Capture)
        evidence = {
            shard.shard.digest: {name: mapped.get(one.digest, one) for name, one in shard.evidence.items()} for shard in each.shards
        }
        gathered = Gathered(evidence=evidence, failed=each.failed, detected=0, recalled=0)
        judge(root.uri, capture, gathered, each.twins, actor, anew=True)
    return tuple(each.source for each in named)


def _carry_out(root: Root, copied: Root, name: str, actor: str = "") -> bool:
    """The same in a root that was copied from this one; False when it knows no version that this one removed."""
    mine, (theirs, tag) = root.refs.read(f"evalsets/{name}", EvalSet)[0], copied.refs.read(f"evalsets/{name}", EvalSet)
    if mine is None or theirs is None or not any(each.number <= mine.erased for each in theirs.versions):
        return False
    copied.refs.move(f"evalsets/{name}", theirs.model_copy(update={"erased": mine.erased}), tag)
    purge(copied, name, actor)
    forget(copied, name)
    return True


def _record(root: Root, name: str, last: int, gone: Purged, actor: str) -> None:
    root.record(
        Draft(
            kind=EntryKind.EVALSET_REMOVED,
            actor=actor,
            run=run_id(),
            key=f"{name}@{last}",
            subjects=(f"evalset:{name}",),
            inputs=(f"evalset:{name}@{last}",),
            counts={"items": gone.items, "evidence": gone.evidence, "judgements": len(gone.judgements)},
        )
    )
