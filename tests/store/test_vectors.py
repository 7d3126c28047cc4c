"""The vector index: exact, closed to what is not allowed, and never opened when it is not what it says."""

from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.errors import Corrupt, Stop
from muniment.schemas.canonical import sha256
from muniment.store import vectors
from muniment.store.vectors import VectorIndex, build


def unit(rows: int, dimension: int = 16, seed: int = 0) -> np.ndarray:
    made = np.random.default_rng(seed).standard_normal((rows, dimension)).astype(np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def opened(made: np.ndarray) -> VectorIndex:
    payload = build(made)
    return VectorIndex.open(payload, sha256(payload))


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 300), st.floats(0, 1), st.integers(0, 40), st.integers(1, 30), st.integers(0, 5))
def test_the_best_are_the_best_of_what_is_allowed(count: int, share: float, k: int, asked: int, seed: int) -> None:
    made, queries = unit(count, seed=seed), unit(asked, seed=seed + 100)
    allowed = np.random.default_rng(seed).random(count) < share
    scores, positions = opened(made).search(queries, k, allowed)
    width = min(k, int(allowed.sum()))
    assert scores.shape == positions.shape == (asked, width)
    assert allowed[positions].all()
    exact = np.sort((queries @ made.T)[:, allowed], axis=1)[:, ::-1][:, :width]
    np.testing.assert_allclose(scores, exact, atol=1e-6)
    np.testing.assert_allclose(np.take_along_axis(queries @ made.T, positions, 1), scores, atol=1e-6)


def test_the_nearest_of_all_is_never_seen_by_who_may_not_see_it() -> None:
    made = unit(1000)
    allowed = np.ones(1000, bool)
    allowed[7] = False
    assert opened(made).search(made[7:8], 1, None)[1].tolist() == [[7]]
    assert 7 not in opened(made).search(made[7:8], 1000, allowed)[1]


def test_ties_are_in_order_of_position() -> None:
    made = np.tile(unit(1), (50, 1))
    assert opened(made).search(made[:1], 50, None)[1].tolist() == [list(range(50))]


def test_nobody_finds_nothing() -> None:
    scores, positions = opened(unit(5)).search(unit(2), 3, np.zeros(5, bool))
    assert scores.shape == positions.shape == (2, 0)


def test_an_index_of_nothing_can_be_kept_and_asked() -> None:
    index = opened(np.empty((0, 16), np.float32))
    assert index.count == 0
    assert index.search(unit(1), 3, None)[1].shape == (1, 0)


def test_equal_vectors_give_equal_bytes() -> None:
    assert build(unit(500)) == build(np.asfortranarray(unit(500)))


def test_a_file_and_its_bytes_are_the_same_index(tmp_path: Path) -> None:
    payload = build(unit(20))
    (tmp_path / "vectors.faiss").write_bytes(payload)
    index = VectorIndex.open(tmp_path / "vectors.faiss", sha256(payload))
    assert (index.count, index.dimension) == (20, 16)


@pytest.mark.parametrize("place", [0, 30, -1])
def test_one_changed_byte_is_refused(place: int) -> None:
    payload = bytearray(build(unit(20)))
    payload[place] ^= 1
    with pytest.raises(Corrupt, match="not the one that its manifest names"):
        VectorIndex.open(bytes(payload), sha256(build(unit(20))))


def test_bytes_that_are_no_index_are_refused() -> None:
    with pytest.raises(Corrupt, match="FAISS cannot read"):
        VectorIndex.open(b"no index at all", sha256(b"no index at all"))


@pytest.mark.parametrize("mask", [np.ones(19, bool), np.ones(21, bool), np.ones(20, np.int64)])
def test_a_mask_of_another_index_is_refused(mask: np.ndarray) -> None:
    with pytest.raises(ValueError, match="each of the 20 vectors"):
        opened(unit(20)).search(unit(1), 3, mask)


def test_a_query_of_another_encoder_is_refused() -> None:
    with pytest.raises(ValueError, match="16 components"):
        opened(unit(20)).search(unit(1, dimension=8), 3, None)


@pytest.mark.parametrize("present", [[], ["faiss-cpu", "faiss-gpu"]])
def test_exactly_one_faiss_package_is_required(monkeypatch: pytest.MonkeyPatch, present: list[str]) -> None:
    monkeypatch.setattr(metadata, "distributions", lambda name: [SimpleNamespace()] if name in present else [])
    vectors.faiss.cache_clear()
    with pytest.raises(Stop, match="Exactly one FAISS package"):
        vectors.faiss()
