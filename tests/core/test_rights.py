"""Clauses against documents, lines of proofs, and attributions: pure functions."""

import json

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.rights.addresses import address
from muniment.core.rights.attribution import CREDIT, changes, credits, groups
from muniment.core.rights.clauses import violations
from muniment.core.rights.copyrights import copyright_lines
from muniment.core.rights.leaves import KEYS, lines
from muniment.core.rights.readings import names, stricter
from muniment.core.rights.rows import rows
from muniment.errors import Corrupt
from muniment.policies.licences import Tag, licence_tags
from muniment.policies.uses import shipped
from muniment.schemas.canonical import canonical_json
from muniment.schemas.rights import SourceTerms
from muniment.schemas.source import Classification, Terms
from muniment.verifiers import rights as verifier

LICENCES = [None, "MIT", "GPL-3.0-only", "CC-BY-NC-4.0", "CC-BY-ND-4.0", "AGPL-3.0-only", "MIT OR GPL-2.0-only", "LicenseRef-new", "CC0-1.0",
            "LicenseRef-ResearchOnly", "LicenseRef-Confidential", "MIT AND CC-BY-SA-4.0", "GPL-2.0-only WITH Classpath-exception-2.0"]  # fmt: skip
tag_sets = st.lists(st.sampled_from([str(tag) for tag in Tag]), unique=True, max_size=4)
documents = st.lists(
    st.fixed_dictionaries(
        {
            "licence": st.sampled_from(LICENCES),
            "source_id": st.sampled_from(["handbook", "acme", "gone"]),
            "classification": st.sampled_from([str(each) for each in Classification]),
            "tags": st.just(["COMMERCIAL_OK", "REDISTRIBUTION_OK"]) | tag_sets,
            "reserved": st.lists(st.sampled_from(["train", "input", "search"]), unique=True, max_size=2),
        }
    ),
    min_size=1,
    max_size=12,
)
contracts = st.builds(
    Terms,
    customer=st.sampled_from(["", "Acme", "Initech"]),
    no_mixing=st.booleans(),
    no_pretraining=st.booleans(),
    retention_days=st.none() | st.just(30),
    delete_on_termination=st.booleans(),
)
bindings = st.builds(
    SourceTerms,
    version=st.just(1),
    declared_licence=st.just(""),
    classification=st.sampled_from(Classification),
    terms=contracts,
    revoked=st.lists(st.sampled_from(["MIT", "GPL-2.0-only"]), unique=True, max_size=1).map(tuple),
)


def table(drawn: list[dict[str, object]]) -> pl.DataFrame:
    plain = [{**each, "doc_id": f"{number:032x}", "text_hash": f"{number:064x}"} for number, each in enumerate(drawn)]
    kinds = {"licence": pl.String, "tags": pl.List(pl.String), "reserved": pl.List(pl.String)}
    return pl.DataFrame(plain, schema_overrides=kinds)


@given(
    documents,
    st.fixed_dictionaries({"handbook": bindings, "acme": bindings}),
    st.sampled_from(shipped().use),
    st.sampled_from(["", "Acme"]),
)
def test_the_check_and_the_stand_alone_verifier_find_the_same_violations(
    drawn: list[dict[str, object]],
    sources: dict[str, SourceTerms],
    use,
    customer: str,  # type: ignore[no-untyped-def]
) -> None:
    looked_at = rows(table(drawn), "", licence_tags(), sources)
    present = sorted({str(each["source_id"]) for each in drawn})
    found = violations(looked_at, use, sources, present, customer)
    header = _header(sources, use.model_dump(mode="json"), customer, present)
    for row, hits in zip(looked_at.iter_rows(named=True), found.iter_rows(named=True), strict=True):
        ours = {clause for clause, hit in hits.items() if hit}
        leaf = verifier.Leaf(
            row["source"], "", row["licence"], frozenset(row["tags"]), tuple(row["reserved"]), verifier.RANKS[row["classification"]], frozenset()
        )  # fmt: skip
        theirs = set(verifier.violated(leaf, frozenset(row["names"]), header))
        assert bool(ours) == bool(theirs), (row, ours, theirs)
        assert theirs == ours if "terms" not in theirs else "terms" in ours


def _header(sources: dict[str, SourceTerms], use: dict[str, object], customer: str, present: list[str]) -> verifier.Header:
    """What the verifier makes of a header, without a file around it."""
    header = object.__new__(verifier.Header)
    header.customer, header.present, header.use = customer, present, use
    header.clauses = {clause["about"]: clause for clause in use["clause"]}  # type: ignore[attr-defined, index]
    header.sources = {}
    for name, each in sources.items():
        source = object.__new__(verifier.Source)
        source.rank = verifier.RANKS[str(each.classification)]
        source.revoked, source.terms = frozenset(each.revoked), each.terms.model_dump(mode="json")
        header.sources[name] = source
    return header


@given(documents)
def test_a_line_of_a_proof_is_canonical_json_of_its_row(drawn: list[dict[str, object]]) -> None:
    looked_at = rows(table(drawn), "", licence_tags(), {})
    made = lines(looked_at)
    assert [line.encode() for line in made] == [canonical_json(row) for row in looked_at.select(KEYS).iter_rows(named=True)]
    assert all(json.loads(line)["doc_id"] in line for line in made)


