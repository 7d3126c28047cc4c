"""A folder on a real file system, with everything in it that a folder should not have."""

import json
import mailbox
import os
import shutil
import socket
import subprocess
import tracemalloc
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from muniment.errors import InvalidRecord, SourceUnavailable
from muniment.schemas.source import Kind, Selection, Source
from muniment.store.connectors import connect
from muniment.store.connectors.item import Entry, Item, Reading


def source(location: Path, **select: Any) -> Source:
    return Source(id="files", kind=Kind.FOLDER, location=str(location), owner="ann", steward="bob", select=Selection(**select))


def readings(location: Path, **select: Any) -> list[Reading]:
    connector = connect(source(location, **select))
    return [reading for entry in connector.list() for reading in connector.read(entry)]


def items(location: Path, **select: Any) -> dict[str, Item]:
    return {reading.native_key: reading for reading in readings(location, **select) if isinstance(reading, Item)}


def reasons(location: Path, **select: Any) -> list[str]:
    return [reading.reason for reading in readings(location, **select) if isinstance(reading, InvalidRecord)]


def test_files_are_listed_in_order_with_names_that_do_not_depend_on_where_the_folder_is(tmp_path: Path) -> None:
    for name in ("b.md", "a/z.py", "a/b/c.txt", "a.txt"):
        (tmp_path / "one" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "one" / name).write_text(f"text of {name}")
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    found = items(tmp_path / "one")
    assert list(found) == sorted(["b.md", "a/z.py", "a/b/c.txt", "a.txt"])
    assert list(found) == list(items(tmp_path / "two"))
    assert found["a/z.py"].media_type == "text/x-python"
    assert found["a/z.py"].raw == b"text of a/z.py"
    assert found["b.md"].modified is not None and found["b.md"].modified.utcoffset() is not None


