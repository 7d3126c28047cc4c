"""A search that is cut into bins finds what a whole one finds, whatever the cut and however many processes."""

from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests import twins as plain
from tests.nights import prose

from muniment.core import twins
from muniment.policies.duplicates import Domain, Duplicates
from muniment.schemas.document import DOCUMENT
from muniment.schemas.signatures import Home
from muniment.store.root import Root, open_root
from muniment.tasks.duplicates import bins

COUNT = 300
TWO_SIZES = Duplicates(
    domain=(Domain(name="code", media_types=("text/x-*",), ngram=3, keep=2), Domain(name="text", numbers="apart", near_from=30))
)


def corpus() -> dict[str, str]:
    """Families of edits and copies, texts of their own, and some without a word."""
    chance = Random(9)
    texts = [prose(chance.randrange(40), chance.choice([0, 0, 1, 2, 3, 5])) for _ in range(COUNT - 40)]
    texts += [prose(1000 + n) for n in range(30)] + ["", "!", "12 kg", "13 kg"] * 2 + ["Two Words", "two  words"]
    return {f"{number:032x}": text for number, text in enumerate(chance.sample(texts, len(texts)))}


TEXTS = corpus()
# A third is code, a fifth stands in the corpus already.
TRAITS = {
    name: {
        "media_type": ["text/plain", "text/plain", "text/x-c"][n % 3],
        "settled": n % 5 == 0,
        "standing": n % 5 == 0,
        "source_id": "one" if n % 5 else "two",
    }
    for n, name in enumerate(TEXTS)
}


def documents(texts: dict[str, str]) -> pa.Table:
    blank = {field.name: "x" for field in DOCUMENT if field.type == pa.string()}
    rows = [blank | {"doc_id": name, "text": text, "byte_size": 1, "transforms": []} for name, text in texts.items()]
    return pa.Table.from_pylist(rows, DOCUMENT)


@pytest.fixture
def homes(uri: str) -> list[Home]:
    """Seven shards of two sources, and one with nothing that is asked for."""
    root, every = open_root(uri), documents(TEXTS)
    shards = [root.lake.write(every.take(pa.array(range(n, every.num_rows, 7))), DOCUMENT) for n in range(7)]
    shards.append(root.lake.write(documents({"f" * 32: prose(7)}), DOCUMENT))
    return [Home(source=["one", "two"][n % 2], shard=shard) for n, shard in enumerate(shards)]


def search(uri: str, homes: list[Home], policy: Duplicates, limit: int, traits: dict[str, dict[str, object]] = TRAITS) -> pa.Table:
    table = plain.table(TEXTS)
    signatures = twins.detector(policy.ngrams).detect(table)
    return bins.search(plain.subjects(table, traits), signatures, policy, homes, uri, limit).sort_by("doc_id")


@pytest.mark.parametrize("policy", [Duplicates(), TWO_SIZES], ids=["one size", "two sizes"])
@pytest.mark.parametrize("limit", [40, 150, 299])
def test_one_bin_and_many_find_the_same(uri: str, homes: list[Home], policy: Duplicates, limit: int) -> None:
    whole = search(uri, homes, policy, COUNT)
    assert whole.num_rows > COUNT / 3
    assert search(uri, homes, policy, limit).equals(whole)


def test_without_settled_documents_too(uri: str, homes: list[Home]) -> None:
    traits = {name: each | {"settled": False, "standing": False} for name, each in TRAITS.items()}
    whole = search(uri, homes, TWO_SIZES, COUNT, traits)
    assert search(uri, homes, TWO_SIZES, 40, traits).equals(whole)
    assert whole.num_rows > search(uri, homes, TWO_SIZES, COUNT).num_rows  # those that stand are not asked about


def test_what_is_found_over_shards_is_what_is_found_in_memory(uri: str, homes: list[Home]) -> None:
    found = {row["doc_id"]: row for row in search(uri, homes, TWO_SIZES, 40).to_pylist()}
    assert found == plain.find(plain.table(TEXTS), TWO_SIZES, TRAITS)


def test_several_processes_find_the_same(uri: str, homes: list[Home], monkeypatch: pytest.MonkeyPatch) -> None:
    whole = search(uri, homes, TWO_SIZES, COUNT)
    monkeypatch.setenv("MUNIMENT_CORES", "2")
    assert search(uri, homes, TWO_SIZES, 60).equals(whole)


def test_nothing_is_left_of_the_way_between_bins(uri: str, homes: list[Home]) -> None:
    search(uri, homes, TWO_SIZES, 100)
    assert not list(open_root(uri).objects.list("scratch/"))


def test_nothing_to_compare_finds_nothing(uri: str, homes: list[Home]) -> None:
    empty = plain.table({})
    found = bins.search(plain.subjects(empty), twins.detector().detect(empty), Duplicates(), homes, uri)
    alone = plain.table({name: prose(2000 + n) for n, name in enumerate(TEXTS) if n < 20})
    found = pa.concat_tables([found, bins.search(plain.subjects(alone), twins.detector().detect(alone), Duplicates(), [], uri, 3)])
    assert found.num_rows == 0


def many_groups(root: Root) -> tuple[Home, list[str]]:
    """A shard of several row groups, with its ids in order."""
    table = documents({f"{number:032x}": f"{number} " * 400_000 for number in range(30)})
    stored = root.lake.write(table, DOCUMENT)
    assert pq.ParquetFile(root.objects.open(stored.key)).num_row_groups >= 3
    return Home(source="one", shard=stored), table["doc_id"].to_pylist()


def test_texts_of_many_documents_are_read_from_many_row_groups(uri: str) -> None:
    root = open_root(uri)
    home, ids = many_groups(root)
    for asked in (ids[:1], ids[-1:], ids[::3], ids, [], ["f" * 32], [*reversed(ids[4:9]), ids[4], "f" * 32]):
        batches = list(root.lake.about(home.shard, DOCUMENT, pa.array(asked, pa.string()), ["text", "doc_id"]))
        rows = [row for batch in batches for row in batch.to_pylist()]
        assert [row["doc_id"] for row in rows] == [name for name in ids if name in asked]
        assert all(row["text"].startswith(f"{int(row['doc_id'], 16)} ") for row in rows)
        assert all(batch.column_names == ["text", "doc_id"] and batch.num_rows for batch in batches)
