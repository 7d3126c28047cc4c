"""Which of overlapping spans stay. A loop that numba compiles at first use and keeps on disk."""

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def standing(first, last, size):
    """Of spans first:last of a column of so many tokens, heaviest first, whether each is free of heavier ones that stay for more than
    half of its length; such a one stays."""
    taken, stays = np.zeros(size, np.bool_), np.zeros(len(first), np.bool_)
    for span in range(len(first)):
        covered = 0
        for place in range(first[span], last[span]):
            covered += taken[place]
        if 2 * covered < last[span] - first[span]:
            stays[span] = True
            taken[first[span] : last[span]] = True
    return stays
