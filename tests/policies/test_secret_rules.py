"""The table of secrets: every example is found as what it is, no counterexample is, and a wrong table says where."""

import random
import re
import string
from collections.abc import Sequence
from functools import cache

import polars as pl
import pyarrow as pa
import pytest

from muniment.core import secrets
from muniment.core.detector import Detector
from muniment.errors import PolicyError
from muniment.policies.secrets import CLASSES, PLACE, Kind, load_secret_rules, secret_rules

RULES = secret_rules()
KINDS = RULES.kinds()
DETECTOR = secrets.detector(b"a key", RULES)
MADE = string.ascii_letters + string.digits + "+/_-."


def filled(text: str, seed: str) -> str:
    """An example with random characters in its places: made here, so that no scanner takes the table for a leak."""
    chance = random.Random(seed)

    def place(found: re.Match[str]) -> str:
        if not found["of"]:
            return "-".join("".join(chance.choices("0123456789abcdef", k=size)) for size in (8, 4, 4, 4, 12))
        alphabet = [each for each in MADE if re.match(f"[{CLASSES[found['of']]}]", each)]
        return "".join(chance.choices(alphabet, k=int(found["low"])))

    return PLACE.sub(place, text.replace("{{", "\0").replace("}}", "\1")).replace("\0", "{").replace("\1", "}")


def detected(texts: Sequence[str], detector: Detector = DETECTOR) -> list[list[tuple[str, str]]]:
    """Types and rules of what is found in each of the texts."""
    rows = pa.table({"doc_id": [str(n) for n in range(len(texts))], "text": pa.array(texts, pa.large_string())})
    found: list[list[tuple[str, str]]] = [[] for _ in texts]
    for row in detector.detect(rows).to_pylist():
        found[int(row["doc_id"])].append((row["type"], row["rule"]))
    return found


@cache
def all_detected() -> dict[tuple[str, str, int], list[tuple[str, str]]]:
    """What is found in examples and counterexamples by kind, text and number of the try: all in one run."""
    every = [(kind.id, text, n) for kind in KINDS for text in (*kind.examples, *kind.counterexamples) for n in range(3)]
    texts = [filled(f"# see\n{text}\n", f"{name} {n}") for name, text, n in every]
    return dict(zip(every, detected(texts), strict=True))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_every_example_is_found_and_no_counterexample_is(kind: Kind) -> None:
    found = all_detected()
    for example in kind.examples:
        # A random example may look like a placeholder by chance: one of three must do.
        assert any(found[kind.id, example, n] for n in range(3)), example
    for text in kind.counterexamples:
        assert kind.id not in [rule for n in range(3) for _, rule in found[kind.id, text, n]], text


def test_most_examples_are_told_as_their_own_type() -> None:
    own = [kind.type in [type_ for type_, _ in all_detected()[kind.id, kind.examples[0], 0]] for kind in KINDS]
    assert sum(own) > 0.9 * len(own)


def test_identifiers_types_and_the_digest_are_told_by_the_table() -> None:
    assert len(KINDS) > 300 and len({kind.id for kind in KINDS}) == len(KINDS)
    assert {kind.id: kind.type for kind in KINDS}["npm-token"] == "SECRET_NPM_TOKEN"
    assert len(RULES.digest) == 64 and load_secret_rules(TABLE).digest != RULES.digest


def test_what_no_keyword_gates_is_an_expression_that_the_automaton_reads() -> None:
    ungated = [kind.pattern for kind in KINDS if not kind.keywords and not kind.named]
    assert 0 < len(ungated) < 20
    for pattern in ungated:
        pl.Series(["x"]).str.contains(pattern)


TABLE = """
[tokens]
shop-token = ["shop_{alnum:20}"]
[assigned]
[rule]
[names]
password = { inside = ["passw"] }
key = { whole = ["key"] }
never = { whole = ["public"] }
"""


def test_an_organisation_can_have_a_table_of_its_own() -> None:
    detector = secrets.detector(b"a key", load_secret_rules(TABLE))
    text = filled("token shop_{alnum:20} here", "own")
    assert detected([text], detector) == [[("SECRET_SHOP_TOKEN", "shop-token")]]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('"shop_{alnum:20}"', '"shop_{letters:20}"'), "no form"),
        (("[rule]", "[rule.shop-token]\npattern = 'x'\nexamples = ['x']"), "used twice"),
        (("[rule]", "[rule.other]\npattern = '('\nexamples = ['x']"), "expression"),
        (("[rule]", "[rule.other]\npattern = 'x'\nlines = true\nexamples = ['x']"), "needs keywords"),
        (("[tokens]", "[tokens"), "is not TOML"),
    ],
)
def test_a_table_that_is_wrong_says_where(change: tuple[str, str], says: str) -> None:
    with pytest.raises(PolicyError, match=says):
        load_secret_rules(TABLE.replace(*change))
