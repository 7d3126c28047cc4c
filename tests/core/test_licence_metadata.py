"""Licences in metadata: what each kind of file says, what it binds, and that no file can break the reading."""

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from muniment.core import licences
from muniment.core.licences.metadata import files

POM = """<?xml version="1.0" encoding="UTF-8"?><project xmlns="http://maven.apache.org/POM/4.0.0"><name>x</name><licenses>{}</licenses></project>"""
DEP5 = """Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

Files: *
Copyright: 2020 somebody
License: GPL-2+
 This program is free software.

Files: debian/* src/x.c
Copyright: 2021 somebody else
License: Expat
"""
CLASSIFIED = "Name: x\nLicense: BSD\nClassifier: License :: OSI Approved :: MIT License\n"
FILES = [
    ("x-1.dist-info/METADATA", "Name: x\nLicense-Expression: MIT\nLicense: BSD\n\nLicense: GPL-3.0", "MIT", "project"),
    ("PKG-INFO", CLASSIFIED, "MIT", "project"),
    ("x/METADATA", "License: Apache 2.0\nClassifier: License :: OSI Approved :: BSD License\n", "Apache-2.0", "project"),
    ("x/METADATA", "License: MIT License\n        \n        Copyright (c) 2020\n        Permission is\n", "MIT", "project"),
    ("pyproject.toml", '[project]\nlicense = "MIT OR Apache-2.0"', "MIT OR Apache-2.0", "project"),
    ("pyproject.toml", '[project]\nlicense = {text = "BSD 3-Clause"}', "BSD-3-Clause", "project"),
    ("pyproject.toml", '[tool.poetry]\nlicense = "ISC"', "ISC", "project"),
    ("setup.cfg", "[metadata]\nlicense = GPLv3+\n[x]\ny", "GPL-3.0-or-later", "project"),
    ("a/package.json", '{"license": "(MIT OR CC0-1.0)"}', "MIT OR CC0-1.0", "project"),
    ("a/package.json", '{"licenses": [{"type": "MIT", "url": "x"}, {"type": "GPL-2.0"}]}', "MIT OR GPL-2.0-only", "project"),
    ("composer.json", '{"license": ["LGPL-2.1-only", "GPL-3.0-or-later"]}', "LGPL-2.1-only OR GPL-3.0-or-later", "project"),
    ("Cargo.toml", '[package]\nname = "x"\nlicense = "MIT/Apache-2.0"', "MIT OR Apache-2.0", "project"),
    ("Cargo.toml", '[workspace.package]\nlicense = "MPL-2.0"', "MPL-2.0", "project"),
    ("pom.xml", POM.format("<license><name>Apache License, Version 2.0</name></license>"), "Apache-2.0", "project"),
    (
        "pom.xml",
        POM.format(
            "<license><name>BSD License</name><url>https://opensource.org/licenses/BSD-3-Clause</url></license>"
            "<license><name>The MIT License</name></license>"
        ),
        "BSD-3-Clause OR MIT",
        "project",
    ),
    ("x.nuspec", '<package><metadata><license type="expression">MIT</license></metadata></package>', "MIT", "project"),
    (
        "x.nuspec",
        "<package><metadata><licenseUrl>http://www.apache.org/licenses/LICENSE-2.0</licenseUrl></metadata></package>",
        "Apache-2.0",
        "project",
    ),
    ("x.gemspec", 'Gem::Specification.new do |s|\n  s.licenses    = ["MIT", "Ruby"]\nend', "MIT AND Ruby", "project"),
    ("x.gemspec", "  spec.license = 'BSD-2-Clause'\n", "BSD-2-Clause", "project"),
    ("DESCRIPTION", "Package: x\nLicense: GPL (>= 2) | file LICENSE\n", "GPL-2.0-or-later", "project"),
    ("x.cabal", "name: x\nlicense:        BSD3\n", "BSD-3-Clause", "project"),
    ("CITATION.cff", "cff-version: 1.2.0\nlicense: [MIT, Apache-2.0]\ntitle: {{ broken", "MIT OR Apache-2.0", "project"),
    ("codemeta.json", '{"license": "https://spdx.org/licenses/Apache-2.0"}', "Apache-2.0", "project"),
    (
        "meta.yaml",
        "{% set x = 1 %}\nabout:\n  home: x\n  license: BSD-3-Clause\nextra:\n  license: MIT\n",
        "BSD-3-Clause",
        "project",
    ),
    ("debian/copyright", DEP5, "GPL-2.0-or-later", "project"),
    ("REUSE.toml", 'version = 1\n[[annotations]]\npath = "**"\nSPDX-License-Identifier = "CC0-1.0"', "CC0-1.0", "project"),
    ("README.md", "---\nlicense: cc-by-nc-4.0\ntags: [x]\n---\n# Data\n", "CC-BY-NC-4.0", "project"),
    ("README.md", "---\nlicense:\n- mit\n- cc-by-sa-4.0\n---\n", "MIT AND CC-BY-SA-4.0", "project"),
    (
        "README.md",
        "---\nlicense: other\nlicense_name: llama3.1\nlicense_link: LICENSE\n---\n",
        "LicenseRef-scancode-llama-3.1-license-2024",
        "project",
    ),
    ("dataset_infos.json", '{"a": {"license": "CC BY 4.0"}, "b": {"license": "CC BY 4.0"}}', "CC-BY-4.0", "project"),
    ("croissant.json", '{"license": ["https://creativecommons.org/licenses/by/4.0/"]}', "CC-BY-4.0", "project"),
    (
        "datapackage.json",
        '{"licenses": [{"name": "ODbL-1.0", "path": "https://opendatacommons.org/licenses/odbl/"}]}',
        "ODbL-1.0",
        "project",
    ),
    ("api/openapi.yaml", "openapi: 3.1.0\ninfo:\n  title: x\n  license:\n    name: Apache 2.0\npaths: {", "Apache-2.0", "document"),
    ("swagger.json", '{"info": {"license": {"name": "MIT", "url": "https://opensource.org/licenses/MIT"}}}', "MIT", "document"),
    ("x.metainfo.xml", "<component><project_license>GPL-3.0+</project_license></component>", "GPL-3.0-or-later", "project"),
]
NAMES = sorted({key for key, *_ in FILES})


