"""The band index: what production holds and nothing else, brought up to date by what changed, made again when it is lost."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from tests.nights import changed, names, promote, prose, quick
from tests.stories import write

from muniment.schemas.document import DOCUMENT
from muniment.schemas.signatures import BandIndex
from muniment.schemas.source import Source
from muniment.store.root import open_root
from muniment.store.segments import Segments
from muniment.tasks import detectors, policies
from muniment.tasks.duplicates import signatures
from muniment.tasks.tables import query

Register = Callable[..., Source]
ONE = 20  # documents of each source, of which the last is a copy


@pytest.fixture
def one(uri: str, tmp_path: Path, register: Register) -> Path:
    """A source of 20 documents, 19 of them promoted."""
    quick(uri)
    return source(tmp_path, register, "one", 0)


def source(tmp_path: Path, register: Register, name: str, seed: int, documents: int = ONE) -> Path:
    folder = tmp_path / name
    for n in range(documents - 1):
        write(folder / f"{n}.md", prose(seed + n))
    write(folder / "copy.md", prose(seed))
    register(folder, identifier=name, declared_licence="MIT")
    return folder


def rows(uri: str, index: BandIndex) -> Iterator[tuple[str, int, str]]:
    """Document, shingle size and home's shard of every living row."""
    segments = Segments(open_root(uri).objects)
    for held in index.segments:
        table, homes = segments.open(held.segment).table, segments.open(held.rows).array("home")
        assert int((homes >= 0).sum()) == held.alive
        for doc_id, ngram, home in zip(table["doc_id"].to_pylist(), table["ngram"].to_pylist(), homes.tolist(), strict=True):
            if home >= 0:
                yield doc_id, ngram, index.homes[home].shard.digest


def held(uri: str) -> set[str]:
    """Documents of the index, once it is up to date: each has one row, whose home has its text."""
    root, index = open_root(uri), signatures.current(open_root(uri))
    found = list(rows(uri, index))
    assert len(found) == len({doc_id for doc_id, _, _ in found})
    at = {home.shard.digest: set(root.lake.read(home.shard, DOCUMENT, ["doc_id"])["doc_id"].to_pylist()) for home in index.homes}
    assert all(doc_id in at[shard] for doc_id, _, shard in found)
    assert set(kept(uri)) == {each.digest for pair in index.segments for each in (pair.segment, pair.rows)}
    return {doc_id for doc_id, _, _ in found}


def kept(uri: str) -> list[str]:
    """Names of all segments that lie under the root."""
    return list(Segments(open_root(uri).objects).names())


def promoted(uri: str) -> set[str]:
    return set(query(uri, "SELECT doc_id FROM promoted")["doc_id"].to_pylist())


def asked(uri: str, text: str, ngrams: tuple[int, ...] = (5,)) -> pa.Table:
    table = pa.table({"doc_id": ["0" * 32], "text": pa.array([text], pa.large_string())})
    return detectors.signer(ngrams).detect(table)


def partners(uri: str, text: str, but: str = "", ngrams: tuple[int, ...] = (5,)) -> tuple[set[str], dict[str, set[str]]]:
    """source:file name of what a text may duplicate, and which ids are said to lie in which source's shards."""
    root, known = open_root(uri), names(uri)
    table, homes = signatures.partners(root, signatures.current(root), asked(uri, text, ngrams), 0.8, but)
    at = dict[str, set[str]]()
    for home, ids in homes:
        assert set(ids.to_pylist()) <= set(root.lake.read(home.shard, DOCUMENT, ["doc_id"])["doc_id"].to_pylist())
        at.setdefault(home.source, set()).update(known[each] for each in ids.to_pylist())
    found = {known[each] for each in table["doc_id"].to_pylist()}
    assert found == {name for ids in at.values() for name in ids}
    return found, at


def damage(uri: str, at: int, how: Callable[[bytes], bytes]) -> None:
    root = open_root(uri)
    key = Segments(root.objects).key(kept(uri)[at])
    payload = root.objects.read(key)
    root.objects.delete(key)
    if how(payload):
        root.objects.put(key, how(payload))


def test_an_empty_root_has_an_empty_index(uri: str, one: Path) -> None:
    assert signatures.current(open_root(uri)).segments == () and held(uri) == set() and kept(uri) == []
    assert partners(uri, prose(3)) == (set(), {})


def test_after_a_promotion_the_index_has_exactly_what_was_promoted(uri: str, one: Path) -> None:
    promote(uri, "one")
    assert held(uri) == promoted(uri) and len(held(uri)) == ONE - 1
    assert partners(uri, prose(3, edits=1)) == ({"one:3.md"}, {"one": {"one:3.md"}})
    assert partners(uri, prose(3, edits=1), but="one") == (set(), {})
    assert partners(uri, prose(700)) == (set(), {})


