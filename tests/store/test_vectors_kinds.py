"""Kinds of index files: the same answers as the exact one as far as they go, never what is forbidden, nothing of what is no more there."""

import tempfile
from pathlib import Path

import faiss
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.errors import Corrupt, NotFound, Stop
from muniment.schemas.canonical import sha256
from muniment.schemas.index import Costs
from muniment.store.vectors import KINDS, Part, VectorIndex, build, costs, files, gpu, probes
from muniment.store.vectors.exact import products
from muniment.store.vectors.kinds import WIDTH
from muniment.store.vectors.planner import Way
from muniment.store.vectors.probing import Probing
from muniment.verifiers.residue.parts import Matrix
from muniment.verifiers.residue.vectors import parts as decoded

COMPRESSED = [name for name in KINDS if name != "exact"]
CHEAP_LISTS = Costs(call=1e9, skipped=1e9, row=1e9, fast_call=1.0, fast_skipped=1.0, fast_row=1.0)
CHEAP_SCANS = Costs(call=0.0, skipped=0.0, row=1e6, fast_call=1e12, fast_skipped=1e9, fast_row=1e9)


def clustered(rows: int, seed: int = 0, dimension: int = 32) -> np.ndarray:
    drawn = np.random.default_rng(seed)
    topics = np.random.default_rng(99).standard_normal((60, dimension))
    made = topics[drawn.integers(0, 60, rows)] + 0.7 * drawn.standard_normal((rows, dimension))
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


ROWS = clustered(5000)
QUERIES = clustered(60, seed=5)


def part(rows: np.ndarray, kind: str) -> Part:
    flat, fast = build(rows), build(rows, kind)
    return Part.of(files.opened(flat, sha256(flat)), files.opened(fast, sha256(fast)), kind)


def parameters(kind: str, segments: list[Part]) -> dict[str, float]:
    found = {"refine": float(KINDS[kind].refine), "ef": WIDTH}
    return found if kind == "hnsw" else found | probes.required(*VectorIndex(segments).cells(10_000), clustered(100, seed=6))


@pytest.fixture(scope="module")
def opened() -> dict[str, VectorIndex]:
    """An index of two segments for each kind."""
    made = {}
    for kind in COMPRESSED:
        segments = [part(ROWS[:3000], kind), part(ROWS[3000:], kind)]
        made[kind] = VectorIndex(segments, parameters(kind, segments))
    return made


@pytest.mark.parametrize("kind", COMPRESSED)
def test_equal_vectors_give_equal_bytes_on_any_number_of_threads(kind: str) -> None:
    before = faiss.omp_get_max_threads()
    try:
        faiss.omp_set_num_threads(1)
        one = build(ROWS[:2000], kind)
        faiss.omp_set_num_threads(3)
        assert build(ROWS[:2000].copy(), kind) == one
        assert faiss.omp_get_max_threads() == 3
    finally:
        faiss.omp_set_num_threads(before)


@pytest.mark.parametrize("kind", COMPRESSED)
def test_most_of_the_best_are_found_and_scored_exactly(kind: str, opened: dict[str, VectorIndex]) -> None:
    scores, positions, ways = opened[kind].compressed().found(QUERIES, 10, None)
    assert set(ways) == {Way.FAST}
    full = QUERIES @ ROWS.T
    due = np.sort(full, axis=1)[:, ::-1][:, :10]
    assert (scores >= due[:, -1:] - 1e-6).mean() > 0.95
    for query, found, given_scores in zip(QUERIES, positions, scores, strict=True):
        assert np.array_equal(given_scores, products(ROWS[found], query))


@settings(deadline=None, max_examples=25)
@given(st.sampled_from(COMPRESSED), st.floats(0.0, 1.0), st.booleans(), st.integers(1, 40), st.integers(0, 99))
def test_what_is_forbidden_is_never_given_and_as_many_as_can_be_are(
    opened: dict[str, VectorIndex], kind: str, share: float, by_subject: bool, k: int, seed: int
) -> None:
    mask = probes.by_subject(ROWS, share, seed) if by_subject else probes.scattered(len(ROWS), share, seed)
    scores, positions = opened[kind].compressed().search(QUERIES[:3], k, mask)
    assert scores.shape == positions.shape == (3, min(k, int(mask.sum())))
    assert mask[positions].all()
    assert all(len(set(row)) == len(row) for row in positions.tolist())


