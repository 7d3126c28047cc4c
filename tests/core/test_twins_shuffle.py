"""A search cut into bins: whoever may be a pair is in one bin, however it is cut."""

from collections.abc import Sequence
from random import Random

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import twins as plain

from muniment.core import twins
from muniment.core.components import connected
from muniment.core.twins import shuffle
from muniment.policies.duplicates import Domain, Duplicates

COMPILED = settings(deadline=None, max_examples=50)
SIZES = st.sampled_from([(5,), (1,), (2, 5)])


@st.composite
def corpora(draw: st.DrawFn) -> list[str]:
    """Texts in families of edits, copies and texts without a token among them."""
    chance = Random(draw(st.integers(0, 2**32)))
    bases = [[f"w{chance.randrange(400)}" for _ in range(chance.choice([1, 4, 12, 50]))] for _ in range(chance.randint(1, 6))]
    texts = list[str]()
    for _ in range(draw(st.integers(0, 24))):
        words = list(chance.choice(bases))
        for _ in range(chance.choice([0, 0, 1, 3])):
            words[chance.randrange(len(words))] = f"w{chance.randrange(400)}"
        texts.append(chance.choice([" ".join(words), " ".join(words).upper(), "", "...", "\n".join(words)]))
    return texts


def binned(signatures: pa.Table, parts: int, count: int) -> dict[str, int]:
    linked = pa.concat_tables(shuffle.links(rows) for rows in shuffle.keyed(signatures, parts))
    made = shuffle.bins(linked, count)
    return dict(zip(made["doc_id"].to_pylist(), made["bin"].to_pylist(), strict=True))


def together(signatures: pa.Table) -> set[tuple[str, str]]:
    """Pairs that agree in a whole band in sketches of one shingle size, or that have the same tokens."""
    rows = [(row, np.frombuffer(row["sketch"], "<u2")[: plain.BANDS * plain.ROWS]) for row in signatures.to_pylist()]
    pairs = set[tuple[str, str]]()
    for one, mine in rows:
        for other, its in rows:
            bands = (mine == its).reshape(plain.BANDS, plain.ROWS).all(axis=1).any()
            banded = one["ngram"] == other["ngram"] and one["tokens"] and other["tokens"] and bands
            if one["doc_id"] < other["doc_id"] and (banded or one["sequence"] == other["sequence"]):
                pairs.add((one["doc_id"], other["doc_id"]))
    return pairs


