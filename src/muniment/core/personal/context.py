"""Words that speak for a match: whole words near it, never parts of others."""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import takewhile

_BEFORE, _AFTER = 8, 3  # words
_AROUND = 120  # code points that hold them


def expression(words: Iterable[str]) -> str:
    """An expression, for Python and for Rust, of any of the words as a whole; a space in one stands for white space or a joint."""
    spelled = "|".join(re.escape(word.lower()).replace(r"\ ", r"[\s_.-]{0,3}") for word in sorted(words, key=len, reverse=True))
    # `_` counts as a joint here: client_ip is two words.
    return rf"(?i)(?:^|[^\p{{L}}\p{{N}}])(?:{spelled})(?:[^\p{{L}}\p{{N}}]|$)"


@lru_cache(maxsize=512)
def compiled(words: tuple[str, ...]) -> re.Pattern[str]:
    """The same for Python alone."""
    return re.compile(expression(words).replace(r"[^\p{L}\p{N}]", r"(?:[\W_])"))


def speaks(words: tuple[str, ...], line: str, start: int, end: int, above: str) -> bool:
    """Whether one of the words stands among the eight before `line[start:end]`, or the three after it on the same line.

    Words of the line above count while the line itself has fewer in front of the match; a word with a colon after it is the
    label of what follows, not of what it follows.
    """
    if not words:
        return False
    before = f"{above}\n{line[max(0, start - _AROUND) : start]}".split()[-_BEFORE:]
    after = takewhile(lambda word: not word.endswith(":"), _followed(line[end : end + _AROUND]))
    return bool(compiled(words).search(f"{' '.join(before)} \0 {' '.join(after)}"))


def _followed(text: str) -> list[str]:
    """The first words of a text, a colon that stands apart with the word before it."""
    return re.sub(r"\s+:", ":", text).split()[:_AFTER]
