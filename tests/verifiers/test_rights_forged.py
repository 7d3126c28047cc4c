"""Forged proofs: each kind is caught, and by what it should be caught by."""

import gzip
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.verifiers.forger import Parts, Proven, packed

from muniment.schemas.canonical import canonical_json, sha256
from muniment.verifiers.rights import holds, verify

Edit = Callable[[Parts], object]
PERMISSIVE = ["ATTRIBUTION_REQUIRED", "COMMERCIAL_OK", "REDISTRIBUTION_OK"]


def accepted(file: Path, proven: Proven | None = None, terms: bool = False, objects: bool = False) -> bool:
    """What the verifier says, with the trusted key and what else is given."""
    key = proven.key if proven else ""
    return holds(verify(file, key, proven.terms if proven and terms else None, proven.root if proven and objects else None))


def find(parts: Parts, licence: str, source: str = "handbook") -> dict[str, object]:
    return next(leaf for leaf in parts.leaves if leaf["licence"] == licence and leaf["source"] == source)


def clause(parts: Parts, about: str) -> dict[str, object]:
    return next(each for each in parts.header["use"]["clause"] if each["about"] == about)


def test_true_proofs_hold_whatever_they_are_held_against(proven: Proven, tuned: Proven) -> None:
    for each in (proven, tuned):
        findings = verify(each.file, each.key, each.terms, each.root)
        assert holds(findings), findings
        assert [finding.state for finding in findings].count("unchecked") == 1


# --- Somebody without the key changes a proof -----------------------------------------------------------------------------------------

CHANGED: dict[str, Edit] = {
    "a document's licence": lambda p: find(p, "MIT").update(licence="ISC"),
    "a document's licence to none": lambda p: find(p, "MIT").update(licence=None, chosen=""),
    "a document's branch": lambda p: find(p, "MIT OR GPL-2.0-only").update(chosen="GPL-2.0-only"),
    "a document's tags": lambda p: find(p, "CC0-1.0").update(tags=PERMISSIVE),
    "a document's source": lambda p: p.leaves[0].update(source={"handbook": "wiki", "wiki": "handbook"}[p.leaves[0]["source"]]),
    "a document's text": lambda p: p.leaves[0].update(text_hash=sha256(b"another text")),
    "a document's id": lambda p: p.leaves[0].update(doc_id="0" * 32),
    "a document's classification": lambda p: p.leaves[0].update(classification="public"),
    "a document's reservations": lambda p: p.leaves[0].update(reserved=["search"]),
    "a document's layer": lambda p: p.leaves[0].update(layer="share-alike"),
    "a document less": lambda p: p.leaves.pop(3),
    "a document less, counted": lambda p: (p.leaves.pop(), p.header.update(documents=len(p.leaves))),
    "a document more": lambda p: p.leaves.append({**p.leaves[-1], "doc_id": "f" * 32}),
    "a document twice": lambda p: p.leaves.insert(1, p.leaves[0]),
    "the order": lambda p: p.leaves.reverse(),
    "two neighbours": lambda p: p.leaves.insert(1, p.leaves.pop(0)),
    "a clause of the use": lambda p: clause(p, "SHAREALIKE").update(stance="admitted"),
    "a clause less": lambda p: p.header["use"]["clause"].pop(3),
    "the use's name": lambda p: p.header["use"].update(name="research"),
    "a row of the table": lambda p: p.header["table"]["licences"].update({"ISC": ["COMMERCIAL_OK"]}),
    "the row of the GPL": lambda p: p.header["table"]["licences"].update({"GPL-2.0-only": PERMISSIVE}),
    "the order of choice": lambda p: p.header["table"].update(preferred=["GPL-2.0-only"]),
    "the table's digest": lambda p: p.header["table"].update(digest="0" * 64),
    "contract terms": lambda p: p.header["sources"]["wiki"]["terms"].update(valid_until="2099-01-01"),
    "a source's classification": lambda p: p.header["sources"]["wiki"].update(classification="public"),
    "a source's terms less": lambda p: p.header["sources"].pop("wiki"),
    "the layers that were left out": lambda p: p.header.update(without=[]),
    "the customer": lambda p: p.header.update(customer="Acme"),
    "the snapshot": lambda p: p.header.update(snapshot="0" * 20),
    "the revision": lambda p: p.header.update(revision=1),
    "the manifest's digest": lambda p: p.header.update(manifest="0" * 64),
    "an object's digest": lambda p: p.header["parts"][0]["documents"][0].update(digest="0" * 64),
    "an object less": lambda p: p.header["parts"][0]["documents"].pop(),
    "an object's layer": lambda p: p.header["parts"][0]["documents"][-1].update(layer=""),
    "a part less": lambda p: p.header["parts"].pop(),
    "the count": lambda p: p.header.update(documents=p.header["documents"] + 1),
    "the root": lambda p: p.header.update(root="0" * 64),
    "the time": lambda p: p.header.update(issued="2030-01-01T00:00:00Z"),
    "the key": lambda p: p.header.update(key="0" * 64),
    "the tools": lambda p: p.header["tools"].update(muniment="9"),
    "the version": lambda p: p.header.update(version=2),
    "the format": lambda p: p.header.update(format="another"),
    "a field more in the header": lambda p: p.header.update(note="trust me"),
    "a field more in a document": lambda p: p.leaves[0].update(note="trust me"),
    "a field more in the seal": lambda p: p.seal.update(note="trust me"),
    "the signature": lambda p: p.seal.update(signature="0" * 128),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGED)
