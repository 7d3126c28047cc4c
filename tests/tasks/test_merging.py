"""Nights that each add a small object leave few segments, of the same passages; nothing is mixed, nothing is made twice."""

import uuid
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pytest
from tests.shelf import PEOPLE, doc
from tests.stories import prose

from muniment.errors import Stop
from muniment.schemas.canonical import digest
from muniment.schemas.chunk import CHUNK, PROMOTED, vectors
from muniment.schemas.index import Index, Layout
from muniment.schemas.review import Decision
from muniment.schemas.snapshot import Part, Snapshot, Target
from muniment.schemas.stored import Stored
from muniment.store.root import Root, open_root
from muniment.tasks.access import principals
from muniment.tasks.index import build, embed, merging
from muniment.tasks.index.layout import lay_out
from muniment.tasks.search.search import search

ENCODER = "wordllama"
Shelves = dict[str, list[list[dict[str, object]]]]  # source → objects, each of some documents


def show(root: Root, shelves: Shelves, ref: str = "production", share_alike: Sequence[str] = ()) -> Snapshot:
    """Let a ref show these documents in these objects."""
    parts = tuple(_part(root, source, objects, source in share_alike) for source, objects in sorted(shelves.items()))
    named = digest([part.model_dump(mode="json") for part in parts])[:20]
    snapshot = Snapshot(id=named, parts=parts, policy="0" * 64, code="test", checks="0" * 64, statistics={})
    root.manifests.put("snapshots", snapshot)
    held, tag = root.refs.read(ref, Target)
    index, serial = (held.index, held.serial + 1) if held else ("", 1)
    root.refs.move(ref, Target(snapshot=snapshot.id, index=index, serial=serial), tag)
    return snapshot


def indexed(root: Root, ref: str = "production", layout: Layout = Layout.SHARED) -> Index:
    """Build what a night builds."""
    return build.build_index(root.uri, ref, lay_out(root.uri, embed.embed(root.uri, ref, ENCODER), layout), "tester")


def night(number: int, source: str = "desk", count: int = 2, **papers: object) -> list[dict[str, object]]:
    """The documents that one night adds."""
    return [
        doc(f"{source}-{number}-{place}", prose(1000 * number + place, 80), source_id=source, **papers) for place in range(count)
    ]


def nights(root: Root, count: int, layout: Layout = Layout.SHARED) -> list[Index]:
    """The index of each night."""
    made = []
    for last in range(1, count + 1):
        show(root, {"desk": [night(number) for number in range(last)]})
        made.append(indexed(root, layout=layout))
    return made


def rows(root: Root, index: Index) -> dict[str, tuple[str, tuple[float, ...]]]:
    """Text and vector of every passage."""
    chunks = root.lake.read_all(index.chunks, CHUNK, ["chunk_id", "text"]).to_pylist()
    held = root.lake.read_all(index.vectors, vectors(index.dimension)).to_pylist()
    assert [row["chunk_id"] for row in chunks] == [row["chunk_id"] for row in held]
    return {row["chunk_id"]: (row["text"], tuple(own["vector"])) for row, own in zip(chunks, held, strict=True)}


@pytest.fixture
def root(uri: str) -> Root:
    """An empty root with people in it."""
    made = open_root(uri)
    principals.put_in_force(made, PEOPLE)
    return made


def test_fourteen_nights_lie_in_three_segments_of_the_same_passages(root: Root, tmp_path: Path) -> None:
    made = nights(root, 14)
    assert [len(each.segments) for each in made[:8]] == [1, 1, 2, 1, 2, 2, 3, 1]
    assert sorted(len(each.of) for each in made[-1].segments) == [2, 4, 8]
    apart = open_root(str(tmp_path / "apart"))
    show(apart, {f"desk{number}": [night(number)] for number in range(14)})
    other = indexed(apart)
    assert len(other.segments) == 14
    assert rows(root, made[-1]) == rows(apart, other)


