"""Words that speak for a match: whole words near it, never parts of others."""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import takewhile

_BEFORE, _AFTER = 8, 3  # words
_AROUND = 120  # code points that hold them
_CUT, _CUT_OFF = re.compile(r"^\S+"), re.compile(r"\S+$")


def gate(words: Iterable[str]) -> str:
    """An expression of Rust's that matches wherever `speaks` can be true: in the line above, its end, and the line itself.

    `speaks` sees the words with one space between them, so a joint may be any white space here; and Python takes a dotless or
    dotted i for an i, and knows other letters beyond ASCII than Rust.
    """
    spelled = (re.sub("[iı]", "[iıİ]", re.escape(word.lower()).replace(r"\ ", r"[\s_.-]*")) for word in words)
    return rf"(?i)(?:^|[^0-9A-Za-z])(?:{'|'.join(sorted(spelled, key=len, reverse=True))})(?:[^0-9A-Za-z]|$)"


@lru_cache(maxsize=512)
def compiled(words: tuple[str, ...]) -> re.Pattern[str]:
    """An expression of any of the words as a whole; a space in one stands for white space or a joint, and so does `_` around it:
    client_ip is two words."""
    spelled = "|".join(re.escape(word.lower()).replace(r"\ ", r"[\s_.-]{0,3}") for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?i)(?:^|[\W_])(?:{spelled})(?:[\W_]|$)")


def speaks(words: tuple[str, ...], line: str, start: int, end: int, above: str) -> bool:
    """Whether one of the words stands among the eight before `line[start:end]`, or the three after it on the same line.

    Words of the line above count while the line itself has fewer in front of the match; a word with a colon after it is the
    label of what follows, not of what it follows.
    """
    if not words:
        return False
    # A cut goes through a word, which is no whole one then; where the line is cut, the one above is too far.
    before = _CUT.sub("", line[start - _AROUND : start]) if start > _AROUND else f"{above}\n{line[:start]}"
    before += _joint(line, start)
    after = takewhile(lambda word: not word.endswith(":"), _followed(_joint(line, end) + line[end : end + _AROUND + 1]))
    return bool(compiled(words).search(f"{' '.join(before.split()[-_BEFORE:])} \0 {' '.join(after)}"))


def _joint(line: str, place: int) -> str:
    """A digit where a place is inside of a word, so that no part of it is a whole one."""
    return "0" if line[place - 1 : place].isalnum() and line[place : place + 1].isalnum() else ""


def _followed(text: str) -> list[str]:
    """The first words of a text, a colon that stands apart with the word before it."""
    text = text if len(text) <= _AROUND else _CUT_OFF.sub("", text)
    return re.sub(r"\s+:", ":", text).split()[:_AFTER]
