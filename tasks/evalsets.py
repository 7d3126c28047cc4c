"""Registered evaluation sets: kept apart, never promotable, and what every capture is screened against."""

from datetime import UTC, date, datetime

import polars as pl
import pyarrow as pa

from muniment.core.identity import keyed_hash
from muniment.errors import NotFound
from muniment.schemas.canonical import digest as digest_of
from muniment.schemas.evalset import EVALSET, EvalSet, Listed, Version
from muniment.schemas.stored import Stored
from muniment.store.root import Root

_LEGACY = {"kind": pl.lit("question"), "retired": pl.lit(None, pl.Date), "until": pl.lit(None, pl.Date)}


def registered(root: Root) -> list[EvalSet]:
    """All sets that are not removed, by name."""
    held = (root.refs.read(name, EvalSet)[0] for name in root.refs.names("evalsets/"))
    return [each for each in held if each and each.kept]


def one(root: Root, name: str) -> tuple[EvalSet, str]:
    """A registered set and the tag of its ref; raises `NotFound`."""
    held, tag = root.refs.read(f"evalsets/{name}", EvalSet)
    if held is None or not held.kept:
        raise NotFound(f"No evaluation set {name} is registered.", "List them: `muniment evalset list`.")
    return held, tag


def listed(root: Root, day: date | None = None) -> list[Listed]:
    """What everybody may know of the registered sets."""
    day = day or today()
    return [_listed(root, each, day) for each in registered(root)]


def items(root: Root, day: date | None = None) -> pa.Table:
    """What is screened for on a day: suite, item (its handle), question, answer of all sets."""
    chosen = screened_rows(root, day or today()).select("suite", "item", "question", "answer")
    secret = key(root)
    named = [handle(secret, suite, item) for suite, item in chosen.select("suite", "item").iter_rows()]
    return chosen.with_columns(item=pl.Series(named, dtype=pl.String)).to_arrow()


def screened_rows(root: Root, day: date) -> pl.DataFrame:
    """The items in use and the retired ones whose day has not come, of all sets: rows of `EVALSET`."""
    empty = pl.DataFrame(pl.from_arrow(EVALSET.empty_table()))
    held = pl.concat([empty, *(rows(root, each.kept[-1].items) for each in registered(root))])
    return held.filter(pl.col("until").is_null() | (pl.col("until") > day))


def rows(root: Root, stored: Stored) -> pl.DataFrame:
    """Rows of `EVALSET` of one version."""
    table = pl.DataFrame(pl.from_arrow(root.lake.columns(stored.digest, EVALSET.names)[1]))
    filled = table.with_columns(**{name: value for name, value in _LEGACY.items() if name not in table.columns})
    return pl.DataFrame(pl.from_arrow(filled.select(EVALSET.names).to_arrow().cast(EVALSET)))


def digest(root: Root, day: date | None = None) -> str:
    """Changes whenever what is screened for does: with a version, and on the day on which retired items lapse."""
    day = day or today()
    standing = [each.kept[-1] for each in registered(root)]
    return digest_of([[each.items.digest, [str(until) for until in each.untils if until <= day]] for each in standing])


def key(root: Root) -> bytes:
    """The key of everything by which sets and items are named."""
    return root.vault.key("evaluation")


def handle(secret: bytes, suite: str, item: str) -> str:
    """How an item is named outside of its set: 16 hexadecimal digits."""
    return keyed_hash(secret, "item", suite, item)[:16]


def handle_of(root: Root, version: Version) -> str:
    """How the items of a version are named outside of it."""
    return keyed_hash(key(root), "items", version.items.digest)[:16]


def today() -> date:
    """The day that retirement is counted by, in UTC."""
    return datetime.now(UTC).date()


def _listed(root: Root, held: EvalSet, day: date) -> Listed:
    version = held.kept[-1]
    lapsed = 0
    if any(until <= day for until in version.untils):
        lapsed = rows(root, version.items).filter(pl.col("until") <= day).height
    return Listed(
        id=held.id,
        group=held.group,
        version=version.number,
        items=version.used,
        retired=version.retired - lapsed,
        lapsed=lapsed,
        handle=handle_of(root, version),
        at=version.at,
    )