def test_a_night_encodes_what_is_new_and_nothing_that_is_merged(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    nights(root, 7)
    model, read = root.encoders.open(ENCODER), list[str]()
    encode = type(model).encode
    monkeypatch.setattr(type(model), "encode", lambda self, texts: read.extend(texts) or encode(self, texts))
    show(root, {"desk": [night(number) for number in range(8)]})
    index = indexed(root)
    new = root.lake.write(pa.Table.from_pylist(sorted(night(7), key=lambda row: str(row["doc_id"])), schema=PROMOTED), PROMOTED)
    [segment] = index.segments
    assert new in segment.of
    assert sorted(read) == sorted(
        text for key, (text, _) in rows(root, index).items() if key[:32] in {row["doc_id"] for row in night(7)}
    )


def test_passages_of_a_segment_are_in_the_order_of_their_documents(root: Root) -> None:
    [segment] = nights(root, 4)[-1].segments
    ids = root.lake.read(segment.chunks, CHUNK, ["doc_id"])["doc_id"].to_pylist()
    assert ids == sorted(ids) and len(set(ids)) == 8


def test_segments_that_are_not_merged_keep_their_files(root: Root) -> None:
    made = nights(root, 8)
    for before, after in pairwise(made):
        kept = [each for each in before.segments if set(each.of) in [set(own.of) for own in after.segments]]
        assert all(each in after.segments for each in kept)
    assert {each.digest for each in made[5].files} & {each.digest for each in made[6].files}


def test_building_again_makes_nothing(root: Root) -> None:
    index = nights(root, 5)[-1]
    before = set(root.objects.list(""))
    assert indexed(root) == index
    assert set(root.objects.list("")) == before


def test_the_same_nights_give_the_same_bytes(root: Root, tmp_path: Path) -> None:
    other = open_root(str(tmp_path / "other"))
    assert [each.id for each in nights(root, 6)] == [each.id for each in nights(other, 6)]
    assert set(root.objects.list("objects/")) == set(other.objects.list("objects/"))
    assert set(root.objects.list("derived/")) == set(other.objects.list("derived/"))


@pytest.mark.parametrize("where", ["encoded", "derived", "kept"])
def test_a_build_that_was_cut_off_ends_as_if_it_had_not_been(
    root: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    nights(root, 3)
    show(root, {"desk": [night(number) for number in range(4)]})
    place = {"encoded": (build, "make_index"), "derived": (type(root.manifests), "put"), "kept": (type(root.refs), "move")}[where]

    def cut_off(*given: object) -> None:
        raise Stop("Killed.", "Run it again.")

    with monkeypatch.context() as patch:
        patch.setattr(*place, cut_off)
        with pytest.raises(Stop):
            indexed(root)
    other = open_root(str(tmp_path / "other"))
    assert indexed(root) == nights(other, 4)[-1]
    assert set(root.objects.list("objects/")) == set(other.objects.list("objects/"))


def test_sources_and_layers_never_share_a_segment(root: Root) -> None:
    for last in range(1, 6):
        shelves: Shelves = {
            "desk": [night(number) for number in range(last)],
            "hall": [night(number, "hall", tenant="acme") for number in range(last)],
            "open": [night(number, "open", classification="public") for number in range(last)],
        }
        show(root, shelves, share_alike=("hall",))
        index = indexed(root, layout=Layout.TENANT)
        for each in index.segments:
            papers = root.lake.read(each.chunks, CHUNK, ["source_id", "tenant", "classification"])
            assert all(len(set(papers[name].to_pylist())) == 1 for name in papers.column_names)
            assert set(papers["tenant"].to_pylist()) == {each.partition}
    assert len(index.segments) == 6  # five nights of three sources in two segments each
    show(root, shelves, share_alike=("hall",))
    without = embed.embed(root.uri, "production", ENCODER, ("share-alike",))
    assert {each.chunks for each in without.made} == {each.chunks for each in index.segments if each.partition == "default"}


def test_a_document_that_another_tenant_got_lies_in_a_partition_of_its_own(root: Root) -> None:
    moved = [*night(0), doc("moved", prose(5, 80), tenant="acme")]
    show(root, {"desk": [moved, night(1), night(2)]})
    index = indexed(root, layout=Layout.TENANT)
    held = {(each.partition, each.chunks.rows) for each in index.segments}
    assert held == {("default", 6), ("acme", 1)}
    for each in index.segments:
        assert set(root.lake.read(each.chunks, CHUNK, ["tenant"])["tenant"].to_pylist()) == {each.partition}


def test_an_object_that_changed_leaves_its_segment_and_the_others_stand(root: Root) -> None:
    before = nights(root, 7)[-1]
    changed = [night(number) for number in range(7)]
    changed[0] = changed[0][:1]
    show(root, {"desk": changed})
    after = indexed(root)
    assert sorted(len(each.of) for each in after.segments) == [1, 1, 2, 3]
    assert sum(each in after.segments for each in before.segments) == 2
    assert set(rows(root, after)) < set(rows(root, before))


def test_a_ref_that_served_nothing_yet_takes_all_at_once(root: Root) -> None:
    show(root, {"desk": [night(number) for number in range(9)]}, "research")
    assert sorted(len(each.of) for each in indexed(root, "research").segments) == [1, 8]


def test_objects_of_the_ordinary_size_stay_as_they_are(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "SHARD_BYTES", 3000)
    made = nights(root, 9)[-1]
    held = [sum(merging.weigh(merging.Job(uri=root.uri, shard=shard)) for shard in each.of) for each in made.segments]
    assert max(held) <= 3000 and sum(each <= 1500 for each in held) <= 2
    assert len(made.segments) > 2


def test_what_answers_is_the_same_however_it_lies(root: Root) -> None:
    nights(root, 6)
    show(root, {f"desk{number}": [night(number)] for number in range(6)}, "apart")
    indexed(root, "apart")
    for number in range(6):
        asked = prose(1000 * number, 80)[:200]
        found = [search(root.uri, asked, "dana", k=5, ref=ref).hits for ref in ("production", "apart")]
        assert [hit.citation for hit in found[0]] == [hit.citation for hit in found[1]]


@pytest.mark.s3
def test_nights_are_merged_on_s3_too(shared_bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUNIMENT_KEYRING", str(tmp_path / "keyring.json"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    made = nights(open_root(f"s3://{shared_bucket}/{uuid.uuid4().hex}"), 4)
    assert [len(each.segments) for each in made] == [1, 1, 2, 1]


def _part(root: Root, source: str, objects: list[list[dict[str, object]]], share_alike: bool) -> Part:
    shards = tuple(_stored(root, each) for each in objects)
    return Part(
        source=source, capture="c", judgement="j", decision=Decision.APPROVE, review="r", shards=shards,
        share_alike=shards if share_alike else (),
    )  # fmt: skip


def _stored(root: Root, documents: list[dict[str, object]]) -> Stored:
    ordered = sorted(documents, key=lambda row: str(row["doc_id"]))
    return root.lake.write(pa.Table.from_pylist(ordered, schema=PROMOTED), PROMOTED)
