"""Files under an S3 prefix: every version of every object, delete markers, metadata and tags; and uploads that were never finished, whose
parts no S3 call can read."""

import mmap
import tempfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlparse

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from muniment.verifiers.residue.places import File

_SMALL = 1 << 22
_GONE = ("NoSuchKey", "NoSuchVersion", "404")  # of an object, or of the version that was listed


def files(place: str) -> Iterator[File]:
    """Every version of every object under `s3://bucket/prefix`; the address and the keys come from the usual AWS environment."""
    parsed = urlparse(place)
    bucket, prefix = parsed.netloc, parsed.path.strip("/")
    prefix = f"{prefix}/" if prefix else ""
    client = boto3.client("s3", config=Config(retries={"max_attempts": 5, "mode": "standard"}))
    try:
        yield from _versions(client, bucket, prefix)
        yield from _unfinished(client, bucket, prefix)
    except (ClientError, BotoCoreError) as error:
        raise OSError(f"S3 refused ({type(error).__name__})") from None


def _versions(client: Any, bucket: str, prefix: str) -> Iterator[File]:
    for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
        for found in page.get("Versions", []):
            name = found["Key"][len(prefix) :]
            version = "" if found.get("IsLatest", True) else f" (version {found['VersionId']})"
            given = {"Bucket": bucket, "Key": found["Key"]}
            if found.get("VersionId") not in (None, "null", ""):
                given["VersionId"] = found["VersionId"]
            yield File(
                name + version,
                found["Size"],
                _opener(client, given),
                _attached(client, given),
                found["LastModified"].timestamp(),
                name,
            )
        for found in page.get("DeleteMarkers", []):
            yield File(f"{found['Key'][len(prefix) :]} (delete marker)", 0, None)


def _unfinished(client: Any, bucket: str, prefix: str) -> Iterator[File]:
    for page in client.get_paginator("list_multipart_uploads").paginate(Bucket=bucket, Prefix=prefix):
        for found in page.get("Uploads", []):
            yield File(f"{found['Key'][len(prefix) :]} (unfinished upload)", 0, _refused)


def _refused() -> Any:
    raise OSError("the parts of an unfinished upload cannot be read: finish or abort it")


def _opener(client: Any, given: dict[str, str]) -> Any:
    def opened() -> Any:
        try:
            body = client.get_object(**given)["Body"]
            first = body.read(_SMALL)
            if len(first) < _SMALL:
                return first
            with tempfile.TemporaryFile() as file:
                file.write(first)
                while piece := body.read(_SMALL):
                    file.write(piece)
                file.flush()
                return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (ClientError, BotoCoreError) as error:
            if isinstance(error, ClientError) and error.response.get("Error", {}).get("Code") in _GONE:
                raise FileNotFoundError(2, "it was removed meanwhile") from None
            raise OSError(f"S3 refused ({type(error).__name__})") from None

    return opened


def _attached(client: Any, given: dict[str, str]) -> bytes:
    """Metadata of an object as people gave it, and its tags."""
    try:
        told = client.head_object(**given)
        tags = client.get_object_tagging(**given).get("TagSet", [])
    except (ClientError, BotoCoreError):
        return b""
    texts = [
        *(text for pair in told.get("Metadata", {}).items() for text in pair),
        *(text for tag in tags for text in tag.values()),
    ]
    return "\0".join([*texts, told.get("ContentDisposition", ""), told.get("ContentType", "")]).encode()
