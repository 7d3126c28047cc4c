"""What a column's name says: the words of a lexicon, as whole tokens, and the words that take it back."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from muniment.policies.columns import Lexicon, Reading, Words

_WEAK, _ABOVE = 0.4, 0.6  # a weak word; a word that only an enclosing record has
_TOKEN = re.compile(r"[A-ZÀ-Þ]+(?![a-zà-ÿ])|[A-ZÀ-Þ]?[^\W\d_A-ZÀ-Þ]+|\d+")
_JOINT = re.compile(r"[_\-\s]+|(?<=[a-zß-ÿ\d])(?=[A-ZÀ-Þ])")
_FORMS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"})
# After these a participle is an attribute: updated_by_email holds addresses.
_OF = frozenset(("by", "to", "from", "von", "par", "por", "da", "przez", "door"))


@dataclass(frozen=True)
class Said:
    """What a name says: one reading and how surely, 0 where a word (`about`) takes it back."""

    reading: Reading
    score: float
    weak: bool = False
    about: str = ""


@dataclass(frozen=True)
class _Match:
    at: int
    size: int
    exact: bool
    score: float
    weak: bool
    reading: Reading


def tokens(name: str) -> list[list[str]]:
    """Tokens of each part of a dotted name, without case and accents: `contact.emailAddress` is [[contact], [email, address]]."""
    return [list(_split(part)) for part in name.split(".")]


def said(name: str, lexicon: Lexicon) -> Said | None:
    """The reading that a name's words speak for; None when it has none of them.

    Strong words come before weak ones, then the longest. Those of the last part count, with the part before it (`customer.name`);
    else strong words of an enclosing record, less surely.
    """
    parts = [part for part in tokens(name) if part] or [[]]
    above, last = parts[-2] if len(parts) > 1 else [], parts[-1]
    words = [*above, *last]
    if found := [each for each in _matches(words, lexicon) if each.at + each.size > len(above)]:
        return _read(words, len(above), _best(found), lexicon)
    for part in reversed(parts[:-1]):
        if found := [each for each in _matches(part, lexicon) if not each.weak]:
            best = _best(found)
            read = _read([*part, *last], 0, best, lexicon)
            return replace(read, score=read.score * _ABOVE)
    return None


def words(name: str) -> str:
    """A name as words of a sentence, for values to be read after."""
    parts = name.split(".")[-2:]
    return " ".join(_JOINT.sub(" ", part).strip() for part in parts).strip()


def _best(found: list[_Match]) -> _Match:
    return min(found, key=lambda each: (each.weak, -each.size, not each.exact, -each.score, -each.at))


def _read(part: Sequence[str], begin: int, match: _Match, lexicon: Lexicon) -> Said:
    beside = _about(part, begin, match, lexicon) or next(
        (word for word in _others(part, match) if word in _flat(match.reading.unless)), ""
    )
    return Said(match.reading, 0.0 if beside else match.score, match.weak, beside)


def _about(part: Sequence[str], begin: int, match: _Match, lexicon: Lexicon) -> str:
    """The word of a part, from token `begin`, that says that it tells something about what was matched."""
    after, front = _flat(lexicon.about), _flat(lexicon.front)
    for at in range(begin, len(part)):
        attributed = at + 1 < len(part) and part[at + 1] in _OF
        if at >= match.at + match.size and part[at] in after and not attributed:
            return part[at]
        if at < match.at and part[at] in front:
            return part[at]
    return ""


def _others(part: Sequence[str], match: _Match) -> Iterator[str]:
    yield from part[: match.at]
    yield from part[match.at + match.size :]


def _matches(part: Sequence[str], lexicon: Lexicon) -> Iterator[_Match]:
    for reading in lexicon.reading:
        for weak, words in ((False, reading.strong), (True, reading.weak)):
            for phrase, open_ended in _phrases(_frozen(words)):
                for at, size in _places(part, phrase, open_ended):
                    yield _Match(at, size, not open_ended, _WEAK if weak else reading.weight, weak, reading)


def _places(part: Sequence[str], phrase: tuple[str, ...], open_ended: bool) -> Iterator[tuple[int, int]]:
    """Where a phrase stands in a part, as (index, tokens)."""
    if open_ended:
        yield from ((at, 1) for at, token in enumerate(part) if _open(phrase[0], token))
        return
    for at in range(len(part) - len(phrase) + 1):
        if tuple(part[at : at + len(phrase)]) == phrase:
            yield at, len(phrase)
    if len(phrase) > 1 and (joined := "".join(phrase)) in part:
        yield part.index(joined), 1


def _open(pattern: str, token: str) -> bool:
    stem = pattern.strip("*")
    return token.endswith(stem) if pattern.startswith("*") and not pattern.endswith("*") else token.startswith(stem)


def _split(part: str) -> Iterator[str]:
    for token in _TOKEN.findall(unicodedata.normalize("NFC", part)):
        if not token.isdigit():
            yield _plain(token)


def _plain(token: str) -> str:
    decomposed = unicodedata.normalize("NFKD", token.casefold().translate(_FORMS))
    return "".join(each for each in decomposed if not unicodedata.combining(each))


def _frozen(words: Words) -> tuple[str, ...]:
    return tuple(word for spoken in words.values() for word in spoken)


@lru_cache(maxsize=256)
def _phrases(words: tuple[str, ...]) -> tuple[tuple[tuple[str, ...], bool], ...]:
    return tuple({((_plain(word),) if "*" in word else tuple(_split(word)), "*" in word): None for word in words})


def _flat(words: Words) -> frozenset[str]:
    return _set(_frozen(words))


@lru_cache(maxsize=256)
def _set(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset("".join(_split(word)) for word in words)
