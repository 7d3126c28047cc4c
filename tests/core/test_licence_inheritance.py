"""What a silent document inherits, from where, and which disagreements leave it without a licence."""

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core import licences
from muniment.policies.rights import Rights
from muniment.schemas.evidence import LICENCE

Said = tuple[str, str | None]  # kind, expression


def evidence(key: str, kind: str, expression: str | None, confidence: float = 1.0) -> dict[str, Any]:
    scope = "project" if kind == "metadata" else "document"
    rule = "upstream metadata" if kind == "upstream" else kind
    name = "declared" if kind in ("metadata", "upstream") else kind
    fixed = {"detector": "t@1", "role": "grant", "data": "t", "start": None, "end": None}
    return {"doc_id": key, "expression": expression, "kind": name, "scope": scope, "rule": rule, "confidence": confidence, **fixed}


def concluded(
    files: dict[str, list[Said]], project: str | None = None, source: str = "", policy: Rights = Rights()
) -> dict[str, tuple[str | None, str, str]]:
    """Native key → licence, status, rights; `files` says what each file says."""
    rows = [evidence(key, kind, expression) for key, said in files.items() for kind, expression in said]
    documents = pa.table(
        {"doc_id": list(files), "project": pa.array([project] * len(files), pa.string()), "native_key": list(files)}
    )
    found = licences.conclude(documents, pa.Table.from_pylist(rows, LICENCE), source, policy).to_pylist()
    return {row["doc_id"]: (row["licence"], row["status"], row["rights"]) for row in found}


def test_a_licence_file_speaks_for_its_folder_and_all_below_it() -> None:
    found = concluded({"LICENSE": [("text", "MIT")], "a.txt": [], "deep/er/b.txt": []})
    assert found["a.txt"] == found["deep/er/b.txt"] == ("MIT", "inherited", "partial")


def test_the_nearest_papers_count() -> None:
    files = {
        "p/LICENSE": [("text", "MIT")],
        "p/vendored/x/COPYING": [("text", "GPL-2.0-only")],
        "p/vendored/x/y.c": [],
        "p/z.c": [],
    }
    found = concluded(files, project="p")
    assert found["p/vendored/x/y.c"][0] == "GPL-2.0-only" and found["p/z.c"][0] == "MIT"


def test_metadata_stands_before_licence_files_and_their_agreement_verifies() -> None:
    files: dict[str, list[Said]] = {
        "p/package.json": [("metadata", "MIT OR Apache-2.0")],
        "p/LICENSE-MIT": [("text", "MIT")],
        "p/LICENSE-APACHE": [("text", "Apache-2.0")],
        "p/src/a.js": [],
    }
    assert concluded(files)["p/src/a.js"] == ("MIT OR Apache-2.0", "inherited", "verified")


def test_papers_of_an_installed_package_speak_for_its_code_beside_them() -> None:
    files: dict[str, list[Said]] = {
        "p/p.dist-info/METADATA": [("metadata", "BSD-3-Clause")],
        "p/p.dist-info/licenses/LICENSE": [("text", "BSD-3-Clause")],
        "p/code/a.py": [],
    }
    assert concluded(files, project="p")["p/code/a.py"] == ("BSD-3-Clause", "inherited", "verified")


def test_a_project_whose_metadata_and_licence_file_disagree_is_in_conflict_and_the_policy_may_think_otherwise() -> None:
    files: dict[str, list[Said]] = {"p/LICENSE": [("text", "MIT")], "p/METADATA": [("metadata", "Apache-2.0")], "p/a.py": []}
    assert {status for _, status, _ in concluded(files, project="p").values()} == {"conflict"}
    lenient = concluded(files, project="p", policy=Rights(conflicts=()))
    assert lenient["p/a.py"] == ("Apache-2.0", "inherited", "partial")


@pytest.mark.parametrize(
    ("text", "declared", "apart"),
    [
        ("LGPL-2.1-only", "LGPL-2.0-or-later", False), ("GPL-3.0-only", "GPL-2.0-or-later", False), ("GPL-2.0-only", "GPL-3.0-or-later", True),
        ("Python-2.0", "PSF-2.0", False), ("GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0-or-later", False), ("LGPL-3.0-only", "GPL-3.0-only", True),
        ("MIT AND ISC", "ISC OR Zlib", False),
    ],
)  # fmt: skip
def test_a_text_bears_out_a_declaration_that_allows_it(text: str, declared: str, apart: bool) -> None:
    found = concluded({"p/LICENSE": [("text", text)], "p/METADATA": [("metadata", declared)], "p/a.py": []}, project="p")
    assert found["p/a.py"][:2] == ((None, "conflict") if apart else (declared, "inherited"))


