"""Search as it is served: modes, filters, what moves a passage, what an answer says of itself."""

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.compute as pc
import pytest
from tests.shelf import doc, shelf

from muniment.core.words.postings import POSTINGS
from muniment.errors import Corrupt, NotFound
from muniment.policies.policy import default
from muniment.schemas.chunk import CHUNK
from muniment.schemas.index import WORDS, Index
from muniment.schemas.search import Answer, Filters, Mode
from muniment.schemas.source import Classification
from muniment.store import rerankers, words
from muniment.store.root import open_root
from muniment.tasks import policies
from muniment.tasks.corpus import index_of
from muniment.tasks.index.segments import remade
from muniment.tasks.search import open as opening
from muniment.tasks.search.search import NOT_RERANKED, search

TRAINS = "Book trains early and keep every receipt of the journey until the office has paid it back."
GARDEN = "Tomatoes need six hours of sun each day, steady water at the roots, and a stake to climb."
TRAVEL = "Travel to customers is paid by the team that sells the project, not by the traveller."


def found(answer: Answer) -> list[str]:
    return [hit.title for hit in answer.hits]


@pytest.fixture
def desk(uri: str) -> str:
    shelf(
        uri,
        [
            doc("trains", TRAINS, datetime(2025, 3, 1, tzinfo=UTC), licence=None),
            doc(
                "garden", GARDEN, datetime(2026, 3, 1, tzinfo=UTC), source_id="allotment", media_type="text/markdown", language="de"
            ),
            doc("travel", TRAVEL, classification="public", media_type="text/html"),
            doc(
                "board", "The board keeps every receipt of its own journey in a drawer.", acl=["board"], classification="restricted"
            ),
        ],
    )
    return uri


def test_words_answer_where_nothing_was_tuned_and_the_answer_says_so(desk: str) -> None:
    answer = search(desk, "receipts of a journey", "guest")
    assert (answer.mode, answer.tuned) == (Mode.LEXICAL, False)
    assert found(answer)[0] == "trains"
    assert answer.hits[0].parts.lexical == answer.evidence == answer.hits[0].score
    assert answer.hits[0].parts.dense is None
    assert answer.hits[0].text == TRAINS[answer.hits[0].start : answer.hits[0].end]
    index = index_of(open_root(desk), "production")
    assert (answer.index, answer.index_revision, answer.snapshot_revision) == (index.id, index.revision, index.snapshot_revision)


@pytest.mark.parametrize("mode", [Mode.LEXICAL, Mode.DENSE, Mode.HYBRID])
def test_a_mode_that_is_asked_for_answers(desk: str, mode: Mode) -> None:
    answer = search(desk, "sun and water for tomatoes", "guest", mode=mode)
    assert answer.mode is mode
    assert found(answer)[0] == "garden"


def test_vectors_answer_where_no_word_is_found(desk: str) -> None:
    answer = search(desk, "horticulture", "guest")
    assert answer.mode is Mode.DENSE
    assert answer.hits


def test_what_is_off_the_topic_is_marked_and_what_is_not_is_not(desk: str) -> None:
    for mode in (Mode.AUTO, Mode.DENSE, Mode.HYBRID):
        assert not search(desk, "Is travel to customers paid by the team?", "guest", mode=mode).low_evidence
    for mode in (Mode.AUTO, Mode.HYBRID):
        assert search(desk, "Which enzyme of the viral capsid does the antibody bind?", "guest", mode=mode).low_evidence


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(sources=("allotment",)), {"garden"}),
        (Filters(since=datetime(2025, 6, 1)), {"garden"}),
        (Filters(until=datetime(2025, 6, 1)), {"trains"}),
        (Filters(languages=("de", "fr")), {"garden"}),
        (Filters(media_types=("text/html",)), {"travel"}),
        (Filters(media_types=("text/*",)), {"trains", "garden", "travel"}),
        (Filters(classifications=(Classification.PUBLIC,)), {"travel"}),
        (Filters(licences=("MIT",)), {"garden", "travel"}),
        (Filters(sources=("allotment",), media_types=("text/html",)), set()),
        (Filters(classifications=(Classification.RESTRICTED,)), set()),
    ],
)
def test_a_filter_leaves_what_fits_and_may_be_read(desk: str, filters: Filters, expected: set[str]) -> None:
    assert set(found(search(desk, "the", "guest", 10, mode=Mode.DENSE, filters=filters))) == expected