def test_a_change_is_caught_by_the_proof_alone(what: str, proven: Proven, tmp_path: Path) -> None:
    parts = Parts(proven.file)
    CHANGED[what](parts)
    true = Parts(proven.file).lines()
    assert parts.lines() != true
    assert not accepted(parts.write(tmp_path / "forged.gz"))
    refitted = parts.consistent()
    assert refitted.lines() == true or not accepted(refitted.write(tmp_path / "forged.gz")), "with a root that fits"


BROKEN: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "without its signature": lambda lines: lines[:-1],
    "without its last document": lambda lines: [*lines[:-2], lines[-1]],
    "without its header": lambda lines: lines[1:],
    "with something behind": lambda lines: [*lines, b"{}"],
    "with an empty line": lambda lines: [lines[0], b"", *lines[1:]],
    "with spaces in the header": lambda lines: [lines[0].replace(b'":', b'": '), *lines[1:]],
    "with spaces in a document": lambda lines: [lines[0], lines[1].replace(b",", b", "), *lines[2:]],
    "with a key twice in the header": lambda lines: [lines[0].replace(b'{"customer":"",', b'{"customer":"Acme","customer":"",', 1), *lines[1:]],
    "with a key twice in a document": lambda lines: [lines[0], lines[1].replace(b'{"chosen"', b'{"chosen":"ISC","chosen"', 1), *lines[2:]],
    "with keys in another order": lambda lines: [lines[0], json.dumps(dict(reversed(json.loads(lines[1]).items()))).encode(), *lines[2:]],
    "with escapes that say the same": lambda lines: [lines[0].replace(b"open-weights", b"open\\u002dweights"), *lines[1:]],
    "with a fraction": lambda lines: [lines[0].replace(b'"version":1', b'"version":1.0'), *lines[1:]],
    "with no number": lambda lines: [lines[0].replace(b'"revision":0', b'"revision":NaN'), *lines[1:]],
    "with a truth for a number": lambda lines: [lines[0].replace(b'"revision":0', b'"revision":false'), *lines[1:]],
    "with bytes that are no text": lambda lines: [lines[0], b"\xff\xfe" + lines[1], *lines[2:]],
    "with a list for a header": lambda lines: [b"[]", *lines[1:]],
    "that is empty": lambda lines: [],
}  # fmt: skip


@pytest.mark.parametrize("how", BROKEN)
def test_a_file_that_is_not_as_it_must_be_is_refused(how: str, proven: Proven, tmp_path: Path) -> None:
    lines = Parts(proven.file).lines()
    broken = BROKEN[how](lines)
    assert broken != lines
    assert not accepted(packed(broken, tmp_path / "forged.gz"))


