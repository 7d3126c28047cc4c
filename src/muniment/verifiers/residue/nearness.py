"""Which vectors lie near one that is looked for, by their projections: those are sorted into cells by the first three."""

import numba
import numpy as np

from muniment.verifiers.residue.parts import Array

NEAR = 0.008  # how far a projection of a unit vector may lie from the needle's: 8-bit codes move it by less
_CELL = 2.001 * NEAR  # what lies near a place is in one of two cells
_FURTHEST = 2.0  # of a unit vector no projection is as far


class Near:
    """Projections that are looked for, n × PROJECTIONS float32."""

    def __init__(self, wanted: Array) -> None:
        count = 1 << (2 * len(wanted) + 1).bit_length()
        buckets = _buckets(np.ascontiguousarray(wanted), count)
        self._starts = np.searchsorted(np.sort(buckets), np.arange(count + 1))
        self._wanted = np.ascontiguousarray(wanted[np.argsort(buckets, kind="stable")])

    def any(self, held: Array) -> Array:
        """Which of the rows of `held` (n × PROJECTIONS) lie near one of them: n truth values."""
        near = np.zeros(len(held), np.bool_)
        if len(self._wanted):
            _near(np.ascontiguousarray(held, np.float32), self._wanted, self._starts, np.float32(NEAR), near)
        return near


@numba.njit(nogil=True, inline="always")
def _bucket(one, two, three, count):
    return (one * 0x9E3779B1 + two * 0x85EBCA77 + three * 0xC2B2AE3D >> 7) & (count - 1)


@numba.njit(nogil=True, inline="always")
def _cell(place):
    return np.int64(np.floor(place / _CELL))


@numba.njit(cache=True, nogil=True)
def _buckets(wanted, count):
    found = np.zeros(len(wanted), np.int64)
    for row in range(len(wanted)):
        found[row] = _bucket(_cell(wanted[row, 0]), _cell(wanted[row, 1]), _cell(wanted[row, 2]), count)
    return found


@numba.njit(cache=True, nogil=True)
def _near(held, wanted, starts, tolerance, out):
    """Mark the rows of `held` that differ from some row of `wanted` by less than `tolerance` everywhere."""
    count = len(starts) - 1
    for row in range(len(held)):
        x, y, z = held[row, 0], held[row, 1], held[row, 2]
        if not (abs(x) < _FURTHEST and abs(y) < _FURTHEST and abs(z) < _FURTHEST):
            continue
        for one in range(_cell(x - tolerance), _cell(x + tolerance) + 1):
            for two in range(_cell(y - tolerance), _cell(y + tolerance) + 1):
                for three in range(_cell(z - tolerance), _cell(z + tolerance) + 1):
                    bucket = _bucket(one, two, three, count)
                    for at in range(starts[bucket], starts[bucket + 1]):
                        out[row] |= _same(held[row], wanted[at], tolerance)


@numba.njit(nogil=True, inline="always")
def _same(one, other, tolerance):
    column = 0
    while column < len(one) and abs(one[column] - other[column]) < tolerance:
        column += 1
    return column == len(one)