def test_what_is_known_of_a_partner_is_what_was_known_when_it_was_promoted(uri: str, one: Path) -> None:
    write(one / "project" / "vendor" / "lib-2.py", prose(60))
    promote(uri, "one")
    table, _ = signatures.partners(open_root(uri), signatures.current(open_root(uri)), asked(uri, prose(60)), 0.8, "")
    (row,) = table.to_pylist()
    captured = query(uri, "SELECT * FROM documents WHERE path LIKE '%lib-2.py'").to_pylist()[0]
    assert all(row[name] == captured[name] for name in ("doc_id", "source_id", "media_type", "modified"))
    assert row["vendored"] and row["path"] and row["licence"] == 3 and row["quality"] == 1.0


def test_an_index_that_is_up_to_date_is_not_touched(uri: str, one: Path) -> None:
    promote(uri, "one")
    root, made = open_root(uri), signatures.current(open_root(uri))
    tag = root.refs.read(signatures.REF, BandIndex)[1]
    assert signatures.current(root) == made and root.refs.read(signatures.REF, BandIndex)[1] == tag


def test_unchanged_documents_keep_their_rows_and_only_the_new_are_added(uri: str, one: Path) -> None:
    promote(uri, "one")
    (before,), was = signatures.current(open_root(uri)).segments, promoted(uri)
    write(one / "3.md", prose(900), modified=1_800_000_000)
    (one / "4.md").unlink()
    write(one / "new.md", prose(901))
    promote(uri, "one")
    first, second = signatures.current(open_root(uri)).segments
    assert first.segment == before.segment and first.rows != before.rows
    assert (before.alive, first.alive, second.alive, second.segment.rows) == (ONE - 1, ONE - 3, 2, 2)
    assert held(uri) == promoted(uri) != was
    assert [partners(uri, prose(seed))[0] for seed in (900, 901, 3, 4)] == [{"one:3.md"}, {"one:new.md"}, set(), set()]


def test_another_source_touches_no_row_of_the_first(uri: str, one: Path, tmp_path: Path, register: Register) -> None:
    promote(uri, "one")
    before = signatures.current(open_root(uri)).segments
    source(tmp_path, register, "two", 100, 6)
    promote(uri, "two")
    assert signatures.current(open_root(uri)).segments[:1] == before and held(uri) == promoted(uri)
    write(tmp_path / "two" / "0.md", prose(950), modified=1_800_000_000)
    promote(uri, "two")
    assert signatures.current(open_root(uri)).segments[0] == before[0] and held(uri) == promoted(uri)


def test_a_document_whose_place_in_the_world_changed_has_a_new_row(uri: str, one: Path, tmp_path: Path) -> None:
    """Its text is the same, what duplicates are preferred by is not."""
    promote(uri, "one")
    write(one / "5.md", prose(5), modified=1_800_000_000)
    promote(uri, "one")
    first, second = signatures.current(open_root(uri)).segments
    assert (first.alive, second.alive) == (ONE - 2, 1) and held(uri) == promoted(uri)


def test_what_came_back_is_found_again(uri: str, one: Path) -> None:
    for step in (lambda: None, (one / "6.md").unlink, lambda: write(one / "6.md", prose(6))):
        step()
        promote(uri, "one")
        assert held(uri) == promoted(uri)
    assert partners(uri, prose(6))[0] == {"one:6.md"}


def test_many_small_segments_become_few(uri: str, tmp_path: Path, register: Register) -> None:
    quick(uri)
    counts = list[int]()
    for n in range(8):
        source(tmp_path, register, f"source{n}", 100 * n, 3)
        promote(uri, f"source{n}")
        counts.append(len(signatures.current(open_root(uri)).segments))
    assert counts == [1, 2, 3, 4, 5, 6, 7, 1]
    assert held(uri) == promoted(uri) and len(held(uri)) == 16
    assert partners(uri, prose(701))[1] == {"source7": {"source7:1.md"}}


def test_a_segment_that_is_mostly_tombstones_is_written_anew(uri: str, one: Path) -> None:
    promote(uri, "one")
    for n in range(1, 9):
        write(one / f"{n}.md", prose(800 + n), modified=1_800_000_000)
    promote(uri, "one")
    assert [each.alive for each in signatures.current(open_root(uri)).segments] == [11, 8]
    for n in range(9, 12):
        write(one / f"{n}.md", prose(800 + n), modified=1_800_000_000)
    promote(uri, "one")
    segments = signatures.current(open_root(uri)).segments
    assert all(2 * each.alive >= each.segment.rows for each in segments) and held(uri) == promoted(uri)


