"""Near duplicates: exact where exactness is promised, in agreement with references where it is estimated."""

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import pairwise
from random import Random

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from datasketch import MinHash
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import twins as plain
from tests.adversarial import chain

from muniment.core import twins
from muniment.core.twins import kernel
from muniment.core.twins.shingles import buffers
from muniment.evaluate.twins import PLAIN
from muniment.policies.duplicates import PREFERENCE, Criterion, Domain, Duplicates
from muniment.schemas.evidence import SIGNATURE, TWIN

COMPILED = settings(deadline=None)  # the first call compiles
DAY = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
BASE = " ".join(f"word{chr(97 + number // 26)}{chr(97 + number % 26)}" for number in range(60))
COMMON = ["alpha", "beta", "gamma", "delta", "theta", "naïve", "слово", "17", "17", "2026", "v2", "字", "かな", "🙂", "a_b"]
WORDS = st.sampled_from(COMMON)
NUMBERS = st.sampled_from(["17", "17", "9", "1,000", "2b3", "23b", "1.5b", "２"])
BLANKS = st.sampled_from([" ", "  ", "\n", "\t", "\u00a0", ", ", "; ", "\u3000", "-"])
ANY_TEXT = st.one_of(
    st.text(max_size=60), st.lists(WORDS, max_size=9).map(" ".join), st.text("ab \u00e9字かÀ１é̈🙂\u200b_9.", max_size=40)
)
TRAITS = st.fixed_dictionaries(
    {
        "source_id": st.sampled_from(["one", "two"]),
        "media_type": st.sampled_from(["text/plain", "text/x-c"]),
        "project": st.integers(0, 2),
        "path": st.integers(0, 2),
        "vendored": st.booleans(),
        "standing": st.booleans(),
        "admitted": st.booleans(),
        "authority": st.integers(0, 2),
        "licence": st.integers(0, 3),
        "modified": st.sampled_from([None, DAY, DAY + dt.timedelta(days=1)]),
        "quality": st.sampled_from([None, 0.25, 0.5]),
    }
)
FIELDS = st.fixed_dictionaries(
    {
        "jaccard": st.sampled_from([0.5, 0.6, 0.8, 1.0]),
        "near_from": st.sampled_from([0, 0, 8]),
        "exact_from": st.sampled_from([0, 0, 4]),
        "numbers": st.sampled_from(["apart", "alike"]),
        "projects": st.sampled_from(["apart", "alike"]),
        "within": st.sampled_from([True, True, False]),
        "across": st.sampled_from([True, True, False]),
        "keep": st.integers(1, 3),
    }
)


@st.composite
def corpora(draw: st.DrawFn, most: int = 14) -> list[str]:
    """Texts of which many are edits of others: in a word or two, in numbers, in case, white space and punctuation."""
    if draw(st.booleans()):
        bases = draw(st.lists(st.lists(WORDS, min_size=1, max_size=30), min_size=1, max_size=2))
        edits = st.tuples(
            st.sampled_from(bases), st.lists(st.tuples(st.integers(0, 29), WORDS), max_size=2), BLANKS, NUMBERS, st.booleans()
        )
        return [edited(*each) for each in draw(st.lists(edits, max_size=most))]
    chance = Random(draw(st.integers(0, 2**32)))
    bases = [chance.choices(COMMON, k=chance.randint(1, 40)) for _ in range(2)]
    return [
        edited(
            chance.choice(bases),
            [(chance.randrange(40), chance.choice(COMMON)) for _ in range(chance.randint(0, 2))],
            chance.choice([" ", "\n", ", "]),
            chance.choice(["17", "9", "1,000", "2b3"]),
            chance.random() < 0.2,
        )
        for _ in range(most)
    ]


def edited(base: Sequence[str], swaps: Sequence[tuple[int, str]], blank: str, number: str, loud: bool) -> str:
    words = list(base)
    for place, word in swaps:
        words[place % len(words)] = word
    text = blank.join(words).replace("17", number)
    return text.upper() if loud else text


