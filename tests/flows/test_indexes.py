"""Variants of an index: built beside the exact one, judged slice by slice, served only when they pass, refused when damaged."""

from collections.abc import Iterator
from pathlib import Path

import faiss
import numpy as np
import pyarrow as pa
import pytest
from tests.indexes import indexed, texts

from muniment.errors import Corrupt, GateFailed, NotFound, Stop, Superseded
from muniment.schemas.canonical import sha256
from muniment.schemas.chunk import vectors
from muniment.schemas.index import EXACT, Index, IndexFile
from muniment.schemas.snapshot import Target
from muniment.store.root import Root, open_root
from muniment.tasks.custody.backup import make_backup
from muniment.tasks.index import gate
from muniment.tasks.index.carry_on import carried_on, served_variant
from muniment.tasks.index.compare import compare_indexes
from muniment.tasks.index.gate import gate_index, report_of
from muniment.tasks.index.opening import opened
from muniment.tasks.index.use import fall_back, use_index
from muniment.tasks.index.variants import build_variant, built


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Root:
    """A root whose index has three segments, of which the last is too small for a variant."""
    made = open_root(str(tmp_path_factory.mktemp("indexes") / "root"))
    indexed(made, [("alpha", texts(2400, 1, 0, 5)), ("beta", texts(2100, 2, 5, 10)), ("gamma", texts(300, 3, 10))])
    return made


