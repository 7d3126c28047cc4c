"""One root: everything that Muniment keeps, in a folder or under an S3 prefix."""

import os
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from pathlib import Path

from pydantic import ValidationError

from muniment.errors import Corrupt, Forbidden, NotFound
from muniment.schemas.backup import ORIGIN, Origin
from muniment.schemas.canonical import canonical_json, sha256
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.source import Record
from muniment.store.backends import open_objects
from muniment.store.encoders.registered import Encoders
from muniment.store.encryption.keychain import Keychain
from muniment.store.encryption.sealed import SealedObjects
from muniment.store.holdings import Holdings
from muniment.store.lake import Lake
from muniment.store.ledger import Ledger
from muniment.store.lineage import Lineage
from muniment.store.manifests import Manifests, Refs
from muniment.store.registry import Registry
from muniment.store.together import Together
from muniment.store.vault import Vault, keyring_path
from muniment.store.work import Work

FORMAT = 1


class _Marker(Record):
    """`root.json`: says what this is, and which keyring made its ids."""

    format: int
    key_id: str


class Root:
    """The rooms of the store under one address."""

    def __init__(self, uri: str) -> None:
        self.stored = open_objects(uri)  # bytes as they lie, which may be sealed
        self.uri = self.stored.uri
        self.keychain = Keychain(self.stored, self.keyring)
        self.objects = SealedObjects(self.stored, self.keychain)
        self.lake, self.work = Lake(self.objects), Work(self.objects)
        self.ledger, self.registry = Ledger(self.objects, lambda: self._keys), Registry(self.objects)
        self.together = Together(self.ledger)
        self.holdings, self.encoders = Holdings(self.objects), Encoders(self.objects)
        self.manifests, self.refs = Manifests(self.objects), Refs(self.objects)
        self.lineage = Lineage(projection(self.uri), self.ledger)

    @cached_property
    def _keys(self) -> Vault:
        return Vault(self.keyring())

    @cached_property
    def vault(self) -> Vault:
        """The keys; raises `Forbidden` when the keyring at hand is not the one that made this root's ids."""
        vault = self._keys
        marker = canonical_json(_Marker(format=FORMAT, key_id=vault.key_id))
        if self.objects.put("root.json", marker):
            self.record(Draft(kind=EntryKind.ROOT_CREATED, actor="muniment", outputs=(f"key:{vault.key_id}",), key=vault.key_id))
        try:
            held = _Marker.model_validate_json(self.objects.read("root.json"))
        except ValidationError:
            raise Corrupt(f"{self.uri}/root.json cannot be read.", "Restore it from a backup.") from None
        if held.key_id != vault.key_id:
            raise Forbidden(
                f"The ids under {self.uri} were made with key {held.key_id}, but {vault.path} holds {vault.key_id}.",
                "Set MUNIMENT_KEYRING to the keyring of this root.",
            )
        return vault

    def keyring(self) -> Path:
        """Where the keyring lies. A backup has none: it is that of the root that it is a copy of."""
        path = keyring_path(self.uri)
        if path.exists():
            return path
        try:
            return keyring_path(Origin.model_validate_json(self.stored.read(ORIGIN)).root)
        except NotFound:
            return path

    def record(self, draft: Draft) -> None:
        """Append to the ledger, unless an entry of the same kind and key is there (a crashed run that is done again)."""
        if not (draft.key and self.lineage.recorded(draft.kind, draft.key)):
            self.ledger.append(draft, datetime.now(UTC))


def default_uri() -> str:
    """`$MUNIMENT_ROOT`, or `./.muniment`."""
    return os.environ.get("MUNIMENT_ROOT") or "./.muniment"


@lru_cache(maxsize=8)
def open_root(uri: str | None = None) -> Root:
    """The root at an address, opened once in a process."""
    root = Root(uri or default_uri())
    _ = root.vault
    return root


def projection(uri: str) -> Path:
    """Where the projection of the ledger lies: in the folder of a local root, in the user's cache for S3."""
    if not uri.startswith("s3://"):
        return Path(uri) / "lineage.duckdb"
    cache = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser()
    return cache / "muniment" / sha256(uri.encode())[:16] / "lineage.duckdb"