@st.composite
def policies(draw: st.DrawFn) -> Duplicates:
    """Two domains by media type, with one shingle size or two."""
    size, other = draw(st.sampled_from([(5, 5), (1, 1), (3, 3), (2, 4), (5, 1)]))
    code = Domain.model_validate({"name": "code", "media_types": ["text/x-*"], "ngram": other} | draw(FIELDS))
    rest = Domain.model_validate({"name": "rest", "ngram": size} | draw(FIELDS))
    prefer: list[Criterion] = draw(st.permutations(PREFERENCE))
    return Duplicates(prefer=tuple(prefer[: draw(st.integers(0, len(prefer)))]), sources=("two",), domain=(code, rest))


def shingle_sets(texts: Sequence[str], size: int) -> list[set[int]]:
    """The kernel's shingles of each text."""
    data, offsets = buffers(pa.array(texts, pa.large_string()))
    room = np.empty(sum(len(plain.tokens(text)) for text in texts), np.uint64)
    starts = kernel.shingle_sets(data, offsets, np.arange(len(texts)), size, room, 0)
    sets = [set(room[one:other].tolist()) for one, other in pairwise(starts)]
    assert [len(each) for each in sets] == np.diff(starts).tolist()
    return sets


def traits_of(draw: st.DataObject, documents: pa.Table) -> dict[str, dict[str, object]]:
    return {name: draw.draw(TRAITS) for name in documents["doc_id"].to_pylist()}


def preferred(names: Sequence[str], texts: Mapping[str, str], traits: Mapping[str, dict], policy: Duplicates) -> list[str]:
    """Names from the most to the least preferred: larger first, the unknown last, the smaller id at the end."""
    values = {
        "admitted": lambda name: traits[name]["admitted"],
        "source": lambda name: traits[name]["source_id"] in policy.sources,
        "authority": lambda name: traits[name]["authority"],
        "licence": lambda name: traits[name]["licence"],
        "freshness": lambda name: (traits[name]["modified"] or DAY - dt.timedelta(days=1)).timestamp(),
        "quality": lambda name: traits[name]["quality"] or 0.0,
        "length": lambda name: len(plain.tokens(texts[name])),
    }
    return sorted(names, key=lambda name: (-traits[name]["standing"], *(-values[each](name) for each in policy.prefer), name))


@COMPILED
@given(st.lists(ANY_TEXT, max_size=12), st.sampled_from([1, 2, 3, 5, 9]))
def test_tokens_are_those_of_the_definition(texts: list[str], size: int) -> None:
    signatures = twins.detector((size,)).detect(plain.table(texts)).to_pylist()
    assert [row["tokens"] for row in signatures] == [len(plain.tokens(text)) for text in texts]
    for one, text in zip(signatures, texts, strict=True):
        for another, other in zip(signatures, texts, strict=True):
            assert (one["sequence"] == another["sequence"]) == (plain.tokens(text) == plain.tokens(other))
            assert (one["shape"] == another["shape"]) == (plain.numbers(text)[0] == plain.numbers(other)[0])
            if one["shape"] == another["shape"]:
                assert (one["numbers"] == another["numbers"]) == (plain.numbers(text)[1] == plain.numbers(other)[1])


@COMPILED
@given(st.lists(ANY_TEXT, min_size=1, max_size=12), st.sampled_from([1, 2, 3, 5, 9]))
def test_shingles_and_exact_jaccard_are_those_of_the_definition(texts: list[str], size: int) -> None:
    sets = shingle_sets(texts, size)
    expected = [plain.shingles(text, size) for text in texts]
    assert [len(each) for each in sets] == [len(each) for each in expected]
    for one, mine in zip(expected, sets, strict=True):
        for other, its in zip(expected, sets, strict=True):
            assert len(one & other) == len(mine & its)


def test_numbers_are_told_apart_and_their_shapes_are_not() -> None:
    for one, other in [
        ("1,000", "900"),
        ("s1e12", "s11e2"),
        ("1.5kg", "2kg"),
        ("v2", "v2.10.1"),
        ("5 6 x 7", "5 x 6 7"),
        ("1 2x", "12x"),
    ]:
        mine, its = twins.detector().detect(plain.table([f"at {one}, then", f"at {other}, then"])).to_pylist()
        assert mine["shape"] == its["shape"] and mine["numbers"] != its["numbers"]
    for one, other in [("v2", "w2"), ("2kg", "2mg"), ("2", "two"), ("2", "2nd"), ("a1", "1a"), ("3 x 4", "3 4")]:
        mine, its = twins.detector().detect(plain.table([f"at {one}, then", f"at {other}, then"])).to_pylist()
        assert mine["shape"] != its["shape"]