def test_a_file_that_ends_early_or_is_no_gzip_is_refused(proven: Proven, tmp_path: Path) -> None:
    payload, file = proven.file.read_bytes(), tmp_path / "forged.gz"
    for kept in range(0, len(payload), 97):
        file.write_bytes(payload[:kept])
        assert not accepted(file)
    file.write_bytes(gzip.decompress(payload))
    assert not accepted(file)
    assert not accepted(tmp_path / "absent.gz")


def test_a_line_without_end_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "bomb.gz", "wb", 1) as file:
        for _ in range(65):
            file.write(b" " * (1 << 20))
    assert not accepted(tmp_path / "bomb.gz")


def test_the_signature_of_another_true_proof_does_not_fit(proven: Proven, tuned: Proven, tmp_path: Path) -> None:
    parts = Parts(proven.file)
    parts.seal = Parts(tuned.file).seal
    assert not accepted(parts.write(tmp_path / "forged.gz"))


def test_a_signature_of_the_same_key_over_something_else_does_not_fit(proven: Proven, tmp_path: Path) -> None:
    parts = Parts(proven.file)
    parts.seal = {"signature": proven.sign(canonical_json(parts.header))}  # as receipts of erasures are signed: without the domain
    assert not accepted(parts.write(tmp_path / "forged.gz"))


# --- Somebody without the key signs with another --------------------------------------------------------------------------------------

RESIGNED: dict[str, Edit] = {
    "nothing else": lambda p: None,
    "a document less": lambda p: p.counted(str(p.leaves.pop(0)["source"]), -1).consistent(),
    "a licence and its tags": lambda p: (find(p, "CC0-1.0").update(licence="MIT", chosen="MIT", tags=PERMISSIVE), p.consistent()),
    "contract terms": lambda p: p.header["sources"]["wiki"]["terms"].update(valid_until="2099-01-01"),
    "the use": lambda p: clause(p, "NO_DERIVATIVES").update(stance="admitted"),
    "the time": lambda p: p.header.update(issued="2030-01-01T00:00:00Z"),
}  # fmt: skip


@pytest.mark.parametrize("what", RESIGNED)
def test_another_key_is_caught_by_the_trusted_one(what: str, proven: Proven, tmp_path: Path) -> None:
    parts = Parts(proven.file)
    RESIGNED[what](parts)
    forged = parts.by_a_stranger().write(tmp_path / "forged.gz")
    assert accepted(forged), "it is sound in itself: without a trusted key nobody can tell"
    assert not accepted(forged, proven)


def test_a_proof_without_a_trusted_key_says_that_the_signer_was_not_checked(proven: Proven) -> None:
    assert any("--key" in each.what for each in verify(proven.file) if each.state == "unchecked")


# --- The signer lies --------------------------------------------------------------------------------------------------------------------

