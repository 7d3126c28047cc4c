"""Originals: the bytes as they were fetched, each under a key of its own, and how they are shredded."""

import pyarrow as pa

from muniment.schemas.erasure import Copy
from muniment.store.root import Root


def holding(root: Root, doc_ids: pa.Array) -> list[Copy]:
    """What an erasure of these documents would shred: a copy for each pack with one of them (place "original", status "to shred")."""
    return []


def shred(root: Root, doc_ids: pa.Array) -> list[Copy]:
    """Destroy the keys of these documents' originals, and packs of which little is left; safe to run again (status "shredded")."""
    return []
