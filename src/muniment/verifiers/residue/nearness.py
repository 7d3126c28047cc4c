"""Which vectors lie near one that is looked for, by their projections."""

import numba
import numpy as np

from muniment.verifiers.residue.parts import Array

NEAR = 0.008  # how far a projection of a unit vector may lie from the needle's: 8-bit codes move it by less


def near_any(held: Array, wanted: Array) -> Array:
    """Which of the rows of `held` (n × PROJECTIONS) lie near one of `wanted`: n truth values."""
    near = np.zeros(len(held), np.bool_)
    if len(wanted):
        _near(np.ascontiguousarray(held), np.ascontiguousarray(wanted[np.argsort(wanted[:, 0])]), np.float32(NEAR), near)
    return near


@numba.njit(cache=True, nogil=True)
def _near(held, wanted, tolerance, out):
    """Mark the rows of `held` that differ from some row of `wanted`, whose first column ascends, by less than `tolerance` everywhere."""
    first = wanted[:, 0].copy()
    for row in range(len(held)):
        at = np.searchsorted(first, held[row, 0] - tolerance)
        while at < len(first) and first[at] < held[row, 0] + tolerance:
            column = 1
            while column < held.shape[1] and abs(held[row, column] - wanted[at, column]) < tolerance:
                column += 1
            if column == held.shape[1]:
                out[row] = True
                break
            at += 1
