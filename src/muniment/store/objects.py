"""Bytes under one root: the same behaviour over a folder and over S3."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import BinaryIO, Protocol

from muniment.errors import NotFound


class Objects(Protocol):
    """Keys are relative POSIX paths. Every write is durable when it returns and is seen whole or not at all."""

    uri: str

    def __hash__(self) -> int:
        """One place is one key of what is remembered of it."""

    def read(self, key: str) -> bytes:
        """All bytes of a key; raises `NotFound`."""

    def open(self, key: str) -> BinaryIO:
        """A seekable reader over a key that fetches only what is read; raises `NotFound`."""

    def put(self, key: str, payload: bytes) -> bool:
        """Create a key. False, and nothing written, when it is there already."""

    def put_all(self, items: Sequence[tuple[str, bytes]]) -> int:
        """Create keys in this order, and stop at the first that is there already: how many were created. A crash leaves the first few."""

    def read_tagged(self, key: str) -> tuple[bytes, str]:
        """Bytes and a tag that changes with them; raises `NotFound`."""

    def replace(self, key: str, payload: bytes, tag: str) -> None:
        """Replace a key that still has this tag (empty: that is absent); raises `StaleRef` otherwise."""

    def list(self, prefix: str) -> Iterator[str]:
        """Keys under a folder-like prefix (ending in `/`, or empty). Within one folder they ascend; some servers list folders first."""

    def dated(self, prefix: str) -> Iterator[tuple[str, datetime]]:
        """The same keys, each with the time (UTC) that it was written."""

    def delete(self, key: str) -> None:
        """Remove a key with all its versions; nothing happens when it is absent."""

    def prune(self, key: str) -> None:
        """Remove every version of a key but the one that is read; nothing happens when it is absent."""

    def exists(self, key: str) -> bool:
        """Whether a key is there."""


def missing(uri: str, key: str) -> NotFound:
    """The error for a key that is not there."""
    return NotFound(f"{key} is not kept under {uri}.", "Check the id, or list what is there with `muniment snapshots`.")
