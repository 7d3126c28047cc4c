"""Records of runs: the effective configuration, what was in force, what was imported, and what came of it (REP-1). Never content."""

import inspect
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import Enum
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from uuid import uuid4

from muniment import __version__
from muniment.errors import MunimentError
from muniment.schemas.canonical import canonical_json, digest
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.run import Environment, Rules, Run
from muniment.schemas.source import Record
from muniment.store.root import Root, open_root
from muniment.tasks import policies, surroundings
from muniment.tasks import rules as kept_rules
from muniment.tasks.retain import leases, retention
from muniment.tasks.step import run_id

P = ParamSpec("P")
R = TypeVar("R")

RECORDED = frozenset({"capture", "promote", "rollback", "index", "erase", "rescan", "retain", "revoke", "nightly"})
_FOLDER, _ENVIRONMENTS = "runs/", "runs/environments/"
_LONGEST = 64  # characters of an id or a name
_WORDS = ("reason", "note", "comment")  # parameters that hold what people wrote

_parent: ContextVar[str] = ContextVar("run", default="")


def recorded(function: Callable[P, R]) -> Callable[P, R]:
    """A story that says it is at work while it runs, and leaves a record of its run."""
    story, signature = function.__name__, inspect.signature(function)

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        given = signature.bind(*args, **kwargs)
        given.apply_defaults()
        uri = str(given.arguments.get("root", ""))
        with leases.at_work(uri, story), _told(uri, story, given.arguments) as came:
            result = function(*args, **kwargs)
            came.append(result)
            return result

    return call


def runs(root: Root, last: int = 0) -> list[Run]:
    """Records of runs, the latest first; all, or the last few."""
    keys = sorted((key for key in root.objects.list(_FOLDER) if not key.startswith(_ENVIRONMENTS)), reverse=True)
    return [root.manifests.record(key, Run) for key in (keys[:last] if last else keys)]


def run(root: Root, identifier: str) -> Run:
    """One record; raises `NotFound`."""
    return root.manifests.record(f"{_FOLDER}{identifier}.json", Run)


def environment_of(root: Root, made: Run) -> Environment:
    """What a run stood on; raises `NotFound`."""
    return root.manifests.record(f"{_ENVIRONMENTS}{made.environment}.json", Environment)


@contextmanager
def _told(uri: str, story: str, arguments: Mapping[str, Any]) -> Iterator[list[object]]:
    """Within this block a run happens; what it came to is put into the list."""
    came: list[object] = []
    if story not in RECORDED:
        yield came
        return
    root, started, clock = open_root(uri), datetime.now(UTC), time.monotonic()
    identifier = f"{started:%Y%m%dT%H%M%S%f}-{uuid4().hex[:6]}"  # their order is that of their beginnings
    first, outcome = root.ledger.tail(), "done"
    token = _parent.set(identifier)
    try:
        yield came
    except BaseException as error:
        outcome = error.code if isinstance(error, MunimentError) else type(error).__name__
        raise
    finally:
        _parent.reset(token)
        _keep(
            root,
            lambda: Run(
                id=identifier,
                story=story,
                parent=_parent.get(),
                prefect=run_id(),
                code=__version__,
                parameters={name: _plain(name, value) for name, value in arguments.items() if name != "root"},
                rules=_rules(root),
                versions=surroundings.versions(),
                seeds=surroundings.seeds(),
                threads=surroundings.threads(),
                environment=_environment(root),
                started=started,
                finished=datetime.now(UTC),
                seconds=round(time.monotonic() - clock, 3),
                outcome=outcome,
                did=_did(came[0]) if came else {},
                entries=(first, root.ledger.tail()),
            ),
            str(arguments.get("actor", "schedule")),
            failed=outcome != "done",
        )


def _keep(root: Root, make: Callable[[], Run], actor: str, failed: bool) -> None:
    """Write the record and its entry. A run that failed already is not hidden behind a record that cannot be written."""
    try:
        made = make()
        root.objects.put(f"{_FOLDER}{made.id}.json", canonical_json(made))
        root.record(
            Draft(
                kind=EntryKind.RUN_RECORDED,
                actor=actor,
                key=made.id,
                run=made.prefect,
                subjects=(f"story:{made.story}",),
                outputs=(f"run:{made.id}", f"record:{digest(made)}"),
                counts={name: value for name, value in made.did.items() if isinstance(value, int)},
                reasons=(made.outcome.upper(),),
            )
        )
    except MunimentError:
        if not failed:
            raise


def _rules(root: Root) -> Rules:
    policy = policies.current(root)
    licences, tools = kept_rules.keep(root, policy)
    return Rules(policy=policy.digest, licences=licences, tools=tools, retention=retention.in_force(root).digest)


def _environment(root: Root) -> str:
    found = surroundings.environment()
    name = digest(found)
    root.objects.put(f"{_ENVIRONMENTS}{name}.json", canonical_json(found))
    return name


def _plain(name: str, value: object) -> str:
    if any(word in name for word in _WORDS):
        return "(kept with the decision)" if value else ""
    if isinstance(value, Enum):
        return str(value.value)
    return str(value)[:_LONGEST]


def _did(result: object) -> dict[str, int | str]:
    """Ids and counts of what a story came to: numbers, words without a space, the sizes of lists."""
    found: dict[str, int | str] = {}
    for name in type(result).model_fields if isinstance(result, Record) else ():
        found |= _told_of(name, getattr(result, name))
    return found


def _told_of(name: str, value: object) -> dict[str, int | str]:
    if isinstance(value, bool | int):
        return {name: int(value)}
    if isinstance(value, str):
        return {name: value} if value and len(value) <= _LONGEST and not any(map(str.isspace, value)) else {}
    if isinstance(value, dict):
        counts = {f"{name}.{key}": each for key, each in value.items() if isinstance(each, int)}
        return {**counts} if len(counts) == len(value) else {name: len(value)}
    return {name: len(value)} if isinstance(value, list | tuple) else {}
