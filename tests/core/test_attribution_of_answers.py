"""What was due to a query, what of it was given, and where the rest was lost."""

import pytest

from muniment.core.relevance import DEMOTED, Right, State, attribute, best, gains, kept, lost
from muniment.schemas.relevance import Outcome

HERE = State(held=True)
A1, A2, B1, C1 = "a:11-2", "a:22", "b:33", "c:22"
SPAN = Right("a", 1.0, frozenset({A2}), (0, 9))


@pytest.mark.parametrize(
    ("right", "state", "given", "candidates", "hidden", "outcome", "why", "rank"),
    [
        (Right("a", 1.0), HERE, [B1, A1], [], (), Outcome.FOUND, "", 2),
        (SPAN, HERE, [A1, A2], [], (), Outcome.FOUND, "", 2),
        (SPAN, HERE, [A2], [], {A2}, Outcome.ASSEMBLY, "hidden", 1),
        (Right("a", 1.0, frozenset()), HERE, [A1], [], (), Outcome.ASSEMBLY, "cut", None),
        (SPAN, HERE, [A1, B1], [A1, A2, B1], (), Outcome.ASSEMBLY, "left out", 2),
        (SPAN, HERE, [C1, B1], [C1, A2, B1], (), Outcome.ASSEMBLY, "same text", 2),
        (SPAN, HERE, [B1], [B1, A2], (), Outcome.RANKING, "", 2),
        (SPAN, HERE, [B1], [B1, C1], (), Outcome.RECALL, "", None),
        (SPAN, HERE, [A1], [A1], (), Outcome.RECALL, "other passage", None),
        (SPAN, State(held=True, allowed=False), [], [], (), Outcome.DENIED, "", None),
        (SPAN, State(held=True, served=False, allowed=False), [], [], (), Outcome.WITHHELD, "", None),
        (SPAN, State(held=False), [], [], (), Outcome.ABSENT, "", None),
    ],
)
def test_each_way_to_lose_an_answer_has_its_name(
    right: Right,
    state: State,
    given: list[str],
    candidates: list[str],
    hidden: set[str],
    outcome: Outcome,
    why: str,
    rank: int | None,
) -> None:
    assert attribute(right, state, given, candidates, hidden) == (outcome, why, rank)


def test_a_query_is_as_well_answered_as_the_best_of_its_answers() -> None:
    assert best([Outcome.ABSENT, Outcome.RANKING, Outcome.DENIED]) is Outcome.RANKING and best([]) is None


def test_an_answer_counts_once_and_documents_by_their_best_passage() -> None:
    assert gains([B1, A1, A2], [Right("a", 2.0)]) == [0.0, 2.0]
    assert gains([A1, A2, A2], [Right("a", 2.0, frozenset({A1, A2}))]) == [2.0, 0.0, 0.0]


def test_what_had_to_go_does_not_count_as_drift() -> None:
    before, after = [A1, A2, B1, C1], [A1, "d:44"]
    assert lost(before, after, {A2: "withheld"}) == {DEMOTED: 2, "withheld": 1}
    assert kept(before, after, {A2: "withheld"}) == pytest.approx(1 / 3)
    assert kept([A1], [], {A1: "denied"}) == 1.0
