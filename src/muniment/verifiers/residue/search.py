"""Search bytes, vectors and numbers for all needles at once."""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from muniment.verifiers.residue import kernel, text
from muniment.verifiers.residue.needles import ID, NEAR, TRACES, VECTOR, Needles, Windows, directions
from muniment.verifiers.residue.parts import Array, Octets

PIECE = 1 << 20  # bytes looked at together
_TAIL = 1 << 7  # bytes of a piece that are looked at again with the next
_ROOM = 4096  # hits taken at a time
Traces = Counter[str]


class Hit(NamedTuple):
    """A needle that was found: in which of the needles' forms, by which hash, and what it is a trace of."""

    form: str
    hashed: int
    trace: int


class _Sieve(NamedTuple):
    """Tables of the windows of one form."""

    keys: Array
    bits: Octets
    shift: np.uint64
    short: Array
    long: Array

    @classmethod
    def of(cls, keys: Array, short: Windows, long: Windows) -> "_Sieve":
        count = len(short.hashes) + len(long.hashes)
        size = min(max(18, int(np.ceil(np.log2(max(count, 1) * 48)))), 28)
        bits, shift = np.zeros((1 << size) // 8, np.uint8), np.uint64(64 - size)
        kernel.sift(bits, shift, short.halves)
        kernel.sift(bits, shift, long.halves)
        return cls(keys, bits, shift, _table(short.hashes), _table(long.hashes))


class Search:
    """One thread's search: not to be shared, since it has room of its own."""

    def __init__(self, needles: Needles) -> None:
        self.needles = needles
        self._folded = _Sieve.of(needles.keys, needles.short, needles.long)
        self._plain = _Sieve.of(needles.keys, needles.plain, _NONE) if len(needles.plain.hashes) else None
        self._room = np.zeros(4 * (PIECE + _TAIL) + 64, np.uint8)
        self._form = np.zeros(4 * (PIECE + _TAIL) + 64, np.uint8)
        self._hits = (np.zeros(_ROOM, np.int64), np.zeros(_ROOM, np.uint64), np.zeros(_ROOM, np.int64))
        self._directions = directions(needles.keys, needles.dimension) if needles.dimension else None
        self.looked = 0  # bytes

    def octets(self, payload: Octets) -> Traces:
        """What is found in these bytes, in any form that text can have."""
        found = Traces(TRACES[hit.trace] for hit in self.hits(payload))
        self.looked += len(payload)
        for piece in _pieces(payload):
            for form in text.forms(piece, self._form):
                found.update(TRACES[hit.trace] for hit in self.hits(form))
        return found

    def hits(self, payload: Octets) -> Iterator[Hit]:
        """Every window of these bytes that is a needle, folded or as it is."""
        for piece in _pieces(payload):
            filled = kernel.fold(piece, True, self._room, 0)[1]
            yield from self._windows(self._room, filled, self._folded)
            if self._plain:
                yield from self._windows(piece, len(piece), self._plain)

    def vectors(self, rows: Array) -> Traces:
        """How many of these vectors (n × d) lie where an erased one lay."""
        if self._directions is None or rows.shape[1] != self.needles.dimension or not len(rows):
            return Traces()
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        held = (rows / np.maximum(lengths, 1e-12)).astype(np.float32) @ self._directions
        near = near_any(held, self.needles.projections)
        return Traces({TRACES[VECTOR]: int(near.sum())}) if near.any() else Traces()

    def numbers(self, values: Array) -> Traces:
        """How many of these 64-bit numbers are an id."""
        count = int(np.isin(values, self.needles.numbers).sum())
        return Traces({TRACES[ID]: count}) if count else Traces()

    def _windows(self, octets: Octets, size: int, sieve: _Sieve) -> Iterator[Hit]:
        start = 0
        while True:
            rest = octets[start:size]
            count, stopped = kernel.find(rest, len(rest), sieve.keys, sieve.bits, sieve.shift, sieve.short, sieve.long, *self._hits)
            for end, hashed, width in zip(*(each[:count].tolist() for each in self._hits), strict=True):
                form = "plain" if sieve is self._plain else "short" if width == kernel.SHORT else "long"
                windows: Windows = getattr(self.needles, form)
                trace = windows.trace(hashed, rest[end - width : end].tobytes(), self.needles.secret)
                if trace >= 0:
                    yield Hit(form, hashed, trace)
            if stopped >= len(rest):
                return
            start += max(stopped - kernel.LONG + 1, 1)


def _pieces(payload: Octets) -> Iterator[Octets]:
    for start in range(0, len(payload), PIECE):
        yield payload[max(start - _TAIL, 0) : start + PIECE]


def near_any(held: Array, wanted: Array) -> Array:
    """Which of the rows of `held` (n × PROJECTIONS) lie near one of `wanted`: n truth values."""
    near = np.zeros(len(held), np.bool_)
    if len(wanted):
        kernel.near(np.ascontiguousarray(held), np.ascontiguousarray(wanted[np.argsort(wanted[:, 0])]), np.float32(NEAR), near)
    return near


_NONE = Windows(*(np.zeros(0, np.uint64) for _ in Windows._fields))


def _table(hashes: Array) -> Array:
    table = np.zeros(1 << int(np.ceil(np.log2(max(len(hashes), 1) * 2 + 1))), np.uint64)
    kernel.fill(table, hashes)
    return table
