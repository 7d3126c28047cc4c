"""Overlap with evaluation items: found in every form it takes, and not where only common words are shared."""

import textwrap

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from muniment.core import contamination
from muniment.schemas.evidence import EVAL_HIT

QUESTION = "Which river that rises in the Black Forest flows through ten countries before it reaches the sea near Sulina?"
ANSWER = "The Danube, whose two headstreams join at Donaueschingen and which ends in a delta shared by two states"
FILLER = "The committee met on the second day and agreed upon several unrelated matters of procedure. " * 8
SUITES = {"suite": ["geo", "geo"], "item": ["1", "2"], "question": [QUESTION, "Who painted the ceiling of the chapel in Rome?"]}


def suites(answers: list[str | None]) -> pa.Table:
    return pa.table({**SUITES, "answer": pa.array(answers, pa.string())})


def hits(texts: list[str], answers: tuple[str | None, str | None] = (ANSWER, "Michelangelo")) -> list[tuple[str, str, str, float]]:
    documents = pa.table({"doc_id": [f"d{n}" for n in range(len(texts))], "text": pa.array(texts, pa.large_string())})
    found = contamination.detector(suites(list(answers))).detect(documents)
    assert found.schema == EVAL_HIT
    return [(row["doc_id"], row["item"], row["kind"], round(row["overlap"], 3)) for row in found.to_pylist()]


def test_a_question_is_found_verbatim_rewrapped_and_embedded() -> None:
    wrapped = "> " + "\n> ".join(textwrap.wrap(QUESTION.upper(), 20))
    assert hits([QUESTION, wrapped, FILLER + QUESTION + FILLER]) == [(f"d{n}", "1", "holdout", 1.0) for n in range(3)]


def test_a_lightly_reworded_question_still_overlaps() -> None:
    [(_, item, kind, overlap)] = hits([FILLER + QUESTION.replace("ten", "many") + FILLER])
    assert (item, kind) == ("1", "holdout") and 0.5 < overlap < 1


def test_an_answer_is_told_apart_from_its_question() -> None:
    assert hits([FILLER + ANSWER]) == [("d0", "1", "target", 1.0)]


def test_a_short_answer_counts_only_beside_its_question() -> None:
    alone, beside = "Michelangelo was born in Caprese.", f"{SUITES['question'][1]} {FILLER} It was Michelangelo."
    assert hits([alone, beside]) == [("d1", "2", "holdout", 1.0), ("d1", "2", "target", 1.0)]


def test_words_scattered_over_a_long_document_are_no_overlap() -> None:
    words = QUESTION.split()
    scattered = FILLER.join(" ".join(words[start : start + 5]) for start in range(0, len(words) - 4, 5))
    assert hits([scattered]) == []


def test_common_prose_and_empty_text_give_no_hit() -> None:
    assert hits([FILLER, "", "What is the name of the river?"]) == []


def test_an_item_without_an_answer_is_searched_by_its_question() -> None:
    assert hits([QUESTION], (None, None)) == [("d0", "1", "holdout", 1.0)]


def test_a_changed_suite_changes_the_digest_and_its_row_order_does_not() -> None:
    table = suites([ANSWER, None])
    base = contamination.detector(table)
    assert contamination.detector(table.take([1, 0])).digest == base.digest
    assert contamination.detector(suites([ANSWER, "Raphael"])).digest != base.digest


@given(st.integers(0, 60), st.integers(0, 60))
def test_wherever_an_item_stands_its_whole_is_found(before: int, after: int) -> None:
    text = " ".join([*(f"b{n}" for n in range(before)), QUESTION, *(f"a{n}" for n in range(after))])
    assert hits([text]) == [("d0", "1", "holdout", 1.0)]