def test_words_that_differ_anywhere_have_different_hashes() -> None:
    letters = "abcdefghijklmnopqrstuvwxyz0123456789_"
    for places in ((7, 15), (0, 8), (6, 23), (15, 23)):
        words = []
        for one in letters:
            for other in letters:
                word = list("abcdefghijklmnopqrstuvwxyz")
                word[places[0]], word[places[1]] = one, other
                words.append("".join(word))
        assert len(shingle_sets([" ".join(words)], 1)[0]) == len(letters) ** 2


@pytest.mark.parametrize("size", [1, 5])
def test_an_estimate_is_as_good_as_that_of_datasketch_and_has_no_bias(size: int) -> None:
    chance = np.random.default_rng(7)
    pairs = []
    for _ in range(500):
        words = chance.permutation(4000)[: 2 * int(chance.integers(8, 300))]
        half, shared = len(words) // 2, int(len(words) // 2 * chance.uniform(0.3, 1))
        pairs += [
            " ".join(f"w{n}" for n in words[:half]),
            " ".join(f"w{n}" for n in [*words[:shared], *words[half : 2 * half - shared]]),
        ]
    jaccard = np.array([plain.jaccard(*pairs[place : place + 2], size) for place in range(0, len(pairs), 2)])
    drawn = plain.sketches(plain.table(pairs), size)
    error = (drawn[::2] == drawn[1::2]).mean(axis=1) - (jaccard + (1 - jaccard) / 2**16)
    reference = MinHash.bulk([[repr(each).encode() for each in plain.shingles(text, size)] for text in pairs], num_perm=128)
    classic = np.array([one.jaccard(other) for one, other in zip(reference[::2], reference[1::2], strict=True)]) - jaccard
    assert abs(error.mean()) < 3 * error.std() / len(error) ** 0.5
    assert (error**2).mean() <= (classic**2).mean()


@settings(COMPILED, max_examples=150)
@given(st.data(), corpora(), policies())
def test_decisions_are_those_of_the_definition(data: st.DataObject, texts: list[str], policy: Duplicates) -> None:
    documents = plain.table(texts)
    traits, names = traits_of(data, documents), dict(zip(documents["doc_id"].to_pylist(), texts, strict=True))
    found = plain.find(documents, policy, traits)
    order = preferred(list(names), names, traits, policy)
    expected = plain.Definition(documents, policy, traits).decide(order)
    assert {name: (row["canonical_id"], row["kind"], row["jaccard"], row["spared"]) for name, row in found.items()} == expected


@COMPILED
@given(st.data(), corpora(), policies())
def test_what_is_removed_names_a_kept_document_that_is_as_close_as_recorded(
    data: st.DataObject, texts: list[str], policy: Duplicates
) -> None:
    documents = plain.table(texts)
    traits, names = traits_of(data, documents), dict(zip(documents["doc_id"].to_pylist(), texts, strict=True))
    found = plain.find(documents, policy, traits)
    gone = plain.removed(found)
    sizes = {"text/x-c": policy.domain[0].ngram, "text/plain": policy.domain[1].ngram}
    for name, row in found.items():
        kept = row["canonical_id"]
        assert kept not in gone and kept != name
        assert (row["kind"] == "exact") == (plain.folded(names[name]) == plain.folded(names[kept]))
        if row["kind"] == "near":
            assert row["jaccard"] == np.float32(plain.jaccard(names[name], names[kept], sizes[traits[name]["media_type"]]))
            levels = [policy.domain[traits[each]["media_type"] == "text/plain"].jaccard for each in (name, kept)]
            assert row["jaccard"] >= np.float32(max(levels))


