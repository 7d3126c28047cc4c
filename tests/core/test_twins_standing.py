"""Looking newcomers up in a sorted corpus finds exactly what comparing all with all would."""

from collections.abc import Mapping
from random import Random

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import twins as plain

from muniment.core.twins import standing

COMPILED = settings(deadline=None)
Sketches = npt.NDArray[np.uint16]
LEVELS = st.sampled_from([0.5, 0.6, 0.8, 1.0])


@st.composite
def sketches(draw: st.DrawFn, most: int = 24) -> Sketches:
    """Rows of 128 positions, many of them edits of two bases that all draws share; the same row may come twice."""
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    bases = np.random.default_rng(11).integers(0, 2**16, (2, 128)).astype(np.uint16)
    rows = bases[chance.integers(0, 2, draw(st.integers(0, most)))]
    drawn = chance.random(rows.shape) < chance.choice([0, 0, 0.02, 0.1, 0.2, 0.3, 0.5, 1], (len(rows), 1))
    return np.where(drawn, chance.integers(0, 2**16, rows.shape), rows).astype(np.uint16)


def held(rows: Sketches) -> dict[str, npt.NDArray]:
    return standing.banded(rows) | {"sketch": rows}


def by_definition(needles: Sketches, rows: Sketches, alive: npt.NDArray, level: float) -> list[int]:
    """Living rows that agree with a needle in a whole band and in as many positions as the level asks for."""
    same = needles[:, None, :] == rows[None, :, :]
    bands = same[:, :, : plain.BANDS * plain.ROWS].reshape(len(needles), len(rows), plain.BANDS, plain.ROWS)
    close = bands.all(axis=3).any(axis=2) & (same.sum(axis=2) >= int(128 * (level - plain.SLACK)))
    return np.flatnonzero(close.any(axis=0) & alive).tolist()


@COMPILED
@given(st.data(), sketches(), sketches(), LEVELS)
def test_partners_are_those_of_the_definition(data: st.DataObject, needles: Sketches, rows: Sketches, level: float) -> None:
    alive = np.array(data.draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows))), np.bool_)
    assert standing.partners(needles, held(rows), alive, level).tolist() == by_definition(needles, rows, alive, level)


@COMPILED
@given(st.data(), sketches(), sketches(), LEVELS)
def test_cutting_either_side_into_segments_changes_nothing(
    data: st.DataObject, needles: Sketches, rows: Sketches, level: float
) -> None:
    alive = np.array(data.draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows))), np.bool_)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(rows)), max_size=3)))
    middle = data.draw(st.integers(0, len(needles)))
    found = set[int]()
    for first, end in zip([0, *cuts], [*cuts, len(rows)], strict=True):
        for some in (needles[:middle], needles[middle:]):
            found |= set((standing.partners(some, held(rows[first:end]), alive[first:end], level) + first).tolist())
    assert sorted(found) == standing.partners(needles, held(rows), alive, level).tolist()


@COMPILED
@given(sketches())
def test_keys_ascend_and_say_whose_they_are(rows: Sketches) -> None:
    columns = standing.banded(rows)
    assert len(columns) == 2 * plain.BANDS
    for band in range(plain.BANDS):
        keys, owners = columns[f"keys{band:02}"], columns[f"rows{band:02}"]
        assert (keys[:-1] <= keys[1:]).all() and sorted(owners) == list(range(len(rows)))
        own = rows[owners][:, band * plain.ROWS : (band + 1) * plain.ROWS]
        equal = (own[:, None, :] == own[None, :, :]).all(axis=2)
        assert np.array_equal(equal, keys[:, None] == keys[None, :])  # by 32 bits: no two of so few collide


def test_one_needle_finds_thousands_of_copies_and_none_of_the_dead() -> None:
    row = np.random.default_rng(2).integers(0, 2**16, (1, 128)).astype(np.uint16)
    rows, alive = np.repeat(row, 5_000, axis=0), np.arange(5_000) % 3 > 0
    assert np.array_equal(standing.partners(row, held(rows), alive, 0.8), np.flatnonzero(alive))
    assert np.array_equal(standing.partners(rows[:40], held(rows), alive, 0.8), np.flatnonzero(alive))
    assert not len(standing.partners(row, held(rows), np.zeros(5_000, np.bool_), 0.8))


def test_nothing_finds_nothing() -> None:
    none, one = np.zeros((0, 128), np.uint16), np.zeros((1, 128), np.uint16)
    assert not len(standing.partners(none, held(one), np.ones(1, np.bool_), 0.8))
    assert not len(standing.partners(one, held(none), np.ones(0, np.bool_), 0.8))
    assert standing.partners(one, held(one), np.ones(1, np.bool_), 1.0).tolist() == [0]


SKEWS: Mapping[str, npt.NDArray] = {
    "all at the low end": np.arange(4_000, dtype=np.uint32),
    "all at the high end": (2**32 - 1 - np.arange(4_000, dtype=np.int64)).astype(np.uint32),
    "one value": np.full(4_000, 2**31, np.uint32),
    "both ends": np.concatenate([np.zeros(2_000, np.uint32), np.full(2_000, 2**32 - 1, np.uint32)]),
    "powers of two": np.repeat(2 ** np.arange(32, dtype=np.uint64), 100).astype(np.uint32),
}


@pytest.mark.parametrize("skew", SKEWS)
def test_keys_that_are_spread_unevenly_are_found_too(skew: str) -> None:
    """Where a key stands is guessed from its value: keys that are no hashes mislead the guess, never the answer."""
    chance = Random(7)
    rows = np.random.default_rng(3).integers(0, 2**16, (60, 128)).astype(np.uint16)
    columns, stranger = held(np.concatenate([rows, rows[:1]])), 60  # whose keys fill the corpus, and who is dead
    for band in range(plain.BANDS):
        keys = np.concatenate([columns[f"keys{band:02}"], SKEWS[skew]])
        owners = np.concatenate([columns[f"rows{band:02}"], np.full(len(SKEWS[skew]), stranger, np.uint32)])
        order = np.argsort(keys, kind="stable")
        columns |= {f"keys{band:02}": keys[order], f"rows{band:02}": owners[order]}
    asked = sorted(chance.sample(range(60), 25))
    alive = np.arange(61) != stranger
    assert standing.partners(rows[asked], columns, alive, 0.8).tolist() == asked


def test_memory_is_let_go_of_after_every_band() -> None:
    calls = list[int]()
    row = np.zeros((1, 128), np.uint16)
    standing.partners(row, held(row), np.ones(1, np.bool_), 0.8, lambda: calls.append(1))
    assert len(calls) == plain.BANDS


def test_a_damaged_row_number_is_passed_over() -> None:
    rows = np.arange(3 * 128, dtype=np.uint16).reshape(3, 128)
    columns = held(rows)
    columns["rows00"] = np.full(3, 4_000_000_000, np.uint32)
    assert standing.partners(rows, columns, np.ones(3, np.bool_), 0.8).tolist() == [0, 1, 2]