def test_an_id_that_could_break_out_of_its_line_is_refused() -> None:
    looked_at = rows(
        table([{"licence": "MIT", "source_id": "s", "classification": "public", "tags": [], "reserved": []}]),
        "",
        licence_tags(),
        {},
    )
    with pytest.raises(Corrupt, match="not hexadecimal"):
        lines(looked_at.with_columns(doc_id=pl.lit('","x":"')))


@given(tag_sets, tag_sets)
def test_of_two_readings_the_stricter_counts(one: list[str], other: list[str]) -> None:
    both = set(stricter(one, other))
    assert both == set(stricter(other, one))
    if "UNKNOWN" not in both:
        permissions = {"COMMERCIAL_OK", "REDISTRIBUTION_OK"}
        assert both & permissions == set(one) & set(other) & permissions
        assert both - permissions == (set(one) | set(other)) - permissions


def test_identifiers_of_an_expression() -> None:
    assert names("(MIT OR GPL-2.0-only WITH Classpath-exception-2.0) AND LicenseRef-a.b") == [
        "Classpath-exception-2.0", "GPL-2.0-only", "LicenseRef-a.b", "MIT",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("identifier", "where"),
    [
        ("CC-BY-SA-4.0", "https://creativecommons.org/licenses/by-sa/4.0/"),
        ("CC-BY-NC-ND-3.0-IGO", "https://creativecommons.org/licenses/by-nc-nd/3.0/igo/"),
        ("CC-BY-3.0-DE", "https://creativecommons.org/licenses/by/3.0/de/"),
        ("CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
        ("Apache-2.0", "https://spdx.org/licenses/Apache-2.0.html"),
        ("LicenseRef-Owned", ""),
    ],
)
def test_the_address_of_a_licence_follows_from_its_identifier(identifier: str, where: str) -> None:
    assert address(identifier) == where


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Copyright (c) 2019-2021 Jane Doe\n", ["Copyright (c) 2019-2021 Jane Doe"]),
        ("# Copyright 2020 The Harbour Authors. All rights reserved.\n", ["Copyright 2020 The Harbour Authors. All rights reserved."]),
        ("/* © Harbour Ltd */\n", ["© Harbour Ltd"]),
        ("// SPDX-FileCopyrightText: 2022 Jane Doe <jane@harbour.example>\n", ["SPDX-FileCopyrightText: 2022 Jane Doe <jane@harbour.example>"]),
        ("<!-- Copyright: 2011, Jane Doe -->\n", ["Copyright: 2011, Jane Doe"]),
        ("Copyright 1999 A\nCopyright 2001 B\nCopyright 1999 A\n", ["Copyright 1999 A", "Copyright 2001 B"]),
        ("  2015-2019 (c) Jane Doe\n2020 © Harbour\n", ["2015-2019 (c) Jane Doe", "2020 © Harbour"]),
        ("Copyright [yyyy] [name of copyright owner]\n", []),
        ("Copyright (c) <year> <copyright holders>\n", []),
        ("The above copyright notice shall be included.\nCopyright notices must stay.\n", []),
        ("Copyright laws of 1976 apply.\n", []),
        ("(a) You must\n(b) You may\n(c) You must retain, in the Source form\n", []),
        ("Copyright (C) 2007 Free Software Foundation, Inc. <https://fsf.org/>\n Everyone is permitted to copy and distribute\n", []),
        ("Copyright (C) 1989, 1991 Free Software Foundation, Inc.,\n 51 Franklin Street, Boston\n Everyone is permitted to copy\n", []),
        ("We speak of copyright (c) and of 2020 in the middle of a line.\n", []),
        ("", []),
    ],
)  # fmt: skip
def test_copyright_lines_are_those_that_claim_something(text: str, found: list[str]) -> None:
    assert copyright_lines(text) == found


def test_attributions_stand_by_project_with_lines_of_papers_that_are_not_listed() -> None:
    promoted = _texts(
        [
            ("beta", "b.py", "MIT", 0, "x"),
            ("alpha", "a.py", "Apache-2.0", 2, "# Copyright 2020 A\nx"),
            (None, "loose.md", "MIT", 0, ""),
        ]
    )
    papers = _texts(
        [("alpha", "NOTICE", None, 0, "This product is made of Alpha."), ("gamma", "LICENSE", None, 0, "Copyright 2020 G")]
    )
    found = list(groups(pl.concat([credits(promoted, True), credits(papers, False)])))
    assert [group.project for group in found] == ["alpha", "beta", ""]
    assert found[0].copyrights == ("Copyright 2020 A",)
    assert found[0].notices == (("NOTICE", "This product is made of Alpha."),)
    assert changes(found[0].documents[0]["redactions"]) == "2 passages replaced for the protection of persons"
    assert set(CREDIT) == set(credits(papers, False).columns)


def _texts(plain: list[tuple[str | None, str, str | None, int, str]]) -> pl.DataFrame:
    frame = pl.DataFrame(
        plain,
        schema={"project": pl.String, "native_key": pl.String, "licence": pl.String, "redactions": pl.Int32, "text": pl.String},
        orient="row",
    )
    return frame.with_columns(title=pl.col("native_key"), doc_id=pl.col("native_key"))
