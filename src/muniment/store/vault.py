"""The keys of a root: one that ids and keyed hashes are derived from, one that signs receipts and checkpoints."""

import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import ValidationError

from muniment.errors import Corrupt
from muniment.schemas.canonical import canonical_json, sha256
from muniment.schemas.source import Record


class _Keyring(Record):
    identity: str  # 32 bytes, hexadecimal
    signing: str  # Ed25519 private key, 32 bytes, hexadecimal


class Vault:
    """The keyring file of a root: `$MUNIMENT_KEYRING`, or a default that depends on the root; created when absent."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._keyring = _load(path)
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

    def sign(self, payload: bytes) -> str:
        """Ed25519 signature (RFC 8032), hexadecimal."""
        return self._signing.sign(payload).hex()


def signed_by(public_key: str, payload: bytes, signature: str) -> bool:
    """Whether this Ed25519 signature over the payload was made with the key of that public half."""
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


def _load(path: Path) -> _Keyring:
    if not path.exists():
        _create(path)
    try:
        return _Keyring.model_validate_json(path.read_bytes())
    except ValidationError:
        raise Corrupt(f"The keyring {path} cannot be read.", "Restore it from a backup: ids cannot be made without it.") from None


def _create(path: Path) -> None:
    """Write a new keyring that only its owner can read; a process that loses the race uses the winner's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    keyring = _Keyring(identity=secrets.token_hex(32), signing=secrets.token_hex(32))
    staged = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(canonical_json(keyring))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(staged, path)
    except FileExistsError:
        pass
    finally:
        staged.unlink()