PERMITTED = (
    "Permission is granted to whoever obtains this work to use, copy and pass on copies of it,\nprovided that the notice of\ncopyright above and"
    " this notice of permission\nstand in all copies of it\nor in substantial parts of them,\nand that no warranty of any kind is given."
)
RULES = licences.compile_rules(
    pa.table({"rule": ["open.LICENSE"], "expression": ["MIT"], "kind": ["text"], "relevance": [100], "text": [PERMITTED]})
)


def rows(key: str, text: str, declared: str | None = None) -> list[tuple[str | None, str, str, str]]:
    columns = {"native_key": [key], "declared_licence": [declared], "text": [text]}
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)).with_row_index("doc")
    return [(found.expression, found.scope, found.role, found.rule) for _, found in files.statements(frame, RULES)]


@pytest.mark.parametrize(("key", "text", "expression", "scope"), FILES)
def test_a_file_says_the_licence_of_what_it_speaks_for(key: str, text: str, expression: str, scope: str) -> None:
    told = [(said, bound) for said, bound, role, _ in rows(f"p/{key}", text) if role == "grant" and said]
    assert told == [(expression, scope)]


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("notes/package.json.txt", '{"license": "MIT"}'),
        ("package-lock.json", '{"license": "MIT"}'),
        ("README.md", "# x\n\nlicense: mit\n"),
        ("DESCRIPTION", "License: this is about a house\n"),
        ("copyright", "License: MIT\nFiles: *\n"),
        ("Cargo.toml", "[package]\nlicense.workspace = true"),
        ("pyproject.toml", '[project]\nlicense = {file = "LICENSE"}'),
    ],
)
def test_what_only_looks_like_metadata_says_nothing(key: str, text: str) -> None:
    assert rows(key, text) == []


def test_a_statement_that_nobody_understands_is_kept_without_an_expression_and_with_its_field() -> None:
    assert rows("package.json", '{"license": "SEE LICENSE IN X"}') == [(None, "project", "grant", "package.json license")]
    assert rows("package.json", '{"license": ["MIT", "Custom"]}') == [(None, "project", "grant", "package.json license")]


def test_a_text_that_was_pasted_where_a_name_belongs_is_read_as_a_text() -> None:
    [declared] = rows("a.py", "x = 1", f"Copyright (c) 2001 nobody\n\n{PERMITTED}\n")
    assert declared == ("MIT", "document", "grant", "upstream metadata")
    [unread] = rows("a.py", "x = 1", "\n".join(["A licence of our own", *"abcdef"]))
    assert unread[0] is None


def test_the_place_of_a_statement_is_where_it_stands_in_the_text() -> None:
    text = '{"name": "x", "license": "Apache-2.0"}'
    frame = pl.DataFrame(
        {"doc": [0], "native_key": ["package.json"], "declared_licence": pl.Series([None], dtype=pl.String), "text": [text]}
    )
    [(_, found)] = files.statements(frame, RULES)
    assert text[found.start : found.end] == "Apache-2.0"


def test_what_covers_some_files_is_not_the_projects() -> None:
    assert [(said, bound, role) for said, bound, role, _ in rows("debian/copyright", DEP5)] == [
        ("GPL-2.0-or-later", "project", "grant"),
        ("MIT", "asset", "asset"),
    ]


def test_a_licence_text_pasted_into_metadata_is_known_by_its_title() -> None:
    pasted = "MIT License\n" + "\n".join(f"line {number}" for number in range(20))
    assert rows("x.py", "", pasted) == [("MIT", "document", "grant", "upstream metadata")]
    classifiers = "\n".join(["License :: OSI Approved :: MIT License"] * 8)
    assert len(rows("x.py", "", classifiers)) == 8


@given(st.sampled_from(NAMES), st.text(max_size=300))
def test_no_text_breaks_the_reading(key: str, text: str) -> None:
    for said, *_ in rows(key, text):
        assert said is None or said


@given(st.sampled_from(FILES), st.integers(0, 400), st.text(max_size=5))
def test_no_change_of_a_file_breaks_the_reading(file: tuple[str, str, str, str], place: int, change: str) -> None:
    key, text, *_ = file
    rows(key, text[:place] + change + text[place + len(change) :])


@pytest.mark.parametrize("key", NAMES)
@pytest.mark.parametrize(
    "text", ["[" * 60_000, '{"license":' * 20_000, "<a>" * 50_000, "a = " + "[" * 60_000, "license: " + "[" * 60_000]
)
def test_deep_nesting_is_no_trouble(key: str, text: str) -> None:
    assert all(said is None for said, *_ in rows(key, text))


@example(8)
@given(st.integers(2, 9))
def test_aliases_that_multiply_are_not_written_out(depth: int) -> None:
    bomb = "\n".join(f"  - &a{level} [{', '.join([f'*a{level - 1}'] * 9) if level else 'x'}]" for level in range(depth))
    assert rows("README.md", f"---\nlicense:\n{bomb}\n---\n") in ([], [(None, "project", "grant", "readme.md card license")])
