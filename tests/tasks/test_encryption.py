"""Encryption turned on, keys replaced: nothing is lost at any point, and nothing plain is left."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests import roots
from tests.roots import BACK_ENDS, on_a_folder
from tests.stories import PEOPLE

from muniment import flows
from muniment.errors import Forbidden, NotFound, SourceUnavailable
from muniment.schemas.review import Decision
from muniment.schemas.source import Source
from muniment.store.encryption.sealed import covered
from muniment.store.root import Root, open_root
from muniment.tasks.access import principals
from muniment.tasks.audit.verify import verify_root
from muniment.tasks.custody import encryption
from muniment.tasks.review.decide import decide
from muniment.tasks.search.search import search

EXAMPLE = Path(__file__).parents[2] / "infra" / "keys" / "kek_program.py"


@pytest.fixture(params=BACK_ENDS)
def uri(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Address of an empty root on each back end."""
    return roots.address(request, tmp_path, monkeypatch)


@pytest.fixture(autouse=True)
def keks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRST_KEK", "11" * 32)
    monkeypatch.setenv("SECOND_KEK", "22" * 32)
    monkeypatch.setattr(encryption, "SETTLED", 0.0)  # no other process looks at this root


def plain(uri: str) -> list[str]:
    """Keys that should be sealed and are not."""
    root = Root(uri)
    return [key for key in root.stored.list("") if covered(key) and not root.stored.read(key).startswith(b"MUNISEAL")]


def contents(uri: str) -> dict[str, bytes]:
    root = Root(uri)
    return {key: root.objects.read(key) for key in root.objects.list("") if covered(key)}


def filled(uri: str, count: int = 30) -> dict[str, bytes]:
    """A root with some objects."""
    root = open_root(uri)
    for number in range(count):
        root.objects.put(f"objects/{number:02d}/x.parquet", bytes([number]) * (number * 7919))
    return contents(uri)


def test_the_whole_story_runs_in_an_encrypted_root(uri: str, corpus: Path, register: Callable[..., Source]) -> None:
    encryption.encrypt(uri, "env:FIRST_KEK", "dana")
    register(corpus, keep_originals=True)
    principals.put_in_force(open_root(uri), PEOPLE)
    flows.capture("handbook", root=uri)
    decide(uri, "handbook", Decision.APPROVE, "read it", "dana")
    flows.promote(root=uri)
    flows.index(root=uri)
    assert "Travel to customers" in search(uri, "who pays for travel to customers", "dana", k=1).hits[0].text
    assert verify_root(uri, "auditor").problems == ()
    assert plain(uri) == []
    assert encryption.encrypt(uri, "env:FIRST_KEK", "dana").sealed == 0


def test_a_root_that_is_in_use_is_encrypted_in_place(uri: str) -> None:
    before = filled(uri)
    done = encryption.encrypt(uri, "env:FIRST_KEK", "dana")
    assert done.sealed == len(before) and plain(uri) == [] and contents(uri) == before


