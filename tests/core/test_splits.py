"""Components, and splits that tear none apart."""

from collections import Counter

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.components import clusters, connected
from muniment.core.splits import split

SHARES = {"train": 0.7, "test": 0.2, "validation": 0.1}
Rows = list[tuple[str, str, str | None]]

rows = st.lists(st.tuples(st.integers(0, 30), st.none() | st.integers(0, 12)), max_size=80).map(
    lambda pairs: [(f"d{n:03}", f"c{c}", None if g is None else f"g{g}") for n, (c, g) in enumerate(pairs)]
)


def table(documents: Rows) -> pa.Table:
    return pl.DataFrame(documents, schema={"doc_id": pl.String, "cluster": pl.String, "group": pl.String}, orient="row").to_arrow()


def singles(count: int, first: int = 0) -> Rows:
    return [(f"d{n:05}", f"d{n:05}", None) for n in range(first, first + count)]


def parts(documents: Rows, seed: str = "s", earlier: pa.Table | None = None) -> dict[str, str]:
    made = split(table(documents), SHARES, seed, earlier)
    assert made["doc_id"].to_pylist() == [row[0] for row in documents]
    return dict(zip(made["doc_id"].to_pylist(), made["part"].to_pylist(), strict=True))


def as_table(made: dict[str, str]) -> pa.Table:
    return pa.table({"doc_id": pa.array(made.keys(), pa.string()), "part": pa.array(made.values(), pa.string())})


def largest(documents: Rows) -> int:
    """Documents of the largest component, found by plain merging of sets."""
    sets: list[set[str]] = []
    for doc_id, cluster, group in documents:
        new = {doc_id, cluster, *([group] if group else [])}
        sets = [each for each in sets if not each & new] + [new.union(*(each for each in sets if each & new))]
    return max((sum(name.startswith("d") for name in each) for each in sets), default=0)


@given(st.integers(1, 40), st.data())
def test_connected_nodes_and_only_those_have_the_same_root(count: int, data: st.DataObject) -> None:
    node = st.integers(0, count - 1)
    edges = data.draw(st.lists(st.tuples(node, node), max_size=60))
    one, other = np.array([e[0] for e in edges], np.int64), np.array([e[1] for e in edges], np.int64)
    expected = [{n} for n in range(count)]
    for a, b in edges:
        merged = expected[a] | expected[b]
        for n in merged:
            expected[n] = merged
    assert connected(one, other, count).tolist() == [min(each) for each in expected]


def test_clusters_of_several_runs_become_one_named_after_its_smallest_document() -> None:
    rows = [("b", "c", "c"), ("d", "c", "d"), ("y", "x", "y")]
    twins = pa.table(dict(zip(("doc_id", "canonical_id", "cluster"), map(list, zip(*rows, strict=True)), strict=True)))
    found = clusters(twins).to_pydict()
    assert dict(zip(found["doc_id"], found["cluster"], strict=True)) == {"b": "b", "c": "b", "d": "b", "x": "x", "y": "x"}


@given(rows, st.text(max_size=4))
def test_no_cluster_and_no_group_is_in_two_parts(documents: Rows, seed: str) -> None:
    made = parts(documents, seed)
    for column in (1, 2):
        for name in {row[column] for row in documents} - {None}:
            assert len({made[row[0]] for row in documents if row[column] == name}) == 1


@given(rows)
def test_parts_have_their_shares_as_closely_as_components_allow(documents: Rows) -> None:
    counts = Counter(parts(documents).values())
    for name, share in SHARES.items():
        assert abs(counts[name] - share * len(documents)) <= len(SHARES) * largest(documents)


@pytest.mark.parametrize("count", [0, 1, 3, 10, 997, 5000])
def test_documents_without_twins_fill_the_parts_to_the_document(count: int) -> None:
    counts = Counter(parts(singles(count)).values())
    assert all(abs(counts[name] - share * count) <= 1 for name, share in SHARES.items())


def test_a_cluster_larger_than_the_smallest_part_leaves_the_others_their_share() -> None:
    documents = [(doc_id, "big" if n < 300 else doc_id, None) for n, (doc_id, *_) in enumerate(singles(1000))]
    assert Counter(parts(documents).values()) == {"train": 700, "test": 200, "validation": 100}


@given(rows, st.randoms())
def test_the_order_of_rows_changes_nothing(documents: Rows, random) -> None:  # type: ignore[no-untyped-def]
    shuffled = list(documents)
    random.shuffle(shuffled)
    assert parts(shuffled) == parts(documents)


def test_another_seed_is_another_split() -> None:
    assert parts(singles(200), "one") != parts(singles(200), "two")


@given(rows, st.integers(0, 40))
def test_a_document_stays_where_the_earlier_split_had_it(documents: Rows, added: int) -> None:
    before = parts(documents)
    after = parts(documents + singles(added, first=500), earlier=as_table(before))
    assert {doc_id: after[doc_id] for doc_id in before} == before


def test_what_an_earlier_split_lacks_is_made_up_by_what_is_new() -> None:
    before = {doc_id: "train" for doc_id, *_ in singles(300)}
    assert Counter(parts(singles(1000), earlier=as_table(before)).values()) == {"train": 700, "test": 200, "validation": 100}


@pytest.mark.parametrize("added", [1, 10, 200])
def test_without_an_earlier_split_no_more_documents_move_than_were_added_for_each_cut(added: int) -> None:
    before, after = parts(singles(2000)), parts(singles(2000 + added))
    assert sum(after[doc_id] != part for doc_id, part in before.items()) <= added * (len(SHARES) - 1)


def test_a_document_that_joins_two_parts_moves_the_smaller_side() -> None:
    documents: Rows = [("d1", "a", None), ("d2", "a", None), ("d3", "b", None)]
    before = as_table({"d1": "test", "d2": "test", "d3": "train"})
    joined = [*documents, ("d4", "a", "g"), ("d5", "b", "g")]
    assert set(parts(joined, earlier=before).values()) == {"test"}


@pytest.mark.parametrize("shares", [{}, {"train": 0.5}, {"train": 1.5, "test": -0.5}])
def test_shares_that_are_no_shares_are_refused(shares: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="sum to 1"):
        split(table(singles(3)), shares, "s")


def test_an_earlier_split_into_other_parts_is_refused() -> None:
    with pytest.raises(ValueError, match="holdout"):
        parts(singles(3), earlier=as_table({"d00000": "holdout"}))
