"""From an expression of Python's `re` or `regex` to one of Rust's `regex` that every match of it passes: what a gate may rest on.

Rust's engine runs over whole Arrow columns in linear time, but has no look-around and no references back, and Unicode classes differ
between the two. So the expression is parsed and every part is replaced by one that matches the same or more. Two forms are made:
for lines of ASCII alone, where the two agree on every class and on word boundaries, and a wider one for all other lines.
"""

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

# Private, yet the only parser of these expressions that there is; `superset` gives None for whatever it does not know.
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

_FLAGS = int(re.IGNORECASE | re.MULTILINE | re.DOTALL | re.VERBOSE | re.UNICODE)  # as a flag, its inverse has none but `re`'s own
# What `regex` reads otherwise than `re` without either saying so: fuzzy matches (`{e}`, `{1<=e<=2}`) and POSIX classes.
_OTHERWISE = re.compile(r"(?<!\\)(?:\\\\)*\{[^{}]*[a-zA-Z<]|\[:\^?\w+:\]")
_ANY, _REST = r"(?s:.)", r"(?s:.*)"
_FOREIGN_DIGIT = r"[\d--[0-9]]"
_MANY = 8  # more repetitions than this only make the gate larger, not narrower
_BEYOND = r"\u{80}-\u{10FFFF}"
_FOLDED = "kKsSiI"  # what characters beyond ASCII may be the other case of
_WORD = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
# Wider than any of the engines has them: Python takes numerals for letters, `regex` marks, both U+001C to U+001F for white space,
# and each follows a release of Unicode of its own: new digits come beyond the basic plane, new letters anywhere.
_CLASS = {
    sre.CATEGORY_DIGIT: (r"0-9", r"\d\u{10000}-\u{1FFFF}"),
    sre.CATEGORY_WORD: (r"0-9A-Za-z_", r"0-9A-Za-z_\u{80}-\u{10FFFF}"),
    sre.CATEGORY_SPACE: (r"\s\x1c-\x1f", r"\s\x1c-\x1f"),
    sre.CATEGORY_NOT_DIGIT: (r"\x00-\x2f\x3a-\x7f", r"\x00-\x2f\x3a-\u{10FFFF}"),
    sre.CATEGORY_NOT_WORD: (r"\x00-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f", r"\x00-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\u{10FFFF}"),
    sre.CATEGORY_NOT_SPACE: (r"\x00-\x08\x0e-\x1f\x21-\x7f", r"\x00-\x08\x0e-\x1f\x21-\u{10FFFF}"),
}
_NEWLINE = frozenset({sre.CATEGORY_SPACE, sre.CATEGORY_NOT_DIGIT, sre.CATEGORY_NOT_WORD})


@dataclass(frozen=True)
class Superset:
    """Rust expressions that match in a text wherever the original does: `ascii` for texts of ASCII alone, `other` for all texts.

    `in_line`: the original neither takes a line end into a match nor looks at one otherwise than at an end of the text, so that
    it finds the same in the lines of a text, each on its own.
    """

    ascii: str
    other: str
    in_line: bool
    digit: bool = False  # a text in which it matches holds a decimal digit


def superset(pattern: str, flags: int = 0, between: str = "") -> Superset | None:
    """The superset of `pattern` under `flags` (of `re`), or None where none can be derived safely.

    `between`: an expression that may stand between any two characters of a match (the punctuation of a phone number, whose digits
    may be those of any script).
    """
    if flags & ~_FLAGS or _OTHERWISE.search(pattern):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            parsed = parser.parse(pattern, flags)
        writer = _Writer(between)
        ascii, other = (writer.sequence(parsed, parsed.state.flags, form) for form in (0, 1))
    except (re.error, Warning, _Unknown, OverflowError, RecursionError):
        return None
    return Superset(ascii, other, not writer.newline, _needs_digit(parsed))


class _Unknown(Exception):
    """A construct that no superset is known for."""