# What does not follow from itself is caught without anything else.
ABSURD: dict[str, Edit] = {
    "tags that the licence does not have": lambda p: (find(p, "MIT").update(licence="CC-BY-NC-4.0", chosen="CC-BY-NC-4.0"), p.consistent()),
    "tags of an unknown licence": lambda p: (find(p, "MIT").update(licence="LicenseRef-new", chosen="LicenseRef-new"), p.consistent()),
    "a licence of words": lambda p: (find(p, "MIT").update(licence="MIT or so", chosen="MIT"), p.consistent()),
    "the branch that is not taken": lambda p: (find(p, "MIT OR GPL-2.0-only").update(chosen="GPL-2.0-only"), p.consistent()),
    "a GPL without share-alike": lambda p: p.header["table"]["licences"].update({"GPL-2.0-only": PERMISSIVE}),
    "a row that contradicts itself": lambda p: p.header["table"]["licences"].update(
        {"ISC": ["COMMERCIAL_OK", "NONCOMMERCIAL", "REDISTRIBUTION_OK"]}
    ),
    "a document that violates a clause": lambda p: (p.leaves[0].update(reserved=["train"]), p.consistent()),
    "a document of a layer that was left out": lambda p: (p.leaves[0].update(layer="share-alike"), p.consistent()),
    "a document less sensitive than its source": lambda p: (p.leaves[0].update(classification="public"), p.consistent()),
    "a document too sensitive": lambda p: (p.leaves[0].update(classification="restricted"), p.consistent()),
    "a document twice": lambda p: (p.leaves.insert(0, p.leaves[0]), p.counted(p.leaves[0]["source"], 1).consistent()),
    "documents out of order": lambda p: (p.leaves.reverse(), p.consistent()),
    "fewer documents than objects hold": lambda p: (p.leaves.pop(), p.consistent()),
    "a source without terms": lambda p: p.header["sources"].pop("wiki"),
    "terms that ran out": lambda p: p.header["sources"]["wiki"]["terms"].update(valid_until="2026-11-21"),
    "terms that begin later": lambda p: p.header["sources"]["wiki"]["terms"].update(valid_from="2026-11-22"),
    "a contract that forbids it": lambda p: p.header["sources"]["wiki"]["terms"].update(no_pretraining=True),
    "a customer who is not named": lambda p: p.header["sources"]["wiki"]["terms"].update(customer="Acme"),
    "a source that must not be mixed": lambda p: p.header["sources"]["wiki"]["terms"].update(no_mixing=True),
    "a contract term that nobody knows": lambda p: p.header["sources"]["wiki"]["terms"].update(no_tuesdays=True),
    "a licence that was taken back": lambda p: p.header["sources"]["wiki"].update(revoked=["ISC"]),
    "a use without a clause": lambda p: p.header["use"].update(
        clause=[each for each in p.header["use"]["clause"] if each["about"] != "ATTRIBUTION_REQUIRED"]
    ),
    "a use with a clause twice": lambda p: p.header["use"]["clause"].append(p.header["use"]["clause"][0]),
    "a clause of no known kind": lambda p: clause(p, "train").update(about="weather"),
    "a stance of no known kind": lambda p: clause(p, "train").update(stance="tolerated"),
    "a use for nothing": lambda p: p.header["use"].update(uses=[]),
    "an unknown layer left out": lambda p: p.header.update(without=["handbook"]),
    "an object twice": lambda p: p.header["parts"][0]["documents"].append(p.header["parts"][0]["documents"][0]),
    "no document": lambda p: (p.leaves.clear(), p.consistent()),
    "a version that is not known": lambda p: p.header.update(version=2),
}  # fmt: skip


@pytest.mark.parametrize("what", ABSURD)
def test_what_does_not_follow_from_the_proof_itself_is_refused_though_truly_signed(
    what: str, proven: Proven, tmp_path: Path
) -> None:
    parts = Parts(proven.file)
    ABSURD[what](parts)
    assert not accepted(parts.signed(proven.sign).write(tmp_path / "forged.gz"), proven)


# A lie that fits together takes something that the signer did not write.
BENT: dict[str, Edit] = {
    "a row of the table": lambda p: (
        p.header["table"]["licences"].update({"LicenseRef-ResearchOnly": PERMISSIVE}),
        find(p, "MIT").update(licence="LicenseRef-ResearchOnly", chosen="LicenseRef-ResearchOnly"),
        p.consistent(),
    ),
    "a row and its digest": lambda p: (p.header["table"]["licences"].update({"CC0-1.0": PERMISSIVE}), p.header["table"].update(digest="0" * 64),
        find(p, "CC0-1.0").update(tags=PERMISSIVE), find(p, "CC0-1.0", "wiki").update(tags=PERMISSIVE), p.consistent()),
    "a row less": lambda p: p.header["table"]["licences"].pop("GPL-2.0-only"),
    "the table's digest": lambda p: p.header["table"].update(digest="0" * 64),
    "the order of choice": lambda p: p.header["table"].update(preferred=["MIT"]),
    "what is silent": lambda p: p.header["table"].update(silent=["GPL-2.0-only"]),
    "a clause": lambda p: clause(p, "NO_DERIVATIVES").update(stance="admitted"),
    "a reason": lambda p: clause(p, "NO_DERIVATIVES").update(why="no reason at all"),
    "the use's name": lambda p: p.header["use"].update(name="anything"),
}  # fmt: skip


