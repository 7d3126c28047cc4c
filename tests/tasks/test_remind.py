"""What waits for a steward is told once when it is due and once when it is overdue, and no more when it is decided."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from muniment import flows
from muniment.core.waiting import state
from muniment.policies.policy import default
from muniment.policies.reviews import Reviews
from muniment.schemas.ledger import EntryKind
from muniment.schemas.review import Decision
from muniment.schemas.source import Source
from muniment.store.root import open_root
from muniment.tasks import policies
from muniment.tasks.review import remind
from muniment.tasks.review.decide import decide
from muniment.tasks.tables import query

Register = Callable[..., Source]
NOW = datetime.now(UTC)


def told(uri: str) -> list[tuple[str, ...]]:
    sql = f"SELECT reasons FROM entries WHERE kind = '{EntryKind.REVIEW_DUE}' ORDER BY sequence"
    return [tuple(row["reasons"]) for row in query(uri, sql).to_pylist()]


def at(moment: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return moment

    monkeypatch.setattr(remind, "datetime", Clock)


def test_a_capture_is_due_after_a_day_and_overdue_after_three_and_each_is_recorded_once(
    uri: str, corpus: Path, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(corpus)
    flows.capture("handbook", root=uri)
    seen = []
    for hours in (1, 25, 26, 80, 81):
        at(datetime.now(UTC) + timedelta(hours=hours), monkeypatch)
        [each] = flows.remind(root=uri).waiting
        seen.append((each.state, each.tell, told(uri)))
    due, both = [("DUE",)], [("DUE",), ("OVERDUE",)]
    assert seen == [
        ("waiting", "dana", []),
        ("due", "dana", due),
        ("due", "dana", due),
        ("overdue", "People team", both),
        ("overdue", "People team", both),
    ]


def test_a_service_that_was_away_tells_both_at_once(
    uri: str, corpus: Path, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(corpus)
    policies.put_in_force(open_root(uri), default().replace('escalate_to = ""', 'escalate_to = "compliance"'))
    flows.capture("handbook", root=uri)
    at(datetime.now(UTC) + timedelta(hours=100), monkeypatch)
    [each] = flows.remind(root=uri).waiting
    assert (each.tell, told(uri)) == ("compliance", [("DUE",), ("OVERDUE",)])


def test_what_is_decided_waits_no_more(uri: str, corpus: Path, register: Register) -> None:
    register(corpus)
    flows.capture("handbook", root=uri)
    decide(uri, "handbook", Decision.REJECT, "not ours to keep", "dana")
    assert flows.remind(root=uri).waiting == ()


def test_the_times_are_ordered() -> None:
    assert [state(hours, Reviews()) for hours in (0, 23.9, 24, 71.9, 72)] == ["waiting", "waiting", "due", "due", "overdue"]
    with pytest.raises(ValueError, match="escalate_after_hours"):
        Reviews(remind_after_hours=10, escalate_after_hours=9)
