"""Eight bytes as one number, for loops that look at every byte."""

import numba
import numpy as np

_AT = tuple(np.uint64(number) for number in range(8))
_SHIFT = tuple(np.uint64(8 * number) for number in range(8))


@numba.njit(nogil=True, inline="always")
def word(raw, at):
    """The number that begins at the unsigned place `at`, least byte first; compiled to one load."""
    low = raw[at] | raw[at + _AT[1]] << _SHIFT[1] | raw[at + _AT[2]] << _SHIFT[2] | raw[at + _AT[3]] << _SHIFT[3]
    high = (
        raw[at + _AT[4]] << _SHIFT[4]
        | raw[at + _AT[5]] << _SHIFT[5]
        | raw[at + _AT[6]] << _SHIFT[6]
        | raw[at + _AT[7]] << _SHIFT[7]
    )
    return np.uint64(low | high)