@pytest.mark.parametrize("what", BENT)
def test_a_bent_table_or_use_is_caught_by_the_agreed_one(what: str, proven: Proven, tmp_path: Path) -> None:
    parts = Parts(proven.file)
    BENT[what](parts)
    forged = parts.signed(proven.sign).write(tmp_path / "forged.gz")
    assert accepted(forged, proven), "truly signed, and it fits together"
    assert not accepted(forged, proven, terms=True)


HIDDEN: dict[str, Edit] = {
    "a document less": lambda p: p.counted(str(p.leaves.pop(0)["source"]), -1).consistent(),
    "a document more": lambda p: (
        p.leaves.append({**p.leaves[-1], "doc_id": "f" * 32}), p.counted(p.leaves[-1]["source"], 1).consistent()
    ),
    "a document in place of another": lambda p: (p.leaves[-1].update(doc_id="f" * 32), p.consistent()),
    "another licence": lambda p: (find(p, "CC0-1.0").update(licence="MIT", chosen="MIT", tags=PERMISSIVE), p.consistent()),
    "another text": lambda p: (p.leaves[0].update(text_hash=sha256(b"another text")), p.consistent()),
    "a reservation": lambda p: (p.leaves[0].update(reserved=["search"]), p.consistent()),
    "another classification": lambda p: (
        p.header["sources"]["handbook"].update(classification="public"), find(p, "MIT").update(classification="public"), p.consistent()
    ),
    "stricter tags than there are": lambda p: (find(p, "CC0-1.0").update(tags=PERMISSIVE), p.consistent()),
    "another snapshot": lambda p: p.header.update(snapshot="0" * 20),
    "another revision": lambda p: p.header.update(revision=1),
    "another manifest": lambda p: p.header.update(manifest="0" * 64),
    "a part less": lambda p: (p.header["parts"].pop(), p.header["sources"].pop("wiki"),
        p.leaves.__setitem__(slice(None), [leaf for leaf in p.leaves if leaf["source"] == "handbook"]), p.consistent()),
    "another capture": lambda p: p.header["parts"][0].update(capture="a" * 20),
    "another object": lambda p: p.header["parts"][0]["documents"][0].update(digest="0" * 64),
    "an object of the layer that was left out less": lambda p: p.header["parts"][0]["documents"].pop(),
    "an object that is not there": lambda p: p.header["parts"][0].update(verdicts=["0" * 64]),
}  # fmt: skip


@pytest.mark.parametrize("what", HIDDEN)
def test_a_lie_about_the_documents_is_caught_by_the_objects(what: str, proven: Proven, tmp_path: Path) -> None:
    parts = Parts(proven.file)
    HIDDEN[what](parts)
    forged = parts.signed(proven.sign).write(tmp_path / "forged.gz")
    assert accepted(forged, proven, terms=True), "truly signed, and it fits together"
    assert not accepted(forged, proven, objects=True)


def test_changed_objects_do_not_bear_out_a_true_proof(proven: Proven, tmp_path: Path) -> None:
    digest = Parts(proven.file).header["parts"][0]["documents"][0]["digest"]
    for change in (lambda path: path.write_bytes(path.read_bytes()[:-1] + b"?"), Path.unlink):
        root = tmp_path / change.__class__.__name__ / str(len(list(tmp_path.iterdir())))
        shutil.copytree(proven.root, root)
        change(root / "objects" / digest[:2] / f"{digest}.parquet")
        assert not accepted(proven.file, proven._replace(root=root), objects=True)


def test_a_changed_manifest_does_not_bear_out_a_true_proof(proven: Proven, tmp_path: Path) -> None:
    root = tmp_path / "root"
    shutil.copytree(proven.root, root)
    [manifest] = (root / "snapshots").rglob("*.json")
    manifest.write_bytes(manifest.read_bytes().replace(b'"approve"', b'"approve-redacted"'))
    assert not accepted(proven.file, proven._replace(root=root), objects=True)


def test_what_binds_a_customer_does_not_hold_for_another(tuned: Proven, tmp_path: Path) -> None:
    parts = Parts(tuned.file)
    parts.header["customer"] = "Initech"
    assert not accepted(parts.signed(tuned.sign).write(tmp_path / "forged.gz"), tuned)