HOW: dict[str, Callable[[bytes], bytes]] = {
    "lost": lambda payload: b"",
    "cut short": lambda payload: payload[: len(payload) // 2],
    "garbled": lambda payload: payload[:-300] + bytes(byte ^ 0x55 for byte in payload[-300:]),
}


def test_a_lost_or_damaged_segment_is_made_anew_with_the_same_partners(uri: str, one: Path) -> None:
    promote(uri, "one")
    texts = [prose(seed, edits=1) for seed in (0, 7, 18, 999)]
    before, ids = [partners(uri, text) for text in texts], held(uri)
    for how in HOW.values():
        for which in range(len(kept(uri))):
            damage(uri, which, how)
            assert [partners(uri, text) for text in texts] == before
            assert held(uri) == ids == promoted(uri)


def test_a_changed_signer_makes_it_anew_with_the_same_partners(uri: str, one: Path) -> None:
    """Also for what was signed before, and is not captured again."""
    promote(uri, "one")
    before = partners(uri, prose(3, edits=1))
    quick(uri, jaccard="0.8\nngram = 3")
    after = signatures.current(open_root(uri))
    assert {ngram for _, ngram, _ in rows(uri, after)} == {3} and {doc_id for doc_id, _, _ in rows(uri, after)} == promoted(uri)
    assert partners(uri, prose(3, edits=1), ngrams=(3,)) == before
    quick(uri)
    assert {ngram for _, ngram, _ in rows(uri, signatures.current(open_root(uri)))} == {5}
    assert partners(uri, prose(3, edits=1)) == before and held(uri) == promoted(uri)


def test_two_shingle_sizes_have_a_row_each(uri: str, one: Path) -> None:
    policy = changed(policies.text(open_root(uri)), jaccard="0.8").replace("near_from = 20", "near_from = 20\nngram = 3")
    policies.put_in_force(open_root(uri), policy)
    promote(uri, "one")
    found = list(rows(uri, signatures.current(open_root(uri))))
    assert {(doc_id, ngram) for doc_id, ngram, _ in found} == {(doc_id, n) for doc_id in promoted(uri) for n in (3, 5)}
    assert partners(uri, prose(3, edits=1), ngrams=(3, 5))[0] == {"one:3.md"}


def test_forgetting_leaves_nothing_and_the_next_use_makes_the_same(uri: str, one: Path) -> None:
    promote(uri, "one")
    made = signatures.current(open_root(uri))
    signatures.forget(open_root(uri))
    assert kept(uri) == []
    signatures.forget(open_root(uri))
    assert signatures.current(open_root(uri)) == made and held(uri) == promoted(uri)


def test_a_purge_takes_the_rows_of_documents_also_the_dead_ones(uri: str, one: Path) -> None:
    promote(uri, "one")
    root, by_name = open_root(uri), {name: doc_id for doc_id, name in names(uri).items()}
    signatures.current(root)
    (one / "4.md").unlink()
    promote(uri, "one")
    signatures.current(root)
    gone = [by_name["one:3.md"], by_name["one:4.md"]]
    assert sum(count for _, count in signatures.holding(root, pa.array(gone))) == 2
    assert signatures.purge(root, pa.array(gone), set()) > 0
    assert list(signatures.holding(root, pa.array(gone))) == []
    assert not any(
        doc_id.encode() in (Path(uri) / Segments(root.objects).key(each)).read_bytes() for each in kept(uri) for doc_id in gone
    )
    assert signatures.purge(root, pa.array(["f" * 32]), set()) == 0
    index, _ = root.refs.read(signatures.REF, BandIndex)
    assert index and {doc_id for doc_id, _, _ in rows(uri, index)} == promoted(uri) - set(gone)


def test_a_purge_forgets_the_names_of_replaced_shards_and_the_next_use_looks_again(uri: str, one: Path) -> None:
    promote(uri, "one")
    root = open_root(uri)
    shards = {home.shard.digest for home in signatures.current(root).homes}
    signatures.purge(root, pa.array([], pa.string()), shards)
    raw = (Path(uri) / f"refs/{signatures.REF}.json").read_text()
    assert not any(each in raw for each in shards)
    assert held(uri) == promoted(uri) and {home.shard.digest for home in signatures.current(root).homes} == shards


def test_a_purge_without_an_index_does_nothing(uri: str, one: Path) -> None:
    assert signatures.purge(open_root(uri), pa.array(["f" * 32]), set()) == 0
    assert list(signatures.holding(open_root(uri), pa.array(["f" * 32]))) == []


def test_a_purge_lets_go_of_an_index_that_cannot_be_looked_through(uri: str, one: Path) -> None:
    promote(uri, "one")
    root, doc_id = open_root(uri), min(promoted(uri))
    for how in HOW.values():
        signatures.current(root)
        damage(uri, 1, how)
        assert list(signatures.holding(root, pa.array([doc_id]))) == []
        assert signatures.purge(root, pa.array([doc_id]), set()) == 0 and kept(uri) == []
        assert held(uri) == promoted(uri)


def test_what_a_crashed_update_left_is_swept_away(uri: str, one: Path) -> None:
    promote(uri, "one")
    stray = Segments(open_root(uri).objects).write(pa.table({"doc_id": ["0" * 32]}))
    assert stray.digest in kept(uri)
    signatures.current(open_root(uri))
    assert stray.digest not in kept(uri) and held(uri) == promoted(uri)


def test_a_document_that_is_no_longer_let_in_leaves_the_index(uri: str, one: Path) -> None:
    promote(uri, "one")
    quick(uri, min_documents="0", max_shrink_share="1")
    (one / "copy.md").write_text("Too short.")
    for n in range(10):
        (one / f"{n}.md").unlink()
    promote(uri, "one")
    assert held(uri) == promoted(uri) and len(promoted(uri)) == 9
