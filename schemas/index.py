"""Manifest of a search index."""

from muniment.schemas.source import Record
from muniment.schemas.stored import Manifest, Stored


class IndexFile(Record):
    """One FAISS file: the vectors of one object, in its order. Indexes whose snapshots share the object share the file."""

    digest: str  # SHA-256 of its bytes
    count: int
    bytes: int

    @property
    def key(self) -> str:
        """Where the file lies under the root."""
        return f"vectors/{self.digest}.faiss"


class Index(Manifest):
    """An index built from one snapshot: chunks, their vectors in the same order, and a FAISS file for each object of vectors."""

    snapshot: str
    snapshot_revision: int
    chunker: str
    encoder: str
    encoder_digest: str
    dimension: int
    chunks: tuple[Stored, ...]
    vectors: tuple[Stored, ...]
    files: tuple[IndexFile, ...]
    count: int
    without: tuple[str, ...] = ()  # layers of the snapshot that were left out