def test_a_score_says_nothing_about_what_else_is_there() -> None:
    alone, among = products(ROWS[7:8], QUERIES[0]), products(ROWS, QUERIES[0])
    assert alone[0] == among[7]
    one, many = VectorIndex([part(ROWS[:2000], "ivf-sq8")]), VectorIndex([part(ROWS, "ivf-sq8")])
    scores, positions = one.search(QUERIES, 5, None)
    mask = np.arange(len(ROWS)) < 2000
    again = many.search(QUERIES, 5, mask)
    assert np.array_equal(scores, again[0]) and np.array_equal(positions, again[1])


@pytest.mark.parametrize("kind", ["ivf-flat", "ivf-sq8", "ivf-rabitq4"])
def test_shares_that_were_worked_out_find_what_they_promise_of_other_queries(kind: str, opened: dict[str, VectorIndex]) -> None:
    index = opened[kind].compressed()
    for share in (1.0, 0.5, 0.1):
        for mask in (probes.scattered(len(ROWS), share, 33), probes.by_subject(ROWS, share, 33)):
            full = (QUERIES @ ROWS.T)[:, mask]
            due = np.sort(full, axis=1)[:, ::-1][:, :10]
            scores = index.search(QUERIES, 10, mask)[0]
            assert (scores >= due[:, -1:] - 1e-6).mean() > 0.93


def test_the_cheaper_way_is_taken_by_what_was_measured(opened: dict[str, VectorIndex]) -> None:
    held = opened["ivf-sq8"]
    half = probes.scattered(len(ROWS), 0.5)
    assert set(VectorIndex(held.parts, held.parameters, CHEAP_LISTS).found(QUERIES[:1], 10, half)[2]) == {Way.FAST}
    assert set(VectorIndex(held.parts, held.parameters, CHEAP_SCANS).found(QUERIES[:1], 10, half)[2]) == {Way.EXACT}
    assert set(held.found(QUERIES[:1], 10, half)[2]) == {Way.EXACT}  # nothing was measured


def test_fewer_than_shares_were_worked_out_for_are_compared_exactly(opened: dict[str, VectorIndex]) -> None:
    held = opened["ivf-sq8"]
    few = np.zeros(len(ROWS), bool)
    few[:30] = True
    assert VectorIndex(held.parts, held.parameters, CHEAP_LISTS).found(QUERIES[:1], 10, few)[2] == (Way.EXACT, Way.SKIP)


def test_a_graph_is_never_asked_with_a_selective_mask(opened: dict[str, VectorIndex]) -> None:
    held = VectorIndex(opened["hnsw"].parts, opened["hnsw"].parameters, CHEAP_LISTS)
    assert set(held.found(QUERIES[:1], 10, None)[2]) == {Way.FAST}
    assert set(held.found(QUERIES[:1], 10, probes.scattered(len(ROWS), 0.5))[2]) == {Way.EXACT}


def test_costs_are_measured_and_not_nothing(opened: dict[str, VectorIndex]) -> None:
    found = costs.measure(opened["ivf-flat"])
    assert found.row + found.skipped > 0 and found.fast_call + found.fast_row > 0
    assert all(value >= 0 for value in found.model_dump().values())
    assert costs.measure(opened["hnsw"]).fast_row == 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_of_what_is_left_holds_nothing_of_an_erased_outlier(kind: str) -> None:
    """Made anew from what is left it is the file that would have been made had the erased never been there."""
    outlier = np.zeros((1, 32), np.float32)
    outlier[0, 3] = 1.0
    left = ROWS[:2000]
    with_it, without = build(np.concatenate([left, outlier]), kind), build(left, kind)

    def nearest(payload: bytes) -> float:
        found = [each.rows for each in decoded(np.frombuffer(payload, np.uint8)) if isinstance(each, Matrix)]
        rows = np.concatenate(found)
        return float((rows @ outlier[0] / np.linalg.norm(rows, axis=1)).max())

    before = float((left @ outlier[0]).max())
    assert nearest(without) < before + 0.02
    if kind != "ivf-rabitq4":  # its codes are not decoded
        assert nearest(with_it) > 0.98
    assert build(np.concatenate([left, outlier])[:2000], kind) == without


