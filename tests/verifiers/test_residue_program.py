"""The program as it is run: places, exit codes, what it may not read, encrypted roots, buckets."""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from tests.drills import planted

from muniment.store.encryption.stream import seal
from muniment.verifiers.residue import places, report
from muniment.verifiers.residue.make import Maker
from muniment.verifiers.residue.needles import Needles
from muniment.verifiers.residue.report import Task, look_through

PROGRAM = [sys.executable, "-m", "muniment.verifiers.residue"]


@pytest.fixture
def needles() -> Needles:
    maker = Maker()
    maker.ids([planted.ID])
    maker.text(planted.TEXT)
    return maker.made()


@pytest.fixture
def kept(needles: Needles, tmp_path: Path) -> str:
    """The needles in a file."""
    path = tmp_path / "needles.npz"
    path.write_bytes(needles.dump())
    return str(path)


def run(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run([*PROGRAM, *arguments], check=False, capture_output=True, text=True, input=given)


def test_the_program_says_by_its_exit_code_whether_all_was_read_and_nothing_found(kept: str, tmp_path: Path) -> None:
    place = tmp_path / "place"
    planted.PLACES["a_page_of_html"].plant(_made(place))
    found = run(str(place), "--needles", kept, "--json")
    assert found.returncode == 1 and json.loads(found.stdout)["residue"][0]["trace"] == "text"
    (place / "page.html").unlink()
    assert run(str(place), "--needles", kept).returncode == 0
    assert run(str(tmp_path / "nowhere"), "--needles", kept).returncode == 1
    assert run(str(place)).returncode == 2


def test_a_later_audit_needs_the_ids_alone(tmp_path: Path) -> None:
    (tmp_path / "ids").write_text(planted.ID)
    planted.PLACES["a_page_index"].plant(_made(tmp_path / "place"))
    assert run(str(tmp_path / "place"), "--ids", str(tmp_path / "ids")).returncode == 1


def test_ids_may_stand_where_they_are_listed_but_no_text_may(needles: Needles, tmp_path: Path) -> None:
    (_made(tmp_path / "erasures") / "plan.json").write_text(json.dumps([planted.ID]))
    task = Task(needles, ids_may_stand_in=("erasures/*",))
    assert look_through([str(tmp_path)], task).clean
    (tmp_path / "erasures" / "plan.json").write_text(planted.TEXT)
    assert not look_through([str(tmp_path)], task).clean


def test_a_name_that_is_a_trace_is_not_repeated(needles: Needles, tmp_path: Path) -> None:
    planted.PLACES["the_name_of_a_file"].plant(tmp_path)
    report = look_through([str(tmp_path)], Task(needles))
    assert report.residue and planted.ID not in json.dumps(report.as_json())


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read_leaves_everything_unproven(needles: Needles, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("closed")
    (tmp_path / "a").chmod(0)
    assert not look_through([str(tmp_path)], Task(needles)).clean


def test_what_a_root_encrypts_is_opened_with_its_keys_and_unproven_without(kept: str, tmp_path: Path) -> None:
    place, key, identifier = _made(tmp_path / "place"), secrets.token_bytes(32), secrets.token_hex(8)
    long = (planted.OTHER * 60 + planted.TEXT).encode()
    (_made(place / "objects") / "a").write_bytes(seal(long, "objects/a", identifier, key))
    without = run(str(place), "--needles", kept, "--json")
    assert without.returncode == 1 and list(json.loads(without.stdout)["unread"]) == [f"{place}/objects/a"]
    opened = run(str(place), "--needles", kept, "--json", "--keys", "-", given=json.dumps({identifier: key.hex()}))
    assert [each["trace"] for each in json.loads(opened.stdout)["residue"]] == ["text"]
    assert not json.loads(opened.stdout)["unread"]
    (place / "objects" / "b").write_bytes((place / "objects" / "a").read_bytes())
    moved = run(str(place), "--needles", kept, "--json", "--keys", "-", given=json.dumps({identifier: key.hex()}))
    assert list(json.loads(moved.stdout)["unread"]) == [f"{place}/objects/b"]


@pytest.mark.s3
def test_every_version_of_a_bucket_is_read_and_an_unfinished_upload_leaves_it_unproven(bucket: str, needles: Needles) -> None:
    client, task = boto3.client("s3"), Task(needles)
    client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    place = f"s3://{bucket}/root"
    client.put_object(Bucket=bucket, Key="root/a.txt", Body=planted.OTHER.encode(), Metadata={"origin": "somewhere"})
    client.put_object(Bucket=bucket, Key="other/a.txt", Body=planted.TEXT.encode())
    assert look_through([place], task).clean
    client.put_object(Bucket=bucket, Key="root/b.txt", Body=planted.TEXT.encode())
    client.put_object(Bucket=bucket, Key="root/b.txt", Body=b"replaced")
    client.delete_object(Bucket=bucket, Key="root/b.txt")
    report = look_through([place], task)
    assert [(each.trace, "version" in each.name) for each in report.residue] == [("text", True)]
    client.put_object(Bucket=bucket, Key="root/c.txt", Body=b"", Metadata={"document": planted.ID})
    assert {each.trace for each in look_through([place], task).residue} == {"text", "id"}
    client.create_multipart_upload(Bucket=bucket, Key="root/large")
    assert [name for name in look_through([place], task).unread if "unfinished" in name]


@pytest.mark.s3
def test_what_is_removed_while_it_is_listed_holds_nothing(bucket: str, needles: Needles, monkeypatch: pytest.MonkeyPatch) -> None:
    client, listed = boto3.client("s3"), places.files
    client.put_object(Bucket=bucket, Key="root/leases/1.json", Body=b"{}")

    def removed(place: str) -> Iterator[places.File]:
        found = list(listed(place))
        client.delete_object(Bucket=bucket, Key="root/leases/1.json")
        yield from found

    monkeypatch.setattr(report, "files", removed)
    seen = look_through([f"s3://{bucket}/root"], Task(needles))
    assert seen.clean and seen.checked == {"gone meanwhile": 1}


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
