"""Register a set, change it, rotate its items. Each change is a version of its own; the ones before stay."""

from collections.abc import Collection
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
from pydantic import ValidationError

from muniment.core.identity import keyed_hash
from muniment.errors import Forbidden, InvalidRecord, NotFound
from muniment.schemas.canonical import sha256
from muniment.schemas.evalset import EVALSET, EvalSet, File, Version
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.stored import Stored
from muniment.store.root import Root, open_root
from muniment.tasks import evalsets
from muniment.tasks.evaluation.access import require_evaluator
from muniment.tasks.evaluation.reading import read_items
from muniment.tasks.step import run_id, step

_TEXT = ["item", "kind", "question", "answer"]


@step
def add_evalset(uri: str, name: str, path: Path, actor: str, group: str = "") -> EvalSet:
    """Register a set, or correct it: the file's items are in use from now on, others of the version before are not, and what was
    retired stays so. The same again changes nothing. Raises `Forbidden` for somebody who may not change what is registered."""
    root, fresh, new = open_root(uri), _named(name, group), read_items(name, path)
    held, tag = root.refs.read(f"evalsets/{name}", EvalSet)
    held = held or fresh
    if held.versions and not held.kept:
        raise Forbidden(f"The removal of {name} has not ended.", f"Run it again first: `muniment evalset remove {name}`.")
    if group and not held.kept:
        held = held.model_copy(update={"group": group})
    before = evalsets.rows(root, held.kept[-1].items) if held.kept else None
    rows = _used(new)
    if before is not None:
        retired = before.filter(pl.col("retired").is_not_null())
        _require_same(retired, new)
        rows = pl.concat([rows, retired.join(new, on="item", how="anti").select(EVALSET.names)])
    return _publish(root, held, tag, rows, path, actor, EntryKind.EVALSET_ADDED, group or held.group)


@step
def rotate_evalset(
    uri: str,
    name: str,
    path: Path,
    actor: str,
    retire: Collection[str] = (),
    on: date | None = None,
    until: date | None = None,
) -> EvalSet:
    """Bring new items in and retire others: those named, or else all that the file does not hold.

    on: the day of retirement, by default today. until: the first day on which the retired are no longer screened for; by default they
    are as long as the set is registered. Raises `NotFound` for an id that is not in use, `InvalidRecord` for one that comes again with
    another text, `Forbidden`.
    """
    root, new = open_root(uri), read_items(name, path)
    held, tag = evalsets.one(root, name)
    require_evaluator(root, held, actor)
    day = on or evalsets.today()
    if until and until <= day:
        raise InvalidRecord("DAY", f"{until} is not after the day of retirement, {day}.", "Give a later day, or none.")
    before = evalsets.rows(root, held.kept[-1].items)
    _require_same(before, new)
    leaving = _leaving(before, new, retire)
    stays = before.filter(~pl.col("item").is_in(leaving))
    gone = before.filter(pl.col("item").is_in(leaving)).with_columns(retired=pl.lit(day, pl.Date), until=pl.lit(until, pl.Date))
    rows = pl.concat([stays, gone, _used(new.join(before, on="item", how="anti"))])
    return _publish(root, held, tag, rows, path, actor, EntryKind.EVALSET_ROTATED, held.group)


def _named(name: str, group: str) -> EvalSet:
    try:
        return EvalSet(id=name, group=group or "evaluators")
    except ValidationError:
        raise InvalidRecord("NAME", "That is no name of a set.", "Use small letters, digits, - and _.") from None


def _used(new: pl.DataFrame) -> pl.DataFrame:
    """Items that are in use, as rows of `EVALSET`."""
    never = pl.lit(None, pl.Date)
    return new.with_columns(retired=never, until=never).select(EVALSET.names)


def _leaving(before: pl.DataFrame, new: pl.DataFrame, retire: Collection[str]) -> list[str]:
    used = before.filter(pl.col("retired").is_null())["item"].to_list()
    if unknown := len(set(retire) - set(used)):
        raise NotFound(f"{unknown} of the items to retire are not in use.", "`muniment evalset show` lists their ids.")
    brought = set(new["item"])
    if again := len(set(retire) & brought):
        raise InvalidRecord("ID", f"{again} items are both retired and brought in.", "Leave them out of one of the two.")
    return sorted(retire) if retire else [each for each in used if each not in brought]


def _require_same(before: pl.DataFrame, new: pl.DataFrame) -> None:
    """What was known under an id must be known under it for good, or nobody can tell what was retired."""
    changed = new.join(before, on="item").height - new.join(before, on=_TEXT).height
    if changed:
        raise InvalidRecord("ID", f"{changed} ids are those of known items with another text.", "Give new items new ids.")


def _publish(
    root: Root, held: EvalSet, tag: str, rows: pl.DataFrame, path: Path, actor: str, kind: EntryKind, group: str
) -> EvalSet:
    """The set with its next version, once that is written and recorded; the set with what changed beside it, or as it was."""
    ordered = rows.sort("item").to_arrow()
    named, file = root.lake.named(ordered, EVALSET), file_of(root, path)
    same = bool(held.kept) and held.kept[-1].items == named
    files = held.files if file in held.files else (*held.files, file)
    after = held.model_copy(update={"group": group, "files": files})
    if same and after == held:
        return held
    if held.kept:
        require_evaluator(root, held, actor)
    if not same:
        stored = root.lake.write(ordered, EVALSET)
        version = _version(held, rows, stored, actor)
        after = after.model_copy(update={"versions": (*held.versions, version)})
        _record(root, held, version, actor, kind)
    root.refs.move(f"evalsets/{held.id}", after, tag)
    return after


def _version(held: EvalSet, rows: pl.DataFrame, stored: Stored, actor: str) -> Version:
    days = rows["until"].drop_nulls().unique().sort().to_list()
    retired = rows["retired"].count()
    return Version(
        number=held.last + 1,
        items=stored,
        at=datetime.now(UTC),
        actor=actor,
        used=rows.height - retired,
        retired=retired,
        untils=tuple(days),
    )


def file_of(root: Root, path: Path) -> File:
    """A file as a set remembers it."""
    secret, payload = evalsets.key(root), path.read_bytes()
    return File(mark=mark(secret, sha256(payload)), place=place(secret, path), bytes=len(payload))


def mark(secret: bytes, content: str) -> str:
    """Keyed hash of the SHA-256 of a file's bytes."""
    return keyed_hash(secret, "file", content)[:32]


def place(secret: bytes, path: Path) -> str:
    """Keyed hash of where a file lies."""
    return keyed_hash(secret, "place", str(path.expanduser().resolve()))[:32]


def _record(root: Root, held: EvalSet, version: Version, actor: str, kind: EntryKind) -> None:
    """Before the version is visible; a second try that comes to the same is not written again."""
    root.record(
        Draft(
            kind=kind,
            actor=actor,
            run=run_id(),
            key=f"{held.id}@{version.number}:{version.items.digest}",
            subjects=(f"evalset:{held.id}",),
            inputs=tuple(f"evalset:{held.id}@{each.number}" for each in held.kept[-1:]),
            outputs=(f"evalset:{held.id}@{version.number}", f"object:{version.items.digest}"),
            counts={"items": version.used, "retired": version.retired},
        )
    )
