"""What texts say of their licence, by the words around its name."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core import licences
from muniment.core.licences.evidence import Evidence
from muniment.core.licences.texts.choices import choices
from muniment.core.licences.texts.implied import dedicated, implied
from muniment.core.licences.texts.plain_notices import plain
from muniment.core.licences.texts.roles import Part, is_licence_file, part
from muniment.core.licences.texts.sections import named_in_section
from muniment.core.licences.texts.settling import Subject, settled
from muniment.core.licences.texts.spdx_tags import tags_in

FILLER = "The pump is primed by hand and then runs by itself until the tank is full. " * 60
NAMES = {
    "MIT": "MIT license",
    "Apache-2.0": "Apache License 2.0",
    "GPL-3.0-only": "GPLv3",
    "GPL-2.0-only": "GPL version 2",
    "MPL-2.0": "MPL 2.0",
    "CC-BY-4.0": "Creative Commons Attribution 4.0",
    "LicenseRef-scancode-proprietary-license": "commercial use",
    "LicenseRef-scancode-unknown-license-reference": "see the licence agreement",
}
TEXT = (
    "Permission is granted to any person who obtains this work to use, copy, change, merge, publish and pass on copies of it, provided "
    "that the notice of copyright above and this notice of permission stand in all copies of it or in substantial parts of them, and "
    "that no copy is passed on without a word on where the original of it was found, by whom it was changed, and in which year that was."
)
RULES = pa.table(
    {
        "rule": [*(f"{name}.RULE" for name in NAMES), "text.LICENSE"],
        "expression": [*NAMES, "ISC"],
        "kind": ["reference"] * 6 + ["notice", "reference", "text"],
        "relevance": pa.array([100] * 9, pa.int32()),
        "text": pa.array([*NAMES.values(), TEXT], pa.large_string()),
    }
)
DETECTOR = licences.detector(RULES)


def told(text: str, key: str = "docs/a.md", role: str = "grant") -> set[str | None]:
    columns = {"doc_id": "d", "native_key": key, "media_type": "text/plain", "declared_licence": None, "notices": None}
    table = pa.table({name: pa.array([value], pa.string()) for name, value in columns.items()})
    found = DETECTOR.detect(table.append_column("text", pa.array([text], pa.large_string())))
    return {row["expression"] for row in found.to_pylist() if row["role"] == role}


@pytest.mark.parametrize(
    "sentence",
    [
        "This project is released under the MIT license.",
        "## License\n\nMIT license",
        "<h2>Licence</h2>\n\nMIT license",
        "[MIT license](LICENSE)",
        "License: MIT license",
        "Copyright 2020 somebody; MIT license",
        "Dieses Werk ist lizenziert unter der MIT license.",
        "Cette œuvre est mise à disposition selon les termes de la MIT license.",
        "Esta obra está bajo una MIT license.",
        "Este trabalho está licenciado sob a MIT license.",
    ],
)
def test_words_that_grant_make_a_grant_in_the_middle_of_a_text(sentence: str) -> None:
    assert told(f"{FILLER}\n\n{sentence}\n\n{FILLER}") == {"MIT"}


@pytest.mark.parametrize(
    "sentence",
    [
        "People argue about the MIT license a lot, and so they should.",
        "Unlike works under the MIT license, this one is quiet.",
        "If you release your work under the MIT license, others may use it.",
        "Versions prior to the third were released under the MIT license.",
        "Permissive terms such as those of the MIT license are short.",
    ],
)
def test_comparison_advice_and_the_past_only_mention(sentence: str) -> None:
    text = f"{FILLER}\n\n{sentence}\n\n{FILLER}"
    assert told(text) == set() and told(text, role="mention") == {"MIT"}


def test_a_text_about_licences_grants_none_of_them() -> None:
    talk = (
        "Which terms to take? The MIT license is the shortest. Lawyers like the Apache License 2.0 for its patents. Kernels are licensed "
        "under the GPL version 2, and web servers are licensed under the GPLv3. Browsers are available under MPL 2.0."
    )
    assert told(talk) == set()
    assert told(f"{talk}\n\n## License\n\nCreative Commons Attribution 4.0") == {"CC-BY-4.0"}


def test_a_word_or_two_of_no_certain_licence_are_none() -> None:
    assert told(f"{FILLER} This is free for commercial use. {FILLER}") == set()


def test_a_pointer_to_terms_elsewhere_is_told_where_nothing_is_granted() -> None:
    unnamed = "LicenseRef-scancode-unknown-license-reference"
    assert told("For terms see the licence agreement.") == {unnamed}
    assert told("Released under the MIT license, see the licence agreement.") == {"MIT"}


def test_what_stands_in_a_licence_file_is_said_of_the_project() -> None:
    columns = {
        "doc_id": "d",
        "native_key": "LICENSES/MIT.txt",
        "media_type": "text/plain",
        "declared_licence": None,
        "notices": None,
    }
    table = pa.table({name: pa.array([value], pa.string()) for name, value in columns.items()})
    [row] = DETECTOR.detect(table.append_column("text", pa.array(["MIT license"], pa.large_string()))).to_pylist()
    assert (row["expression"], row["scope"], row["role"]) == ("MIT", "project", "grant")


@pytest.mark.parametrize("key", ["LICENSE", "a/COPYING.txt", "x.zip!LICENCE.md", "NOTICE", "LICENSES/MIT.txt", "UNLICENSE"])
def test_licence_files_are_known_by_name(key: str) -> None:
    assert is_licence_file(key) and not is_licence_file("src/" + key.lower()[0] + ".py")


def test_the_gap_of_a_near_match_is_read() -> None:
    words = TEXT.split()
    changed = " ".join([*words[:30], "or else it may be had under the terms of the GPL version 2 by whoever asks", *words[30:]])
    assert told(changed) == {"ISC", "GPL-2.0-only"}


def test_the_added_lines_of_a_patch_are_read() -> None:
    broken = "".join(f"\n+{line}" for line in TEXT.replace(", ", ",\n").split("\n"))
    assert told(f"--- a\n+++ b{broken}") == {"ISC"}


def test_names_with_only_or_between_are_a_choice() -> None:
    expected = "Apache-2.0 OR MIT"
    assert told("This crate is licensed under either of Apache License 2.0 (https://a.invalid/x) or MIT license.") == {expected}
    assert told("This crate is licensed under the Apache License 2.0 and under the MIT license.") == {"Apache-2.0", "MIT"}


@given(st.lists(st.sampled_from(["MIT", "GPL-2.0-only", None]), max_size=4), st.sampled_from([" or ", " and ", ", ", ". "]))
def test_a_choice_loses_no_licence(names: list[str | None], between: str) -> None:
    text, places = "", []
    for name in names:
        start = len(text)
        text += f"{name}{between}"
        places.append(Evidence(name, "notice", "r", 1.0, start, start + len(str(name))))
    kept = {key for one in choices(text, places) for key in (one.expression or "").split(" OR ")}
    assert kept == {name or "" for name in names}


def test_an_element_of_creative_commons_after_a_name_narrows_it() -> None:
    unnamed = "LicenseRef-scancode-unknown-license-reference"
    assert told("Licensed under Creative Commons Attribution 4.0 - NonCommercial") == {unnamed}
    assert told("Licensed under Creative Commons Attribution 4.0 International") == {"CC-BY-4.0"}


# --- names without a rule -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# License\n\nMIT", ["MIT"]),
        ("License\n=======\n\n[ISC](LICENSE) © somebody", ["ISC"]),
        ("<h2>License</h2>\n\n<p>Apache-2.0</p>", ["Apache-2.0"]),
        ("![](https://img.shields.io/badge/license-Apache--2.0-blue.svg)", ["Apache-2.0"]),
        ("## License\n\nBSD", []),
        ("## License\n\nAsk the author about it.", []),
        ("We talk about licenses.\n\nMIT is a school.", []),
    ],
)
def test_a_bare_name_counts_under_a_licence_heading_and_on_a_badge(text: str, expected: list[str]) -> None:
    assert [one.expression for one in named_in_section(text)] == expected


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("(see SPDX-License-Identifier: MIT).", "MIT"),
        ("# SPDX-License-Identifier: (MIT OR Apache-2.0)", "MIT OR Apache-2.0"),
        ("<!-- SPDX-License-Identifier: MIT -->", "MIT"),
    ],
)
def test_a_tag_ends_where_its_expression_ends(tag: str, expected: str) -> None:
    assert [one.expression for one in tags_in(tag)] == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("© 2024 A. All rights reserved.", "LicenseRef-AllRightsReserved"),
        ("Alle Rechte vorbehalten.", "LicenseRef-AllRightsReserved"),
        ("CONFIDENTIAL. Do not distribute.", "LicenseRef-Confidential"),
        ("For internal use only.", "LicenseRef-Confidential"),
        ("May be used for academic research purposes only.", "LicenseRef-ResearchOnly"),
        ("Use is restricted to non-commercial research use.", "LicenseRef-ResearchOnly"),
        ("Shared with our partners under an NDA.", "LicenseRef-PartnerOnly"),
        ("Contains information under the Open Government Licence v3.0.", "OGL-UK-3.0"),
        ("A work of the United States Government.", "LicenseRef-scancode-us-govt-public-domain"),
        ("We do research, and only then rest. Partners help us. It is no secret.", None),
    ],
)
def test_plain_notices_are_read(text: str, expected: str | None) -> None:
    assert [one.expression for one in plain(text)] == ([expected] if expected else [])


def test_all_rights_reserved_is_told_alone_and_is_a_mention_beside_a_grant() -> None:
    reserved = "LicenseRef-AllRightsReserved"
    assert told("Copyright 2020 A. All rights reserved.") == {reserved}
    both = "Copyright 2020 A. All rights reserved. Released under the MIT license."
    assert told(both) == {"MIT"} and told(both, role="mention") == {reserved}


# --- what adds nothing --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "others", "expected"),
    [
        ("GPL-2.0-only", ["GPL-2.0-or-later"], True),
        ("GPL-2.0-only", ["GPL-3.0-or-later"], False),
        ("GPL-1.0-or-later", ["GPL-2.0-only"], True),
        ("LGPL-2.0-or-later", ["GPL-2.0-only"], False),
        ("GPL-2.0-only", ["GPL-2.0-only WITH Classpath-exception-2.0"], True),
        ("GPL-2.0-only", ["GPL-2.0-only OR MIT"], False),
        ("MIT", ["Apache-2.0"], False),
    ],
)
def test_a_short_reference_adds_nothing_to_what_implies_it(expression: str, others: list[str], expected: bool) -> None:
    assert implied(expression, [expression, *others]) == expected


def test_public_domain_adds_nothing_to_a_dedication() -> None:
    assert dedicated("LicenseRef-scancode-public-domain", ["Unlicense"])
    assert not dedicated("LicenseRef-scancode-public-domain", ["MIT"])
    assert not dedicated("MIT", ["Unlicense"])


@given(
    st.text(max_size=300), st.integers(0, 300), st.integers(1, 60), st.sampled_from(["reference", "notice", "tag"]), st.booleans()
)
def test_every_place_of_every_text_has_a_part(text: str, start: int, size: int, kind: str, page: bool) -> None:
    start = min(start, len(text))
    assert part(text, start, min(start + size, len(text)), kind, page) in Part


def test_a_change_log_names_the_licences_of_a_day() -> None:
    said = f"{FILLER}\n\nThe code is now licensed under the MIT license.\n\n{FILLER}"
    assert told(said, key="a/CHANGELOG.md") == set() and told(said, key="a/changes.txt") == set()
    assert told(said, key="a/changing.md") == {"MIT"}


def test_a_function_for_internal_use_is_not_confidential() -> None:
    assert list(plain("This method is for internal use only, and may change at any time.")) == []


def test_a_family_and_debians_copy_of_one_of_its_licences_are_that_licence() -> None:
    text = (
        "Copyright:\n\ngetopt, more, pg, wall, and whereis may be redistributed under the terms\n"
        "of the UCB BSD license found on Debian systems in the file\n/usr/share/common-licenses/BSD\n"
    )
    family, copy = text.index("BSD"), text.index("licenses/BSD")
    places = [
        Evidence(None, "reference", "family", 1.0, family, family + 11),
        Evidence("BSD-3-Clause", "reference", "copy", 1.0, copy, copy + 12),
    ]
    found = list(settled(Subject("docs/a.txt", text, False), places))
    assert "BSD-3-Clause" in {one.expression for one in found if one.role == "grant"}
