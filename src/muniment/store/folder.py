"""Objects in a folder of this machine."""

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from muniment.errors import StaleRef
from muniment.store.objects import missing

_WRITERS = 16
_TEMPORARY = ".incoming"  # same file system as the keys, never listed, emptied of what crashed writers left


class FolderObjects:
    """A folder. Creation is a hard link of a synced file, replacement a rename of one, so that a crash leaves old or new."""

    def __init__(self, uri: str) -> None:
        self._base = Path(uri.removeprefix("file://")).expanduser().resolve()
        self._incoming = self._base / _TEMPORARY
        self._incoming.mkdir(parents=True, exist_ok=True)
        self.uri = str(self._base)

    def read(self, key: str) -> bytes:
        with self.open(key) as file:
            return file.read()

    def open(self, key: str) -> BinaryIO:
        try:
            return (self._base / key).open("rb")
        except FileNotFoundError:
            raise missing(self.uri, key) from None

    def put(self, key: str, payload: bytes) -> bool:
        target = self._base / key
        if target.exists():
            return False
        with self._staged(target, payload) as staged:
            try:
                os.link(staged, target)
            except FileExistsError:
                return False
        _sync_folder(target.parent)
        return True

    def put_all(self, items: Sequence[tuple[str, bytes]]) -> int:
        if len(items) < 2:
            return sum(self.put(key, payload) for key, payload in items)
        targets = [self._base / key for key, _ in items]
        with ExitStack() as staging, ThreadPoolExecutor(_WRITERS) as pool:  # syncs that wait at once wait together
            contexts = [self._staged(target, payload) for target, (_, payload) in zip(targets, items, strict=True)]
            staged = list(pool.map(staging.enter_context, contexts))
            created = _linked(staged, targets)
        for folder in {target.parent for target in targets[:created]}:
            _sync_folder(folder)
        return created

    def read_tagged(self, key: str) -> tuple[bytes, str]:
        payload = self.read(key)
        return payload, hashlib.sha256(payload).hexdigest()

    def replace(self, key: str, payload: bytes, tag: str) -> None:
        target = self._base / key
        with self._lock(), self._staged(target, payload) as staged:
            held = self.read_tagged(key)[1] if target.exists() else ""
            if held != tag:
                raise StaleRef(f"{key} was changed by somebody else first.", "Look at the new value and try again.")
            os.replace(staged, target)
        _sync_folder(target.parent)

    def list(self, prefix: str) -> Iterator[str]:
        start = self._base / prefix
        if not start.is_dir():
            return
        yield from _walk(start, prefix)

    def dated(self, prefix: str) -> Iterator[tuple[str, datetime]]:
        for key in self.list(prefix):
            with suppress(FileNotFoundError):  # removed since it was listed
                yield key, datetime.fromtimestamp((self._base / key).stat().st_mtime, UTC)

    def delete(self, key: str) -> None:
        target = self._base / key
        target.unlink(missing_ok=True)
        if target.parent.is_dir():
            _sync_folder(target.parent)

    def prune(self, key: str) -> None:
        """Nothing to do: a folder keeps no versions."""

    def exists(self, key: str) -> bool:
        return (self._base / key).exists()

    @contextmanager
    def _staged(self, target: Path, payload: bytes) -> Iterator[str]:
        """A synced temporary file beside the keys; what is left of it is removed."""
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, staged = tempfile.mkstemp(dir=self._incoming)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(payload)
                file.flush()
                os.fsync(file.fileno())
            yield staged
        finally:
            Path(staged).unlink(missing_ok=True)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        with (self._incoming / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _linked(staged: Sequence[str], targets: Sequence[Path]) -> int:
    """Make staged files visible in order, up to the first whose name is taken: how many were."""
    for place, (file, target) in enumerate(zip(staged, targets, strict=True)):
        try:
            os.link(file, target)
        except FileExistsError:
            return place
    return len(targets)


def _walk(folder: Path, prefix: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        # A folder sorts as its name with the slash, so that the order equals that of the whole keys.
        names = sorted(entry.name + "/" * entry.is_dir() for entry in entries)
    for name in names:
        if name == f"{_TEMPORARY}/":
            continue
        if name.endswith("/"):
            yield from _walk(folder / name, prefix + name)
        else:
            yield prefix + name


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
