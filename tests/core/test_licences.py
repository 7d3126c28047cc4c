"""Licences: what is evidence, what it amounts to, and what stays unknown."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core import licences
from muniment.core.detector import Detector
from muniment.core.licences.matching.rules import restore
from muniment.core.licences.texts.settling import UNNAMED
from muniment.errors import PolicyError
from muniment.policies.licences import Terms, licence_tags, load_licences
from muniment.schemas.evidence import LICENCE

OPEN = (
    "Permission is granted to any person who obtains this work to use, copy, change, merge, publish and pass on copies of it, provided "
    "that the notice of copyright above and this notice of permission stand in all copies of it or in substantial parts of them."
)
CLOSED = OPEN.replace("to use, copy", "to use for noncommercial purposes, copy")
STRICT = (
    "This work may be passed on only together with all of its sources and only under these very terms, which apply to whatever is made "
    "of it or of any part, whoever makes it, wherever it is kept and however it reaches those who then receive and read it."
)
RULES = pa.table(
    {
        "rule": [
            "open.LICENSE",
            "strict.LICENSE",
            "open_ref.RULE",
            "open_or.RULE",
            "gpl_later.RULE",
            "gpl_ref.RULE",
            "not.RULE",
            "bsd.RULE",
        ],
        "expression": ["MIT", "GPL-2.0-only", "MIT", "MIT OR Apache-2.0", "GPL-2.0-or-later", "GPL-2.0-only", "", "BSD-3-Clause"],
        "kind": ["text", "text", "reference", "notice", "notice", "reference", "false", "reference"],
        "relevance": pa.array([100, 100, 100, 100, 100, 100, 100, 100], pa.int32()),
        "text": pa.array(
            [
                OPEN,
                STRICT,
                "MIT license",
                "dual licensed under MIT or Apache 2",
                "GPL version 2 or later",
                "GPL version 2",
                "no MIT license",
                "BSD license",
            ],
            pa.large_string(),
        ),
    }
)
FILLER = "The pump is primed by hand and then runs by itself until the tank is full. " * 60


@pytest.fixture(scope="module")
def detector() -> Detector:
    return licences.detector(RULES)


def documents(*texts: str, **columns: list[str | None]) -> pa.Table:
    count = len(texts)
    values: dict[str, list[str | None]] = {
        "doc_id": [f"d{number}" for number in range(count)],
        "native_key": [f"docs/{number}.md" for number in range(count)],
        "media_type": ["text/plain"] * count,
        "declared_licence": [None] * count,
        "notices": [None] * count,
        "project": [None] * count,
    } | columns
    table = pa.table({name: pa.array(value, pa.string()) for name, value in values.items()})
    return table.append_column("text", pa.array(texts, pa.large_string()))


def evidence(detector: Detector, *texts: str, **columns: list[str | None]) -> list[tuple[str | None, str]]:
    found = detector.detect(documents(*texts, **columns))
    assert found.schema == LICENCE
    return [(row["expression"], row["kind"]) for row in found.to_pylist() if row["role"] == "grant"]


def conclusion(detector: Detector, *texts: str, source: str = "", **columns: list[str | None]) -> list[tuple[str | None, str]]:
    table = documents(*texts, **columns)
    concluded = licences.conclude(table, detector.detect(table), source)
    assert concluded["doc_id"].equals(table["doc_id"])
    return [(row["licence"], row["status"]) for row in concluded.to_pylist()]


# --- evidence -----------------------------------------------------------------------------------------------------------------


def test_a_full_text_is_found_word_for_word_with_its_place(detector: Detector) -> None:
    [row] = detector.detect(documents(f"{FILLER}\n{OPEN.upper()}\n{FILLER}")).to_pylist()
    assert (row["expression"], row["kind"], row["confidence"]) == ("MIT", "text", 1.0)
    assert row["start"] == len(FILLER) + 1 and row["end"] == len(FILLER) + len(OPEN)  # the full stop is no token


def test_a_text_with_small_changes_is_found_with_less_confidence(detector: Detector) -> None:
    [row] = detector.detect(documents(OPEN.replace("any person", "everybody"))).to_pylist()
    assert row["expression"] == "MIT" and 0.8 <= row["confidence"] < 1


def test_a_near_text_that_narrows_the_licence_is_not_that_licence(detector: Detector) -> None:
    assert evidence(detector, CLOSED) == [(UNNAMED, "text")]
    assert tags_of(conclusion(detector, f"{CLOSED}\n\nReleased under the MIT license.")[0][0]) == {"UNKNOWN"}


def test_a_word_that_denies_the_reference_absorbs_it(detector: Detector) -> None:
    assert evidence(detector, "There is no MIT license here.") == []


def test_a_reference_counts_near_an_edge_or_after_a_grant_and_not_in_passing(detector: Detector) -> None:
    assert evidence(detector, "MIT license. " + FILLER) == [("MIT", "reference")]
    assert evidence(detector, FILLER + " It is distributed under the MIT license. " + FILLER) == [("MIT", "notice")]
    assert evidence(detector, FILLER + " People argue about the MIT license a lot. " + FILLER) == []


def test_the_licence_of_a_picture_is_not_that_of_the_document(detector: Detector) -> None:
    assert evidence(detector, "The logo is licensed under the MIT license.") == []


def test_a_bare_family_name_is_seen_and_not_understood(detector: Detector) -> None:
    assert evidence(detector, "Released under the BSD license.") == [(None, "reference")]


def test_an_spdx_tag_is_read_and_an_unknown_one_is_not_understood(detector: Detector) -> None:
    assert evidence(detector, "/* SPDX-License-Identifier: MIT OR Apache-2.0 */\nint x;") == [("MIT OR Apache-2.0", "tag")]
    assert evidence(detector, "# SPDX-License-Identifier: House-Rules") == [(None, "tag")]
    assert evidence(detector, "# SPDX-License-Identifier: LicenseRef-House") == [("LicenseRef-House", "tag")]


def test_package_metadata_declares(detector: Detector) -> None:
    text = "Metadata-Version: 2.4\nName: x\nLicense-Expression: Apache-2.0\nClassifier: Topic :: Text\n\nLicense: MIT\n"
    assert evidence(detector, text, native_key=["x-1.dist-info/METADATA"]) == [("Apache-2.0", "declared")]


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ("MIT", "MIT"),
        ("mit or apache-2.0", "MIT OR Apache-2.0"),
        ("License :: OSI Approved :: MIT License", "MIT"),
        ("Apache License, Version 2.0", "Apache-2.0"),
        ("Released under the CC BY-NC 4.0 license", "CC-BY-NC-4.0"),
        ("Creative Commons Attribution-ShareAlike 4.0 International", "CC-BY-SA-4.0"),
        ("https://creativecommons.org/licenses/by-nd/3.0/at/", "CC-BY-ND-3.0"),
        ("https://www.apache.org/licenses/LICENSE-2.0", "Apache-2.0"),
        ("CC BY-NC", None),
        ("CC BY 4.0 and the GNU Free Documentation License", None),
        *(
            (bare, None)
            for bare in ("BSD", "GPL", "LGPL", "Apache License", "BSD License", "GNU General Public License", "UNKNOWN", "")
        ),
    ],
)
def test_declared_licences_are_understood_or_left_alone(declared: str, expected: str | None) -> None:
    assert licences.understand(declared) == expected


@given(st.text())
def test_any_declared_string_is_survived(declared: str) -> None:
    licences.understand(declared)


@given(st.lists(st.text(alphabet="MIT license\nSPDX-Identifier:() OR+", max_size=80), max_size=4))
def test_any_text_gives_rows_inside_the_text_and_the_same_rows_in_any_order(texts: list[str]) -> None:
    detector = licences.detector(_COMPILED)
    table = documents(*texts)
    found = detector.detect(table)
    for row in found.to_pylist():
        assert row["start"] is None or 0 <= row["start"] < row["end"] <= len(texts[int(row["doc_id"][1:])])
    assert detector.detect(table.take(list(reversed(range(len(texts))))) if texts else table).equals(found)


_COMPILED = licences.compile_rules(RULES)


def test_compiled_rules_survive_being_kept_as_arrays() -> None:
    again = restore(_COMPILED.arrays())
    table = documents(OPEN, STRICT, CLOSED, "MIT license")
    assert licences.detector(again).detect(table).equals(licences.detector(_COMPILED).detect(table))
    assert licences.detector(again).digest == licences.detector(RULES).digest


# --- conclusion ---------------------------------------------------------------------------------------------------------------


def test_several_texts_in_one_document_all_hold(detector: Detector) -> None:
    assert conclusion(detector, f"{OPEN}\n\n{STRICT}") == [("GPL-2.0-only AND MIT", "known")]


def test_a_choice_stays_a_choice_inside_a_conjunction(detector: Detector) -> None:
    assert conclusion(detector, f"dual licensed under MIT or Apache 2\n\n{STRICT}") == [
        ("GPL-2.0-only AND (MIT OR Apache-2.0)", "known")
    ]


def test_a_pointer_adds_no_only_beside_or_later(detector: Detector) -> None:
    text = f"GPL version 2 or later. {FILLER} See GPL version 2."
    assert conclusion(detector, text) == [("GPL-2.0-or-later", "known")]


def test_a_silent_document_inherits_from_its_project_then_from_its_source(detector: Detector) -> None:
    table = {"project": ["p", "p", "q"], "native_key": ["p/LICENSE", "p/a.txt", "q/a.txt"]}
    texts = (OPEN, "A quiet text.", "Another.")
    assert conclusion(detector, *texts, source="CC-BY-4.0", **table) == [
        ("MIT", "known"),
        ("MIT", "inherited"),
        ("CC-BY-4.0", "inherited"),
    ]
    assert conclusion(detector, *texts, source="BSD", **table)[2] == (None, "unknown")


def test_documents_of_no_project_inherit_nothing_from_each_other(detector: Detector) -> None:
    assert conclusion(detector, OPEN, "A quiet text.", native_key=["one/LICENSE", "two/a.txt"]) == [
        ("MIT", "known"),
        (None, "unknown"),
    ]


def test_a_statement_nobody_understood_is_not_inherited_past(detector: Detector) -> None:
    texts = (OPEN, "# SPDX-License-Identifier: House-Rules")
    assert conclusion(detector, *texts, project=["p", "p"], native_key=["LICENSE", "a.py"])[1] == (None, "unknown")


def test_a_licence_file_against_the_declaration_is_a_conflict_for_all_who_would_inherit(detector: Detector) -> None:
    table = {"project": ["p", "p"], "native_key": ["p/LICENSE", "p/a.txt"], "declared_licence": ["Apache-2.0", None]}
    assert conclusion(detector, OPEN, "A quiet text.", **table) == [(None, "conflict"), (None, "conflict")]


def test_the_own_header_of_a_bundled_file_stands_above_what_its_package_declares(detector: Detector) -> None:
    table = {"declared_licence": ["Apache-2.0"], "native_key": ["p/vendored.c"]}
    assert conclusion(detector, f"/* {OPEN} */", **table) == [("MIT", "known")]


def test_a_mention_gives_way_to_the_declaration(detector: Detector) -> None:
    assert conclusion(detector, "Needs x (MIT license).", declared_licence=["Apache-2.0"]) == [("Apache-2.0", "known")]


# --- tags ---------------------------------------------------------------------------------------------------------------------


def tags_of(expression: str | None, terms: Terms | None = None) -> set[str]:
    [found] = licences.tags(pa.table({"licence": pa.array([expression], pa.string())}), terms or licence_tags())["tags"].to_pylist()
    return set(found)


def test_obligations_add_up_and_permissions_shrink_under_and() -> None:
    assert tags_of("MIT AND CC-BY-NC-4.0") == {"ATTRIBUTION_REQUIRED", "NONCOMMERCIAL", "REDISTRIBUTION_OK"}
    assert "SHAREALIKE" in tags_of("MIT AND GPL-3.0-only")


def test_of_a_choice_the_preferred_branch_counts() -> None:
    assert tags_of("GPL-2.0-only OR MIT") == tags_of("MIT")
    assert tags_of("LicenseRef-x OR CC-BY-ND-4.0") == tags_of("CC-BY-ND-4.0")
    operator = load_licences(
        'preferred = ["B"]\n[[group]]\ntags = ["COMMERCIAL_OK"]\nlicences = ["A"]\n[[group]]\ntags = ["SHAREALIKE"]\nlicences = ["B"]'
    )
    assert tags_of("A OR B", operator) == {"SHAREALIKE"}


@pytest.mark.parametrize("expression", [None, "LicenseRef-x", "MIT AND LicenseRef-x", "not an (expression"])
def test_what_is_not_mapped_is_unknown(expression: str | None) -> None:
    assert tags_of(expression) == {"UNKNOWN"}


def test_an_exception_keeps_the_tags_of_its_licence() -> None:
    assert tags_of("GPL-2.0-only WITH Classpath-exception-2.0") == tags_of("GPL-2.0-only")


def test_creative_commons_elements_become_tags() -> None:
    for expression in ("CC-BY-NC-4.0", "CC-BY-NC-SA-3.0", "CC-BY-ND-2.0", "CC-BY-NC-ND-4.0", "CC-BY-SA-4.0", "CC-BY-4.0"):
        found = tags_of(expression)
        assert ("NONCOMMERCIAL" in found) == ("-NC" in expression) == ("COMMERCIAL_OK" not in found)
        assert ("NO_DERIVATIVES" in found) == ("-ND" in expression)
        assert ("SHAREALIKE" in found) == ("-SA" in expression)


def test_a_licence_table_that_contradicts_itself_is_refused() -> None:
    twice = '[[group]]\ntags = ["SHAREALIKE"]\nlicences = ["A"]\n' * 2
    with pytest.raises(PolicyError, match="two groups"):
        load_licences(twice)
    with pytest.raises(PolicyError, match="both NONCOMMERCIAL"):
        load_licences('[[group]]\ntags = ["NONCOMMERCIAL", "COMMERCIAL_OK"]\nlicences = ["A"]')