def test_a_filter_tells_nothing_of_what_is_forbidden(desk: str, tmp_path: Path) -> None:
    filters = Filters(media_types=("text/plain",))
    whole = search(desk, "receipts of a journey", "guest", filters=filters)
    alone = str(tmp_path / "alone")
    shelf(alone, [doc("trains", TRAINS, datetime(2025, 3, 1, tzinfo=UTC), licence=None)])
    restricted = search(alone, "receipts of a journey", "guest", filters=filters)
    assert [each.score for each in whole.hits] == [each.score for each in restricted.hits]
    assert whole.evidence == restricted.evidence


def test_an_answer_is_that_of_a_corpus_without_what_is_forbidden(desk: str, tmp_path: Path) -> None:
    alone = str(tmp_path / "alone")
    shelf(
        alone,
        [
            doc("trains", TRAINS, datetime(2025, 3, 1, tzinfo=UTC)),
            doc("garden", GARDEN, source_id="allotment", language="de"),
            doc("travel", TRAVEL, classification="public"),
        ],
    )
    for mode in Mode:
        for query in ("receipts of a journey", "the board", "sun paid office", "drawer"):
            whole, restricted = (search(each, query, "guest", mode=mode) for each in (desk, alone))
            assert [(each.title, each.score, each.parts) for each in whole.hits] == [
                (each.title, each.score, each.parts) for each in restricted.hits
            ]
            assert (whole.mode, whole.evidence, whole.low_evidence) == (
                restricted.mode,
                restricted.evidence,
                restricted.low_evidence,
            )


def test_a_document_gives_so_many_passages_and_no_text_is_given_twice(uri: str) -> None:
    sections = "\n\n".join(f"# Part {n}\n\n" + f"The lantern of room {n} is lit at {n} o'clock. " * 12 for n in range(9))
    shelf(uri, [doc("long", sections), doc("one", "The lantern is out."), doc("two", "The lantern is out.")])
    titles = found(search(uri, "lantern", "guest", 10))
    assert titles.count("long") == 3
    assert len({"one", "two"} & {*titles}) == 1
    assert found(search(uri, "lantern", "guest", 10, per_document=1)).count("long") == 1
    assert found(search(uri, "lantern", "guest", 10, per_document=9)).count("long") > 3


def in_force(uri: str, retrieval: str) -> None:
    policies.put_in_force(open_root(uri), default().replace("low_evidence_both = 0.25", f"low_evidence_both = 0.25\n{retrieval}"))


