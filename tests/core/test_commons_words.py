"""The one table of what Creative Commons calls the elements of its licences, and what reads names by it."""

import re
from itertools import product

import pytest

from muniment.core.licences.creative_commons.declared import creative_commons
from muniment.core.licences.creative_commons.headings import licence_of_heading
from muniment.core.licences.creative_commons.words import SPELLINGS, Element, spelled
from muniment.core.licences.texts.cues import narrowed

LICENCES: list[tuple[Element, ...]] = [("by",), ("by", "nc"), ("by", "nd"), ("by", "sa"), ("by", "nc", "nd"), ("by", "nc", "sa")]


@pytest.mark.parametrize("language", SPELLINGS)
def test_every_title_is_read_in_a_heading_and_as_a_declared_name(language: str) -> None:
    words = {element: spellings.split("|") for element, spellings in SPELLINGS[language].items()}
    for elements in (licence for licence in LICENCES if words.keys() >= set(licence)):
        expected = "-".join(["CC", *map(str.upper, elements), "4.0"])
        for spelling in product(*(words[element] for element in elements)):
            title = f"{' - '.join(spelling).title()} 4.0"
            assert creative_commons(title) == licence_of_heading(title) == expected, title


@pytest.mark.parametrize("language", SPELLINGS)
def test_an_element_behind_a_name_narrows_it_and_attribution_does_not(language: str) -> None:
    for element, spellings in SPELLINGS[language].items():
        for spelling in spellings.split("|"):
            assert narrowed(f"CC BY 4.0 - {spelling}", "CC-BY-4.0", len("CC BY 4.0")) == (element != "by"), spelling


@pytest.mark.parametrize("said", ["no comercial", "NoComercial", "no-comercial", "No\u2011Comercial", "NO  COMERCIAL"])
def test_the_words_of_a_spelling_stand_apart_behind_hyphens_or_joined(said: str) -> None:
    assert re.fullmatch(spelled("nc"), said, re.IGNORECASE)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("CC BY 3.0 Intergovernmental Organizations", "CC-BY-3.0-IGO"),
        ("CC BY 3.0 United States", "CC-BY-3.0-US"),
        ("CC BY 3.0 New Zealand", "CC-BY-3.0"),
        ("Attr-NC 3.0", "CC-BY-NC-3.0"),
        ("Attraction 3.0", None),
    ],
)
def test_ports_are_named_in_full_and_attribution_is_shortened(statement: str, expected: str | None) -> None:
    assert creative_commons(statement) == expected


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("attr 2.5", None),
        ("By 3.0", None),
        ("Namensnennung 3.0 Deutschland", "CC-BY-3.0-DE"),
        ("Attribution 3.0 de la obra", "CC-BY-3.0"),
    ],
)
def test_in_a_heading_short_words_attribute_nothing_and_codes_are_no_jurisdictions(heading: str, expected: str | None) -> None:
    assert licence_of_heading(heading) == expected


def test_no_spelling_of_an_element_stands_in_one_of_another() -> None:
    joined = [
        (element, one.replace(" ", ""))
        for words in SPELLINGS.values()
        for element, said in words.items()
        for one in said.split("|")
    ]
    assert [(one, other) for (mine, one), (theirs, other) in product(joined, joined) if mine != theirs and one in other] == []