@pytest.mark.s3
def test_a_versioned_bucket_keeps_no_plain_version(bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import boto3

    client = boto3.client("s3")
    client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    monkeypatch.setenv("MUNIMENT_KEYRING", str(tmp_path / "keyring.json"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    uri = f"s3://{bucket}/root"
    before = filled(uri, 4)
    encryption.encrypt(uri, "env:FIRST_KEK", "dana")
    encryption.rotate_kek(uri, "env:SECOND_KEK", "dana")
    versions = client.list_object_versions(Bucket=bucket, Prefix="root/objects/")["Versions"]
    assert len(versions) == 4 and plain(uri) == [] and contents(uri) == before
    assert len(client.list_object_versions(Bucket=bucket, Prefix="root/encryption.json")["Versions"]) == 1


def test_a_new_key_encryption_key_touches_no_object_and_the_old_one_opens_nothing(
    uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = filled(uri)
    encryption.encrypt(uri, "env:FIRST_KEK", "dana")
    raw = {key: Root(uri).stored.read(key) for key in before}
    encryption.rotate_kek(uri, "env:SECOND_KEK", "dana")
    monkeypatch.delenv("FIRST_KEK")
    assert contents(uri) == before and {key: Root(uri).stored.read(key) for key in before} == raw
    monkeypatch.setenv("SECOND_KEK", "11" * 32)
    with pytest.raises(Forbidden, match="not the one"):
        contents(uri)
    monkeypatch.delenv("SECOND_KEK")
    with pytest.raises(NotFound, match="SECOND_KEK"):
        contents(uri)


def test_a_new_data_key_seals_what_comes_and_on_demand_everything(uri: str) -> None:
    before = filled(uri)
    (first,) = encryption.encrypt(uri, "env:FIRST_KEK", "dana").keys
    assert len(encryption.rotate_data(uri, "dana").keys) == 2
    open_root(uri).objects.put("objects/new", b"new")
    assert contents(uri) == {**before, "objects/new": b"new"}
    done = encryption.reseal(uri, "dana")
    assert done.sealed == len(before) and first not in done.keys and len(done.keys) == 1
    assert contents(uri) == {**before, "objects/new": b"new"}
    kinds = [str(entry.kind) for entry in Root(uri).ledger.since(0)]
    assert kinds.count("key.rotated") == 2 and kinds.count("key.retired") == 1


def test_the_keyring_holds_the_key_when_nothing_else_is_named(uri: str) -> None:
    before = filled(uri, 3)
    first = encryption.encrypt(uri, "keyring:", "dana").kek
    second = encryption.rotate_kek(uri, "", "dana").kek
    assert first != second and contents(uri) == before
    with pytest.raises(Forbidden, match="in use"):
        encryption.retire_kek(uri, second.partition(":")[2], "dana")
    assert encryption.retire_kek(uri, first.partition(":")[2], "dana")
    assert contents(uri) == before


def test_a_key_that_cannot_be_had_changes_nothing(uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = filled(uri, 3)
    loose = tmp_path / "loose"
    loose.write_text("11" * 32)
    loose.chmod(0o644)
    monkeypatch.setenv("SHORT", "1234")
    for address, message in (
        ("env:NOT_SET", "NOT_SET"),
        ("env:SHORT", "32 bytes"),
        (f"file:{tmp_path}/none", "cannot be read"),
        (f"file:{loose}", "chmod 600"),
        ("vault:x", "not the address"),
        ("command:true", "MUNIMENT_KEK_COMMAND"),
    ):
        with pytest.raises((NotFound, Forbidden), match=message):
            encryption.encrypt(uri, address, "dana")
    assert not Root(uri).stored.exists("encryption.json") and contents(uri) == before


def test_a_file_holds_the_key(uri: str, tmp_path: Path) -> None:
    before = filled(uri, 3)
    kept = tmp_path / "kek"
    kept.touch(0o600)
    kept.write_text("33" * 32 + "\n")
    encryption.encrypt(uri, f"file:{kept}", "dana")
    assert contents(uri) == before and plain(uri) == []


def test_another_program_holds_the_key(uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = filled(uri, 3)
    command = f"{sys.executable} {EXAMPLE} {tmp_path}/master"
    monkeypatch.setenv("MUNIMENT_KEK_COMMAND", command)
    encryption.encrypt(uri, f"command:{command}", "dana")
    assert contents(uri) == before and plain(uri) == []
    monkeypatch.setenv("MUNIMENT_KEK_COMMAND", "something else")
    with pytest.raises(Forbidden, match="does not allow"):
        contents(uri)


@pytest.mark.parametrize(
    ("program", "error", "message"),
    [
        ("import sys; sys.exit(3)", Forbidden, "exit 3"),
        ("print('no json')", Forbidden, "gave no key"),
        ("import json; print(json.dumps({'key': 'AAAA'}))", Forbidden, "not the one"),
        ("import time; time.sleep(9)", SourceUnavailable, "within"),
    ],
)
def test_a_program_that_fails_is_said_plainly(
    program: str, error: type[Exception], message: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from muniment.store.kek import program as programs
    from muniment.store.kek.provider import open_kek

    monkeypatch.setattr(programs, "_SECONDS", 1)
    script = tmp_path / "kek.py"
    script.write_text(program)
    monkeypatch.setenv("MUNIMENT_KEK_COMMAND", f"{sys.executable} {script}")
    kek = open_kek(f"command:{sys.executable} {script}", tmp_path / "keyring.json")
    with pytest.raises(error, match=message):
        kek.unwrap(b"wrapped", "context")


def test_a_wrapped_key_opens_only_in_its_own_context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from muniment.store.kek.provider import open_kek

    command = f"{sys.executable} {EXAMPLE} {tmp_path}/master"
    monkeypatch.setenv("MUNIMENT_KEK_COMMAND", command)
    for address in ("env:FIRST_KEK", f"command:{command}"):
        kek = open_kek(address, tmp_path / "keyring.json")
        wrapped = kek.wrap(b"k" * 32, "root/data/1")
        assert kek.unwrap(wrapped, "root/data/1") == b"k" * 32 and b"k" * 32 not in wrapped
        with pytest.raises(Forbidden):
            kek.unwrap(wrapped, "root/data/2")


def test_a_plain_copy_is_for_programs_without_a_key(uri: str, tmp_path: Path) -> None:
    before = filled(uri, 3)
    encryption.encrypt(uri, "env:FIRST_KEK", "dana")
    encryption.decrypt_to(uri, tmp_path / "plain", "robin")
    assert (tmp_path / "plain").stat().st_mode & 0o077 == 0
    assert {key: (tmp_path / "plain" / key).read_bytes() for key in before} == before
    with pytest.raises(Forbidden, match="not empty"):
        encryption.decrypt_to(uri, tmp_path / "plain", "robin")
    said = [each for each in open_root(uri).ledger.since(0) if each.kind == "root.decrypted"]
    assert [(each.actor, each.counts) for each in said] == [("robin", {"keys": 1})]


CHILD = """
import sys
from muniment.tasks.custody import encryption
encryption.SETTLED = 0.0
if sys.argv[2] == "encrypt":
    encryption.encrypt(sys.argv[1], "env:FIRST_KEK", "dana")
else:
    encryption.rotate_data(sys.argv[1], "dana", everything=True)
print("done")
"""


@pytest.mark.slow
@on_a_folder
@pytest.mark.parametrize("work", ["encrypt", "rotate"])
def test_kills_lose_nothing(uri: str, work: str) -> None:
    """kill -9 while objects are sealed in place or anew: every object reads as before at any time, and the next run ends it."""
    before = filled(uri, 200)
    if work == "rotate":
        encryption.encrypt(uri, "env:FIRST_KEK", "dana")
    chance, killed, ended = random.Random(3), 0, False
    while not ended and killed < 25:
        with subprocess.Popen([sys.executable, "-c", CHILD, uri, work], stdout=subprocess.PIPE) as child:
            while not Root(uri).stored.exists("encryption.json") and child.poll() is None:
                time.sleep(0.005)
            time.sleep(chance.uniform(0.3, 1.0) if work == "rotate" else chance.uniform(0, 0.1))
            os.kill(child.pid, signal.SIGKILL)
            ended = child.wait() == 0
        killed += not ended
        assert contents(uri) == before
    encryption.reseal(uri, "dana") if Root(uri).keychain.sealing() else encryption.encrypt(uri, "env:FIRST_KEK", "dana")
    assert killed and contents(uri) == before and plain(uri) == []
    assert len(encryption.sealing(uri).keys) == 1
    Root(uri).ledger.verify()


def test_the_command_line_shows_where_keys_are_and_never_a_key(uri: str) -> None:
    from typer.testing import CliRunner

    from muniment.cli import app

    filled(uri, 3)
    said = ""
    for words in (["status"], ["encrypt", "--kek", "env:FIRST_KEK"], ["rotate", "kek", "--to", "env:SECOND_KEK"],
                  ["rotate", "data", "--reencrypt"], ["status", "--json"]):  # fmt: skip
        done = CliRunner().invoke(app, ["keys", *words, "--root", uri])
        assert done.exit_code == 0, done.output
        said += done.output
    assert json.loads(done.output)["kek"] == "env:SECOND_KEK" and "muniment keys encrypt" in said
    assert "1111" not in said and "2222" not in said
    assert CliRunner().invoke(app, ["keys", "rotate", "data", "--to", "env:X", "--root", uri]).exit_code == 2
