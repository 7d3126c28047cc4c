"""Retention policies: whole, refused where they contradict themselves, and compared by what they remove."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.retention import START, windows

from muniment.errors import PolicyError
from muniment.policies.retention import EVER, Kind, Retention, load_retention, shipped
from muniment.schemas.ledger import EntryKind
from muniment.store.root import open_root
from muniment.tasks.retain import retention

DAYS = st.one_of(st.just(EVER), st.integers(0, 400))
AGING = [kind.value for kind in Kind if kind is not Kind.LEDGER]
POLICIES = st.builds(
    lambda days, last, terms, staleness: load_retention(windows(last, terms, staleness, **days)),
    st.fixed_dictionaries({name: st.integers(0, 400) for name in AGING}),
    st.integers(0, 3),
    st.booleans(),
    st.sampled_from(["flag", "withhold"]),
)


def test_the_policy_that_ships_has_a_reason_for_every_kind() -> None:
    assert set(shipped().window) == set(Kind)
    assert all(len(each.why) >= 10 for each in shipped().window.values())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("[window.held]", "[window.held_back]"), "window.held_back"),
        (('[window.work]\ndays = "ever"\nwhy = "because a test says so"', ""), "no window for work"),
        (("[window.ledger]\ndays = \"ever\"", "[window.ledger]\ndays = 3650"), "never removed"),
        (("[window.work]\n", "[window.work]\nlast = 3\n"), "last has no meaning for work"),
        (('days = "ever"', "days = -1"), "held"),
        (('action = "flag"', 'action = "delete"'), "staleness.action"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(change: tuple[str, str], said: str) -> None:
    text = windows().replace(change[0], change[1], 1)
    assert text != windows()
    with pytest.raises(PolicyError, match=said.replace(".", r"\.")) as refused:
        load_retention(text)
    assert "`muniment retention check`" in refused.value.remedy


@given(POLICIES, POLICIES)
def test_two_policies_together_keep_what_either_keeps(first: Retention, second: Retention) -> None:
    both = first.merged(second)
    assert not both.stricter(first) and not both.stricter(second)
    assert both.window == second.merged(first).window


@given(POLICIES, POLICIES)
def test_what_is_stricter_is_named_and_what_is_not_is_in_force_at_once(first: Retention, second: Retention) -> None:
    assert first.stricter(first) == ()
    shorter = {kind.value for kind in Kind if _less(second, first, kind)}
    assert shorter <= set(second.stricter(first))
    assert set(second.stricter(first)) - {"terms", "staleness", "notice_days"} == shorter


def _less(one: Retention, other: Retention, kind: Kind) -> bool:
    this, that = one.window[kind], other.window[kind]
    return _number(this.days) < _number(that.days) or this.last < that.last


def _number(days: Any) -> float:
    return float("inf") if days == EVER else float(days)


def enact(uri: str, toml: str, day: int, **given: Any) -> retention.Enacted:
    return retention.enact(open_root(uri), toml, "dana", now=START + timedelta(days=day), **given)


def in_force(uri: str, day: float) -> Retention:
    return retention.in_force(open_root(uri), START + timedelta(days=day))


def test_what_removes_more_waits_for_the_notice_and_what_keeps_more_does_not(uri: str) -> None:
    first = enact(uri, windows(notice=5, snapshots=100, captures=10), 0)
    assert first.effective == START + timedelta(days=shipped().notice_days) and in_force(uri, 1).window[Kind.SNAPSHOTS].days == EVER
    assert in_force(uri, 7).window[Kind.SNAPSHOTS].days == 100
    second = enact(uri, windows(notice=5, snapshots=50, captures=20), 10)
    assert second.stricter == ("snapshots",) and second.effective == START + timedelta(days=15)
    assert (in_force(uri, 14).window[Kind.SNAPSHOTS].days, in_force(uri, 14).window[Kind.CAPTURES].days) == (100, 20)
    assert (in_force(uri, 15).window[Kind.SNAPSHOTS].days, in_force(uri, 15).window[Kind.CAPTURES].days) == (50, 20)
    assert enact(uri, windows(notice=5, snapshots=60, captures=20), 20).effective == START + timedelta(days=20)


def test_a_shorter_notice_is_itself_announced_and_the_notice_before_it_holds(uri: str) -> None:
    enact(uri, windows(notice=30, snapshots=100), 0)
    hasty = enact(uri, windows(notice=0, snapshots=100), 50)
    assert hasty.stricter == ("notice_days",) and hasty.effective == START + timedelta(days=80)
    assert enact(uri, windows(notice=0, snapshots=10), 51).effective == START + timedelta(days=81)


def test_a_day_before_the_end_of_the_notice_is_refused_and_a_later_one_holds(uri: str) -> None:
    with pytest.raises(PolicyError, match="7 days of notice"):
        enact(uri, windows(snapshots=1), 0, effective=date(2026, 1, 5))
    assert retention.latest(open_root(uri)) is None
    made = enact(uri, windows(snapshots=1), 0, effective=date(2026, 2, 1))
    assert made.effective == START + timedelta(days=31)


def test_putting_the_same_policy_in_force_again_does_not_start_the_notice_anew(uri: str) -> None:
    first = enact(uri, windows(notice=7, snapshots=1), 0)
    assert enact(uri, windows(notice=7, snapshots=1) + "\n# a comment\n", 3) == first
    entries = [each for each in open_root(uri).ledger.since(0) if each.kind is EntryKind.RETENTION_ANNOUNCED]
    assert [each.reasons for each in entries] == [("SNAPSHOTS",)] and entries[0].counts["notice_hours"] == 168
