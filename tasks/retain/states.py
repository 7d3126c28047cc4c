"""States that were replaced: snapshots, judgements and captures that nothing rests on any more."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from muniment.policies.retention import Kind, Retention, Window
from muniment.schemas.capture import Capture, Judgement
from muniment.schemas.retention import Due, Held
from muniment.schemas.stored import Manifest
from muniment.store.root import Root
from muniment.tasks.fetch import CaptureRef
from muniment.tasks.judge import JudgementRef
from muniment.tasks.retain import since
from muniment.tasks.retain.guard import Guard
from muniment.tasks.retain.windows import due


class Found(NamedTuple):
    """What is due of some kinds, and what of it stays all the same."""

    due: list[Due]
    held: list[Held]


class Aged(NamedTuple):
    """A manifest, where it lies, and when it was last of use."""

    folder: str
    manifest: Manifest
    since: datetime


def find(root: Root, policy: Retention, at: datetime, guard: Guard) -> Found:
    """Snapshots first, then the judgements and captures that neither a ref nor a snapshot that stays rests on."""
    found = Found([], [])
    others = [each for each in guard.snapshots if each.id not in guard.shown]
    aged = _dated(root, "snapshots", others, since.snapshots(root), at)
    going = _settle(root, guard, Kind.SNAPSHOTS, due(aged, _since, policy.window[Kind.SNAPSHOTS], at), found)
    staying = [part for snapshot in guard.snapshots if snapshot.id not in going for part in snapshot.parts]
    judged = {name: _current(root, f"judgements/{name}", JudgementRef) for name in _names(root, "judgements/")}
    judgements = list(root.manifests.all("judgements", Judgement))
    needed = {part.judgement for part in staying} | {*judged.values()}
    aged = _dated(root, "judgements", [each for each in judgements if each.id not in needed], since.judgements(root), at)
    going |= _settle(root, guard, Kind.JUDGEMENTS, _by_source(aged, policy.window[Kind.JUDGEMENTS], at), found)
    needed = {part.capture for part in staying} | {each.capture for each in judgements if each.id not in going}
    needed |= {_current(root, f"captures/{name}", CaptureRef) for name in _names(root, "captures/")}
    _settle(root, guard, Kind.CAPTURES, _captures(root, needed, policy.window[Kind.CAPTURES], at), found)
    return found


def _captures(root: Root, needed: set[str], window: Window, at: datetime) -> list[Aged]:
    times, aged = since.captures(root), list[Aged]()
    for source in sorted({name.partition("/")[0] for name in root.manifests.ids("captures")}):
        kept = root.manifests.all(f"captures/{source}", Capture)
        aged += _dated(root, f"captures/{source}", [each for each in kept if each.id not in needed], times, at)
    return _by_source(aged, window, at)


def _by_source(aged: Iterable[Aged], window: Window, at: datetime) -> list[Aged]:
    """What is due of each source: the last few of every source stay."""
    sources = defaultdict[str, list[Aged]](list)
    for each in aged:
        assert isinstance(each.manifest, Capture | Judgement)
        sources[each.manifest.source].append(each)
    return [one for name in sorted(sources) for one in due(sources[name], _since, window, at)]


def _settle(root: Root, guard: Guard, kind: Kind, aged: list[Aged], found: Found) -> set[str]:
    """Note what goes and what stays although it is due; gives the ids of what goes."""
    going = set[str]()
    for each in aged:
        if by := guard.keeps(each.manifest):
            found.held.append(Held(kind=kind, name=each.manifest.id, by=by))
            continue
        going.add(each.manifest.id)
        keys = tuple(root.objects.list(f"{each.folder}/{each.manifest.id}/"))
        found.due.append(Due(kind=kind, name=each.manifest.id, keys=keys, since=each.since, reason="REPLACED"))
    return going


def _dated(root: Root, folder: str, manifests: Iterable[Manifest], times: Mapping[str, datetime], at: datetime) -> list[Aged]:
    """Manifests with the time since when nothing shows them; of one that no entry speaks of (its run crashed) the time of its file."""
    manifests = list(manifests)
    if any(each.id not in times for each in manifests):
        files = {key.removeprefix(f"{folder}/").partition("/")[0]: written for key, written in root.objects.dated(f"{folder}/")}
        times = {**files, **times}
    return [Aged(folder, each, times.get(each.id, at)) for each in manifests]


def _since(aged: Aged) -> datetime:
    return aged.since


def _names(root: Root, prefix: str) -> list[str]:
    return [name.removeprefix(prefix) for name in root.refs.names(prefix)]


def _current(root: Root, name: str, model: type[CaptureRef] | type[JudgementRef]) -> str:
    held, _ = root.refs.read(name, model)
    return getattr(held, "capture", "") or getattr(held, "judgement", "")
