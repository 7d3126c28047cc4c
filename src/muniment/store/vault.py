"""The keys of a root: one that ids and keyed hashes are derived from, one that signs receipts and checkpoints, and generations of one
that makes pseudonyms.

The first two stay as long as the root. The last is replaced from time to time, and an old generation can be destroyed.
"""

import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from muniment.errors import Forbidden, NotFound
from muniment.schemas.canonical import sha256
from muniment.store import keyring
from muniment.store.keyring import Generation


class Vault:
    """The keyring file of a root: `$MUNIMENT_KEYRING`, or a default that depends on the root; created when absent."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.exists():
            keyring.create(path)
        self._keyring = keyring.read(path)
        self._signing = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(self._keyring.signing))

    @property
    def key_id(self) -> str:
        """Names the identity key without revealing it: 16 hexadecimal digits."""
        return sha256(b"muniment key id" + bytes.fromhex(self._keyring.identity))[:16]

    @property
    def public_key(self) -> str:
        """The Ed25519 public key that checks our signatures, hexadecimal."""
        return self._signing.public_key().public_bytes_raw().hex()

    def key(self, purpose: str) -> bytes:
        """A 32-byte key for one purpose, derived with HKDF-SHA256 (RFC 5869)."""
        derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode())
        return derive.derive(bytes.fromhex(self._keyring.identity))

    def generations(self) -> tuple[Generation, ...]:
        """Generations of the pseudonym key, the oldest first; the last one is in use. Empty until the first is needed.

        The file is read each time: another process may have rotated the key.
        """
        return keyring.read(self.path).pseudonyms

    def keks(self) -> tuple[Generation, ...]:
        """Key-encryption keys that were made in this keyring, the oldest first."""
        return keyring.read(self.path).keks

    def pseudonym_key_id(self) -> str:
        """The generation in use; the first is made here."""
        return (self.generations() or (self._generation(first=True),))[-1].id

    def pseudonym_key(self, identifier: str) -> bytes:
        """The 32 bytes of a generation; raises `NotFound` when it is retired or of another keyring."""
        for each in self.generations():
            if each.id == identifier and not each.retired:
                return bytes.fromhex(each.key)
        raise NotFound(
            f"The keyring {self.path} has no pseudonym key {identifier}.",
            "It was retired, or made on another machine: see `muniment keys list`, and use one keyring for one root.",
        )

    def rotate(self) -> Generation:
        """Make a new generation of the pseudonym key, which is in use from now on."""
        return self._generation(first=False)

    def retire(self, identifier: str) -> Generation:
        """Destroy the key of an earlier generation; raises `NotFound` when it is unknown and `Forbidden` when it is in use."""
        with keyring.alone(self.path) as held:
            kept = {each.id: each for each in held.pseudonyms}
            if identifier not in kept:
                raise NotFound(f"The keyring {self.path} has no pseudonym key {identifier}.", "List them: `muniment keys list`.")
            if identifier == held.pseudonyms[-1].id:
                raise Forbidden(
                    f"Pseudonym key {identifier} is in use.", "Make a new one first: `muniment keys rotate pseudonyms`."
                )
            kept[identifier] = Generation(id=identifier)
            keyring.replace(self.path, held.with_pseudonyms(*kept.values()))
            return kept[identifier]

    def sign(self, payload: bytes) -> str:
        """Ed25519 signature (RFC 8032), hexadecimal."""
        return self._signing.sign(payload).hex()

    def _generation(self, first: bool) -> Generation:
        """The generation in use when only the `first` is wanted and there is one, else a new one."""
        with keyring.alone(self.path) as held:
            if not (first and held.pseudonyms):
                held = held.with_pseudonyms(*held.pseudonyms, keyring.new_generation())
                keyring.replace(self.path, held)
            return held.pseudonyms[-1]


def signed_by(public_key: str, payload: bytes, signature: str) -> bool:
    """Whether this Ed25519 signature over the payload was made with the key of that public half. It has one form, in small letters."""
    if signature != signature.lower():
        return False
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(bytes.fromhex(signature), payload)
    except (InvalidSignature, ValueError):
        return False
    return True


def keyring_path(uri: str) -> Path:
    """Where the keyring of a root lies: beside a local root's data, in the user's configuration for S3."""
    if named := os.environ.get("MUNIMENT_KEYRING"):
        return Path(named).expanduser()
    if uri.startswith("s3://"):
        configuration = Path(os.environ.get("XDG_CONFIG_HOME", "~/.config")).expanduser()
        return configuration / "muniment" / f"keyring-{sha256(uri.encode())[:16]}.json"
    return Path(uri) / "keys" / "keyring.json"
