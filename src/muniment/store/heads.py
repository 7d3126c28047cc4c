"""The signed head of the ledger, moved after every append: it may lag behind the last entry, it never runs ahead of it."""

from typing import Protocol

from pydantic import ValidationError

from muniment.errors import Corrupt, NotFound, StaleRef
from muniment.schemas.canonical import canonical_json
from muniment.schemas.ledger import GENESIS, Head
from muniment.store.objects import Objects
from muniment.store.vault import signed_by

KEY = "ledger-head.json"
_ATTEMPTS = 16  # after so many lost races the head lags until the next append: somebody else is moving it on


class Signer(Protocol):
    """Whoever holds the root's signing key."""

    @property
    def public_key(self) -> str:
        """Ed25519 public key, hexadecimal."""

    def sign(self, payload: bytes) -> str:
        """Ed25519 signature, hexadecimal."""


class Heads:
    """One object that is replaced. One that was removed or forged is left as it is, so that an audit finds it."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._ours = b""  # what we wrote last

    def read(self, signer: Signer) -> Head | None:
        """The head; None when there is none. Raises `Corrupt` for one that is not as it was signed."""
        try:
            payload = self._objects.read(KEY)
        except NotFound:
            return None
        if (head := self._authentic(payload, signer)) is None:
            raise Corrupt("The signed head of the ledger was changed.", "Compare the ledger with a backup, or with a checkpoint.")
        return head

    def begin(self, signer: Signer) -> None:
        """Write the head of an empty ledger, before its first entry."""
        self._objects.put(KEY, _signed(Head(sequence=0, hash=GENESIS), signer))

    def advance(self, sequence: int, digest: str, signer: Signer) -> None:
        """Move the head on to this entry, unless it is there or beyond already."""
        payload = _signed(Head(sequence=sequence, hash=digest), signer)
        for _ in range(_ATTEMPTS):
            try:
                held, tag = self._objects.read_tagged(KEY)
            except NotFound:
                return
            before = self._authentic(held, signer)
            if before is None or before.sequence >= sequence:
                return
            try:
                self._objects.replace(KEY, payload, tag)
            except StaleRef:
                continue
            self._ours = payload
            return

    def _authentic(self, payload: bytes, signer: Signer) -> Head | None:
        try:
            head = Head.model_validate_json(payload)
        except ValidationError:
            return None
        ours = payload == self._ours or signed_by(signer.public_key, head.signed, head.signature)
        return head if ours and payload == canonical_json(head) else None


def _signed(head: Head, signer: Signer) -> bytes:
    return canonical_json(head.model_copy(update={"signature": signer.sign(head.signed)}))
