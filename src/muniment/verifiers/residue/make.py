"""Make needles of documents: before they are erased, and never after."""

import re
import secrets
from collections.abc import Iterable

import numpy as np

from muniment.verifiers.residue import kernel
from muniment.verifiers.residue.folding import folded
from muniment.verifiers.residue.needles import (
    DIGEST,
    NAME,
    PROJECTIONS,
    TEXT,
    VECTOR,
    Needles,
    Windows,
    numbers_of,
    of_ids,
    projected,
)
from muniment.verifiers.residue.parts import Array

STRIDE = 64  # folded bytes from one window of a text to the next
_FEWEST = 6  # different bytes in a window that says anything
_CUTS = re.compile(rb"[\\%&<>]+")  # where another form of the text differs from it
_FOREIGN = re.compile(rb"[\\%&<>\x80-\xff]+")
_FLOATS = 4  # components of a vector in one window of bytes


class Maker:
    """Gathers windows; `made` gives the needles. Keys are drawn for every maker, so that fingerprints of two requests
    cannot be compared, unless it is to make more needles `like` those of one request."""

    def __init__(self, like: Needles | None = None) -> None:
        self.keys: Array = like.keys if like else np.frombuffer(secrets.token_bytes(32), np.uint64) | np.uint64(1)
        self._secret = like.secret if like else secrets.token_bytes(16)
        self._short, self._long, self._plain = dict[bytes, int](), dict[bytes, int](), dict[bytes, int]()
        self._ids, self._projections, self._dimension = list[str](), list[Array](), 0

    def ids(self, ids: Iterable[str]) -> None:
        """Documents by their ids, of 32 hexadecimal digits."""
        found = list(ids)
        self._ids += found
        self._short |= of_ids(found)
        self._plain |= {bytes.fromhex(each)[:16]: 0 for each in found}

    def digests(self, digests: Iterable[str]) -> None:
        """SHA-256 digests in hexadecimal."""
        for each in set(digests):
            self._short.setdefault(each.encode()[: kernel.SHORT], DIGEST)
            self._plain.setdefault(bytes.fromhex(each)[: kernel.SHORT], DIGEST)

    def text(self, text: str, stride: int = STRIDE) -> bool:
        """A text: a window every `stride` folded bytes, so that every passage of `stride` + 31 letters and digits holds one. False when
        it is too short to be looked for."""
        found = windows(text.encode("utf-8", "replace"), stride)
        self._long |= dict.fromkeys(found, TEXT)
        return bool(found)

    def name(self, name: str) -> bool:
        """A title, key or path, by its end, since paths begin alike; False when it is too short to be looked for."""
        window = folded(name.encode("utf-8", "replace"))[-kernel.SHORT :]
        if len(window) < kernel.SHORT or not _says(window):
            return False
        self._short.setdefault(window, NAME)
        return True

    def vectors(self, rows: Array) -> None:
        """Vectors, n × d, by projections and by the bytes of some of their components, as float32 and as float16."""
        rows = np.ascontiguousarray(rows, np.float32)
        self._dimension = rows.shape[1]
        self._projections.append(projected(rows, self.keys))
        for each in rows:
            for start in range(0, len(each) - _FLOATS + 1, max(_FLOATS, len(each) // 8 // _FLOATS * _FLOATS)):
                self._bytes(each[start : start + _FLOATS].tobytes())
            self._bytes(each[: 2 * _FLOATS].astype(np.float16).tobytes())
            self._bytes(each[: _FLOATS // 2].astype(np.float64).tobytes())

    def made(self) -> Needles:
        """The needles of all that was given."""
        secret = self._secret
        none = np.zeros((0, PROJECTIONS), np.float32)
        return Needles(
            keys=self.keys,
            secret=secret,
            short=Windows.of(self._short, kernel.SHORT, self.keys, secret),
            long=Windows.of(self._long, kernel.LONG, self.keys, secret),
            plain=Windows.of(self._plain, kernel.SHORT, self.keys, secret),
            dimension=self._dimension,
            projections=np.concatenate([none, *self._projections]),
            numbers=numbers_of(self._ids),
        )

    def _bytes(self, window: bytes) -> None:
        if len(window) == kernel.SHORT and _says(window):
            self._plain.setdefault(window, VECTOR)


def windows(text: bytes, stride: int) -> list[bytes]:
    """Windows of a text for a grid of `stride`, none across a character that its other forms write differently; when that leaves none,
    across those too."""
    for cuts in (_FOREIGN, _CUTS, None):
        runs = [folded(run) for run in cuts.split(text)] if cuts else [folded(text)]
        found = [
            window
            for run in runs
            for start in (*range(0, len(run) - kernel.LONG, stride), len(run) - kernel.LONG)
            if start >= 0 and _says(window := run[start : start + kernel.LONG])
        ]
        if found:
            return found
    return []


def _says(window: bytes) -> bool:
    return len(set(window)) >= _FEWEST
