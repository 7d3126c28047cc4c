"""Search bytes, vectors and numbers for all needles at once."""

from collections import Counter
from collections.abc import Iterator
from copy import copy
from typing import NamedTuple

import numpy as np

from muniment.verifiers.residue import kernel, text
from muniment.verifiers.residue.folding import fold
from muniment.verifiers.residue.nearness import Near
from muniment.verifiers.residue.needles import ID, TRACES, VECTOR, Needles, directions
from muniment.verifiers.residue.parts import Array, Octets
from muniment.verifiers.residue.sieve import Sieve, table

PIECE = 1 << 18  # bytes looked at together: they and what they fold to stay in a core's cache
_TAIL = 1 << 9  # bytes of a piece that are looked at again with the next
_HITS = 4096  # taken at a time
Traces = Counter[str]


class Hit(NamedTuple):
    """A needle that was found: in which of the needles' forms, by which hash, and what it is a trace of."""

    form: str
    hashed: int
    trace: int


class Search:
    """One thread's search: not to be shared, since it has room of its own."""

    def __init__(self, needles: Needles) -> None:
        self.needles = needles
        self._folded = [Sieve(each, getattr(needles, each), needles) for each in ("short", "long")]
        self._plain = Sieve("plain", needles.plain, needles)
        self._numbers = table(needles.numbers.view(np.uint64), np.uint64)
        self._near = Near(needles.projections)
        self._directions = directions(needles.keys, needles.dimension) if needles.dimension else None
        self._take_room()

    def another(self) -> "Search":
        """One for another thread, with the same tables."""
        made = copy(self)
        made._take_room()
        return made

    def _take_room(self) -> None:
        self._room = np.zeros(PIECE + _TAIL, np.uint8)
        self._form = np.zeros(4 * (PIECE + _TAIL) + 64, np.uint8)
        self._ends, self._hashes = np.zeros(_HITS, np.int64), np.zeros(_HITS, np.uint64)
        self.looked = 0  # bytes

    def octets(self, payload: Octets, text: bool = True) -> Traces:
        """What is found in these bytes, in any form that text can have; without `text` as they are alone."""
        self.looked += len(payload)
        found = Traces()
        for piece in _pieces(payload):
            hits = self._in_any_form(piece) if text else self._as_it_is(piece)
            found.update(TRACES[hit.trace] for hit in hits)
        return found

    def hits(self, payload: Octets) -> Iterator[Hit]:
        """Every window of these bytes that is a needle, folded or as it is."""
        for piece in _pieces(payload):
            yield from self._in_text(fold(piece, self._room)[0])
            yield from self._as_it_is(piece)

    def vectors(self, rows: Array) -> Traces:
        """How many of these vectors (n × d) lie where an erased one lay."""
        if self._directions is None or rows.shape[1] != self.needles.dimension or not len(rows):
            return Traces()
        rows = rows.astype(np.float32, copy=False)
        lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))
        held = rows @ self._directions / np.maximum(lengths, 1e-12)[:, None]
        near = self._near.any(held)
        return Traces({TRACES[VECTOR]: int(near.sum())}) if near.any() else Traces()

    def numbers(self, values: Array) -> Traces:
        """How many of these 64-bit numbers are an id."""
        count = kernel.count(self._numbers, np.ascontiguousarray(values).view(np.uint64))
        return Traces({TRACES[ID]: count}) if count else Traces()

    def _in_any_form(self, piece: Octets) -> Iterator[Hit]:
        filled, unicode = fold(piece, self._room)
        yield from self._in_text(filled)
        yield from self._as_it_is(piece)
        for form in text.forms(piece, self._form, unicode):
            yield from self.hits(form)

    def _in_text(self, filled: int) -> Iterator[Hit]:
        for sieve in self._folded:
            yield from self._through(sieve, self._room[:filled])

    def _as_it_is(self, piece: Octets) -> Iterator[Hit]:
        return self._through(self._plain, piece)

    def _through(self, sieve: Sieve, octets: Octets) -> Iterator[Hit]:
        for window, hashed in sieve.found(octets, self._ends, self._hashes):
            trace = sieve.windows.trace(hashed, window, self.needles.secret)
            if trace >= 0:
                yield Hit(sieve.form, hashed, trace)


def _pieces(payload: Octets) -> Iterator[Octets]:
    for start in range(0, len(payload), PIECE):
        yield payload[max(start - _TAIL, 0) : start + PIECE]