@COMPILED
@given(st.data(), corpora(), policies())
def test_row_order_and_batches_change_nothing(data: st.DataObject, texts: list[str], policy: Duplicates) -> None:
    documents = plain.table(texts)
    subjects, detector = plain.subjects(documents, traits_of(data, documents)), twins.detector(policy.ngrams)
    signatures = detector.detect(documents)
    search = twins.Search(subjects, signatures, policy)
    search.add(documents["doc_id"], documents["text"])

    order = pa.array(data.draw(st.permutations(range(len(texts)))), pa.int64())
    mixed, cuts = documents.take(order), sorted(data.draw(st.lists(st.integers(0, len(texts)), max_size=3)))
    parts = [mixed.slice(one, other - one) for one, other in zip([0, *cuts], [*cuts, len(texts)], strict=True)]
    signed = pa.concat_tables(detector.detect(part) for part in parts)
    assert signed.sort_by([("doc_id", "ascending"), ("ngram", "ascending")]).equals(signatures)
    again = twins.Search(subjects.take(order), signed, policy)
    assert again.wanted.equals(search.wanted)
    for part in parts:
        again.add(part["doc_id"], part["text"].cast(pa.string()) if data.draw(st.booleans()) else part["text"])
    assert again.twins().equals(search.twins())


@COMPILED
@given(st.data(), corpora(), policies())
def test_texts_that_are_not_wanted_are_not_needed(data: st.DataObject, texts: list[str], policy: Duplicates) -> None:
    documents = plain.table(texts)
    subjects, signatures = plain.subjects(documents, traits_of(data, documents)), twins.detector(policy.ngrams).detect(documents)
    every, few = (twins.Search(subjects, signatures, policy) for _ in range(2))
    every.add(documents["doc_id"], documents["text"])
    wanted = documents.filter(pc.is_in(documents["doc_id"], few.wanted))
    few.add(wanted["doc_id"], wanted["text"])
    assert few.twins().equals(every.twins())


@COMPILED
@given(st.data(), corpora(), policies())
def test_a_night_with_the_kept_alone_decides_as_a_night_with_everything(
    data: st.DataObject, texts: list[str], policy: Duplicates
) -> None:
    documents = plain.table(texts)
    cut = data.draw(st.integers(0, len(texts)))
    traits = {name: drawn | {"standing": False} for name, drawn in traits_of(data, documents).items()}
    first, second = (part["doc_id"].to_pylist() for part in (documents.slice(0, cut), documents.slice(cut)))
    gone = plain.removed(plain.find(documents.slice(0, cut), policy, traits))

    everything = plain.find(documents, policy, traits | {name: traits[name] | {"standing": True} for name in first})
    kept = [name for name in first if name not in gone]
    rest = documents.filter(pc.is_in(documents["doc_id"], pa.array([*kept, *second], pa.string())))
    settled = {name: traits[name] | {"standing": True, "settled": True} for name in kept}
    alone = plain.find(rest, policy, traits | settled)
    assert set(alone) <= set(second)
    assert [decision(alone.get(name)) for name in second] == [decision(everything.get(name)) for name in second]


@settings(COMPILED, max_examples=60)
@given(st.data(), corpora(most=18), policies())
def test_three_nights_remove_what_one_run_in_their_order_removes(data: st.DataObject, texts: list[str], policy: Duplicates) -> None:
    documents = plain.table(texts)
    policy = policy.model_copy(update={"prefer": ("authority", *(each for each in policy.prefer if each != "authority"))})
    night = {name: data.draw(st.integers(1, 3)) for name in documents["doc_id"].to_pylist()}
    drawn = traits_of(data, documents)
    traits = {name: drawn[name] | {"standing": False, "authority": -night[name]} for name in night}
    kept, gone = list[str](), set[str]()
    for turn in (1, 2, 3):
        due = [name for name in night if night[name] == turn]
        present = documents.filter(pc.is_in(documents["doc_id"], pa.array([*kept, *due], pa.string())))
        settled = {name: traits[name] | {"standing": True, "settled": True} for name in kept}
        gone |= plain.removed(plain.find(present, policy, traits | settled))
        kept += [name for name in due if name not in gone]
    assert gone == plain.removed(plain.find(documents, policy, traits))


