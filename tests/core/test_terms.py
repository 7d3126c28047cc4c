"""Terms on two time axes: when they hold, and when they were known."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from muniment.core.terms import Version, in_force
from muniment.schemas.source import Source, Terms

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
days = st.integers(0, 40)


def version(number: int, recorded: int, begins: int | None = None, ends: int | None = None) -> Version:
    def day(offset: int | None) -> date | None:
        return None if offset is None else START.date() + timedelta(days=offset)

    terms = Terms(valid_from=day(begins), valid_until=day(ends))
    source = Source(id="s", kind="folder", location="x", owner="o", steward="d", terms=terms, version=number)  # type: ignore[arg-type]
    return Version(source=source, recorded=START + timedelta(days=recorded))


def number(versions: list[Version], valid: int, known: int) -> int | None:
    found = in_force(versions, START + timedelta(days=valid, hours=1), START + timedelta(days=known, hours=1))
    return found.source.version if found else None


def test_a_correction_changes_what_held_and_not_what_was_thought_to_hold() -> None:
    versions = [version(1, 0), version(2, 10, begins=3)]
    assert number(versions, valid=5, known=7) == 1
    assert number(versions, valid=5, known=12) == 2
    assert number(versions, valid=2, known=12) == 1


def test_terms_that_ran_out_are_not_in_force_and_a_later_contract_begins_on_its_day() -> None:
    versions = [version(1, 0, ends=5), version(2, 4, begins=8)]
    assert [number(versions, valid=day, known=20) for day in (4, 6, 9)] == [1, None, 2]


def test_nothing_is_in_force_before_anything_was_known() -> None:
    assert in_force([version(1, 5)], START, START) is None


def test_the_first_version_holds_from_ever_once_it_is_known() -> None:
    assert number([version(1, 9)], valid=0, known=9) == 1


@given(st.lists(st.tuples(days, st.none() | days, st.none() | st.integers(41, 80)), min_size=1, max_size=6), days, days, days)
def test_what_is_recorded_later_never_changes_what_was_known_earlier(
    spans: list[tuple[int, int | None, int | None]], valid: int, known: int, later: int
) -> None:
    versions = [version(place, *span) for place, span in enumerate(sorted(spans, key=lambda span: span[0]), start=1)]
    heard = [each for each in versions if each.recorded <= START + timedelta(days=known, hours=1)]
    assert number(versions, valid, known) == number(heard, valid, known)
    assert number([*versions, version(99, 200 + later)], valid, known) == number(versions, valid, known)
