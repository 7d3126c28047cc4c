"""What a run found: where, what kind of trace, how often; how much it looked through; what it could not."""

import hashlib
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatchcase
from threading import local
from types import MappingProxyType
from typing import Any, NamedTuple

from muniment.verifiers.residue import sealed
from muniment.verifiers.residue.look import LIMIT, Look, Seen
from muniment.verifiers.residue.needles import DIGEST, ID, TRACES, Needles
from muniment.verifiers.residue.parts import octets
from muniment.verifiers.residue.places import File, files
from muniment.verifiers.residue.sealed import Keys
from muniment.verifiers.residue.search import Search
from muniment.verifiers.residue.spill import Spill, TooLarge

_ALLOWED = {TRACES[ID], TRACES[DIGEST]}  # which reveal nothing by themselves
_AHEAD = 64  # files handed to the threads at a time


class Residue(NamedTuple):
    """A trace in a file. `place` is the kind of file."""

    place: str
    name: str
    trace: str
    times: int


class Report(NamedTuple):
    """All that a run has to say. Nothing is left when there is no residue and nothing was unread."""

    residue: tuple[Residue, ...]
    checked: dict[str, int]  # kind of file → how many
    not_checked: dict[str, int]  # reason → how many files; their bytes were searched
    unread: dict[str, str]  # file → why it could not be read
    bytes: int  # searched, what was decompressed counted too
    seconds: float

    @property
    def clean(self) -> bool:
        """Whether everything was read and nothing found."""
        return not self.residue and not self.unread

    def as_json(self) -> dict[str, Any]:
        """As plain values."""
        return {**self._asdict(), "residue": [each._asdict() for each in self.residue], "clean": self.clean}


class Task(NamedTuple):
    """What is looked for and where ids may stand: patterns of names, relative to their place (an erasure keeps a list of ids)."""

    needles: Needles
    ids_may_stand_in: tuple[str, ...] = ()
    limit: int = LIMIT
    threads: int = 1
    since: float = 0  # seconds since 1970: of the files in `large`, only those that changed since
    large: tuple[str, ...] = ()
    keys: Keys = MappingProxyType({})  # that open what a root encrypts


def look_through(places: Iterable[str], task: Task) -> Report:
    """Look through every file below these places."""
    began, mine, first, all_searches = time.monotonic(), local(), Search(task.needles), list[Search]()
    residue, checked, not_checked, unread = list[Residue](), Counter[str](), Counter[str](), dict[str, str]()

    def examine(given: tuple[File, dict[str, File]]) -> tuple[str, Seen, str]:
        if not hasattr(mine, "look"):
            search = first.another()
            all_searches.append(search)
            mine.look = Look(search, task.limit)
        return _examined(mine.look, task, *given)

    for place in places:
        with ThreadPoolExecutor(task.threads) as pool:
            given = (each for each in _with_sides(place, unread) if not _left_out(task, each[0], not_checked))
            for name, seen, refused in _in_batches(pool, examine, given):
                checked[seen.kind] += 1
                not_checked.update(seen.not_checked)
                where = f"{place.rstrip('/')}/{name}"
                if refused or seen.unread:
                    unread[where] = refused or "; ".join(seen.unread)
                allowed = _ALLOWED if any(fnmatchcase(name, each) for each in task.ids_may_stand_in) else set()
                residue += [Residue(seen.kind, where, trace, n) for trace, n in sorted(seen.traces.items()) if trace not in allowed]
    looked = sum(each.looked for each in all_searches)
    return Report(tuple(residue), dict(checked), dict(not_checked), unread, looked, round(time.monotonic() - began, 3))


def _left_out(task: Task, file: File, not_checked: Counter[str]) -> bool:
    old = 0 < file.modified < task.since and any(fnmatchcase(file.name, each) for each in task.large)
    if old:
        not_checked["Not looked into: it was not written since the erasure began."] += 1
    return old


def _in_batches(pool: ThreadPoolExecutor, examine: Any, given: Iterator[Any]) -> Iterator[Any]:
    batch = list[Any]()
    for each in given:
        batch.append(each)
        if len(batch) == _AHEAD:
            yield from pool.map(examine, batch)
            batch = []
    yield from pool.map(examine, batch)


def _with_sides(place: str, unread: dict[str, str]) -> Iterator[tuple[File, dict[str, File]]]:
    """Every file with those that may belong to it: a database with its journals."""
    before = dict[str, File]()
    endings = ("-wal", "-journal", ".wal")
    try:
        found = list(files(place)) if not place.startswith("s3://") else files(place)
        known = {each.name: each for each in found if each.name.endswith(endings)} if isinstance(found, list) else before
        for each in found:
            yield each, {ending: known[each.name + ending] for ending in endings if each.name + ending in known}
    except OSError as error:
        unread[place] = f"The place cannot be read: {error}."


def _examined(look: Look, task: Task, file: File, sides: dict[str, File]) -> tuple[str, Seen, str]:
    """(name, what was seen, why it could not be read). A name that is itself a trace is not repeated."""
    said = look.search.octets(octets(file.name.encode("utf-8", "surrogateescape")))
    if file.attached:
        said = said + look.search.octets(octets(file.attached))
    seen, refused = Seen("name only", said), ""
    if file.open is not None:
        try:
            beside = {ending: side.read() for ending, side in sides.items()}
            plain = sealed.opened(file.read(), file.key or file.name, task.keys, Spill(task.limit))
            seen = look.file(file.name, plain, beside)
            seen = seen._replace(traces=seen.traces + said)
        except FileNotFoundError:
            seen = Seen("gone meanwhile", said)
        except (OSError, TooLarge) as error:
            seen, refused = (
                Seen("unread", said),
                f"It cannot be read: {getattr(error, 'strerror', '') or error or 'it is too large'}.",
            )
    name = (
        f"(a name that is a trace: {hashlib.sha256(file.name.encode('utf-8', 'replace')).hexdigest()[:16]})" if said else file.name
    )
    return name, seen, refused
