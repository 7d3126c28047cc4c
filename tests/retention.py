"""A root whose clock the tests move, and retention policies made of the one that ships with some windows changed."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest

from muniment.policies.retention import COUNTED, EVER, Kind
from muniment.store import root as root_module
from muniment.store.root import open_root
from muniment.tasks import runs
from muniment.tasks.erasure import requests
from muniment.tasks.retain import holds, retention

START = datetime(2026, 1, 1, tzinfo=UTC)


class Clock(datetime):
    """A clock that stands where the test put it."""

    moment = START

    @classmethod
    def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
        return cls.moment


def turn(monkeypatch: pytest.MonkeyPatch, *others: ModuleType) -> None:
    """Let the ledger, requests, holds and run records read our clock."""
    Clock.moment = START
    for module in (root_module, requests, holds, retention, runs, *others):
        monkeypatch.setattr(module, "datetime", Clock)


def day(number: float) -> datetime:
    """Put the clock to a day after the start; gives that moment."""
    Clock.moment = START + timedelta(days=number)
    return Clock.moment


def windows(last: int = 0, terms: bool = True, staleness: str = "flag", notice: int = 0, **days: int) -> str:
    """A policy in which only these kinds age."""
    lines = [f'name = "test"\nnotice_days = {notice}\n[terms]\nretention_days = {str(terms).lower()}']
    lines += [f"termination = {str(terms).lower()}", f'[staleness]\naction = "{staleness}"']
    for kind in Kind:
        written = days.get(kind.value, f'"{EVER}"')
        lines += [f"[window.{kind}]", f"days = {written}", 'why = "because a test says so"']
        if last and kind in COUNTED:
            lines.append(f"last = {last}")
    return "\n".join(lines)


def enforce(uri: str, toml: str) -> None:
    """Put a policy in force without waiting for a notice: as if it had been announced long ago."""
    retention.enact(open_root(uri), toml, "dana", now=START - timedelta(days=400))


def written(path: Path, moment: datetime) -> None:
    """Say of everything under a folder that it was written at a moment."""
    for each in path.rglob("*"):
        if each.is_file():
            os.utime(each, (moment.timestamp(), moment.timestamp()))
