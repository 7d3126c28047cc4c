"""How a manifest names an object of the store."""

from muniment.schemas.source import Record


class Stored(Record):
    """One content-addressed object: SHA-256 of its bytes, how many rows it holds, how many bytes it is."""

    digest: str
    rows: int
    bytes: int

    @property
    def key(self) -> str:
        """Where the object lies under the root."""
        return f"objects/{self.digest[:2]}/{self.digest}.parquet"


class Manifest(Record):
    """Base of everything a ref can lead to: an id that stays, and a revision that only an erasure raises."""

    id: str
    revision: int = 0
