"""Tombstones as they are kept: a record and columns for each request. What can be searched is gathered from them."""

from muniment.schemas.canonical import canonical_json
from muniment.schemas.tombstone import Lifting, Tombstone
from muniment.store.root import Root
from muniment.store.segments import Segments

MARKS, BANDS = "tombstones marks", "tombstones bands"  # purposes of the keys
_FOLDER, _LIFTED = "tombstones/", "tombstones/lifted/"


def columns_of(root: Root) -> Segments:
    """Where the columns of each request's tombstone lie."""
    return Segments(root.objects, f"{_FOLDER}columns/", "Restore it from a backup: without it, what was erased could come back.")


def exists(root: Root, identifier: str) -> bool:
    """Whether a tombstone was laid."""
    return root.objects.exists(_key(identifier))


def keep(root: Root, tombstone: Tombstone) -> None:
    """Put a tombstone in force; its columns are written already."""
    root.objects.put(_key(tombstone.id), canonical_json(tombstone))


def read(root: Root, identifier: str) -> Tombstone:
    """A tombstone; raises `NotFound`."""
    return root.manifests.record(_key(identifier), Tombstone)


def end(root: Root, lifting: Lifting) -> None:
    """End a tombstone."""
    root.objects.put(f"{_LIFTED}{lifting.request}.json", canonical_json(lifting))


def laid(root: Root) -> tuple[frozenset[str], frozenset[str]]:
    """Ids of all tombstones, and the requests whose tombstones were lifted."""
    found, lifted = set[str](), set[str]()
    for key in root.objects.list(_FOLDER):
        if key.endswith(".json"):
            (lifted if key.startswith(_LIFTED) else found).add(key.rpartition("/")[2].removesuffix(".json"))
    return frozenset(found), frozenset(lifted)


def keys_of(identifier: str, lifted: bool) -> tuple[str, ...]:
    """Keys of a tombstone's records: the tombstone first, so that it bars nothing before anything else of it goes."""
    return (_key(identifier), *((f"{_LIFTED}{identifier}.json",) if lifted else ()))


def _key(identifier: str) -> str:
    return f"{_FOLDER}{identifier}.json"