def decision(row: Mapping[str, object] | None) -> tuple[object, ...] | None:
    columns = ("canonical_id", "kind", "jaccard", "estimate", "spared", "preferred")
    return tuple(row[name] for name in columns) if row else None


def test_exact_duplicates_differ_only_in_case_and_white_space() -> None:
    found = plain.find(plain.table(["Two  words\n", "two words", "two word", "", " \t", "TWO\u3000WORDS", "two, words"]))
    assert {name: (row["canonical_id"], row["kind"]) for name, row in found.items()} == {
        "d0001": ("d0000", "exact"),
        "d0004": ("d0003", "exact"),
        "d0005": ("d0000", "exact"),
        "d0006": ("d0000", "near"),
    }
    assert found["d0006"]["jaccard"] == 1.0 and found["d0006"]["estimate"] == 1.0


def test_texts_without_a_token_are_no_near_duplicates() -> None:
    assert not plain.find(plain.table(["", "!", "?!", "...", "\u200b"]))
    assert set(plain.find(plain.table(["", "!", " ! ", "?"]))) == {"d0002"}


@pytest.mark.parametrize(
    ("reason", "better", "worse"),
    [
        ("standing", {"standing": True}, {"standing": False, "authority": 99}),
        ("admitted", {"admitted": True}, {"admitted": False, "authority": 99}),
        ("source", {"source_id": "main"}, {"source_id": "mirror", "authority": 99}),
        ("source", {"source_id": "mirror"}, {"source_id": "other", "authority": 99}),
        ("authority", {"authority": 2}, {"authority": 1, "licence": 3}),
        ("licence", {"licence": 3}, {"licence": 2, "modified": DAY}),
        ("freshness", {"modified": DAY}, {"modified": DAY - dt.timedelta(seconds=1), "quality": 1.0}),
        ("freshness", {"modified": DAY}, {"modified": None, "quality": 1.0}),
        ("quality", {"quality": 0.75}, {"quality": 0.5}),
        ("quality", {"quality": 0.0}, {"quality": None}),
    ],
)
def test_the_preferred_document_is_kept_and_the_deciding_criterion_named(reason: str, better: dict, worse: dict) -> None:
    policy = Duplicates(sources=("main", "mirror"))
    for names in (("a", "b"), ("b", "a")):
        traits = dict(zip(names, (better, worse), strict=True))
        (row,) = plain.find(plain.table({"a": BASE, "b": BASE}), policy, traits).values()
        assert (row["doc_id"], row["canonical_id"], row["preferred"]) == (names[1], names[0], reason)


def test_the_longer_document_is_kept_and_between_equals_the_smaller_id() -> None:
    found = plain.find(plain.table({"a": BASE, "b": BASE + " more", "c": BASE}))
    assert {name: (row["canonical_id"], row["preferred"]) for name, row in found.items()} == {
        "a": ("b", "length"),
        "c": ("b", "length"),
    }
    assert plain.find(plain.table({"b": BASE, "a": BASE}))["b"]["preferred"] == "identifier"


def test_the_order_of_criteria_is_that_of_the_policy() -> None:
    traits = {"a": {"authority": 1, "licence": 0}, "b": {"authority": 0, "licence": 3}}
    documents = plain.table({"a": BASE, "b": BASE})
    assert set(plain.find(documents, Duplicates(prefer=("authority", "licence")), traits)) == {"b"}
    assert set(plain.find(documents, Duplicates(prefer=("licence", "authority")), traits)) == {"a"}