@pytest.fixture(autouse=True)
def fewer_queries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enough of each source to decide by."""
    monkeypatch.setattr(gate, "_MOST", 150)
    monkeypatch.setattr(gate, "_TIMED", 10)


@pytest.fixture
def exact(root: Root) -> Iterator[Index]:
    """The exact index, which `production` serves before and after each test."""
    index = root.manifests.get("indexes", serving(root), Index)
    yield index
    held, tag = root.refs.read("production", Target)
    assert held
    root.refs.move("production", Target(snapshot=held.snapshot, index=index.id, serial=held.serial + 1), tag)


def serving(root: Root) -> str:
    held, _ = root.refs.read("production", Target)
    assert held
    return held.index


def worse(root: Root, index: Index) -> Index:
    """The candidate made worse for one source alone: its lists are kept around places that no query is near."""
    before = index.segments[1].file(index.variant)
    lost = faiss.deserialize_index(np.frombuffer(root.objects.read(before.key), np.uint8))
    quantizer = faiss.downcast_index(lost.quantizer)
    away = -10 * np.abs(quantizer.reconstruct_n(0, lost.nlist))
    quantizer.reset()
    quantizer.add(away)
    payload = faiss.serialize_index(lost).tobytes()
    file = IndexFile(kind=index.variant, digest=sha256(payload), count=before.count, bytes=len(payload))
    root.objects.put(file.key, payload)
    segment = index.segments[1].model_copy(
        update={"files": tuple(file if each.kind == index.variant else each for each in index.segments[1].files)}
    )
    made = index.model_copy(update={"id": sha256(payload)[:19] + "-", "segments": (index.segments[0], segment, index.segments[2])})
    root.manifests.put("indexes", made)
    return made


def test_a_candidate_is_built_beside_the_exact_index_and_serves_nobody(root: Root, exact: Index) -> None:
    candidate = build_variant(root.uri, "production", "ivf-sq8", "cpu")
    assert serving(root) == exact.id
    assert (candidate.baseline, candidate.variant) == (exact.id, "ivf-sq8")
    assert [bool(each.held("ivf-sq8")) for each in candidate.segments] == [True, True, False]
    assert candidate.chunks == exact.chunks
    how = built(root, candidate)
    assert how and how.device == "cpu" and how.machine.packages


def test_a_candidate_over_unchanged_segments_makes_no_file_again(root: Root, exact: Index) -> None:
    first = build_variant(root.uri, "production", "ivf-flat", "cpu")
    before = set(root.objects.list("derived/"))
    again = build_variant(root.uri, "production", "ivf-flat", "cpu")
    how = built(root, again)
    assert again == first and set(root.objects.list("derived/")) == before
    assert how and (how.made, how.reused) == (0, 2)


def test_a_variant_is_served_after_it_passed_and_not_before(root: Root, exact: Index) -> None:
    candidate = build_variant(root.uri, "production", "ivf-sq8", "cpu")
    if report_of(root, candidate.id) is None:
        with pytest.raises(GateFailed, match="never measured"):
            use_index(root.uri, candidate.id, "production", "dana")
    report = gate_index(root.uri, candidate.id, "dana")
    assert report.passed, report.reasons
    assert {"access=all", "access=subject-0.1", "source=beta", "length=short"} <= {each.slice for each in report.recalls}
    assert use_index(root.uri, candidate.id, "production", "dana").id == serving(root) == candidate.id
    assert fall_back(root.uri, "production", "dana").id == serving(root) == exact.id
    kinds = [entry.kind for entry in root.ledger.since(0)]
    assert [each for each in kinds if each.startswith("index.")][-3:] == ["index.gated", "index.used", "index.fallback"]


def test_the_report_of_a_gate_holds_no_text(root: Root, exact: Index) -> None:
    candidate = build_variant(root.uri, "production", "ivf-sq8", "cpu")
    report = report_of(root, candidate.id) or gate_index(root.uri, candidate.id, "dana")
    kept = report.model_dump_json()
    assert not any(word in kept for word in ("harbour", "violin", "orchard", "copper"))


def test_a_variant_that_is_worse_in_one_source_only_is_blocked(root: Root, exact: Index) -> None:
    bad = worse(root, build_variant(root.uri, "production", "ivf-sq8", "cpu"))
    report = gate_index(root.uri, bad.id, "dana")
    source = {each.slice: each for each in report.recalls if each.slice.startswith("source=")}
    assert {name: each.passed for name, each in source.items()} == {
        "source=alpha": True,
        "source=beta": False,
        "source=gamma": True,
    }
    assert source["source=beta"].high < 0.5
    assert not report.passed and "RECALL source=beta" in report.reasons
    with pytest.raises(GateFailed, match="source=beta"):
        use_index(root.uri, bad.id, "production", "dana")
    assert serving(root) == exact.id


def test_a_report_from_before_an_erasure_says_nothing(root: Root, exact: Index) -> None:
    candidate = build_variant(root.uri, "production", "ivf-sq8", "cpu")
    report = report_of(root, candidate.id) or gate_index(root.uri, candidate.id, "dana")
    root.manifests.keep(f"gates/{candidate.id}.json", report.model_copy(update={"revision": report.revision + 7}))
    with pytest.raises(GateFailed, match="before an erasure"):
        use_index(root.uri, candidate.id, "production", "dana")
    root.manifests.keep(f"gates/{candidate.id}.json", report)


def test_an_exact_index_has_no_gate(root: Root, exact: Index) -> None:
    with pytest.raises(NotFound, match="nothing to gate"):
        gate_index(root.uri, exact.id, "dana")


def test_an_index_of_another_snapshot_is_not_served(root: Root, exact: Index) -> None:
    root.manifests.put("indexes", exact.model_copy(update={"id": "0ld" * 6, "snapshot": "77" * 8}))
    with pytest.raises(Superseded, match="of snapshot 7777"):
        use_index(root.uri, "0ld" * 6, "production", "dana")


def test_there_is_no_variant_of_an_unknown_kind(root: Root, exact: Index) -> None:
    with pytest.raises(NotFound, match="No variant is called"):
        build_variant(root.uri, "production", "ivf-magic", "cpu")


def test_a_gpu_that_is_not_there_is_refused(root: Root, exact: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faiss, "get_num_gpus", lambda: 0)
    with pytest.raises(Stop, match="sees no GPU"):
        build_variant(root.uri, "production", "ivf-sq8", "gpu")


def test_two_indexes_of_the_same_passages_are_compared_slice_by_slice(root: Root, exact: Index) -> None:
    bad = worse(root, build_variant(root.uri, "production", "ivf-flat", "cpu"))
    found = compare_indexes(root.uri, exact.id, bad.id)
    assert found.asked > 200 and {each.slice for each in found.differences} >= {"all", "source=alpha", "source=gamma"}
    assert all(each.overlap == 1 for each in found.differences)  # so few are searched exactly, whatever the variant


def test_the_variant_that_was_served_is_carried_on_when_it_passes(root: Root, exact: Index) -> None:
    assert served_variant(root.uri, "production") == EXACT
    assert carried_on(root.uri, "production", exact, EXACT, "dana") == exact
    assert carried_on(root.uri, "production", exact, "ivf-sq8", "dana").variant == "ivf-sq8"
    assert served_variant(root.uri, "production") == "ivf-sq8"


def test_a_damaged_file_is_refused(root: Root, exact: Index) -> None:
    candidate = build_variant(root.uri, "production", "ivf-rabitq4", "cpu")
    path = Path(root.uri) / candidate.segments[0].file("ivf-rabitq4").key
    whole = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:])
    with pytest.raises(Corrupt, match="not the one that its manifest names"):
        opened(root, candidate)
    path.write_bytes(whole)
    assert opened(root, candidate).count == candidate.count


def test_an_index_without_one_of_its_files_is_half_built(root: Root, exact: Index) -> None:
    candidate = build_variant(root.uri, "production", "ivf-flat", "cpu")
    path = Path(root.uri) / candidate.segments[1].file("ivf-flat").key
    whole = path.read_bytes()
    path.unlink()
    with pytest.raises(Corrupt, match=r"half built: its file .* \(ivf-flat\) is not there"):
        opened(root, candidate)
    path.write_bytes(whole)


def test_a_file_of_other_vectors_is_refused(root: Root, exact: Index) -> None:
    one, other = exact.segments[0], exact.segments[1]
    swapped = one.model_copy(update={"files": tuple(other.file(each.kind) for each in one.files)})
    with pytest.raises(Corrupt, match="half built: 2400 passages, 2400 vectors, a file of 2100"):
        opened(root, exact.model_copy(update={"segments": (swapped, other)}))


def test_orphan_vectors_are_refused(root: Root, exact: Index) -> None:
    segment = exact.segments[2]
    table = root.lake.read(segment.vectors, vectors(exact.dimension))
    ids = pa.array(["00" * 16 + ":dead", *table["chunk_id"].to_pylist()[1:]])
    stored = root.lake.write(table.set_column(0, "chunk_id", ids), vectors(exact.dimension))
    with pytest.raises(Corrupt, match="1 orphan vectors"):
        opened(root, exact.model_copy(update={"segments": (segment.model_copy(update={"vectors": stored}),)}))


def test_a_backup_holds_the_files_of_every_variant(root: Root, exact: Index, tmp_path: Path) -> None:
    candidate = build_variant(root.uri, "production", "ivf-sq8", "cpu")
    make_backup(root.uri, str(tmp_path / "copy"), "dana")
    copied = Root(str(tmp_path / "copy"))
    assert opened(copied, copied.manifests.get("indexes", candidate.id, Index)).count == candidate.count
