"""Files that age by themselves: what can be made again, and records of what was done."""

from collections.abc import Callable, Iterator
from datetime import datetime

from muniment.policies.retention import Kind, Retention
from muniment.schemas.relevance import CanaryRun
from muniment.schemas.retention import Due
from muniment.store.root import Root
from muniment.tasks.retain.guard import Guard
from muniment.tasks.retain.windows import cut

_FOLDERS = {
    Kind.WORK: ("work/",),
    Kind.SCRATCH: ("scratch/",),
    Kind.RUNS: ("runs/",),
    Kind.REPORTS: ("reports/", "plots/", "packs/", "relevance/"),
}


def find(root: Root, policy: Retention, at: datetime, guard: Guard) -> Iterator[Due]:
    """Files that were written before their window began; results of gates only when no kept snapshot names them, and never the last
    answers to a canary, which the next ones are compared with."""
    for kind, folders in _FOLDERS.items():
        for folder in folders:
            yield from _older(root, policy, kind, folder, at, lambda key: True)
    last = {each.canary: each.id for each in sorted(root.manifests.all("canaries", CanaryRun), key=lambda each: each.at)}
    yield from _older(root, policy, Kind.REPORTS, "canaries/", at, lambda key: key.split("/")[1] not in last.values())
    named = {each.checks for each in guard.snapshots}
    yield from _older(root, policy, Kind.CHECKS, "checks/", at, lambda key: _digest(key) not in named)


def _older(root: Root, policy: Retention, kind: Kind, folder: str, at: datetime, free: Callable[[str], bool]) -> Iterator[Due]:
    before = cut(policy.window[kind], at)
    if before is None:
        return
    for key, written in root.objects.dated(folder):
        if written <= before and free(key):
            yield Due(kind=kind, name=key.removeprefix(folder), keys=(key,), since=written, reason="AGED")


def _digest(key: str) -> str:
    return key.removeprefix("checks/").partition(".")[0]
