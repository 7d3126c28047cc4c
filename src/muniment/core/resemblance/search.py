"""Looking up hashes among sorted ones. Where a hash stands can be guessed (interpolation search, Peterson 1957), so that of a file that
is mapped into memory one page or two are read, and not one for each halving."""

from numba import njit

_STEP = 32


@njit(cache=True, inline="always")
def first(hashes, value, share):
    """First place in ascending hashes with one of at least `value`, which stands at about this share (0 to 1) of them."""
    count = len(hashes)
    guess = min(int(share * count), count)
    low, high, step = guess, guess, _STEP
    while low > 0 and hashes[low - 1] >= value:
        high, low, step = low - 1, max(low - step, 0), step * 2
    step = _STEP
    while high < count and hashes[high] < value:
        low, high, step = high + 1, min(high + step, count), step * 2
    while low < high:
        middle = (low + high) // 2
        if hashes[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low
