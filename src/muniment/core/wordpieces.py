"""About how many tokens a text is for a WordPiece encoder, without its vocabulary: the same for all of them, and far faster.

A mark of punctuation is a token, as is a character of a script without spaces; a common word is one, a long one several, digits and
capitals inside a word are cut up. Held against BERT's own tokens in tests (Devlin et al. 2019; Wu et al. 2016).
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

Counts = npt.NDArray[np.int64]
UNITS = 8  # a token is so many
_LETTER = 1  # eighths for each letter after the first ones of a word
_COMMON = 5  # letters that cost nothing more: most words are whole
_DIGIT = 4
_ACCENTED = 4
_GAP, _SMALL, _CAPITAL, _NUMBER, _MARK = range(5)


class Sizes(NamedTuple):
    """Words and eighths of tokens before each code point and after the last (n + 1,): those of a span are the difference of its ends."""

    words: Counts
    eighths: Counts

    def words_of(self, start: int, end: int) -> int:
        """White space apart, how many words begin in a span."""
        return int(self.words[end] - self.words[start])

    def tokens_of(self, start: int, end: int) -> float:
        """About how many tokens a span is."""
        return float(self.eighths[end] - self.eighths[start]) / UNITS


def sizes(text: str) -> Sizes:
    """How long each part of a text is."""
    return Sizes(*_sizes(np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")))


@njit(cache=True)
def _kind(point: int) -> int:
    if point <= 32 or 0x2000 <= point <= 0x200A or point in (0x7F, 0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000):
        return _GAP
    if 97 <= point <= 122:
        return _SMALL
    if 65 <= point <= 90:
        return _CAPITAL
    if 48 <= point <= 57:
        return _NUMBER
    return _SMALL if 0xC0 <= point < 0x250 else _MARK


@njit(cache=True)
def _sizes(points: npt.NDArray[np.uint32]) -> tuple[Counts, Counts]:
    words, sums = np.zeros(len(points) + 1, np.int64), np.zeros(len(points) + 1, np.int64)
    before, run = _GAP, 0
    for place in range(len(points)):
        kind = _kind(points[place])
        cost = 0
        if kind == _MARK:
            cost = UNITS
        elif kind != _GAP:
            fresh = before in (_GAP, _MARK) or (kind == _NUMBER) != (before == _NUMBER) or (kind == _CAPITAL and before == _SMALL)
            run = 1 if fresh else run + 1
            if fresh:
                cost = UNITS
            elif kind == _NUMBER:
                cost = _DIGIT
            elif points[place] > 127:
                cost = _ACCENTED
            elif run > _COMMON:
                cost = _LETTER
        words[place + 1] = words[place] + (kind != _GAP and before == _GAP)
        sums[place + 1] = sums[place] + cost
        before = kind
    return words, sums
