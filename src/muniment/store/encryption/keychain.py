"""The keys of a root as `encryption.json` has them: wrapped there, in the clear only in this process."""

import base64
import json
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from muniment.errors import Corrupt, NotFound, StaleRef
from muniment.schemas.canonical import canonical_json
from muniment.schemas.encryption import Encryption, WrappedKey
from muniment.store.kek.held import new_in_keyring
from muniment.store.kek.provider import open_kek
from muniment.store.objects import Objects

NAME = "encryption.json"
SETTLED = 2.0  # seconds after which every process has seen a change of `encryption.json`


class Keychain:
    """Reads `encryption.json` again every `SETTLED` seconds at most, as another process may have changed it."""

    def __init__(self, stored: Objects, keyring: Callable[[], Path]) -> None:
        self._stored, self._keyring = stored, keyring
        self._encryption: Encryption | None = None
        self._seen = float("-inf")
        self._keys: dict[str, bytes] = {}  # by context

    def encryption(self) -> Encryption | None:
        """What the root is encrypted with; None when nothing is."""
        if time.monotonic() - self._seen >= SETTLED:
            self.reload()
        return self._encryption

    def reload(self) -> Encryption | None:
        """The same, read now; raises `Corrupt`."""
        self._encryption = _parsed(self._stored)[0]
        self._seen = time.monotonic()
        return self._encryption

    def sealing(self) -> str:
        """Id of the data key that new objects are sealed with, or empty."""
        held = self.encryption()
        return held.sealing if held else ""

    def data_key(self, identifier: str) -> bytes:
        """A data key, 32 bytes; raises `NotFound` when it was destroyed, or what the key-encryption key says."""
        context = f"data/{identifier}"
        if context in self._keys:
            return self._keys[context]
        for held in (self.encryption(), self.reload()):
            for each in held.keys if held else ():
                if held and each.id == identifier:
                    return self._unwrapped(held, each.wrapped, context)
        raise NotFound(
            f"Data key {identifier} is not in {NAME}: it was destroyed, or this was sealed for another root.",
            f"Restore {NAME} from a backup that was made before.",
        )

    def source_key(self, source: str) -> bytes:
        """The key that wraps the keys of a source's originals; raises `NotFound` when there is none."""
        for held in (self.encryption(), self.reload()):
            if held and source in held.sources:
                return self._unwrapped(held, held.sources[source], f"source/{source}")
        raise NotFound(
            f"The originals of {source} have no key.", "None were kept, or they were shredded: nothing brings those back."
        )

    def make_source_key(self, source: str) -> None:
        """Give a source a key, unless it has one; a root without a key-encryption key gets one in its keyring. Raises `StaleRef`."""
        held = self.reload()
        if held and source in held.sources:
            return
        kek = held.kek if held else new_in_keyring(self._keyring())
        wrapped = self.wrapped(kek, secrets.token_bytes(32), f"source/{source}")
        self.change(lambda now: _with_source(now, source, wrapped, kek), kek)

    def destroy_source_key(self, source: str) -> None:
        """Destroy the key of a source's originals: none of them opens any more, wherever copies of them lie. Safe to run again."""
        if self.reload():
            self.change(lambda held: held.model_copy(update={"sources": {k: v for k, v in held.sources.items() if k != source}}))

    def new_data_key(self, made: datetime) -> WrappedKey:
        """A data key at random, wrapped; raises `NotFound` when there is no key-encryption key yet."""
        held = self.reload()
        if held is None:
            raise NotFound("This root has no key-encryption key.", "`muniment keys encrypt --kek …` gives it one.")
        identifier, key = secrets.token_hex(8), secrets.token_bytes(32)
        return WrappedKey(id=identifier, wrapped=self.wrapped(held.kek, key, f"data/{identifier}"), made=made)

    def change(self, change: Callable[[Encryption], Encryption], first: str = "") -> Encryption:
        """Replace `encryption.json` in one step; nothing of what it held before is kept anywhere. `first`: the key-encryption key of a
        root that has none. Raises `StaleRef` when another process was first."""
        held, tag = _parsed(self._stored)
        made = change(held or Encryption(kek=first))
        if made != held:
            self._stored.replace(NAME, canonical_json(made), tag)
        self._stored.prune(NAME)
        self._keys = {}
        self.reload()
        return made

    def rewrapped(self, held: Encryption, kek: str) -> Encryption:
        """Every key of it, wrapped with another key-encryption key."""

        def again(wrapped: str, context: str) -> str:
            return self.wrapped(kek, self._unwrapped(held, wrapped, context), context)

        return Encryption(
            kek=kek,
            keys=tuple(each.model_copy(update={"wrapped": again(each.wrapped, f"data/{each.id}")}) for each in held.keys),
            sources={name: again(wrapped, f"source/{name}") for name, wrapped in held.sources.items()},
        )

    def wrapped(self, kek: str, key: bytes, context: str) -> str:
        """A key of this root, wrapped, base64."""
        return base64.b64encode(open_kek(kek, self._keyring()).wrap(key, self._full(context))).decode()

    def _unwrapped(self, held: Encryption, wrapped: str, context: str) -> bytes:
        if context not in self._keys:
            kek = open_kek(held.kek, self._keyring())
            self._keys[context] = kek.unwrap(base64.b64decode(wrapped), self._full(context))
        return self._keys[context]

    def _full(self, context: str) -> str:
        """The context with the root that it is of: a key that is carried to another root opens nothing there."""
        with suppress(ValueError, KeyError):
            return f"muniment/{json.loads(self._stored.read('root.json'))['key_id']}/{context}"
        raise Corrupt("root.json cannot be read.", "Restore it from a backup.")


def _with_source(held: Encryption, source: str, wrapped: str, kek: str) -> Encryption:
    if held.kek != kek:
        raise StaleRef("The key-encryption key was replaced meanwhile.", "Try again.")
    return held if source in held.sources else held.model_copy(update={"sources": {**held.sources, source: wrapped}})


def _parsed(stored: Objects) -> tuple[Encryption | None, str]:
    try:
        payload, tag = stored.read_tagged(NAME)
        return Encryption.model_validate_json(payload), tag
    except NotFound:
        return None, ""
    except ValidationError:
        raise Corrupt(f"{NAME} cannot be read.", "Restore it from a backup: without it, nothing that is sealed opens.") from None