def test_the_fingerprint_changes_when_a_file_changes_and_only_then(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one")
    (tmp_path / "b.txt").write_text("two")
    before = list(connect(source(tmp_path)).list())
    assert before == list(connect(source(tmp_path)).list())
    (tmp_path / "b.txt").write_text("six")
    os.utime(tmp_path / "b.txt", ns=(1, 1))
    after = list(connect(source(tmp_path)).list())
    assert [old == new for old, new in zip(before, after, strict=True)] == [True, False]


@pytest.mark.parametrize(
    ("select", "expected"),
    [
        ({}, ["a.md", "docs/b.md", "docs/deep/c.md", "docs/d.py"]),
        ({"include": ("*.md",)}, ["a.md"]),
        ({"include": ("**/*.md",)}, ["a.md", "docs/b.md", "docs/deep/c.md"]),
        ({"include": ("docs/*",)}, ["docs/b.md", "docs/d.py"]),
        ({"include": ("docs/**",), "exclude": ("**/deep/**",)}, ["docs/b.md", "docs/d.py"]),
        ({"include": ("**/[bc].md",)}, ["docs/b.md", "docs/deep/c.md"]),
        ({"include": ("**/[!b].??",)}, ["a.md", "docs/d.py", "docs/deep/c.md"]),
        ({"max_documents": 2}, ["a.md", "docs/b.md"]),
    ],
)
def test_only_what_the_selection_names_is_taken(tmp_path: Path, select: dict[str, Any], expected: list[str]) -> None:
    for name in ("a.md", "docs/b.md", "docs/deep/c.md", "docs/d.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("text")
    assert sorted(items(tmp_path, **select)) == sorted(expected)


def test_links_that_leave_the_folder_are_refused_and_links_within_it_give_nothing(tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "inside-not"
    (inside / "deep").mkdir(parents=True)
    outside.mkdir()
    (outside / "secret.txt").write_text("secret")
    (inside / "deep" / "own.txt").write_text("own")
    (inside / "file").symlink_to(outside / "secret.txt")
    (inside / "folder").symlink_to(outside)
    (inside / "up").symlink_to("../inside-not/secret.txt")
    (inside / "loop").symlink_to(inside)
    (inside / "again.txt").symlink_to("deep/own.txt")
    (inside / "nowhere").symlink_to("missing")
    assert list(items(inside)) == ["deep/own.txt"]
    assert sorted(reasons(inside)) == ["BROKEN_LINK", "SYMLINK_ESCAPE", "SYMLINK_ESCAPE", "SYMLINK_ESCAPE"]


@pytest.mark.parametrize("swap", ["file", "folder"])
def test_a_link_put_in_place_after_listing_is_not_followed(tmp_path: Path, swap: str) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "out").mkdir()
    (tmp_path / "in" / "deep" / "a.txt").write_text("own")
    (tmp_path / "out" / "a.txt").write_text("secret")
    connector = connect(source(tmp_path / "in"))
    [entry] = connector.list()
    if swap == "file":
        (tmp_path / "in" / "deep" / "a.txt").unlink()
        (tmp_path / "in" / "deep" / "a.txt").symlink_to(tmp_path / "out" / "a.txt")
    else:
        shutil.rmtree(tmp_path / "in" / "deep")
        (tmp_path / "in" / "deep").symlink_to(tmp_path / "out")
    [refusal] = connector.read(entry)
    assert isinstance(refusal, InvalidRecord) and refusal.reason == "SYMLINK_ESCAPE"


@pytest.mark.parametrize("key", ["../secret.txt", "a/../../secret.txt", "/etc/passwd", "", "a\0b"])
def test_a_key_that_leads_out_of_the_folder_is_refused(tmp_path: Path, key: str) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    [refusal] = connect(source(tmp_path / "in")).read(Entry(key, "", 0))
    assert isinstance(refusal, InvalidRecord) and refusal.reason == "PATH_TRAVERSAL"


def test_devices_pipes_and_bad_names_are_refused_without_blocking(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(os.path.relpath(tmp_path / "sock"))
    (tmp_path / os.fsdecode(b"bad\xff.txt")).write_text("text")
    assert sorted(reasons(tmp_path)) == ["BAD_NAME", "SPECIAL_FILE", "SPECIAL_FILE"]
    listening.close()
    for entry in connect(source(tmp_path)).list():
        entry.key.encode("utf-8")
    [refusal] = connect(source(tmp_path)).read(Entry("pipe", "", 0))
    assert isinstance(refusal, InvalidRecord) and refusal.reason == "SPECIAL_FILE"


def test_a_tree_deeper_than_the_stack_is_walked(tmp_path: Path) -> None:
    start, deep = os.getcwd(), 1_200
    os.chdir(tmp_path)
    try:
        for _ in range(deep):
            os.mkdir("d")
            os.chdir("d")
        Path("a.txt").write_text("deep")
        os.chdir(start)
        assert list(items(tmp_path)) == ["d/" * deep + "a.txt"]
    finally:
        os.chdir(start)
        subprocess.run(["rm", "-r", str(tmp_path / "d")], check=True)  # deeper than pytest's own clean-up can go


def test_a_location_that_is_gone_is_unavailable_and_a_file_that_is_gone_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("text")
    connector = connect(source(tmp_path / "in"))
    [entry] = connector.list()
    (tmp_path / "in" / "a.txt").unlink()
    [refusal] = connector.read(entry)
    assert isinstance(refusal, InvalidRecord) and refusal.reason == "VANISHED"
    (tmp_path / "in").rmdir()
    with pytest.raises(SourceUnavailable):
        list(connector.read(entry))
    with pytest.raises(SourceUnavailable):
        list(connector.list())


def test_a_file_larger_than_allowed_is_refused_without_reading_it(tmp_path: Path) -> None:
    with open(tmp_path / "huge.txt", "wb") as file:
        file.truncate(50_000_000_000)
    assert reasons(tmp_path, max_bytes=1_000_000) == ["TOO_LARGE"]


@pytest.mark.parametrize(
    ("name", "head", "kind"),
    [
        ("LICENSE", b"MIT License", "text/plain"),
        ("page.HTML", b"<html>", "text/html"),
        ("a.txt", b"%PDF-1.7", "application/pdf"),
        ("a.md", b"PK\x03\x04...", "application/zip"),
        ("a.docx", b"PK\x03\x04...", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("a.pdf", b"PK\x03\x04...", "application/zip"),
        ("a.py", b"\x7fELF\x02", "application/octet-stream"),
        ("blob", b"ab\0cd", "application/octet-stream"),
        ("wide", b"\xff\xfea\0b\0", "text/plain"),
        ("photo.jpg", b"\xff\xd8\xff\xe0", "image/jpeg"),
    ],
)
def test_the_media_type_is_what_the_name_says_unless_the_bytes_say_otherwise(
    tmp_path: Path, name: str, head: bytes, kind: str
) -> None:
    (tmp_path / name).write_bytes(head)
    assert items(tmp_path)[name].media_type == kind


def mail(number: int, identifier: bool = True) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = f"Message {number}"
    message["From"] = "ann@example.com"
    if identifier:
        message["Message-ID"] = f"<{number}@example.com>"
    message.set_content(f"From here on, message {number}.\n\nFrom there on, more.\n")
    return message


def test_a_mailbox_gives_each_message_under_its_own_name(tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "all.mbox")
    for message in (mail(1), mail(2), mail(3, identifier=False), mail(2)):
        box.add(message)
    box.close()
    found = items(tmp_path)
    names = list(found)
    assert [names[0], names[1], names[3]] == ["all.mbox#<1@example.com>", "all.mbox#<2@example.com>", "all.mbox#<2@example.com>~2"]
    assert names[2].startswith("all.mbox#sha256:")
    assert all(item.media_type == "message/rfc822" for item in found.values())
    assert b"\nFrom here on, message 1." in found[names[0]].raw
    assert b"From there on, more." in found[names[0]].raw


def test_a_huge_message_is_refused_and_the_next_one_is_read(tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "all.mbox")
    large = mail(1)
    large.set_content("x" * 70 + "\n" + ("y" * 70 + "\n") * 3_000)
    for message in (large, mail(2)):
        box.add(message)
    box.close()
    assert list(items(tmp_path, max_bytes=10_000)) == ["all.mbox#<2@example.com>"]
    assert reasons(tmp_path, max_bytes=10_000) == ["TOO_LARGE"]


TICKETS = {
    "tickets": [
        {
            "id": 7,
            "title": "Printer on fire",
            "description": "It burns.",
            "updated_at": "2024-05-06T07:08:09Z",
            "comments": [{"author": {"name": "Ann"}, "body": "Use water."}, {"author": "Bob", "body": "Better not."}],
        },
        {"id": 8, "title": "Second", "description": "Text."},
    ]
}
CHAT = [
    {"ts": "1700000000.1", "user": "ann", "text": "Shall we?"},
    {"ts": "1700000001.1", "user": "bob", "text": "Other thread."},
    {"ts": "1700000002.1", "thread_ts": "1700000000.1", "user": "cyd", "text": "We shall."},
]


def test_a_ticket_export_gives_a_document_a_ticket(tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text(json.dumps(TICKETS))
    ticket = items(tmp_path)["t.json#7"]
    assert ticket.raw.decode() == "# Printer on fire\n\nIt burns.\n\nAnn: Use water.\n\nBob: Better not."
    assert (ticket.title, str(ticket.modified)) == ("Printer on fire", "2024-05-06 07:08:09+00:00")
    assert list(items(tmp_path)) == ["t.json#7", "t.json#8"]


def test_a_chat_export_gives_a_document_a_thread(tmp_path: Path) -> None:
    (tmp_path / "chat.json").write_text(json.dumps(CHAT))
    assert [item.raw.decode() for item in items(tmp_path).values()] == ["ann: Shall we?\n\ncyd: We shall.", "bob: Other thread."]


def test_fields_that_the_selection_does_not_name_are_never_taken(tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text(json.dumps(TICKETS))
    text = items(tmp_path, fields=("tickets", "id", "title", "description"))["t.json#7"].raw.decode()
    assert text == "# Printer on fire\n\nIt burns."


def test_json_that_is_no_export_is_one_document_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"name": "x", "version": 1.5}')
    assert items(tmp_path)["package.json"].raw == b'{"name": "x", "version": 1.5}'


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ('{"id": 1, "id": 2, "text": "x"}', "DUPLICATE_JSON_KEY"),
        ('{"id": 1, "text": "x", "inner": [{"a": 1, "a": 2}]}', "DUPLICATE_JSON_KEY"),
        ('{"id": 1, "text": "x", "\\uff54ext": "y"}', "LOOKALIKE_JSON_KEY"),
        ('{"id": 1, "text": "x", "t\\u0435xt": "y"}', "LOOKALIKE_JSON_KEY"),
        ('{"id": 1, "text": "x", "te\\u200bxt": "y"}', "LOOKALIKE_JSON_KEY"),
        ('{"id": 1, "text": "x", "n": NaN}', "NOT_FINITE"),
        ('{"id": 1, "text": "x", "n": -Infinity}', "NOT_FINITE"),
        ('{"id": 1, "text": "x", "n": 1e999}', "NOT_FINITE"),
        ('{"id": 1, "text": "x", "n": ' + "9" * 5_000 + "}", "HUGE_NUMBER"),
        ('{"id": 1, "text": "x\\ud800"}', "INVALID_UNICODE"),
        ('["id", "text"]', "WRONG_TYPE"),
        ('{"id": 1, "text": 17}', "EMPTY"),
        ('{"id": 1, "text": "' + "x" * 20_000 + '"}', "TOO_LARGE"),
    ],
)
@pytest.mark.parametrize("form", ["array", "lines"])
def test_a_hostile_record_is_set_aside_and_its_neighbours_are_read(tmp_path: Path, broken: str, reason: str, form: str) -> None:
    around = ['{"id": "first", "text": "first text"}', broken, '{"id": "last", "text": "last text"}']
    path, payload = ("x.json", f"[{','.join(around)}]") if form == "array" else ("x.jsonl", "\n".join(around))
    (tmp_path / path).write_text(payload)
    assert list(items(tmp_path, max_bytes=10_000)) == [f"{path}#first", f"{path}#last"]
    assert reasons(tmp_path, max_bytes=10_000) == [reason]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b'{"a": 1, "a": 2}', "DUPLICATE_JSON_KEY"),
        (b'{"a": [NaN]}', "NOT_FINITE"),
        (b'{"a": "no end', "TRUNCATED"),
        (b'[{"text": "x", "id": 1}, {"text"', "TRUNCATED"),
        (b'{"a" 1}', "MALFORMED"),
        (b'{"a": "\xff"}', "BAD_ENCODING"),
        (b"[" * 100_000, "TOO_DEEP"),
        (b'{"a": "\x00"}', "MALFORMED"),
    ],
)
def test_a_hostile_json_file_is_set_aside_with_its_reason(tmp_path: Path, raw: bytes, reason: str) -> None:
    (tmp_path / "x.json").write_bytes(raw)
    assert reasons(tmp_path) == [reason]
    assert not items(tmp_path)


