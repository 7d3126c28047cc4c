"""What de-duplication did: amounts, slices, clusters, and the page that shows them."""

import re
import shutil
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from tests.stories import handbook, prose, write

from muniment import flows
from muniment.errors import NotFound, RegistryError
from muniment.policies.policy import default
from muniment.report.duplicates import page
from muniment.schemas.source import Source
from muniment.store.root import open_root
from muniment.tasks import policies
from muniment.tasks.duplicates.effect import Effect, effect
from muniment.tasks.tables import query

Register = Callable[..., Source]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Source `manual`: 60 texts of their own. Source `mirror`: 20 copies of one text, a shorter copy of it, 9 texts of their own."""
    folder = tmp_path_factory.mktemp("effect")
    for n in range(60):
        write(folder / "manual" / f"{n}.md", prose(n))
    for n in range(20):
        write(folder / "mirror" / f"same{n}.md", prose(100))
    write(folder / "mirror" / "near.md", prose(100, words=117))
    for n in range(9):
        write(folder / "mirror" / f"own{n}.md", prose(300 + n, words=12 if n else 1500))
    for name in ("manual", "mirror"):
        handbook(str(folder / "root"), folder / name, name)
        flows.capture(name, root=str(folder / "root"))
    return folder / "root"


@pytest.fixture
def two_sources(template: Path, uri: str) -> str:
    """A copy of that root for each test."""
    shutil.copytree(template, uri)
    return uri


def by_value(found: Effect, dimension: str) -> dict[str, tuple[int, int, bool]]:
    return {
        each.value: (each.before.documents, each.after.documents, each.high) for each in found.slices if each.dimension == dimension
    }


def test_documents_and_characters_are_counted_before_and_after(two_sources: str) -> None:
    found = effect(two_sources)
    texts = query(two_sources, "SELECT doc_id FROM documents").num_rows
    assert (found.before.documents, found.after.documents, texts) == (90, 70, 90)
    assert found.share == pytest.approx(20 / 90)
    assert {kind: amount.documents for kind, amount in found.kinds.items()} == {"exact": 19, "near": 1}
    copies = found.kinds["exact"].characters
    assert copies == 19 * len(prose(100))
    assert found.before.characters - found.after.characters == copies + found.kinds["near"].characters


def test_every_dimension_sums_to_the_whole(two_sources: str) -> None:
    found = effect(two_sources)
    for dimension in {each.dimension for each in found.slices}:
        slices = [each for each in found.slices if each.dimension == dimension]
        assert sum(each.before.documents for each in slices) == found.before.documents
        assert sum(each.after.characters for each in slices) == found.after.characters
    assert [each.value for each in found.slices if each.dimension == "length"] == ["0-100", "100-1k", "1k-10k", "10k-100k"][1:]


def test_a_slice_that_loses_far_more_than_the_whole_is_named(two_sources: str) -> None:
    assert by_value(effect(two_sources), "source") == {"manual": (60, 60, False), "mirror": (30, 10, True)}


def test_a_slice_of_few_documents_is_not_named_by_chance(uri: str, tmp_path: Path, register: Register) -> None:
    for n in range(30):
        write(tmp_path / "manual" / f"{n}.md", prose(n // 2 if n < 4 else n))
    write(tmp_path / "tiny" / "1.md", prose(500))
    write(tmp_path / "tiny" / "2.md", prose(500))
    for name in ("manual", "tiny"):
        register(tmp_path / name, identifier=name)
        flows.capture(name, root=uri)
    assert by_value(effect(uri), "source") == {"manual": (30, 28, False), "tiny": (2, 1, False)}


def test_one_source_can_be_looked_at_alone(two_sources: str) -> None:
    found = effect(two_sources, "manual")
    assert (found.sources, found.before.documents, found.share, found.clusters) == (("manual",), 60, 0.0, ())


def test_the_histogram_holds_every_removed_document(two_sources: str) -> None:
    bins = effect(two_sources).jaccard
    assert sum(count for each in bins for count in each.documents.values()) == 20
    assert bins[-1].low == pytest.approx(0.98) and bins[-1].documents["exact"] == 19
    assert all(low.low < high.low for low, high in pairwise(bins))


def test_a_cluster_names_the_kept_document_and_the_least_alike_members(two_sources: str) -> None:
    (cluster,) = effect(two_sources).clusters
    rows = query(two_sources, "SELECT doc_id, canonical_id, jaccard FROM twins").to_pylist()
    assert (cluster.documents, cluster.removed, cluster.kinds) == (21, 20, ("exact", "near"))
    assert {cluster.kept} == {row["canonical_id"] for row in rows} and cluster.source == "mirror"
    assert cluster.jaccard == pytest.approx(min(row["jaccard"] for row in rows))
    assert len(cluster.members) == 5 and cluster.members[0].jaccard == pytest.approx(cluster.jaccard)
    assert cluster.members[1].characters == len(prose(100))
    assert sum(cluster.preferred.values()) == 20


def test_what_is_kept_all_the_same_is_counted_by_reason_and_not_as_removed(uri: str, tmp_path: Path, register: Register) -> None:
    for n in range(4):
        write(tmp_path / "bills" / f"{n}.md", prose(1) + f" number 47{n}1 of this year")
    register(tmp_path / "bills", identifier="bills")
    flows.capture("bills", root=uri)
    found = effect(uri)
    assert {reason: amount.documents for reason, amount in found.spared.items()} == {"numbers": 3}
    assert found.share == 0 and found.clusters[0].removed == 0 and found.clusters[0].members[0].spared == "numbers"


def test_the_kept_document_may_stand_in_another_source(two_sources: str, tmp_path: Path, register: Register) -> None:
    from muniment.schemas.review import Decision
    from muniment.tasks.review.decide import decide

    for name in ("manual", "mirror"):
        decide(two_sources, name, Decision.APPROVE, "read the sample", "dana")
    flows.promote(root=two_sources)
    write(tmp_path / "late" / "copy.md", prose(3))
    register(tmp_path / "late", identifier="late")
    flows.capture("late", root=two_sources)
    (cluster,) = effect(two_sources, "late").clusters
    assert (cluster.documents, cluster.removed, cluster.source, cluster.members[0].source) == (2, 1, "manual", "late")


def test_nothing_captured_is_an_error_that_says_what_to_do(uri: str, tmp_path: Path, register: Register) -> None:
    with pytest.raises(NotFound, match="muniment capture SOURCE"):
        effect(uri)
    register(tmp_path / "none", identifier="none")
    with pytest.raises(NotFound, match="muniment capture none"):
        effect(uri, "none")
    with pytest.raises(RegistryError, match="not registered"):
        effect(uri, "nowhere")


def test_a_policy_without_duplicates_is_an_error_that_says_what_to_do(uri: str, corpus: Path, register: Register) -> None:
    policies.put_in_force(open_root(uri), default().replace('"twins", ', ""))
    register(corpus)
    flows.capture("handbook", root=uri)
    with pytest.raises(NotFound, match="detectors"):
        effect(uri)


def test_the_page_is_one_file_that_asks_nobody_and_quotes_nothing(two_sources: str) -> None:
    found = effect(two_sources)
    text = page(found)
    assert not re.search(r"<script|<link|@import|src=\"(?!data:)|url\((?!#|data:)", text)
    assert text.count("<svg") >= 4 and found.clusters[0].kept in text and "22.2%" in text
    assert not any(word in text for word in ("basementa", "same1.md", str(two_sources)))


def test_a_page_about_nothing_removed_is_written_too(two_sources: str) -> None:
    assert "Nothing was removed" in page(effect(two_sources, "manual"))


def test_the_same_state_gives_the_same_page(two_sources: str) -> None:
    assert page(effect(two_sources)) == page(effect(two_sources))
