"""`encryption.json`: which key wraps the keys of a root, and those keys, wrapped. Never a key."""

from datetime import datetime

from muniment.schemas.source import Record


class WrappedKey(Record):
    """A data key that only the key-encryption key gives back."""

    id: str  # 16 hexadecimal digits, at random
    wrapped: str  # base64
    made: datetime


class Encryption(Record):
    """What a root is encrypted with."""

    format: int = 1
    kek: str  # address of the key-encryption key
    keys: tuple[WrappedKey, ...] = ()  # data keys; the last one is in use. None: at rest, nothing but originals is encrypted
    sources: dict[str, str] = {}  # source → the key that wraps the keys of its originals, wrapped, base64

    @property
    def sealing(self) -> str:
        """Id of the data key that new objects are sealed with, or empty."""
        return self.keys[-1].id if self.keys else ""