NUMBERED = BASE + " on page 12"
SPARED: list[tuple[str | None, dict, str, dict, str, dict]] = [
    ("numbers", {"numbers": "apart"}, NUMBERED, {}, NUMBERED.replace("12", "13"), {}),
    (None, {"numbers": "alike"}, NUMBERED, {}, NUMBERED.replace("12", "13"), {}),
    (None, {"numbers": "apart"}, NUMBERED, {}, NUMBERED + ".", {}),
    (None, {"numbers": "apart"}, NUMBERED, {}, NUMBERED.replace("12", "13") + " more", {}),
    ("short", {"near_from": 100}, BASE, {}, BASE + " more", {}),
    ("short", {"near_from": 61}, BASE, {}, BASE + " more", {}),
    (None, {"near_from": 60}, BASE, {}, BASE + " more", {}),
    (None, {"near_from": 100}, BASE, {}, BASE, {}),
    ("short", {"exact_from": 61}, BASE, {}, BASE, {}),
    (None, {"exact_from": 60}, BASE, {}, BASE, {}),
    ("within", {"within": False}, BASE, {"source_id": "one"}, BASE, {"source_id": "one"}),
    (None, {"within": False}, BASE, {"source_id": "one"}, BASE, {"source_id": "two"}),
    ("across", {"across": False}, BASE, {"source_id": "one"}, BASE, {"source_id": "two"}),
    (None, {"across": False}, BASE, {"source_id": "one"}, BASE, {"source_id": "one"}),
    ("vendored", {"projects": "apart"}, BASE, {"project": 1}, BASE, {"project": 2}),
    ("vendored", {"projects": "apart"}, BASE, {"vendored": True}, BASE, {"vendored": False}),
    (None, {"projects": "apart"}, BASE, {"project": 1}, BASE, {"project": 0}),
    (None, {"projects": "alike"}, BASE, {"project": 1, "vendored": True}, BASE, {"project": 2}),
    ("version", {"projects": "apart"}, BASE, {"project": 1, "path": 7}, BASE, {"project": 1, "path": 7}),
    (None, {"projects": "apart"}, BASE, {"project": 1, "path": 7}, BASE, {"project": 1, "path": 8}),
    (None, {"projects": "apart"}, BASE, {"path": 7, "source_id": "one"}, BASE, {"path": 7, "source_id": "two"}),
    (None, {"projects": "alike"}, BASE, {"project": 1, "path": 7}, BASE, {"project": 1, "path": 7}),
    ("sample", {"keep": 2}, BASE, {}, BASE, {}),
]


@pytest.mark.parametrize(("reason", "fields", "text", "traits", "other", "others"), SPARED)
def test_a_close_document_is_spared_for_its_reason_only(
    reason: str | None, fields: dict, text: str, traits: dict, other: str, others: dict
) -> None:
    (row,) = plain.find(plain.table({"a": text, "b": other}), plain.one_domain(**fields), {"a": traits, "b": others}).values()
    assert row["spared"] == reason and row["jaccard"] >= 0.8


def test_a_domain_that_keeps_three_thins_a_group_to_three() -> None:
    found = plain.find(plain.table([BASE] * 7), plain.one_domain(keep=3))
    assert plain.removed(found) == {"d0003", "d0004", "d0005", "d0006"}
    assert {row["canonical_id"] for row in found.values()} == {"d0000"}
    assert [found[name]["spared"] for name in ("d0001", "d0002")] == ["sample", "sample"]


def test_a_document_that_spares_another_does_not_count_towards_how_many_are_kept() -> None:
    """`c` may go once two stand for it, as the domain of `a` asks; `b` is close too, asks for one only, but spares it."""
    two, one = Domain(name="two", media_types=("text/x-c",), keep=2), Domain(name="one", across=False)
    traits = {"a": {"media_type": "text/x-c"}, "b": {"source_id": "other"}}
    first, middle, last = chain(3)
    found = plain.find(plain.table({"a": first, "b": last, "c": middle}), Duplicates(domain=(two, one)), traits)
    assert {name: (row["canonical_id"], row["spared"]) for name, row in found.items()} == {"c": ("a", "sample")}


def test_a_spared_document_is_removed_for_one_that_does_not_spare_it() -> None:
    documents = plain.table({"a": NUMBERED, "b": NUMBERED.replace("12", "13"), "c": NUMBERED.replace("12", "13")})
    found = plain.find(documents, plain.one_domain(numbers="apart"))
    assert {name: (row["canonical_id"], row["spared"]) for name, row in found.items()} == {"b": ("a", "numbers"), "c": ("b", None)}