@pytest.mark.parametrize(
    "make", [lambda: b'{"id": 1, "text": "Zq9Kw7", "n": NaN}', lambda: b'{"Zq9Kw7": 1, "Zq9Kw7": 2}', lambda: b'{"a": Zq9Kw7']
)
def test_a_refusal_never_quotes_the_record(tmp_path: Path, make: Callable[[], bytes]) -> None:
    (tmp_path / "x.json").write_bytes(make())
    [refusal] = readings(tmp_path)
    assert isinstance(refusal, InvalidRecord) and "Zq9Kw7" not in str(refusal)


def test_a_line_of_a_gigabyte_is_set_aside_in_little_memory(tmp_path: Path) -> None:
    with open(tmp_path / "x.jsonl", "wb") as file:
        file.write(b'{"id": "first", "text": "one"}\n{"id": "long", "text": "')
        file.seek(1_000_000_000, os.SEEK_CUR)  # a sparse file: a gigabyte of NUL bytes that no disk holds
        file.write(b'"}\n{"id": "last", "text": "two"}\n')
    tracemalloc.start()
    found = readings(tmp_path, max_bytes=1_000_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [each.native_key if isinstance(each, Item) else each.reason for each in found] == [
        "x.jsonl#first",
        "TOO_LARGE",
        "x.jsonl#last",
    ]
    assert peak < 20_000_000