def test_each_part_of_a_conjunction_stands_once() -> None:
    found = concluded({"a": [("text", "MIT AND ISC"), ("notice", "ISC"), ("tag", "(MIT AND Zlib)")]})
    assert sorted(str(found["a"][0]).split(" AND ")) == ["ISC", "MIT", "Zlib"]


def test_a_tag_against_what_was_declared_for_the_project_is_a_conflict_of_that_file_alone() -> None:
    files: dict[str, list[Said]] = {"p/a.py": [("tag", "GPL-2.0-only"), ("upstream", "MIT")], "p/b.py": [("upstream", "MIT")]}
    found = concluded(files, project="p")
    assert found["p/a.py"][:2] == (None, "conflict") and found["p/b.py"][:2] == ("MIT", "inherited")


def test_a_short_reference_stands_before_the_source_and_behind_the_project() -> None:
    assert concluded({"a.md": [("reference", "MIT")]}, source="CC-BY-4.0")["a.md"] == ("MIT", "known", "partial")
    files: dict[str, list[Said]] = {"p/a.md": [("reference", "MIT"), ("upstream", "Apache-2.0")]}
    assert concluded(files, project="p")["p/a.md"][0] == "Apache-2.0"


def test_the_order_of_inheritance_is_policys() -> None:
    files: dict[str, list[Said]] = {"p/LICENSE": [("text", "MIT")], "p/v/LICENSE": [("text", "ISC")], "p/v/a.c": []}
    assert concluded(files, project="p", policy=Rights(inherit=("project", "directory")))["p/v/a.c"][0] == "MIT"
    assert concluded({"a.c": []}, source="MIT", policy=Rights(inherit=("directory",)))["a.c"] == (None, "unknown", "unverified")


def test_weak_evidence_does_not_count_below_the_policys_confidence() -> None:
    rows = pa.Table.from_pylist([evidence("a", "notice", "MIT", 0.6)], LICENCE)
    documents = pa.table({"doc_id": ["a"], "project": pa.array([None], pa.string()), "native_key": ["a"]})
    assert licences.conclude(documents, rows, "", Rights(confidence=0.7))["licence"].to_pylist() == [None]
    assert licences.conclude(documents, rows, "", Rights(confidence=0.5))["rights"].to_pylist() == ["partial"]


@pytest.mark.parametrize("folder", ["LICENSES", "licenses", "license"])
def test_a_folder_of_licence_texts_speaks_for_the_folder_that_it_lies_in(folder: str) -> None:
    found = concluded({f"x/{folder}/LICENSE.txt": [("text", "MIT")], "x/src/a.c": []})
    assert found["x/src/a.c"][0] == "MIT"


paths = st.lists(st.sampled_from("ab"), min_size=0, max_size=4).map("/".join)


@given(st.dictionaries(paths, st.sampled_from(["MIT", "ISC", "Zlib"]), max_size=4), paths)
def test_inheritance_is_the_nearest_licence_file_above_whatever_lies_beside(held: dict[str, str], place: str) -> None:
    files: dict[str, list[Said]] = {f"{folder}/LICENSE".lstrip("/"): [("text", name)] for folder, name in held.items()}
    silent = f"{place}/file.txt".lstrip("/")
    parts = place.split("/") if place else []
    above = ["/".join(parts[:size]) for size in range(len(parts), -1, -1)]
    expected = next((held[folder] for folder in above if folder in held), None)
    assert concluded({**files, silent: []})[silent][0] == expected


def test_a_path_of_thousands_of_folders_is_no_trouble() -> None:
    assert concluded({"LICENSE": [("text", "MIT")], "a/" * 5000 + "x.txt": []})["a/" * 5000 + "x.txt"][0] == "MIT"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (["GPL-2.0-only", "Classpath-exception-2.0"], "GPL-2.0-only WITH Classpath-exception-2.0"),
        (["MIT", "GCC-exception-3.1"], "MIT"),
        (["MIT", "LicenseRef-scancode-gpl-generic-additional-terms"], "LicenseRef-scancode-gpl-generic-additional-terms AND MIT"),
        (["GPL-2.0-only", "GPL-3.0-only", "Classpath-exception-2.0"], "GPL-2.0-only AND GPL-3.0-only"),
        (["Apache-2.0", "MIT", "LLVM-exception"], "Apache-2.0 WITH LLVM-exception AND MIT"),
        (["GPL-2.0-only WITH Classpath-exception-2.0", "Classpath-exception-2.0"], "GPL-2.0-only WITH Classpath-exception-2.0"),
    ],
)
def test_an_exception_that_stands_by_itself_is_put_to_the_only_licence_that_it_can_be_of(said: list[str], expected: str) -> None:
    assert concluded({"a": [("notice", each) for each in said]})["a"][0] == expected
