"""Near duplicates: exact where exactness is promised, in agreement with references where it is estimated."""

import datetime as dt
import re

import numpy as np
import pyarrow as pa
from datasketch import MinHash
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.core import twins
from muniment.core.tokens import grams, plain_alphabet, tokenise
from muniment.schemas.evidence import SIGNATURE, TWIN

_TOKEN = re.compile("[\u3040-\u9fff]|[A-Za-z0-9_\u00c0-\u1fff\u2080-\u2fff\ua000-\U0010ffff]+")
_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
WORDS = st.lists(st.sampled_from(["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"]), max_size=30).map(" ".join)
TEXTS = st.lists(st.one_of(WORDS, st.text(max_size=40)), max_size=12)


def reference_shingles(text: str) -> set[tuple[str, ...]]:
    words = _TOKEN.findall(text.translate(_LOWER))
    return {tuple(words[i : i + 5]) for i in range(max(len(words) - 4, 1))} if words else set()


def corpus(texts: list[str]) -> pa.Table:
    ids = [f"d{number:03}" for number in range(len(texts))]
    return pa.table({"doc_id": ids, "text": pa.array(texts, pa.large_string())})


def documents(table: pa.Table, **columns: list[object]) -> pa.Table:
    count = table.num_rows
    given_columns = {"authority": [50] * count, "modified": [None] * count, "length": [len(t) for t in table["text"].to_pylist()]}
    values = {"doc_id": table["doc_id"].to_pylist(), **given_columns, **columns}
    types = {"doc_id": pa.string(), "authority": pa.int32(), "modified": pa.timestamp("us", tz="UTC"), "length": pa.int64()}
    return pa.table({name: pa.array(values[name], kind) for name, kind in types.items()})


def pairs_of(table: pa.Table, floor: float = twins.FLOOR) -> pa.Table:
    return twins.verify(twins.candidates(twins.detector().detect(table), floor=floor), table, floor=floor)


@given(TEXTS)
def test_tokens_and_shingles_are_those_of_the_reference(texts: list[str]) -> None:
    tokens = tokenise(pa.array(texts, pa.large_string()), plain_alphabet())
    shingles, position = grams(tokens, 5)
    for row, text in enumerate(texts):
        own = slice(tokens.offsets[row], tokens.offsets[row + 1])
        words = [text[a:b].translate(_LOWER) for a, b in zip(tokens.start[own], tokens.end[own], strict=True)]
        assert words == _TOKEN.findall(text.translate(_LOWER))
        mine = shingles[(position >= own.start) & (position < own.stop)]
        assert len(np.unique(mine)) == len(reference_shingles(text))


@given(TEXTS)
def test_a_sketch_is_what_datasketch_computes(texts: list[str]) -> None:
    table = corpus(texts)
    signatures = twins.detector().detect(table)
    assert signatures.schema == SIGNATURE
    tokens = tokenise(table["text"].combine_chunks(), plain_alphabet())
    shingles, position = grams(tokens, 5)
    for row, packed in enumerate(signatures["sketch"].to_pylist()):
        own = shingles[(position >= tokens.offsets[row]) & (position < tokens.offsets[row + 1])]
        reference = MinHash(128, 1, hashfunc=lambda value: int(value) & 0xFFFFFFFF)
        reference.update_batch(own)
        assert np.array_equal(np.frombuffer(packed, "<u4"), reference.hashvalues)


@given(TEXTS)
def test_a_recorded_jaccard_is_exact(texts: list[str]) -> None:
    table = corpus(texts)
    sets = dict(zip(table["doc_id"].to_pylist(), map(reference_shingles, texts), strict=True))
    for pair in pairs_of(table).to_pylist():
        a, b = sets[pair["a"]], sets[pair["b"]]
        if a or b:
            assert pair["jaccard"] == len(a & b) / len(a | b)
        assert pair["jaccard"] >= twins.FLOOR


@settings(max_examples=25)
@given(TEXTS, st.randoms(use_true_random=False))
def test_row_order_changes_nothing(texts: list[str], random: object) -> None:
    table = corpus(texts)
    order = list(range(len(texts)))
    random.shuffle(order)  # type: ignore[attr-defined]
    shuffled = table.take(pa.array(order, pa.int64()))
    assert twins.detector().detect(shuffled).equals(twins.detector().detect(table))
    assert pairs_of(shuffled).equals(pairs_of(table))
    assert twins.lead(pairs_of(shuffled), documents(shuffled)).equals(twins.lead(pairs_of(table), documents(table)))


@given(TEXTS)
def test_no_leader_is_a_twin_and_every_twin_is_as_close_as_recorded(texts: list[str]) -> None:
    table = corpus(texts)
    found = twins.lead(pairs_of(table), documents(table), level=0.6)
    assert found.schema == TWIN
    rows = found.to_pylist()
    measured = {(p["a"], p["b"]): p["jaccard"] for p in pairs_of(table).to_pylist()}
    removed = {row["doc_id"] for row in rows}
    assert len(removed) == len(rows)
    for row in rows:
        assert row["canonical_id"] not in removed
        assert row["jaccard"] >= np.float32(0.6)
        if row["kind"] == "near":
            sets = [reference_shingles(texts[int(row[key][1:])]) for key in ("doc_id", "canonical_id")]
            assert row["jaccard"] == np.float32(len(sets[0] & sets[1]) / len(sets[0] | sets[1]))
    assert len(measured) >= len(rows) or not rows


def test_exact_duplicates_differ_only_in_case_and_white_space() -> None:
    table = corpus(["Two  words\n", "two words", "two word", "", " \t", "TWO WORDS"])
    exact = [(p["a"], p["b"]) for p in pairs_of(table).to_pylist() if p["kind"] == "exact"]
    assert exact == [("d000", "d001"), ("d000", "d005"), ("d003", "d004")]


def test_authority_is_preferred_to_freshness_and_freshness_to_length() -> None:
    base = " ".join(f"word{n}" for n in range(60))
    table = corpus([base, base + " one", base + " one more", base])
    day = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    everything = documents(table, authority=[50, 50, 50, 50], modified=[day, day, day + dt.timedelta(days=1), None])
    found = {row["doc_id"]: (row["canonical_id"], row["preferred"]) for row in twins.lead(pairs_of(table), everything).to_pylist()}
    assert found == {"d000": ("d002", "freshness"), "d001": ("d002", "freshness"), "d003": ("d002", "freshness")}
    trusted = documents(table, authority=[50, 60, 50, 50], modified=[day, day, day + dt.timedelta(days=1), None])
    found = {row["doc_id"]: (row["canonical_id"], row["preferred"]) for row in twins.lead(pairs_of(table), trusted).to_pylist()}
    assert found == {"d000": ("d001", "authority"), "d002": ("d001", "authority"), "d003": ("d001", "authority")}


def test_a_chain_of_similar_documents_is_not_collapsed_onto_one() -> None:
    words = [f"word{n:03}" for n in range(160)]
    table = corpus([" ".join(words[start : start + 100]) for start in range(0, 60, 10)])
    found = twins.lead(pairs_of(table), documents(table), level=0.8)
    assert {(row["doc_id"], row["canonical_id"]) for row in found.to_pylist()} == {
        ("d001", "d000"),
        ("d003", "d002"),
        ("d005", "d004"),
    }


def test_nothing_in_gives_nothing_out() -> None:
    empty = corpus([])
    assert twins.detector().detect(empty).num_rows == 0
    assert twins.lead(pairs_of(empty), documents(empty)).schema == TWIN