def test_a_chain_of_similar_documents_is_not_collapsed_onto_one() -> None:
    words = [f"word{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(160)]
    found = plain.find(plain.table([" ".join(words[start : start + 100]) for start in range(0, 60, 10)]))
    assert {name: row["canonical_id"] for name, row in found.items()} == {"d0001": "d0000", "d0003": "d0002", "d0005": "d0004"}
    assert {row["cluster"] for row in found.values()} == {"d0000", "d0002", "d0004"}


def test_two_domains_are_compared_by_the_stricter_level() -> None:
    strict = Duplicates(domain=(Domain(name="code", media_types=("text/x-c",), jaccard=0.97), Domain(name="rest", jaccard=0.8)))
    texts = plain.table({"a": BASE + " end", "b": BASE})  # Jaccard 56/57 = 0.982
    near = plain.table({"a": BASE + " end of it", "b": BASE})  # 56/59 = 0.949
    code = {"media_type": "text/x-c"}
    assert plain.removed(plain.find(texts, strict, {"a": code})) == {"b"}
    assert not plain.find(near, strict, {"a": code}) and not plain.find(near, strict, {"b": code})
    assert plain.removed(plain.find(near, strict)) == {"b"}


@pytest.mark.parametrize("ngram", [1, 2, 3, 8, 32])
def test_jaccard_is_over_shingles_of_the_domains_size(ngram: int) -> None:
    documents = plain.table({"a": BASE + " end", "b": BASE})
    (row,) = plain.find(documents, plain.one_domain(ngram=ngram)).values()
    assert row["jaccard"] == np.float32((60 - ngram + 1) / (60 - ngram + 2))


def test_a_copy_in_a_domain_of_another_shingle_size_hides_no_near_duplicate() -> None:
    policy = Duplicates(
        domain=(Domain(name="code", media_types=("text/x-c",), ngram=3), Domain(name="rest", ngram=5, across=False)),
    )
    traits = {"a": {"media_type": "text/x-c", "source_id": "one"}, "b": {"source_id": "two"}, "c": {"source_id": "two"}}
    for names in ("abc", "acb", "bac", "bca", "cab", "cba"):
        documents = plain.table({name: BASE + (" end" if name == "c" else "") for name in names})
        found = plain.find(documents, policy, traits)
        assert {name: (row["canonical_id"], row["spared"]) for name, row in found.items()} == {"b": ("c", None)}
        more = plain.find(
            documents, policy, traits | {"d": {}, "a": {"media_type": "text/x-c", "authority": 1, "source_id": "one"}}
        )
        assert {name: (row["canonical_id"], row["spared"]) for name, row in more.items()} == {"b": ("c", None)}


def test_settled_documents_are_not_decided_about() -> None:
    documents = plain.table([BASE, BASE, BASE])
    settled = {"settled": True, "standing": True}
    found = plain.find(documents, PLAIN, {"d0001": settled, "d0002": settled})
    assert {name: row["canonical_id"] for name, row in found.items()} == {"d0000": "d0001"}


def test_a_document_without_a_signature_takes_no_part() -> None:
    documents = plain.table([BASE, BASE, BASE])
    search = twins.Search(plain.subjects(documents), twins.detector().detect(documents.slice(1)), PLAIN)
    search.add(documents["doc_id"], documents["text"])
    assert search.twins()["doc_id"].to_pylist() == ["d0002"]


@pytest.mark.parametrize("ngrams", [(5,), (3, 5)])
def test_nothing_in_gives_nothing_out(ngrams: tuple[int, ...]) -> None:
    empty = plain.table([])
    signatures = twins.detector(ngrams).detect(empty)
    assert signatures.num_rows == 0 and signatures.schema == SIGNATURE
    search = twins.Search(plain.subjects(empty), signatures, PLAIN)
    search.add(empty["doc_id"], empty["text"])
    assert search.wanted.to_pylist() == []
    assert search.twins().num_rows == 0 and search.twins().schema == TWIN


def test_parameters_name_the_policy() -> None:
    assert twins.parameters(PLAIN) == twins.parameters(PLAIN.model_copy())
    assert twins.parameters(PLAIN) != twins.parameters(plain.one_domain(jaccard=0.81))
    found = plain.find(plain.table([BASE, BASE]))
    assert found["d0001"]["parameters"] == twins.parameters(PLAIN) and found["d0001"]["detector"] == f"twins@{twins.VERSION}"
