"""Creative Commons licences named in sentences: the name as it stands, never a version or a condition that is only near."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.licences.creative_commons.sentences import commons_in
from muniment.core.licences.evidence import Evidence
from muniment.core.licences.pages.structure import named, settled


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("This work is licensed under CC BY 2.5.", ["CC-BY-2.5"]),
        ("licensed under a Creative Commons Attribution-NonCommercial 2.5 International license", ["CC-BY-NC-2.5"]),
        ("the Creative Commons Attribution-Share Alike License, version 3.0, applies", ["CC-BY-SA-3.0"]),
        ('under the "Creative Commons Attribution-ShareAlike" version 3.0', ["CC-BY-SA-3.0"]),
        ("Licencia Creative Commons Reconocimiento-CompartirIgual 4.0", ["CC-BY-SA-4.0"]),
        ("CC BY 3.0 DE", ["CC-BY-3.0-DE"]),
        ("CC BY 3.0 and CC BY-NC 4.0", ["CC-BY-3.0", "CC-BY-NC-4.0"]),
        ("Creative Commons was founded. Version 4.0 of the widget is out", []),
        ("Python 3.0 and CC", []),
        ("CC BY-NC-WHAT 4.0", []),
        ("CC BY 4.0.1", []),
    ],
)
def test_names_are_read_whole_or_not_at_all(text: str, expected: list[str]) -> None:
    assert [name.expression for name in commons_in(text)] == expected
    assert all(text[name.start].upper() == "C" and text[name.end - 2] == "." for name in commons_in(text))


@given(
    st.text() | st.lists(st.sampled_from(["CC ", "BY", "-NC", " 4.0", "Creative Commons ", ". ", "\n"]), max_size=30).map("".join)
)
def test_any_text_is_survived_and_places_lie_in_it(text: str) -> None:
    assert all(0 <= name.start < name.end <= len(text) for name in commons_in(text))


def frame(text: str, notices: str | None = None) -> pl.DataFrame:
    return pl.DataFrame(
        {"doc": [0], "text": [text], "notices": [notices]}, schema={"doc": pl.UInt32, "text": pl.String, "notices": pl.String}
    )


def corrected(text: str, *evidence: Evidence) -> list[str | None]:
    return [found.expression for _, found in named([(0, one) for one in evidence], frame(text))]


def test_the_name_in_a_sentence_takes_the_place_of_the_rule_that_is_near_to_it() -> None:
    text = "This work is licensed under CC BY-NC 2.5. Code is under MIT."
    near = Evidence("CC-BY-4.0", "notice", "near", 0.8, 13, 34)
    assert corrected(text, near) == ["CC-BY-NC-2.5"]
    assert corrected(text, near._replace(expression=None)) == ["CC-BY-NC-2.5"]
    assert corrected(text, near._replace(kind="text")) == ["CC-BY-4.0"]
    assert corrected(text, Evidence("MIT", "reference", "mit", 0.8, 13, 34)) == ["MIT"]
    assert corrected(text, Evidence("CC-BY-4.0", "markup", "footer", 0.9)) == ["CC-BY-4.0"]
    assert corrected("CC BY 3.0 and CC BY 4.0", Evidence("CC-BY-4.0 OR CC-BY-3.0", "notice", "both", 0.8, 0, 23)) == [
        "CC-BY-4.0 OR CC-BY-3.0"
    ]


def test_a_sentence_that_markup_shows_to_be_about_a_picture_grants_the_page_nothing() -> None:
    text = "A boat. Photo by Ann Example of Harbour Town, CC BY 4.0\nLicense: CC BY 4.0"
    notices = "figure link: https://creativecommons.org/licenses/by/4.0/ Photo by Ann Example of Harbour Town, CC BY 4.0"
    rows = [(0, Evidence("CC-BY-4.0", "notice", "rule", 0.9, place, place + 9)) for place in (46, 65)]
    assert [(found.role, found.scope) for _, found in settled(rows, frame(text, notices))] == [
        ("asset", "asset"),
        ("grant", "document"),
    ]
    assert [found.role for _, found in settled(rows, frame(text))] == ["grant", "grant"]


def test_on_a_licence_s_own_page_its_clauses_are_no_grants_of_their_own() -> None:
    rows = [(0, Evidence("CC-BY-ND-3.0", "text", "heading", 0.98)), (0, Evidence("CC-BY-NC-4.0", "text", "near", 0.7, 0, 4))]
    assert [found.role for _, found in settled(rows, frame("Text", "heading: x"))] == ["grant", "mention"]
