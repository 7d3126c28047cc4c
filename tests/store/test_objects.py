"""One behaviour, two back ends."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from muniment.errors import NotFound, StaleRef
from muniment.store.objects import Objects


def test_what_was_put_is_read_back(objects: Objects) -> None:
    assert objects.put("a/b.json", b"one")
    assert objects.read("a/b.json") == b"one"
    assert objects.exists("a/b.json")


def test_a_key_is_created_once_and_the_second_writer_changes_nothing(objects: Objects) -> None:
    assert objects.put("key", b"first")
    assert not objects.put("key", b"second")
    assert objects.read("key") == b"first"


def test_of_many_writers_of_one_key_exactly_one_wins(objects: Objects) -> None:
    with ThreadPoolExecutor(12) as pool:
        won = list(pool.map(lambda number: objects.put("race", str(number).encode()), range(12)))
    assert won.count(True) == 1
    assert objects.read("race") == str(won.index(True)).encode()


def test_a_key_is_replaced_only_by_whoever_saw_its_value(objects: Objects) -> None:
    objects.replace("ref", b"one", "")
    _, tag = objects.read_tagged("ref")
    objects.replace("ref", b"two", tag)
    with pytest.raises(StaleRef):
        objects.replace("ref", b"three", tag)
    with pytest.raises(StaleRef):
        objects.replace("ref", b"three", "")
    assert objects.read("ref") == b"two"


def test_of_many_replacements_of_one_value_exactly_one_wins(objects: Objects) -> None:
    objects.replace("ref", b"start", "")
    _, tag = objects.read_tagged("ref")

    def attempt(number: int) -> bool:
        try:
            objects.replace("ref", str(number).encode(), tag)
        except StaleRef:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(attempt, range(8))).count(True) == 1


def test_keys_are_listed_under_a_prefix_and_ascend_within_a_folder(objects: Objects) -> None:
    for key in ("b/2", "b/10", "b/1/x", "b-c", "a", "bb/1"):
        objects.put(key, b"")
    assert list(objects.list("b/")) == ["b/1/x", "b/10", "b/2"]
    assert sorted(objects.list("")) == sorted(["b/2", "b/10", "b/1/x", "b-c", "a", "bb/1"])
    assert list(objects.list("none/")) == []


def test_a_key_has_the_time_that_it_was_written(objects: Objects) -> None:
    objects.put("a/1.json", b"one")
    objects.put("a/b/2.json", b"two")
    found = dict(objects.dated("a/"))
    assert set(found) == set(objects.list("a/"))
    assert all(abs(datetime.now(UTC) - written) < timedelta(minutes=1) for written in found.values())
    assert dict(objects.dated("nothing/")) == {}


def test_a_reader_reads_any_range(objects: Objects) -> None:
    payload = bytes(range(256)) * 8192
    objects.put("big", payload)
    with objects.open("big") as file:
        file.seek(1_500_000)
        assert file.read(100) == payload[1_500_000:1_500_100]
        file.seek(-10, 2)
        assert file.read() == payload[-10:]
        file.seek(0)
        assert file.read() == payload


def test_what_is_absent_is_named_in_the_error(objects: Objects) -> None:
    for read in (objects.read, objects.open, objects.read_tagged):
        with pytest.raises(NotFound, match="no/such"):
            read("no/such")  # type: ignore[operator]
    assert not objects.exists("no/such")


def test_a_deleted_key_is_gone_and_deleting_it_again_does_nothing(objects: Objects) -> None:
    objects.put("key", b"value")
    objects.delete("key")
    objects.delete("key")
    assert not objects.exists("key")
    assert objects.put("key", b"again")


@pytest.mark.s3
def test_a_versioned_bucket_keeps_no_version_of_a_deleted_key(bucket: str) -> None:
    import boto3

    from muniment.store.backends import open_objects

    client = boto3.client("s3")
    client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    store = open_objects(f"s3://{bucket}/p")
    store.put("key", b"one")
    store.replace("key", b"two", store.read_tagged("key")[1])
    store.delete("key")
    left = client.list_object_versions(Bucket=bucket)
    assert not left.get("Versions") and not left.get("DeleteMarkers")
