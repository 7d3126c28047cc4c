"""Keys of one store, as they lie, in another one."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from muniment.errors import NotFound, StaleRef
from muniment.schemas.canonical import sha256
from muniment.store.objects import Objects

_AT_ONCE = 4  # whole objects that are in memory at a time


def copy_new(source: Objects, target: Objects, keys: Iterable[str]) -> dict[str, int]:
    """Copy keys that the target does not have; gives bytes by key. One that is gone from the source by now is left out."""

    def copy(key: str) -> tuple[str, int]:
        try:
            payload = source.read(key)
        except NotFound:
            return key, 0
        return key, len(payload) if target.put(key, payload) else 0

    return _all(copy, keys)


def copy_changed(source: Objects, target: Objects, keys: Iterable[str]) -> dict[str, int]:
    """Make the target hold what the source holds; gives bytes by key, of those that differed."""

    def copy(key: str) -> tuple[str, int]:
        try:
            payload = source.read(key)
        except NotFound:
            return key, 0
        return key, len(payload) if put_latest(target, key, payload) else 0

    return _all(copy, keys)


def put_latest(target: Objects, key: str, payload: bytes) -> bool:
    """Make a key hold this, in one step, without a trace of what it held; False when it did already."""
    while True:
        try:
            held, tag = target.read_tagged(key)
        except NotFound:
            held, tag = None, ""
        if held is not None and sha256(held) == sha256(payload):
            return False
        try:
            target.replace(key, payload, tag)
        except StaleRef:
            continue
        target.prune(key)
        return True


def _all(copy: Callable[[str], tuple[str, int]], keys: Iterable[str]) -> dict[str, int]:
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return {key: size for key, size in pool.map(copy, keys) if size}
