"""Policy tags of expressions: AND closes, OR chooses, WITH adds what the table says, and order means nothing."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core import licences
from muniment.core.licences.tags import PERMISSIONS, chosen
from muniment.policies.licences import Tag, Terms, licence_tags

TERMS = licence_tags()
NAMES = ["MIT", "Apache-2.0", "GPL-2.0-only", "CC0-1.0", "CC-BY-NC-4.0", "CC-BY-ND-4.0", "CC-BY-SA-4.0", "LicenseRef-x", "ISC"]
NAMES += ["LicenseRef-AllRightsReserved", "LicenseRef-ResearchOnly", "LicenseRef-PartnerOnly", "Apache-2.0 WITH LLVM-exception"]
EXPRESSIONS = st.recursive(
    st.sampled_from(NAMES),
    lambda inner: st.tuples(st.sampled_from([" AND ", " OR "]), st.lists(inner, min_size=2, max_size=3)).map(
        lambda parts: "(" + parts[0].join(parts[1]) + ")"
    ),
    max_leaves=8,
)


def tags(expression: str | None, terms: Terms = TERMS) -> frozenset[str]:
    [found] = licences.tags(pa.table({"licence": pa.array([expression], pa.string())}), terms)["tags"].to_pylist()
    return frozenset(found)


def closed(tighter: frozenset[str], looser: frozenset[str]) -> bool:
    """Whether the first allows no more and asks no less."""
    return "UNKNOWN" in tighter or (tighter & PERMISSIONS <= looser & PERMISSIONS and looser - PERMISSIONS <= tighter - PERMISSIONS)


@given(EXPRESSIONS, EXPRESSIONS)
def test_what_is_joined_by_and_never_opens(one: str, other: str) -> None:
    both = tags(f"{one} AND {other}")
    assert closed(both, tags(one)) and closed(both, tags(other))
    assert ("UNKNOWN" in both) == ("UNKNOWN" in tags(one) | tags(other))


@given(EXPRESSIONS, EXPRESSIONS)
def test_the_order_of_operands_means_nothing(one: str, other: str) -> None:
    for relation in ("AND", "OR"):
        assert tags(f"{one} {relation} {other}") == tags(f"{other} {relation} {one}")


@given(EXPRESSIONS, EXPRESSIONS)
def test_a_choice_has_the_tags_of_one_of_its_branches(one: str, other: str) -> None:
    assert tags(f"{one} OR {other}") in (tags(one), tags(other))


@given(EXPRESSIONS)
def test_the_chosen_expression_has_no_choice_left_and_the_same_tags(expression: str) -> None:
    left = chosen(expression, TERMS)
    assert left is not None and " OR " not in left and tags(left) == tags(expression)


@given(EXPRESSIONS)
def test_unknown_stands_alone(expression: str) -> None:
    found = tags(expression)
    assert found and ("UNKNOWN" not in found or len(found) == 1)


@pytest.mark.parametrize("right", ["MIT", "CC-BY-4.0", "Apache-2.0 OR GPL-3.0-only"])
def test_all_rights_reserved_beside_a_grant_is_unknown(right: str) -> None:
    assert tags(f"LicenseRef-AllRightsReserved AND ({right})") == {"UNKNOWN"}


@pytest.mark.parametrize(
    ("expression", "branch"),
    [
        ("GPL-2.0-only OR MIT", "MIT"),
        ("MIT AND (GPL-2.0-only OR Apache-2.0)", "MIT AND Apache-2.0"),
        ("CC-BY-NC-4.0 OR CC-BY-SA-4.0", "CC-BY-SA-4.0"),
        ("LicenseRef-x OR CC-BY-NC-ND-4.0", "CC-BY-NC-ND-4.0"),
        ("BSD-3-Clause OR (MIT AND GPL-3.0-only)", "BSD-3-Clause"),  # to name a preferred licence among others is not to offer it
    ],
)
def test_the_branch_of_a_choice_can_be_asked_for(expression: str, branch: str) -> None:
    assert chosen(expression, TERMS) == branch


def test_what_is_no_expression_has_no_branch() -> None:
    assert chosen("not an (expression", TERMS) is None and chosen("", TERMS) is None


def test_an_exception_that_takes_away_closes_and_one_that_nobody_listed_is_unknown() -> None:
    assert tags("Apache-2.0 WITH LLVM-exception") == tags("Apache-2.0")
    sold = tags("Apache-2.0 WITH LicenseRef-scancode-commons-clause")
    assert "NONCOMMERCIAL" in sold and "COMMERCIAL_OK" not in sold
    assert tags("Apache-2.0 WITH LicenseRef-scancode-generic-exception") == {"UNKNOWN"}
    assert tags("LicenseRef-x WITH LLVM-exception") == {"UNKNOWN"}


def test_a_disclaimer_beside_a_licence_adds_nothing_and_alone_grants_nothing() -> None:
    disclaimer = "LicenseRef-scancode-warranty-disclaimer"
    assert tags(f"CC-BY-NC-4.0 AND {disclaimer}") == tags("CC-BY-NC-4.0")
    assert tags(disclaimer) == tags(f"{disclaimer} AND LicenseRef-scancode-generic-trademark") == {"UNKNOWN"}


@pytest.mark.parametrize(
    ("licence", "kept", "absent"),
    [
        ("LicenseRef-scancode-llama-3.1-license-2024", "SHAREALIKE", "COMMERCIAL_OK"),
        ("LicenseRef-scancode-gemma-tou-2024-04-01", "SHAREALIKE", "COMMERCIAL_OK"),
        ("LicenseRef-scancode-bigscience-open-rail-m", "SHAREALIKE", "NONCOMMERCIAL"),
        ("LicenseRef-Apple-AMLR", "RESEARCH_ONLY", "COMMERCIAL_OK"),
        ("SSPL-1.0", "SHAREALIKE", "COMMERCIAL_OK"),
        ("ODbL-1.0", "SHAREALIKE", "NONCOMMERCIAL"),
        ("PolyForm-Noncommercial-1.0.0", "NONCOMMERCIAL", "COMMERCIAL_OK"),
        ("OGL-UK-3.0", "ATTRIBUTION_REQUIRED", "SHAREALIKE"),
    ],
)
def test_licences_of_models_and_data_say_what_they_limit(licence: str, kept: Tag, absent: Tag) -> None:
    assert kept in tags(licence) and absent not in tags(licence)
