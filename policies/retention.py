"""Retention: what is kept how long, by kind, and which of two policies removes more (DEL-5)."""

from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import Field, model_validator

from muniment.errors import PolicyError
from muniment.policies.tombstones import Tombstones
from muniment.policies.toml import load
from muniment.schemas.canonical import digest
from muniment.schemas.source import Record

EVER: Literal["ever"] = "ever"
Days = Annotated[int, Field(ge=0, le=36_525)] | Literal["ever"]


class Kind(StrEnum):
    """Kinds of things that age. Every policy has a window for each: what is not spoken of would be kept by accident."""

    HELD = "held"
    REJECTED = "rejected"
    CAPTURES = "captures"
    JUDGEMENTS = "judgements"
    SNAPSHOTS = "snapshots"
    INDEXES = "indexes"
    WORK = "work"
    UNNAMED = "unnamed"
    SCRATCH = "scratch"
    CHECKS = "checks"
    NEEDLES = "needles"
    RECEIPTS = "receipts"
    TOMBSTONES = "tombstones"
    RUNS = "runs"
    REPORTS = "reports"
    QUERIES = "queries"
    LEDGER = "ledger"
    FLOW_RUNS = "flow_runs"
    FLOW_LOGS = "flow_logs"
    ARTIFACTS = "artifacts"
    EVENTS = "events"


# Of these, a window can also keep the last few whatever their age.
COUNTED = (Kind.CAPTURES, Kind.JUDGEMENTS, Kind.SNAPSHOTS, Kind.INDEXES, Kind.QUERIES)
# A policy that was put in force before there were these has no window for them, and keeps them; one that is put in force now needs it.
ADDED = (Kind.QUERIES,)


class Window(Record):
    """How long things of one kind are kept, in days since they were last of use, and how many of the latest stay in any case."""

    days: Days
    last: int = Field(default=0, ge=0)
    why: Annotated[str, Field(min_length=10)]

    def longer(self, other: "Window") -> "Window":
        """What both windows together keep."""
        days = EVER if EVER in (self.days, other.days) else max(_number(self.days), _number(other.days))
        return self.model_copy(update={"days": days, "last": max(self.last, other.last)})


_KEPT = Window(days=EVER, why="The policy was put in force before there was a window for it.")
_CHECK = "muniment retention check"


class Terms(Record):
    """Whether what the sources' contracts say about keeping is enforced."""

    retention_days: bool = True
    termination: bool = True


class Staleness(Record):
    """What becomes of a source that was not captured successfully for its `max_staleness_days`."""

    action: Literal["flag", "withhold"] = "flag"


class Retention(Record):
    """A retention policy. A change that removes more is announced `notice_days` before; the notice is that of the policy before."""

    name: Annotated[str, Field(min_length=1)]
    notice_days: int = Field(default=7, ge=0, le=365)
    terms: Terms = Terms()
    staleness: Staleness = Staleness()
    tombstones: Tombstones = Tombstones()  # of erasures that are requested from now on
    window: dict[Kind, Window]

    @model_validator(mode="after")
    def _is_whole(self) -> "Retention":
        if missing := [kind for kind in self.unspoken if kind not in ADDED]:
            raise ValueError(_unspoken(missing))
        if self.window[Kind.LEDGER].days != EVER:
            raise ValueError('entries of the ledger are never removed: window.ledger needs days = "ever"')
        if uncounted := [kind.value for kind, window in self.window.items() if window.last and kind not in COUNTED]:
            raise ValueError(f"last has no meaning for {', '.join(uncounted)}")
        return self

    @property
    def unspoken(self) -> tuple[Kind, ...]:
        """Kinds that it has no window for."""
        return tuple(kind for kind in Kind if kind not in self.window)

    def of(self, kind: Kind) -> Window:
        """The window of a kind; of one that it does not speak of, that which keeps everything."""
        return self.window.get(kind, _KEPT)

    @property
    def digest(self) -> str:
        """Names this policy: its meaning, not its layout or comments."""
        return digest(self)

    def merged(self, other: "Retention") -> "Retention":
        """What both policies together keep: in force while a stricter one waits for its notice to run out."""
        return other.model_copy(
            update={
                "window": {kind: self.of(kind).longer(other.of(kind)) for kind in Kind if kind in {*self.window, *other.window}},
                "terms": Terms(
                    retention_days=self.terms.retention_days and other.terms.retention_days,
                    termination=self.terms.termination and other.terms.termination,
                ),
                "staleness": min(self.staleness, other.staleness, key=lambda each: each.action == "withhold"),
                "notice_days": max(self.notice_days, other.notice_days),
            }
        )

    def stricter(self, before: "Retention") -> tuple[str, ...]:
        """What this policy removes or withholds sooner than the one before: kinds and settings by name."""
        both = before.merged(self)
        windows = [kind.value for kind, window in self.window.items() if _reach(window) != _reach(both.window[kind])]
        settings = [name for name in ("terms", "staleness") if getattr(self, name) != getattr(both, name)]
        return (*windows, *settings, *(["notice_days"] if self.notice_days < before.notice_days else []))


def load_retention(toml: str, name: str = "The retention policy") -> Retention:
    """A retention policy from TOML; raises `PolicyError` where it cannot be read, forgets a kind or contradicts itself."""
    made = load(Retention, toml, name, _CHECK)
    if made.unspoken:
        raise PolicyError(f"{name} is wrong: {_unspoken(made.unspoken)}.", f"Correct it and run `{_CHECK}` again.")
    return made


def shipped_text() -> str:
    """The text of the policy that ships with Muniment."""
    return files("muniment.policies").joinpath("retention.toml").read_text(encoding="utf-8")


@cache
def shipped() -> Retention:
    """The retention policy that ships with Muniment."""
    return load_retention(shipped_text())


def _unspoken(kinds: Sequence[Kind]) -> str:
    return f'no window for {", ".join(kind.value for kind in kinds)}: say days = "ever" to keep them'


def _reach(window: Window) -> tuple[Days, int]:
    return window.days, window.last


def _number(days: Days) -> int:
    assert days != EVER
    return int(days)
