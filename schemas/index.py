"""Manifest of a search index."""

from muniment.schemas.stored import Manifest, Stored


class Index(Manifest):
    """An index built from one snapshot: chunks, their vectors in the same order, and the FAISS file."""

    snapshot: str
    snapshot_revision: int
    chunker: str
    encoder: str
    encoder_digest: str
    dimension: int
    chunks: tuple[Stored, ...]
    vectors: tuple[Stored, ...]
    file: str  # key of the FAISS file
    file_digest: str
    count: int
    without: tuple[str, ...] = ()  # layers of the snapshot that were left out
