"""Small pieces that come one after the other lie in few groups, and none is written again more than a few times."""

from collections import Counter
from math import log2

from hypothesis import given
from hypothesis import strategies as st

from muniment.core.tiers import together

LIMIT = 1 << 14
weights = st.lists(st.integers(0, LIMIT + 999) | st.integers(1, 64), max_size=80)


def grouped(count: int, data: st.DataObject) -> list[list[int]]:
    """Some of the pieces in some disjoint groups."""
    owners = data.draw(st.lists(st.integers(0, max(1, count // 3)), min_size=count, max_size=count))
    groups = [[piece for piece in range(count) if owners[piece] == owner] for owner in range(1, max(owners, default=0) + 1)]
    return [each for each in groups if each]


@given(weights, st.data())
def test_every_piece_is_in_one_group_and_what_stands_stays_together(weights: list[int], data: st.DataObject) -> None:
    standing = grouped(len(weights), data)
    groups = together(weights, standing, LIMIT)
    assert sorted(piece for group in groups for piece in group) == list(range(len(weights)))
    assert groups == sorted(tuple(sorted(each)) for each in groups)
    assert all(any({*each} <= {*group} for group in groups) for each in standing)


@given(weights)
def test_no_group_is_larger_than_it_may_be_and_few_are_small(weights: list[int]) -> None:
    groups = together(weights, [], LIMIT)
    filled = [sum(weights[piece] for piece in group) for group in groups]
    assert all(size <= LIMIT or len(group) == 1 for size, group in zip(filled, groups, strict=True))
    assert sum(0 < size <= LIMIT // 2 for size in filled) <= log2(LIMIT)


@given(weights, st.data())
def test_what_was_planned_stays_as_it_is(weights: list[int], data: st.DataObject) -> None:
    groups = together(weights, grouped(len(weights), data), LIMIT)
    assert together(weights, groups, LIMIT) == groups
    assert together(weights, groups[::-1], LIMIT) == groups


@given(weights.filter(lambda drawn: len(drawn) > 0))
def test_a_piece_is_written_a_logarithm_of_times(weights: list[int]) -> None:
    standing, written = list[tuple[int, ...]](), Counter[int]()
    for night in range(1, len(weights) + 1):
        groups = together(weights[:night], standing, LIMIT)
        for group in {*groups}.difference(standing):
            written.update(group)
        standing = groups
    for piece, weight in enumerate(weights):
        assert written[piece] <= 1 + (log2(LIMIT / weight) if 0 < weight < LIMIT else 0)


@given(weights, st.data())
def test_what_leaves_leaves_few_groups_too(weights: list[int], data: st.DataObject) -> None:
    groups = together(weights, [], LIMIT)
    left = [piece for piece in range(len(weights)) if data.draw(st.booleans())]
    place = {piece: number for number, piece in enumerate(left)}
    standing = [kept for group in groups if (kept := [place[piece] for piece in group if piece in place])]
    after = together([weights[piece] for piece in left], standing, LIMIT)
    assert sum(0 < sum(weights[left[piece]] for piece in group) <= LIMIT // 2 for group in after) <= log2(LIMIT)


def test_sixty_equal_nights_lie_in_four_groups() -> None:
    standing = list[tuple[int, ...]]()
    for night in range(1, 61):
        standing = together([10] * night, standing, LIMIT)
    assert sorted(map(len, standing)) == [4, 8, 16, 32]


def test_what_cannot_be_read_and_what_is_full_stays_alone() -> None:
    assert together([0, 0, LIMIT, LIMIT * 2, LIMIT // 2 + 1], [], LIMIT) == [(0,), (1,), (2,), (3,), (4,)]
