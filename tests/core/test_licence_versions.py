"""What is nearly a GNU notice is read for itself; short names are names only where they end."""

import pyarrow as pa
import pytest

from muniment.core import licences
from muniment.core.licences.texts.sections import named_in_section
from muniment.core.licences.texts.versions import restated, unversioned

_NOTICE = "it under the terms of the GNU {} Public License as published by the FSF; {} version {} of the License{}."


@pytest.mark.parametrize(
    ("words", "family"), [("General", "GPL"), ("Lesser General", "LGPL"), ("Library General", "LGPL"), ("Affero General", "AGPL")]
)
@pytest.mark.parametrize("later", [False, True])
def test_family_version_and_reach_are_those_of_the_text(words: str, family: str, later: bool) -> None:
    said = _NOTICE.format(words, "either" if later else "", "3", ", or (at your option) any later version" if later else " only")
    assert restated("LGPL-2.1-or-later", said) == f"{family}-3.0-{'or-later' if later else 'only'}"


@pytest.mark.parametrize(
    "said",
    [
        "the GNU General Public License",
        "the GNU General Public License version 2, or the GNU General Public License version 3",
        "the GNU Lesser General Public License version 2 and the GNU General Public License",
        "the GNU General Public License version 7",
    ],
)
def test_what_names_no_version_or_several_is_left_as_its_rule_has_it(said: str) -> None:
    assert restated("GPL-2.0-or-later", said) == "GPL-2.0-or-later"


def test_only_gnu_licences_are_restated() -> None:
    assert restated("MPL-1.1", "the GNU General Public License version 2") == "MPL-1.1"
    assert unversioned("GPL-1.0-or-later", "See the GNU General Public License for more details")
    assert not unversioned("GPL-2.0-only", "the GNU General Public License version 2") and not unversioned(None, "x")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The library is released under the ISC open source license, and the code is online.", ["ISC"]),
        ("Our code is distributed under the terms of the Zlib license.", ["Zlib"]),
        ("Unlike our code, theirs is released under the ISC license.", []),
        ("It was once thought that fonts released under the ISC license are few.", []),
    ],
)
def test_a_sentence_grants_by_a_bare_name_where_it_speaks_of_its_own_document(text: str, expected: list[str]) -> None:
    assert [found.expression for found in named_in_section(text)] == expected


def test_a_name_that_goes_on_is_another_name_and_a_fence_names_a_language() -> None:
    rules = pa.table(
        {"rule": ["a.RULE", "b.RULE"], "expression": ["Zlib", "Ruby"], "kind": ["notice", "notice"], "relevance": [100, 100],
         "text": ["License zlib", "ruby licence"]}
    )  # fmt: skip
    detector = licences.detector(licences.compile_rules(rules))

    def found(text: str) -> list[str]:
        columns = {
            "doc_id": ["d"],
            "native_key": ["x.md"],
            "media_type": ["text/markdown"],
            "declared_licence": [None],
            "notices": [None],
        }
        table = pa.table(
            {**{name: pa.array(value, pa.string()) for name, value in columns.items()}, "text": pa.array([text], pa.large_string())}
        )
        return detector.detect(table)["expression"].to_pylist()

    assert found("## License zlib\n") == ["Zlib"]
    assert found("## License\n\nzlib-parser is a parser\n") == []
    assert found("```ruby\nlicence = 1\n```") == []
    assert found("It matches that license.\n\n```zlib\nx = 1\n```") == []