def test_freshness_and_authority_move_passages_and_are_explained(uri: str) -> None:
    old, new = datetime(2016, 1, 1, tzinfo=UTC), datetime.now(UTC)
    shelf(
        uri,
        [
            doc("old", "The canteen opens at noon, the canteen says.", old),
            doc("new", "The canteen opens at noon, the canteen adds, for all of us.", new, source_id="wiki"),
        ],
    )
    assert found(search(uri, "canteen noon", "guest")) == ["old", "new"]
    in_force(uri, "freshness = { half_life_days = 90 }")
    fresh = search(uri, "canteen noon", "guest")
    assert found(fresh) == ["new", "old"]
    assert fresh.hits[1].parts.freshness == pytest.approx(0.5, abs=1e-6)
    assert fresh.hits[0].score == pytest.approx((fresh.hits[0].parts.lexical or 0) * fresh.hits[0].parts.freshness)
    in_force(uri, "freshness = { half_life_days = 90 }\nauthority = { sources = { wiki = 0.1 } }")
    trusted = search(uri, "canteen noon", "guest")
    assert found(trusted) == ["old", "new"]
    assert trusted.hits[1].parts.authority == 0.1


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Install a reranker called `plain` whose body is given: a real module, found by its entry point."""

    def install(body: str) -> None:
        folder = tmp_path / "site"
        (folder / "plain-1.dist-info").mkdir(parents=True)
        (folder / "plain-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: plain\nVersion: 1\n")
        (folder / "plain-1.dist-info" / "entry_points.txt").write_text(f"[{rerankers.GROUP}]\nplain = plain_reranker:Plain\n")
        (folder / "plain_reranker.py").write_text(
            f"class Plain:\n    name, digest, licence = 'plain', '0', 'MIT'\n    def rerank(self, query, texts):\n        {body}\n"
        )
        monkeypatch.syspath_prepend(str(folder))
        monkeypatch.delitem(sys.modules, "plain_reranker", raising=False)
        rerankers.reranker.cache_clear()

    return install


def test_a_reranker_orders_what_may_be_read_and_sees_nothing_else(desk: str, install: Callable[[str], None]) -> None:
    install("assert not any('board' in text for text in texts); return [text.count('customers') for text in texts]")
    in_force(desk, 'reranker = "plain"')
    answer = search(desk, "receipts of a journey paid by the office", "guest", 2)
    assert answer.notes == ()
    assert found(answer)[0] == "travel"
    assert [hit.parts.reranked for hit in answer.hits] == [1.0, 0.0]


@pytest.mark.parametrize("body", ["raise OSError('away')", "return [1.0]", "return [float('nan')] * len(texts)"])
def test_an_answer_says_when_the_reranker_failed(desk: str, install: Callable[[str], None], body: str) -> None:
    before = search(desk, "receipts of a journey paid by the office", "guest", 2)
    install(body)
    in_force(desk, 'reranker = "plain"')
    answer = search(desk, "receipts of a journey paid by the office", "guest", 2)
    assert answer.notes == (NOT_RERANKED,)
    assert found(answer) == found(before)


def test_a_reranker_that_is_not_installed_is_said_to_have_failed(desk: str) -> None:
    rerankers.reranker.cache_clear()
    in_force(desk, 'reranker = "nowhere"')
    assert search(desk, "receipts", "guest").notes == (NOT_RERANKED,)


def test_many_threads_open_an_index_once_and_answer_alike(desk: str, monkeypatch: pytest.MonkeyPatch) -> None:
    opening._opened.cache_clear()
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: search(desk, "receipts of a journey", "guest").hits, range(32)))
    assert opening._opened.cache_info().misses == 1
    assert all(each == answers[0] for each in answers)


def test_an_index_that_was_replaced_while_it_was_opened_is_opened_anew(desk: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As by an erasure: the next revision is there, and the objects of the one before are gone."""
    root, before = open_root(desk), index_of(open_root(desk), "production")
    real = opening._opened
    asked: list[int] = []

    def opened(uri: str, identifier: str, revision: int, partitions: tuple[str, ...]) -> opening.Opened:
        asked.append(revision)
        if revision == before.revision:
            root.manifests.supersede("indexes", before.model_copy(update={"revision": before.revision + 1}))
            raise NotFound("An object is gone.", "Look again.")
        return real(uri, identifier, revision, partitions)

    monkeypatch.setattr(opening, "_opened", opened)
    answer = search(desk, "receipts", "guest")
    assert asked == [before.revision, before.revision + 1]
    assert answer.index_revision == before.revision + 1


def words_of(index: Index) -> str:
    return index.segments[0].file(WORDS).key


def test_a_file_of_words_that_was_changed_or_is_missing_is_refused(desk: str) -> None:
    root = open_root(desk)
    key = words_of(index_of(root, "production"))
    payload = bytearray(root.objects.read(key))
    payload[len(payload) // 2] ^= 1
    root.objects.delete(key)
    opening._opened.cache_clear()
    with pytest.raises(NotFound):
        search(desk, "receipts", "guest")
    root.objects.put(key, bytes(payload))
    with pytest.raises(Corrupt):
        search(desk, "receipts", "guest")


def test_words_are_made_anew_from_what_is_left_of_a_segment(desk: str) -> None:
    root = open_root(desk)
    index = index_of(root, "production")
    before = index.segments[0]
    chunks, stored = root.lake.read(before.chunks, CHUNK), root.lake.table(before.vectors.digest)
    stays = pc.not_equal(chunks["title"], "garden")
    after = remade(
        root, before, root.lake.write(chunks.filter(stays), CHUNK), root.lake.rewrite(stored.filter(stays)), index.dimension
    )
    left = words.decoded(root.objects.read(after.file(WORDS).key), POSTINGS)["term"].to_pylist()
    held = words.decoded(root.objects.read(before.file(WORDS).key), POSTINGS)["term"].to_pylist()
    assert "tomat" in " ".join(held)
    assert "tomat" not in " ".join(left)
    assert after.file(WORDS).digest != before.file(WORDS).digest
    assert after.file(WORDS).count == chunks.num_rows - 1
