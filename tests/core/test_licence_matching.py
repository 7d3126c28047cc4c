"""Licence rules are found where a plain reading of the definition finds them: word for word, or by shingles in a window."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.core.licences.matching.near import LEAST_NEAR, MISSING, SHINGLE, STRETCH
from muniment.core.licences.matching.overlap import standing
from muniment.core.licences.matching.rules import NARROWING, alphabet, compile_rules, word_bits
from muniment.core.licences.matching.runs import find_all, powers, running, runs, shelves
from muniment.core.licences.matching.search import candidates
from muniment.core.tokens import tokenise

COMPILES = settings(deadline=None)  # the first call compiles
WORDS = ["use", "copy", "sell", "this", "work", "MIT", "+", "no"]
Found = set[tuple[int, str, int, int, float]]

words = st.lists(st.sampled_from(WORDS), min_size=1, max_size=40)


@st.composite
def rules_and_documents(draw: st.DrawFn) -> tuple[list[list[str]], list[list[str]]]:
    """Rules of few words, so that they share much, and documents that are pieces of them, with changes."""
    rules = draw(st.lists(words, min_size=1, max_size=6))
    rules += [(one + other)[: draw(st.integers(1, 60))] for one, other in zip(rules, reversed(rules), strict=True)]
    documents = []
    for _ in range(draw(st.integers(1, 4))):
        pieces = draw(st.lists(st.sampled_from(rules) | words, max_size=4))
        text = [word for piece in pieces for word in piece]
        for place in draw(st.lists(st.integers(0, max(len(text) - 1, 0)), max_size=3)) if text else ():
            text[place : place + 1] = draw(st.lists(st.sampled_from([*WORDS, "else"]), max_size=2))
        documents.append(text)
    return rules, documents


def reference(rules: list[list[str]]) -> pa.Table:
    names = [f"{number:02}.RULE" for number in range(len(rules))]
    columns = {"rule": names, "expression": ["MIT"] * len(rules), "kind": ["text"] * len(rules)}
    relevance, texts = pa.array([100] * len(rules), pa.int32()), pa.array([" ".join(rule) for rule in rules], pa.large_string())
    return pa.table({**columns, "relevance": relevance, "text": texts})


def found(rules: list[list[str]], documents: list[list[str]]) -> Found:
    compiled = compile_rules(reference(rules))
    tokens = tokenise(pa.array([" ".join(document) for document in documents], pa.large_string()), alphabet())
    places = candidates(tokens, compiled).select("doc", "rule", "first", "last", "coverage").rows()
    return {(doc, compiled.rows[rule][0], first, last, coverage) for doc, rule, first, last, coverage in places}


def distinct(rules: list[list[str]]) -> dict[str, list[str]]:
    """Rules by name; of those with the same words the first."""
    return {f"{rules.index(rule):02}.RULE": [word.lower() for word in rule] for rule in rules}


def word_for_word(rules: list[list[str]], documents: list[list[str]]) -> Found:
    return {
        (number, name, first, first + len(rule), 1.0)
        for number, document in enumerate(documents)
        for name, rule in distinct(rules).items()
        for first in range(len(document) - len(rule) + 1)
        if [word.lower() for word in document[first : first + len(rule)]] == rule
    }


def shingles(tokens: list[str]) -> list[tuple[str, ...]]:
    return [tuple(tokens[place : place + SHINGLE]) for place in range(len(tokens) - SHINGLE + 1)]


def nearly(rules: list[list[str]], documents: list[list[str]]) -> Found:
    places: Found = set()
    for number, document in enumerate(documents):
        own = shingles([word.lower() for word in document])
        for name, rule in distinct(rules).items():
            if len(rule) >= LEAST_NEAR:
                wanted = set(shingles(rule))
                stretches = windows(own, wanted, int(STRETCH * len(rule)), 0, len(own))
                places |= {(number, name, first, last + SHINGLE, held / len(wanted)) for first, last, held in stretches}
    return places


def windows(
    own: list[tuple[str, ...]], wanted: set[tuple[str, ...]], width: int, low: int, high: int
) -> Iterator[tuple[int, int, int]]:
    """The best window of own[low:high] that holds enough, and those before and after it: first and last place, shingles held."""
    held = [
        (len(wanted & set(own[first : min(first + width, high)])), -first) for first in range(low, high) if own[first] in wanted
    ]
    if held and MISSING * max(held)[0] >= (MISSING - 1) * len(wanted):
        most = max(held)[0]
        _, first, last = min(
            (last - first, first, last)
            for first in range(low, high)
            for last in range(first, min(first + width, high))
            if len(wanted & set(own[first : last + 1])) == most
        )
        yield first, last, most
        yield from windows(own, wanted, width, low, first)
        yield from windows(own, wanted, width, last + 1, high)


@settings(COMPILES, max_examples=300)
@given(rules_and_documents())
def test_rules_are_found_where_their_words_stand_and_nearly_so_where_no_long_rule_stands(
    drawn: tuple[list[list[str]], list[list[str]]],
) -> None:
    rules, documents = drawn
    told, exact, near = found(rules, documents), word_for_word(rules, documents), nearly(rules, documents)
    assert exact <= told <= exact | near
    covered = {number for number, _, first, last, _ in exact if last - first >= LEAST_NEAR}
    assert {one for one in told if one[0] not in covered} == {one for one in exact | near if one[0] not in covered}


def test_a_rule_is_near_with_a_fifth_of_its_shingles_missing_and_not_with_one_more() -> None:
    rule = [f"word{number}" for number in range(24)]  # 20 shingles
    four = [*rule[:-4], "else", *rule[-3:]]  # the last four shingles hold the word that was changed
    five = [*rule[:-5], "else", *rule[-4:]]
    assert found([rule], [four, five]) == {(0, "00.RULE", 0, 20, 0.8)}


def test_a_rule_is_not_near_where_its_shingles_are_scattered() -> None:
    rule = [f"word{number}" for number in range(24)]
    filler = [f"other{number}" for number in range(20)]
    assert found([rule], [[*rule[:12], *filler, *rule[12:]]]) == set()


def test_a_rule_that_stands_twice_is_near_twice() -> None:
    rule = [f"word{number}" for number in range(40)]
    like = [*rule[:-1], "else"]
    assert found([rule], [[*like, *rule[:3], *like]]) == {(0, "00.RULE", first, first + 39, 35 / 36) for first in (0, 43)}


def test_nothing_is_near_where_a_long_rule_stands_word_for_word() -> None:
    rule = [f"word{number}" for number in range(40)]
    like = [*rule[:-1], "else"]
    assert found([rule, like], [rule]) == {(0, "00.RULE", 0, 40, 1.0)}
    assert found([rule, like], [[*rule[:-1], "other"]]) == {(0, name, 0, 39, 35 / 36) for name in ("00.RULE", "01.RULE")}


def test_more_places_than_room_was_made_for_are_all_found() -> None:
    rules = [["a"], ["a", "a"], ["a", "a", "a"], ["a"] * 4, ["a"] * 5]
    assert len(found(rules, [["a"] * 2000])) == 5 * 2000 - 10


def test_nothing_is_found_in_nothing() -> None:
    compiled = compile_rules(reference([["a"], ["b"] * 30]))
    for texts in ([], [None], ["", None, "a b"]):
        tokens = tokenise(pa.array(texts, pa.large_string()), alphabet())
        assert candidates(tokens, compiled)["doc"].to_list() == [2] * (len(texts) == 3)
    empty = compile_rules(reference([[]]))
    assert candidates(tokenise(pa.array(["a b"]), alphabet()), empty).is_empty()


@COMPILES
@given(st.lists(st.integers(0, 2**64 - 1)), st.lists(st.integers(0, 2**64 - 1)))
def test_a_hash_is_found_among_the_keys_or_not(keys: list[int], others: list[int]) -> None:
    held = np.array(sorted(set(keys)), np.uint64)
    places = find_all(held, shelves(held), np.array([*keys, *others], np.uint64))
    assert places.tolist() == [sorted(set(keys)).index(value) if value in keys else -1 for value in [*keys, *others]]


@COMPILES
@given(st.lists(st.integers(0, 3), min_size=1, max_size=30))
def test_runs_of_the_same_tokens_have_the_same_hash_and_others_another(tokens: list[int]) -> None:
    spans = [(first, last) for first in range(len(tokens)) for last in range(first + 1, len(tokens) + 1)]
    first, last = np.array(spans).T
    hashed = tokenise(pa.array([" ".join(f"t{token}" for token in tokens)]), alphabet()).hashes
    hashes = runs(running(hashed), powers(len(tokens)), first, last - first)
    same = {(tuple(tokens[one:other]), value) for (one, other), value in zip(spans, hashes.tolist(), strict=True)}
    assert len(same) == len({run for run, _ in same}) == len({value for _, value in same})


@COMPILES
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 12)), max_size=12))
def test_a_span_stays_where_heavier_ones_leave_it_more_than_half(spans: list[tuple[int, int]]) -> None:
    first = np.array([begin for begin, _ in spans], np.int64)
    last = first + np.array([length for _, length in spans], np.int64)
    taken: set[int] = set()
    expected = []
    for begin, length in spans:
        own = set(range(begin, begin + length))
        expected.append(2 * len(own - taken) > length)
        taken |= own if expected[-1] else set()
    assert standing(first, last, 50).tolist() == expected


def test_each_word_that_narrows_has_a_bit_of_its_own() -> None:
    hashes = tokenise(pa.array([" ".join([*NARROWING, "else"])]), alphabet()).hashes
    assert word_bits(hashes).tolist() == [*(1 << number for number in range(len(NARROWING))), 0]