def components(nodes: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """The smallest node that each can be walked to from, by handing smaller numbers on until nothing changes."""
    smallest, changed = list(range(nodes)), True
    while changed:
        changed = False
        for one, other in edges:
            low = min(smallest[one], smallest[other])
            changed |= smallest[one] != low or smallest[other] != low
            smallest[one] = smallest[other] = low
    return smallest


@COMPILED
@given(corpora(), SIZES, st.integers(1, 7), st.integers(1, 5))
def test_documents_that_share_a_key_are_in_one_bin_and_others_in_none(
    texts: list[str], sizes: tuple[int, ...], parts: int, count: int
) -> None:
    signatures = twins.detector(sizes).detect(plain.table(texts))
    pairs, place = together(signatures), binned(signatures, parts, count)
    assert set(place) == {name for pair in pairs for name in pair}
    assert all(place[one] == place[other] for one, other in pairs)
    assert set(place.values()) <= set(range(count))


@COMPILED
@given(st.data(), corpora(), SIZES, st.integers(1, 5))
def test_neither_parts_nor_the_order_of_rows_matter(
    data: st.DataObject, texts: list[str], sizes: tuple[int, ...], count: int
) -> None:
    signatures = twins.detector(sizes).detect(plain.table(texts))
    mixed = signatures.take(pa.array(data.draw(st.permutations(range(signatures.num_rows))), pa.int64()))
    cut = data.draw(st.integers(0, mixed.num_rows))
    keyed = [shuffle.keyed(mixed.slice(0, cut), 3), shuffle.keyed(mixed.slice(cut), 3)]
    linked = pa.concat_tables(shuffle.links(pa.concat_tables(part)) for part in zip(*keyed, strict=True))
    again = shuffle.bins(linked, count)
    assert dict(zip(again["doc_id"].to_pylist(), again["bin"].to_pylist(), strict=True)) == binned(signatures, 1, count)


@COMPILED
@given(corpora(), SIZES, st.integers(1, 7))
def test_a_key_is_sent_to_one_part_and_every_key_is_sent(texts: list[str], sizes: tuple[int, ...], parts: int) -> None:
    signatures = twins.detector(sizes).detect(plain.table(texts))
    tables = shuffle.keyed(signatures, parts)
    seen = [{(row["band"], row["key"]) for row in table.to_pylist()} for table in tables]
    assert len(tables) == parts and all(table.schema.equals(shuffle.KEYED) for table in tables)
    assert sum(map(len, seen)) == len(set().union(*seen))
    filled = sum(row["tokens"] > 0 for row in signatures.to_pylist())
    assert sum(table.num_rows for table in tables) == filled * plain.BANDS + signatures.num_rows


@COMPILED
@given(st.data(), corpora(), st.integers(1, 5), st.integers(1, 4))
def test_bins_searched_one_by_one_decide_as_one_search(data: st.DataObject, texts: list[str], parts: int, count: int) -> None:
    """Two domains of other shingle sizes, some documents settled."""
    code = Domain(name="code", media_types=("text/x-*",), ngram=2, keep=2, jaccard=0.6)
    policy = Duplicates(domain=(code, Domain(name="rest", numbers="apart")))
    documents = plain.table(texts)
    traits = {
        name: {"media_type": data.draw(st.sampled_from(["text/plain", "text/x-c"])), "settled": data.draw(st.booleans())}
        for name in documents["doc_id"].to_pylist()
    }
    place = binned(twins.detector(policy.ngrams).detect(documents), parts, count)
    found = dict[str, dict[str, object]]()
    for number in range(count):
        own = documents.filter(pa.array([place.get(name) == number for name in documents["doc_id"].to_pylist()], pa.bool_()))
        found |= plain.find(own, policy, traits)
    assert found == plain.find(documents, policy, traits)


@COMPILED
@given(st.integers(1, 30), st.data())
def test_components_are_those_of_walking_the_edges(nodes: int, data: st.DataObject) -> None:
    edges = data.draw(st.lists(st.tuples(st.integers(0, nodes - 1), st.integers(0, nodes - 1)), max_size=40))
    a, b = (np.array([edge[side] for edge in edges], np.int64) for side in (0, 1))
    assert connected(a, b, nodes).tolist() == components(nodes, edges)


def test_a_long_chain_is_one_component() -> None:
    order = Random(4).sample(range(20_000), 20_000)
    a, b = np.array(order[:-1]), np.array(order[1:])
    assert not connected(a, b, 20_000).any()


@COMPILED
@given(st.lists(st.integers(2, 12), max_size=30), st.integers(1, 6))
def test_components_stay_whole_and_bins_are_about_equal(sizes: list[int], count: int) -> None:
    names = [[f"{component:02}-{place:02}" for place in range(size)] for component, size in enumerate(sizes)]
    edges = [(each[0], other) for each in names for other in each[1:]]
    linked = pa.table({"a": [one for one, _ in edges], "b": [other for _, other in edges]}, schema=shuffle.LINK)
    made = shuffle.bins(linked, count)
    place = dict(zip(made["doc_id"].to_pylist(), made["bin"].to_pylist(), strict=True))
    assert len(place) == made.num_rows == sum(sizes)
    assert all(len({place[name] for name in each}) == 1 for each in names)
    filled = [list(place.values()).count(number) for number in range(count)]
    assert max(filled) - min(filled) <= max(sizes, default=0)


def test_nothing_linked_is_no_bin() -> None:
    empty = twins.detector().detect(plain.table([]))
    tables = shuffle.keyed(empty, 3)
    assert [table.num_rows for table in tables] == [0, 0, 0]
    assert shuffle.bins(shuffle.links(tables[0]), 4).num_rows == 0


def test_equal_keys_in_different_bands_are_no_link() -> None:
    rows = [(0, 5, "a"), (1, 5, "b"), (0, 5, "c"), (1, 6, "c"), (0, 7, "d")]
    keyed = pa.Table.from_pylist([dict(zip(shuffle.KEYED.names, row, strict=True)) for row in rows], shuffle.KEYED)
    assert shuffle.links(keyed).to_pylist() == [{"a": "a", "b": "c"}]
