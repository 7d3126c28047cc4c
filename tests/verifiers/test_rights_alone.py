"""The verifier by itself: its reading of licences, its tree, its signatures, and that it needs nothing of ours."""

import gzip
import json
import shutil
import subprocess
import sys
import zipapp
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.verifiers.forger import Parts, Proven, packed

from muniment.core.licences.declared.strings import licensing
from muniment.core.licences.tags import chosen
from muniment.core.licences.tags import tags as read_by_core
from muniment.core.merkle import Tree
from muniment.core.merkle import path as inclusion
from muniment.core.rights.readings import names, readings, stricter
from muniment.policies.licences import licence_tags
from muniment.tasks.rights import proof
from muniment.verifiers import rights as verifier
from muniment.verifiers.rights.signature import _L

SHIPPED = licence_tags()
LICENCES, EXCEPTIONS = sorted(SHIPPED.tags_of()), sorted(SHIPPED.adds_of())
TABLE = verifier.Table(
    {
        "digest": "",
        "preferred": list(SHIPPED.preferred),
        "silent": sorted(SHIPPED.unspoken),
        "licences": {name: sorted(tags) for name, tags in SHIPPED.tags_of().items()},
        "exceptions": {name: sorted(tags) for name, tags in SHIPPED.adds_of().items()},
    }
)

plain = (
    st.sampled_from(sorted(SHIPPED.unspoken))
    | st.sampled_from([*LICENCES, "LicenseRef-nobody-knows"])
    | st.sampled_from(["MIT", "GPL-2.0-only", "CC-BY-NC-4.0", "Apache-2.0"])
)
gnu = st.sampled_from(["GPL-2.0-only", "GPL-3.0-or-later", "LGPL-2.1-only", "LicenseRef-nobody-knows", "Apache-2.0"])
with_exception = st.builds("{} WITH {}".format, gnu, st.sampled_from(EXCEPTIONS))
expressions = st.recursive(
    plain | with_exception,
    lambda inner: st.builds(
        lambda operator, parts: f"({f' {operator} '.join(parts)})",
        st.sampled_from(["AND", "OR"]),
        st.lists(inner, min_size=2, max_size=4),
    ),
    max_leaves=8,
)

normal = expressions.map(lambda text: str(licensing().parse(text)))  # the spelling that documents have


@settings(max_examples=400)
@given(normal)
def test_its_reading_of_licence_expressions_is_that_of_the_core(expression: str) -> None:
    table = licence_tags()
    [tags] = read_by_core(pa.table({"licence": pa.array([expression], pa.string())}), table)["tags"].to_pylist()
    taken, ours = names(chosen(expression, table) or ""), TABLE.read(expression)
    if set(taken) <= set(names(expression)):
        assert (sorted(ours.tags), sorted(ours.taken)) == (stricter(tags, tags), taken)
    else:  # an alias, which only the core's parser knows: who writes proofs takes it for unknown
        pairs = pl.DataFrame({"licence": [expression], "recorded": [",".join(sorted(tags))]})
        assert readings(pairs, table)["tags"].to_list() == [["UNKNOWN"]]


@given(st.text("()ANDORWITHMIT- \t", max_size=40) | st.text(max_size=20))
def test_what_is_no_expression_permits_nothing(text: str) -> None:
    found = TABLE.read(text)
    if found.tags != verifier.UNKNOWN:
        assert chosen(text, licence_tags()), "the core reads it too"


