"""Objects in an S3 bucket, through conditional writes."""

import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, BinaryIO, cast
from urllib.parse import urlparse

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from muniment.errors import SourceUnavailable, StaleRef
from muniment.store.objects import missing
from muniment.store.reading import Ranges

_BLOCK = 1 << 20  # read-ahead of a ranged reader, bytes
_CONFLICT = {"PreconditionFailed", "ConditionalRequestConflict", "412", "409"}
_ABSENT = {"NoSuchKey", "404", "NotFound"}


class S3Objects:
    """`s3://bucket/prefix`. Address and credentials come from the usual AWS environment (`AWS_ENDPOINT_URL`, …)."""

    def __init__(self, uri: str) -> None:
        parsed = urlparse(uri)
        self._bucket, self._prefix = parsed.netloc, parsed.path.strip("/")
        self.uri = uri.rstrip("/")
        self._s3: Any = boto3.client("s3", config=Config(retries={"max_attempts": 5, "mode": "standard"}))
        self._versioned: bool | None = None

    def read(self, key: str) -> bytes:
        return self.read_tagged(key)[0]

    def open(self, key: str) -> BinaryIO:
        size = int(self._call("head_object", key)["ContentLength"])
        return cast(BinaryIO, io.BufferedReader(_Stored(self, key, size), _BLOCK))

    def put(self, key: str, payload: bytes) -> bool:
        try:
            self._call("put_object", key, Body=payload, IfNoneMatch="*")
        except StaleRef:
            return False
        return True

    def put_all(self, items: Sequence[tuple[str, bytes]]) -> int:
        return next((place for place, (key, payload) in enumerate(items) if not self.put(key, payload)), len(items))

    def read_tagged(self, key: str) -> tuple[bytes, str]:
        answer = self._call("get_object", key)
        return answer["Body"].read(), answer["ETag"]

    def replace(self, key: str, payload: bytes, tag: str) -> None:
        condition = {"IfMatch": tag} if tag else {"IfNoneMatch": "*"}
        self._call("put_object", key, Body=payload, **condition)

    def list(self, prefix: str) -> Iterator[str]:
        for key, _ in self.dated(prefix):
            yield key

    def dated(self, prefix: str) -> Iterator[tuple[str, datetime]]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=self._full(prefix))
        for page in pages:
            for found in page.get("Contents", []):
                yield str(found["Key"])[len(self._full("")) :], found["LastModified"]

    def delete(self, key: str) -> None:
        self._call("delete_object", key)
        if self._is_versioned():
            self._purge(key)

    def prune(self, key: str) -> None:
        if self._is_versioned() and self.exists(key):
            self._purge(key, self._call("head_object", key).get("VersionId", "null"))

    def exists(self, key: str) -> bool:
        try:
            self._call("head_object", key)
        except type(missing("", "")):
            return False
        return True

    def range(self, key: str, start: int, end: int) -> bytes:
        """Bytes `start` to `end` (exclusive) of a key."""
        return cast(bytes, self._call("get_object", key, Range=f"bytes={start}-{end - 1}")["Body"].read())

    def _full(self, key: str) -> str:
        return f"{self._prefix}/{key}" if self._prefix else key

    def _call(self, operation: str, key: str, **arguments: Any) -> Any:
        """One request, its errors translated into what the caller should do."""
        try:
            return getattr(self._s3, operation)(Bucket=self._bucket, Key=self._full(key), **arguments)
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in _ABSENT:
                raise missing(self.uri, key) from None
            if code in _CONFLICT:
                raise StaleRef(f"{key} was changed by somebody else first.", "Look at the new value and try again.") from None
            raise SourceUnavailable(f"S3 refused {operation} of {key}: {code}.", "Check the bucket and the credentials.") from None
        except BotoCoreError as error:
            raise SourceUnavailable(
                f"S3 did not answer ({type(error).__name__}).", "Check AWS_ENDPOINT_URL and the network."
            ) from None

    def _is_versioned(self) -> bool:
        if self._versioned is None:
            self._versioned = self._s3.get_bucket_versioning(Bucket=self._bucket).get("Status") in ("Enabled", "Suspended")
        return self._versioned

    def _purge(self, key: str, but: str = "") -> None:
        """Remove every version and delete marker, but one: on a versioned bucket a plain delete keeps the bytes."""
        for page in self._s3.get_paginator("list_object_versions").paginate(Bucket=self._bucket, Prefix=self._full(key)):
            for found in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
                if found["Key"] == self._full(key) and found["VersionId"] != but:
                    self._call("delete_object", key, VersionId=found["VersionId"])


class _Stored(Ranges):
    """A seekable reader that asks S3 only for the ranges that are read."""

    def __init__(self, objects: S3Objects, key: str, size: int) -> None:
        self._objects, self._key, self.size = objects, key, size

    def readinto(self, buffer: Any) -> int:
        end = min(self.at + len(buffer), self.size)
        if end <= self.at:
            return 0
        payload = self._objects.range(self._key, self.at, end)
        buffer[: len(payload)] = payload
        self.at += len(payload)
        return len(payload)
