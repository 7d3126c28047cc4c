"""Objects that are sealed on the way in and opened on the way out: names stay digests of the plain bytes, callers see no difference."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import BinaryIO

from muniment.errors import NotFound, StaleRef
from muniment.store.encryption.keychain import Keychain
from muniment.store.encryption.stream import MAGIC, is_sealed, open_sealed, seal, sealed_by, unseal
from muniment.store.objects import Objects

# What must be read before there is a key; what holds ids, digests and counts only and is checked without one; sketches and shortened ids
# that are mapped into memory; packs, which are sealed document by document.
_PLAIN = (
    "root.json",
    "encryption.json",
    "backup.json",
    "ledger/",
    "ledger-head.json",
    "checkpoints/",
    "refs/",
    "signatures/",
    "holdings/",
)
_PACK = ".pack"
FOREIGN = ("keys/", "prefect/", "lineage.")  # lies in the folder of a root on this machine, and is written by others than us


class SealedObjects:
    """A store in front of another one. Until a root is encrypted it passes everything on; sealed and plain objects may lie side by side."""

    def __init__(self, stored: Objects, keychain: Keychain) -> None:
        self.stored, self.keychain, self.uri = stored, keychain, stored.uri

    def read(self, key: str) -> bytes:
        return self._plain(key, self.stored.read(key))

    def open(self, key: str) -> BinaryIO:
        file = self.stored.open(key)
        if not covered(key) or not self.keychain.sealing():
            return file
        head = file.read(len(MAGIC))
        file.seek(0)
        return open_sealed(file, key, self.keychain.data_key) if is_sealed(head) else file

    def put(self, key: str, payload: bytes) -> bool:
        return self.stored.put(key, self._sealed(key, payload))

    def put_all(self, items: Sequence[tuple[str, bytes]]) -> int:
        return self.stored.put_all([(key, self._sealed(key, payload)) for key, payload in items])

    def read_tagged(self, key: str) -> tuple[bytes, str]:
        payload, tag = self.stored.read_tagged(key)
        return self._plain(key, payload), tag

    def replace(self, key: str, payload: bytes, tag: str) -> None:
        self.stored.replace(key, self._sealed(key, payload), tag)

    def list(self, prefix: str) -> Iterator[str]:
        return self.stored.list(prefix)

    def dated(self, prefix: str) -> Iterator[tuple[str, datetime]]:
        return self.stored.dated(prefix)

    def delete(self, key: str) -> None:
        self.stored.delete(key)

    def prune(self, key: str) -> None:
        self.stored.prune(key)

    def exists(self, key: str) -> bool:
        return self.stored.exists(key)

    def stale(self) -> Iterator[str]:
        """Keys whose bytes are not sealed with the data key in use though they should be."""
        for key in self.stored.list(""):
            if covered(key) and self._sealed_by(key) not in (self.keychain.sealing(), None):
                yield key

    def reseal(self, key: str) -> int:
        """Seal one object with the data key in use, in one step; no earlier version is kept. Gives the bytes written, 0 when it went
        away or another process wrote it meanwhile (with the key in use, since that was settled before)."""
        try:
            payload, tag = self.read_tagged(key)
            sealed = self._sealed(key, payload)
            self.stored.replace(key, sealed, tag)
        except (NotFound, StaleRef):
            return 0
        self.stored.prune(key)
        return len(sealed)

    def _sealed_by(self, key: str) -> str | None:
        """Id of the key that sealed an object, empty when it is plain, None when it went away."""
        try:
            with self.stored.open(key) as file:
                return sealed_by(file.read(len(MAGIC) + 8))
        except NotFound:
            return None

    def _sealed(self, key: str, payload: bytes) -> bytes:
        identifier = self.keychain.sealing() if covered(key) else ""
        return seal(payload, key, identifier, self.keychain.data_key(identifier)) if identifier else payload

    def _plain(self, key: str, payload: bytes) -> bytes:
        return unseal(payload, key, self.keychain.data_key) if is_sealed(payload[: len(MAGIC)]) and covered(key) else payload


def covered(key: str) -> bool:
    """Whether an object of this name is sealed in an encrypted root."""
    return not key.startswith((*_PLAIN, *FOREIGN)) and not key.endswith(_PACK)