def test_an_expression_that_never_ends_is_refused_and_not_followed() -> None:
    assert TABLE.read("(" * 9_000 + "MIT" + ")" * 9_000).tags == verifier.UNKNOWN


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200), st.integers(0, 64 * 8 - 1))
@settings(max_examples=30)
def test_its_signatures_are_those_of_ed25519(seed: bytes, message: bytes, bit: int) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert verifier.ed25519(public, message, signature)
    assert not verifier.ed25519(public, message + b"!", signature)
    flipped = bytearray(signature)
    flipped[bit // 8] ^= 1 << bit % 8
    assert not verifier.ed25519(public, message, bytes(flipped))


def test_a_vector_of_rfc_8032_and_a_signature_that_was_stretched() -> None:
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    signature = bytes.fromhex(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )
    assert verifier.ed25519(public, b"", signature)
    stretched = int.from_bytes(signature[32:], "little") + _L
    assert not verifier.ed25519(public, b"", signature[:32] + stretched.to_bytes(32, "little"))
    assert not verifier.ed25519(public, b"", signature[:-1])
    identity = (1).to_bytes(32, "little")  # a key of small order, under which one signature fits every message
    assert not verifier.ed25519(identity, b"", identity + bytes(32))


@given(st.lists(st.binary(max_size=8), max_size=40))
def test_both_trees_have_the_root_that_the_definition_of_rfc_6962_gives(leaves: list[bytes]) -> None:
    ours, theirs = Tree(), verifier.Tree()
    for leaf in leaves:
        ours.add(leaf)
        theirs.add(leaf)
    assert ours.root() == theirs.root() == _defined(leaves)


def _defined(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, word for word."""
    from hashlib import sha256

    if len(leaves) < 2:
        return sha256(b"\0" + leaves[0]).digest() if leaves else sha256(b"").digest()
    k = 1 << ((len(leaves) - 1).bit_length() - 1)
    return sha256(b"\1" + _defined(leaves[:k]) + _defined(leaves[k:])).digest()


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=40), st.data())
def test_an_inclusion_path_leads_from_its_leaf_to_the_root_and_from_no_other(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    steps = inclusion(leaves, index, len(leaves))
    root = _defined(leaves)
    assert verifier.included(leaves[index], index, len(leaves), steps, root)
    assert not verifier.included(leaves[index] + b"!", index, len(leaves), steps, root)
    assert not verifier.included(leaves[index], index, len(leaves), [*steps, root], root)
    if steps:
        assert not verifier.included(leaves[index], index, len(leaves), steps[:-1], root)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10**9), st.integers(1, 255))
def test_no_changed_byte_is_ever_accepted(proven: Proven, tmp_path: Path, place: int, by: int) -> None:
    true = b"".join(line + b"\n" for line in Parts(proven.file).lines())
    changed = bytearray(true)
    changed[place % len(true)] ^= by
    (tmp_path / "forged.gz").write_bytes(gzip.compress(bytes(changed)))
    assert not verifier.holds(verifier.verify(tmp_path / "forged.gz", proven.key))


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10**9), st.integers(1, 255))
def test_a_changed_byte_of_the_packed_file_is_accepted_only_where_it_says_nothing(
    proven: Proven, tmp_path: Path, place: int, by: int
) -> None:
    true = proven.file.read_bytes()
    changed = bytearray(true)
    changed[place % len(true)] ^= by
    (tmp_path / "forged.gz").write_bytes(changed)
    if verifier.holds(verifier.verify(tmp_path / "forged.gz", proven.key)):
        assert gzip.decompress(changed) == gzip.decompress(true), "a time or system in a gzip header is not part of what is said"


values = (
    st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=5) | st.lists(st.text(max_size=3), max_size=2) | st.just({})
)


@settings(max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data(), values)
def test_no_changed_field_is_ever_accepted_and_none_breaks_the_verifier(
    proven: Proven, tmp_path: Path, data: st.DataObject, value: object
) -> None:
    parts, true = Parts(proven.file), Parts(proven.file).lines()
    whole = data.draw(st.sampled_from([parts.header, *parts.leaves[:3], parts.seal]))
    _put(data, whole, value)
    if parts.lines() == true:
        return
    file = packed(parts.lines(), tmp_path / "forged.gz")
    assert not verifier.holds(verifier.verify(file, proven.key))
    # Truly signed: it may hold, and if it does not, the verifier says why and does not break down.
    findings = verifier.verify(parts.signed(proven.sign).write(file), proven.key, proven.terms, proven.root)
    assert findings


def _put(data: st.DataObject, value: object, new: object) -> None:
    """Replace something somewhere inside."""
    while True:
        assert isinstance(value, dict | list)
        key = data.draw(st.sampled_from(sorted(value) if isinstance(value, dict) else range(len(value))))
        inner = value[key]
        if isinstance(inner, dict | list) and inner and data.draw(st.booleans()):
            value = inner
            continue
        value[key] = new
        return


@pytest.fixture(params=["folder", "archive"])
def alone(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of the verifier in a place of its own, under another name: its folder, or all of it in one file."""
    copied = shutil.copytree(Path(verifier.__file__).parent, tmp_path / "alone" / "checker")
    if request.param == "folder":
        return copied
    zipapp.create_archive(copied, tmp_path / "checker.pyz")
    shutil.rmtree(copied)
    return tmp_path / "checker.pyz"


def _run(alone: Path, *words: object) -> subprocess.CompletedProcess[str]:
    """Without site packages, environment and the folder we are in: nothing of ours can be found."""
    command = [sys.executable, "-I", "-S", str(alone), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=alone.parent)


def test_it_runs_where_there_is_nothing_but_python(alone: Path, proven: Proven, tmp_path: Path) -> None:
    ran = _run(alone, proven.file, "--key", proven.key, "--terms", proven.terms, "--objects", proven.root)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "may be used as open-weights" in ran.stdout
    assert "not checked" in ran.stdout and "pyarrow is not installed" in ran.stdout
    parts = Parts(proven.file)
    parts.leaves.pop()
    ran = _run(alone, parts.write(tmp_path / "forged.gz"), "--key", proven.key)
    assert ran.returncode == 1 and "FAILED" in ran.stdout and "does NOT hold" in ran.stdout and not ran.stderr


def test_it_verifies_one_document_by_its_path(alone: Path, proven: Proven, tmp_path: Path) -> None:
    lines = Parts(proven.file).lines()
    excerpt = proof.excerpt(proven.file, json.loads(lines[5])["doc_id"])
    assert excerpt["leaf"] == lines[5].decode() and excerpt["index"] == 4
    (tmp_path / "one.json").write_text(json.dumps(excerpt))
    ran = _run(alone, tmp_path / "one.json", "--key", proven.key)
    assert ran.returncode == 0 and "one document" in ran.stdout, ran.stdout + ran.stderr
    excerpt["leaf"] = lines[2].decode()
    (tmp_path / "one.json").write_text(json.dumps(excerpt))
    assert _run(alone, tmp_path / "one.json", "--key", proven.key).returncode == 1
