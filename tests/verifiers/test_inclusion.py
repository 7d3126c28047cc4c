"""Proofs about the ledger, checked by a program that shares nothing with what made them."""

import random
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from muniment.schemas.ledger import Draft, EntryKind
from muniment.store.root import open_root
from muniment.tasks.audit.checkpoints import checkpoint, prove_consistency, prove_inclusion
from muniment.verifiers import inclusion, rights
from muniment.verifiers.inclusion import Refused, main, verify

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def write(uri: str, count: int) -> None:
    for number in range(count):
        open_root(uri).ledger.append(Draft(kind=EntryKind.CAPTURED, actor="tester", counts={"n": number}), NOW)


def key(uri: str) -> bytes:
    return bytes.fromhex(open_root(uri).vault.public_key)


def test_every_entry_of_a_ledger_can_be_proven(uri: str) -> None:
    write(uri, 40)
    checkpoint(uri, "robin")
    for number in range(1, 42):
        assert verify(prove_inclusion(uri, number, "robin"), key(uri)).startswith(f"entry {number} of 41 of muniment.ledger/")


def test_every_checkpoint_is_shown_to_go_on_from_every_older_one(uri: str) -> None:
    kept = []
    for _ in range(6):
        write(uri, 5)
        kept.append(checkpoint(uri, "robin"))
        for before in kept:
            assert "are those of the older checkpoint" in verify(
                prove_consistency(uri, before.note, "robin"), key(uri), before.note
            )


def test_no_changed_proof_holds(uri: str) -> None:
    write(uri, 20)
    old, chance = checkpoint(uri, "robin").note, random.Random(3)
    write(uri, 20)
    for proof in (prove_inclusion(uri, 7, "robin"), prove_consistency(uri, old, "robin")):
        verify(proof, key(uri), old)
        for _ in range(150):
            changed = bytearray(proof)
            changed[chance.randrange(len(proof))] ^= chance.randrange(1, 256)
            with pytest.raises(Refused):
                verify(bytes(changed), key(uri), old)
    with pytest.raises(Refused, match="not signed by the key"):
        verify(prove_inclusion(uri, 7, "robin"), bytes(range(32)), old)
    with pytest.raises(Refused, match="--old"):
        verify(prove_consistency(uri, old, "robin"), key(uri))


def test_it_runs_where_there_is_nothing_but_python(uri: str, tmp_path: Path) -> None:
    write(uri, 3)
    shutil.copy(inclusion.__file__, tmp_path)
    shutil.copytree(Path(rights.__file__).parent, tmp_path / "rights")
    (tmp_path / "entry.tlog-proof").write_bytes(prove_inclusion(uri, 2, "robin"))
    command = [
        sys.executable,
        "-I",
        "-S",
        "-c",
        "import sys; sys.path.insert(0, '.'); import inclusion; sys.exit(inclusion.main())",
    ]
    done = subprocess.run(
        [*command, "entry.tlog-proof", "--key", key(uri).hex()], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, "holds: entry 2 of 4" in done.stdout) == (0, True), done.stderr
    assert main([str(tmp_path / "entry.tlog-proof"), "--key", "00" * 32]) == 1