class _Writer:
    """Writes parsed expressions in Rust's syntax; `newline` says whether any of them can see a line end."""

    def __init__(self, between: str) -> None:
        self.newline = False
        self.between = between

    def sequence(self, items: Sequence[Any], flags: int, form: int) -> str:
        items = list(items)
        return "".join(
            self._boundary(items, place, flags, form) or self._item(item[0], item[1], flags, form)
            for place, item in enumerate(items)
        )

    def _boundary(self, items: list[Any], place: int, flags: int, form: int) -> str:
        """A word boundary that both engines see alike: in ASCII, or beside what is surely an ASCII letter or digit."""
        if items[place] != (sre.AT, sre.AT_BOUNDARY):
            return ""
        sure = form == 0 or any(_is_word(items[each], flags) for each in (place - 1, place + 1) if 0 <= each < len(items))
        return r"(?-u:\b)" if sure else "(?:)"

    def _item(self, kind: Any, value: Any, flags: int, form: int) -> str:
        if kind in (sre.LITERAL, sre.IN, sre.NOT_LITERAL, sre.ANY):
            one = self._one(kind, value, flags, form)
            return f"(?:{one}|{_FOREIGN_DIGIT}){self.between}" if self.between and form else one + self.between
        if kind is sre.BRANCH:
            return "(?:" + "|".join(self.sequence(each, flags, form) for each in value[1]) + ")"
        if kind is sre.SUBPATTERN:
            _, add, remove, inner = value
            return f"(?:{self.sequence(inner, (flags | add) & ~remove, form)})"
        if kind is sre.ATOMIC_GROUP:
            return f"(?:{self.sequence(value, flags, form)})"
        if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            return self._repeat(value, flags, form)
        if kind in (sre.ASSERT, sre.ASSERT_NOT):
            self.sequence(value[1], flags, form)  # only for what it can see
            return ""
        if kind is sre.GROUPREF:
            return _REST  # repeats what a group took, whose line ends were seen there
        if kind is sre.AT:
            return self._place(value, flags)
        raise _Unknown(kind)

    def _one(self, kind: Any, value: Any, flags: int, form: int) -> str:
        """One character."""
        if kind is sre.LITERAL:
            self.newline |= value == 10
            return _letter(value, flags, form)
        if kind is sre.ANY:
            self.newline |= bool(flags & re.DOTALL)
            return _ANY if flags & re.DOTALL else r"[^\n]"
        if kind is sre.NOT_LITERAL:
            self.newline |= value != 10
            return _ANY if value != 10 else r"[^\n]"
        return self._set(value, flags, form)

    def _set(self, items: list[Any], flags: int, form: int) -> str:
        negated = items[0][0] is sre.NEGATE
        holds = any(
            (kind is sre.LITERAL and value == 10)
            or (kind is sre.RANGE and value[0] <= 10 <= value[1])
            or (kind is sre.CATEGORY and value in _NEWLINE)
            for kind, value in items
        )
        self.newline |= holds != negated
        if negated:
            return _without(items[1:], holds)
        return "[" + "".join(_member(kind, value, flags, form) for kind, value in items) + "]"

    def _repeat(self, repeat: Any, flags: int, form: int) -> str:
        least, most, inner = repeat
        text = self.sequence(inner, flags, form)
        if not text:
            return ""
        return f"(?:{text}){{{least},{most if most <= _MANY else ''}}}"

    def _place(self, place: Any, flags: int) -> str:
        """Assertions about where we are: dropped, and noted where they tell the end of a line from the end of the text."""
        lines = flags & re.MULTILINE and place in (sre.AT_BEGINNING, sre.AT_END)
        self.newline |= not (lines or place in (sre.AT_BOUNDARY, sre.AT_NON_BOUNDARY))
        return ""


def _needs_digit(items: Sequence[Any]) -> bool:
    """Whether whatever a sequence takes, or looks at, holds a digit."""
    return any(_item_needs_digit(*item) for item in items)


def _item_needs_digit(kind: Any, value: Any) -> bool:
    if kind is sre.LITERAL:
        return chr(value).isdecimal()
    if kind is sre.IN:
        return all(_is_digit(of, what) for of, what in value)
    if kind is sre.BRANCH:
        return all(_needs_digit(each) for each in value[1])
    if kind is sre.SUBPATTERN:
        return _needs_digit(value[3])
    if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        return bool(value[0] >= 1 and _needs_digit(value[2]))
    if kind is sre.ASSERT:
        return _needs_digit(value[1])
    return kind is sre.ATOMIC_GROUP and _needs_digit(value)


def _is_digit(kind: Any, value: Any) -> bool:
    if kind is sre.CATEGORY:
        return bool(value is sre.CATEGORY_DIGIT)
    low, high = (value, value) if kind is sre.LITERAL else value if kind is sre.RANGE else (0, 0)
    return 48 <= low <= high <= 57


def _is_word(item: Any, flags: int) -> bool:
    """Whether an item takes one or more characters that are surely ASCII letters, digits or `_`."""
    kind, value = item
    if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        return bool(value[0] >= 1 and len(value[2]) == 1 and _is_word(value[2][0], flags))
    sure = _WORD.difference(_FOLDED) if flags & re.IGNORECASE else _WORD
    if kind is sre.LITERAL:
        return chr(value) in sure
    return kind is sre.IN and all(
        (of is sre.LITERAL and chr(what) in sure)
        or (of is sre.RANGE and what[1] < 128 and sure.issuperset(map(chr, range(what[0], what[1] + 1))))
        for of, what in value
    )


def _letter(code: int, flags: int, form: int) -> str:
    if not flags & re.IGNORECASE:
        return _escaped(code)
    if code < 128:
        return f"[{_cases(code, form)}]"
    return rf"[{_FOLDED}{_BEYOND if form else ''}]"


def _cases(code: int, form: int) -> str:
    """An ASCII character in its cases, for a class."""
    letter = chr(code)
    if not letter.isalpha():
        return _escaped(code)
    others = {"k": r"\u{212A}", "s": r"\u{17F}", "i": r"\u{130}\u{131}"}.get(letter.lower(), "") if form else ""
    return f"{letter.lower()}{letter.upper()}{others}"


def _member(kind: Any, value: Any, flags: int, form: int) -> str:
    if kind is sre.CATEGORY:
        return _CLASS[value][form]
    low, high = (value, value) if kind is sre.LITERAL else value
    if not flags & re.IGNORECASE:
        return f"{_escaped(low)}-{_escaped(high)}"
    ascii = "".join(_cases(code, form) for code in range(low, min(high, 127) + 1))
    # Cases beyond ASCII are many: all of it is taken.
    return ascii + (_FOLDED + (_BEYOND if form else "") if high > 127 else "")


def _without(items: list[Any], holds: bool) -> str:
    """Everything but the given ASCII characters; classes are not taken out, which is wider."""
    excluded = r"\n" if holds else ""
    for kind, value in items:
        if kind is not sre.CATEGORY:
            low, high = (value, value) if kind is sre.LITERAL else value
            if low < 128:
                excluded += f"{_escaped(low)}-{_escaped(min(high, 127))}"
    return f"[^{excluded}]" if excluded else _ANY


def _escaped(code: int) -> str:
    return chr(code) if chr(code).isascii() and chr(code).isalnum() else f"\\u{{{code:X}}}"
