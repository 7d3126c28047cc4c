"""About how many tokens a text is for a WordPiece encoder, without its vocabulary: the same for all of them, and far faster.

A mark of punctuation is a token, as is a character of a script without spaces; a common word is one, a long one several, digits and
capitals inside a word are cut up. Vocabularies know the words of English best: where the words around are of another language in Latin
letters, a word of more than three letters is several. Held against BERT's own tokens in tests (Devlin et al. 2019; Wu et al. 2016).
"""

from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

Counts = npt.NDArray[np.int64]
Told = npt.NDArray[np.int32]
UNITS = 8  # a token is so many
_LETTER = 1  # eighths for each letter after the first ones of a word
_COMMON = 5  # letters that cost nothing more: most words are whole
_DIGIT = 4
_ACCENTED = 4
_FOREIGN_LETTER = 3  # and of a word of another language, after its first ones
_FOREIGN_COMMON = 3
_SYLLABLE = 15  # of Hangul, which is read letter by letter
_NEAR = 32  # words before and after one that tell its language
_ENOUGH = 4  # of them that must tell another language
_LONGEST = 4  # letters of a word that tells
_GAP, _SMALL, _CAPITAL, _NUMBER, _MARK = range(5)
# Words that tell a language: short ones that nearly every sentence has, and that the others do not have.
_ENGLISH = "the of and that with are be this it you by from not can have his its but they if was has"
_OTHERS = (
    "und der das ist mit ein eine auf den dem des sich auch oder sie von zum zur wird nach bei sind wenn nur aus dass kann "  # German
    "het een en niet voor zijn dat ook aan bij naar deze te om uw als maar door "  # Dutch
    "le la les est une dans pour que qui sur vous au il ce avec sont "  # French
    "el los las del por para se es como lo este "  # Spanish
    "um uma em mais pelo das ou "  # Portuguese
    "che sono gli nel dei alla come una di "  # Italian
    "els amb cu sau din nu pe care mai "  # Catalan, Romanian
    "och att det som av ett till inte har og er til ikke ved hvis jeg "  # Swedish, Danish, Norwegian
    "ja ei joka kun tai ovat sen voit jos niin kui "  # Finnish, Estonian
    "nie jest na jak dla czy lub za tym od "  # Polish
    "je pro jako nebo ve jsou si tak ale ako su ili kao "  # Czech, Slovak, Croatian
    "hogy nem egy meg van csak ve bir bu ile olan gibi ir yra kad un uz "  # Hungarian, Turkish, Lithuanian, Latvian
    "yang dan dari ini pada akan itu ke atau jika anda ada oleh bisa bila"  # Indonesian, Malay
)


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
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    return Sizes(*_sizes(points, _foreign(points, _telling())))


@cache
def _telling() -> npt.NDArray[np.int8]:
    """For the number of each short word: 1 when it tells another language, -1 when it tells English."""
    table = np.zeros(27**_LONGEST, np.int8)
    for words, told in ((_OTHERS, 1), (_ENGLISH, -1)):
        for word in words.split():
            table[sum((ord(letter) - 96) * 27**place for place, letter in enumerate(reversed(word)))] = told
    return table


@njit(cache=True)
def _foreign(points: npt.NDArray[np.uint32], telling: npt.NDArray[np.int8]) -> npt.NDArray[np.bool_]:
    """Of each word (a run of letters), whether those around it are of another language than English."""
    others, english = _heard(points, telling)
    count = len(others) - 1
    found = np.zeros(count + 1, np.bool_)
    for word in range(count):
        first, last = max(0, word - _NEAR), min(count, word + _NEAR + 1)
        heard = others[last] - others[first]
        found[word] = heard >= _ENOUGH and heard > 2 * (english[last] - english[first])
    return found


@njit(cache=True)
def _heard(points: npt.NDArray[np.uint32], telling: npt.NDArray[np.int8]) -> tuple[Told, Told]:
    """How many words before each, and before the end, tell another language, and how many tell English. A letter with an accent tells too."""
    others, english = np.zeros(len(points) // 2 + 2, np.int32), np.zeros(len(points) // 2 + 2, np.int32)
    count, code, length, accented, before = 0, 0, 0, False, 0
    for place in range(len(points) + 1):
        kind = _kind(points[place]) if place < len(points) else _GAP
        if kind in (_SMALL, _CAPITAL):
            length += 1
            accented |= points[place] > 127
            code = 27 * code + points[place] - 96 if length <= _LONGEST and 97 <= points[place] <= 122 and code >= 0 else -1
        elif length:
            told = 1 if accented else telling[code] if code > 0 and code != before else 0  # "com, com, com" tells nothing
            before = code if told else before
            count += 1
            others[count], english[count] = others[count - 1] + (told > 0), english[count - 1] + (told < 0)
            code, length, accented = 0, 0, False
    return others[: count + 1], english[: count + 1]


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
def _sizes(points: npt.NDArray[np.uint32], foreign: npt.NDArray[np.bool_]) -> tuple[Counts, Counts]:
    words, sums = np.zeros(len(points) + 1, np.int64), np.zeros(len(points) + 1, np.int64)
    before, run, word = _GAP, 0, -1
    for place in range(len(points)):
        kind = _kind(points[place])
        cost = 0
        word += kind in (_SMALL, _CAPITAL) and before not in (_SMALL, _CAPITAL)
        if kind == _MARK:
            cost = _SYLLABLE if 0xAC00 <= points[place] <= 0xD7A3 else UNITS
        elif kind != _GAP:
            fresh = before in (_GAP, _MARK) or (kind == _NUMBER) != (before == _NUMBER) or (kind == _CAPITAL and before == _SMALL)
            run = 1 if fresh else run + 1
            if fresh:
                cost = UNITS
            elif kind == _NUMBER:
                cost = _DIGIT
            elif points[place] > 127:
                cost = _ACCENTED
            elif foreign[word]:
                cost = _FOREIGN_LETTER if run > _FOREIGN_COMMON else 0
            elif run > _COMMON:
                cost = _LETTER
        words[place + 1] = words[place] + (kind != _GAP and before == _GAP)
        sums[place + 1] = sums[place] + cost
        before = kind
    return words, sums
