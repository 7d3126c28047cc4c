"""Another scanner's findings as evidence: where they stand, what their types are, and that nothing makes it look away."""

import random
import string
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core import scanner
from muniment.core.scanner import Hit
from muniment.schemas.evidence import FINDING
from muniment.store.scanners import BETTERLEAKS

needs_scanner = pytest.mark.skipif(not BETTERLEAKS.installed, reason="needs the extra muniment[scanner]")
RANDOM = random.Random(11)


def token(size: int) -> str:
    return "".join(RANDOM.choices(string.ascii_letters + string.digits, k=size))


# Made when the tests run, so that no scanner takes this file for a leak.
KEY = "ghp_" + token(36)


@dataclass(frozen=True)
class Finds:
    """A scanner that tells all places of a value, and remembers what it was given."""

    value: str = KEY
    version: str = "1"
    name: str = "finds"
    seen: list[str] = field(default_factory=list, compare=False)

    def load(self) -> Callable[[str], Iterable[Hit]]:
        return self.scan

    def scan(self, text: str) -> Iterable[Hit]:
        self.seen.append(text)
        sought, lines = self.value.encode(), text.encode().split(b"\n")
        for number, line in enumerate(lines, start=1):
            at = line.find(sought)
            while at >= 0:
                yield "some-key", self.value, (number, at + 1), (number, at + len(sought))
                at = line.find(sought, at + 1)


def table(*texts: str) -> pa.Table:
    return pa.table({"doc_id": [str(n) for n in range(len(texts))], "text": pa.array(texts, pa.large_string())})


def values(text: str, by: scanner.Scanner = BETTERLEAKS) -> set[tuple[str, str]]:
    rows = scanner.detector(b"a key", by).detect(table(text)).to_pylist()
    return {(row["type"], text[row["start"] : row["end"]]) for row in rows}


@given(st.lists(st.text("ab é€😀\r\n\0\u2028", max_size=9), min_size=2, max_size=6))
def test_places_are_told_in_code_points_whatever_stands_before(parts: list[str]) -> None:
    text = "KEY".join(parts)
    rows = scanner.detector(b"a key", Finds("KEY")).detect(table("", text)).to_pylist()
    assert [text[row["start"] : row["end"]] for row in rows] == ["KEY"] * (len(parts) - 1)


def test_a_finding_is_like_those_of_other_detectors_and_holds_no_value() -> None:
    detector = scanner.detector(b"a key", Finds())
    found = detector.detect(table("", f"né {KEY}"))
    assert found.schema == FINDING and KEY not in str(found.to_pylist())
    row = found.to_pylist()[0]
    assert (row["doc_id"], row["detector"], row["rule"], row["type"]) == ("1", "scanner@1", "finds/some-key", "SECRET_SOME_KEY")
    assert (row["category"], row["start"], round(row["score"], 2)) == ("credentials", 3, 0.6)
    assert detector.detect(table()).schema == FINDING


@pytest.mark.parametrize(
    ("rule", "kind"),
    [
        ("github-pat", "SECRET_GITHUB_PAT"),
        ("cloudflare-api-key.2", "SECRET_CLOUDFLARE_API_KEY"),
        ("1password-token", "SECRET_1PASSWORD_TOKEN"),
    ],
)
def test_a_rule_names_the_type(rule: str, kind: str) -> None:
    assert scanner.type_of(rule) == kind


def test_what_a_rule_read_around_a_value_is_not_part_of_it() -> None:
    text = "naïve\n  key: key;\n"
    hits: list[Hit] = [("k", "key", (2, 3), (2, 11))]
    assert [(each.start, each.end) for each in scanner.spans(0, text, hits, "s")] == [(13, 16)]


def test_a_value_that_was_decoded_is_where_the_encoded_one_stands() -> None:
    hits: list[Hit] = [("k", "decoded", (1, 1), (1, 4)), ("k", "", (1, 6), (9_000, 1))]
    assert [(each.start, each.end) for each in scanner.spans(0, "ZGVj é", hits[:1], "s")] == [(0, 4)]


def test_places_inside_of_a_letter_or_past_the_end_are_moved() -> None:
    hits: list[Hit] = [("k", "gone", (1, 2), (1, 99))]
    assert [(each.start, each.end) for each in scanner.spans(0, "é€x", hits, "s")] == [(0, 3)]


def test_of_two_rules_about_one_place_the_longer_stays() -> None:
    @dataclass(frozen=True)
    class Twice(Finds):
        def scan(self, text: str) -> Iterable[Hit]:
            return [("short", "cret", (1, 3), (1, 6)), ("long", "secret", (1, 1), (1, 6))]

    assert values("secret", Twice()) == {("SECRET_LONG", "secret")}


def test_nothing_is_loaded_before_there_is_a_document_and_another_version_is_another_detector() -> None:
    class Unloadable(Finds):
        def load(self) -> Callable[[str], Iterable[Hit]]:
            raise AssertionError

    assert scanner.detector(b"a key", Unloadable()).detect(table()).num_rows == 0
    first, second = (scanner.detector(b"a key", Finds(version=version)).digest for version in "12")
    assert first != second


def test_a_text_cannot_tell_the_scanner_to_look_away() -> None:
    finds = Finds()
    assert values(f"{KEY} # gitleaks:allow", finds) and "allow" in finds.seen[0] and "leaks:allow" not in finds.seen[0]


@needs_scanner
@pytest.mark.parametrize(
    "text", [f"é {KEY} x", f"\0 {KEY}", f"{KEY} # gitleaks:allow", f"{KEY} // betterleaks:allow", f"a\r\n{KEY}"]
)
def test_betterleaks_finds_a_token_wherever_it_stands(text: str) -> None:
    assert values(text) == {("SECRET_GITHUB_PAT", KEY)}


@needs_scanner
def test_betterleaks_tells_the_secret_that_belongs_to_an_identifier() -> None:
    # No letters and digits that spell words: it leaves those out.
    identifier, secret = "AKIA" + "Q3EGRZ7X2LMNOPB4", "kJ8fQ2mZ7xP1vR4tY6uW" + "9sD3gH5jL0aBcEnMoTqI"
    text = f'aws_access_key_id = "{identifier}"\naws_secret_access_key = "{secret}"\n'
    assert values(text) == {("SECRET_AWS_ACCESS_TOKEN", identifier), ("SECRET_AWS_SECRET_ACCESS_KEY", secret)}
    assert not values("Nothing of that kind stands here, and no key either.")