def test_a_file_is_mapped_and_not_copied(tmp_path: Path) -> None:
    rows = clustered(60_000, dimension=384)  # so many bytes that what else the process does is small beside them
    payload = build(rows)
    (tmp_path / "flat").write_bytes(payload)

    def anonymous() -> int:
        status = Path("/proc/self/status").read_text().splitlines()
        return int(next(line.split()[1] for line in status if line.startswith("RssAnon")))

    before = anonymous()
    index = VectorIndex.open(tmp_path / "flat", sha256(payload))
    assert index.search(rows[:1], 1, None)[1].tolist() == [[0]]
    assert anonymous() - before < len(payload) // 1024 // 2


def test_a_file_that_changed_since_it_was_checked_is_checked_again(tmp_path: Path) -> None:
    payload = build(ROWS[:50])
    path = tmp_path / "flat"
    path.write_bytes(payload)
    VectorIndex.open(path, sha256(payload))
    path.write_bytes(payload[:-1] + bytes([payload[-1] ^ 1]))
    with pytest.raises(Corrupt, match="not the one that its manifest names"):
        VectorIndex.open(path, sha256(payload))


def test_what_is_secret_never_lies_in_the_temporary_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a file was written")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    payload = build(ROWS[:50])
    assert VectorIndex.open(payload, sha256(payload)).count == 50


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(NotFound, match="No variant is called"):
        build(ROWS[:50], "ivf-magic")


def test_a_gpu_is_chosen_only_where_there_is_one_and_a_class_for_the_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faiss, "get_num_gpus", lambda: 0)
    assert gpu.chosen("auto", "ivf-sq8") == gpu.chosen("cpu", "ivf-sq8") == "cpu"
    with pytest.raises(Stop, match="sees no GPU"):
        gpu.chosen("gpu", "ivf-sq8")
    monkeypatch.setattr(faiss, "get_num_gpus", lambda: 1)
    assert gpu.chosen("auto", "ivf-sq8") == "gpu"
    assert gpu.chosen("auto", "ivf-rabitq4") == gpu.chosen("cpu", "ivf-flat") == "cpu"
    with pytest.raises(Stop, match="no GPU class"):
        gpu.chosen("gpu", "ivf-rabitq4")


def test_a_file_of_a_gpu_that_finds_less_is_not_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    right = build(ROWS, "ivf-flat")
    monkeypatch.setattr(gpu, "made", lambda vectors, kind: right)
    assert gpu.build_on_gpu(ROWS, "ivf-flat") == (right, "")
    monkeypatch.setattr(gpu, "made", lambda vectors, kind: build(np.roll(vectors, 1, axis=0), kind))
    payload, why = gpu.build_on_gpu(ROWS, "ivf-flat")
    assert payload == right and "less than the CPU's" in why


def test_a_gpu_that_fails_leaves_the_file_of_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(vectors: np.ndarray, kind: str) -> bytes:
        raise RuntimeError("out of memory")

    monkeypatch.setattr(gpu, "made", fail)
    payload, why = gpu.build_on_gpu(ROWS[:2000], "ivf-sq8")
    assert payload == build(ROWS[:2000], "ivf-sq8") and "failed" in why


def test_costs_of_a_handful_of_vectors_can_be_measured() -> None:
    found = costs.measure(VectorIndex([part(ROWS[:40], "ivf-flat")]))
    assert all(np.isfinite(value) for value in found.model_dump().values())


@pytest.mark.parametrize("kind", ["ivf-flat", "ivf-sq8", "ivf-rabitq4"])
def test_the_bar_that_goes_from_segment_to_segment_loses_nothing(kind: str, opened: dict[str, VectorIndex]) -> None:
    segments = [each.fast for each in opened[kind].parts]
    probing = Probing(segments, np.array([0, 3000, 5000]))
    mask = probes.scattered(len(ROWS), 0.5)
    same = []
    for query in QUERIES:
        alone = [
            each.scan(each.turned(query), 20, np.arange(each.number), (each.centroids @ query).astype(np.float32), mask[first:last])
            for each, first, last in zip(segments, (0, 3000), (3000, 5000), strict=True)
        ]
        scores, places = np.concatenate([alone[0][0], alone[1][0]]), np.concatenate([alone[0][1], alone[1][1] + 3000])
        found = probing.scan(query, 20, mask, probing.counted(mask, [True, True]), len(ROWS))
        assert len(found) == 20 and mask[found].all()
        same.append(len(set(found.tolist()) & set(places[np.argsort(-scores)[:20]].tolist())) / 20)
    assert np.mean(same) > 0.99  # what RaBitQ's first bits say can be too low now and then
