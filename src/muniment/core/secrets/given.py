"""Assignments in a line: a name, a sign, and where the value stands; in code, configuration, markup, records and prose."""

import re
from collections.abc import Iterable, Iterator

_QUOTES = r"(?:\\{0,3}[\"'`]{1,3}|&quot;|&\#3[49];|&apos;)"
# A name, what may stand between it and its value, and where the value starts.
_GIVEN = re.compile(
    rf"""(?<![^\W_])(?<!::)(?P<name>[^\W\d][\w.-]{{0,80}})
    (?P<closed>{_QUOTES}?[\])]?)
    (?:\s{{0,4}}:\s{{0,2}}(?:&?'?\w+\s)?[A-Za-z][\w.]{{1,30}}(?:\[[\w, |.]{{1,30}}\])?\??(?=\s{{0,4}}=))?
    (?:\s{{0,8}}(?P<sign>:=|=>|->|={{1,3}}|!={{1,2}}|=~|:(?!:)|：|＝|is\s|,|or\s)|(?P<tag>(?:\s[^<>\n]{{0,80}})?>)|(?P<space>[ \t]{{1,8}}(?=[\w"'])))
    (?P<ascribed>\s{{0,8}})
    (?:\(|\[\]byte[(]|(?:std::|new\s)?[Ss]tring(?:::from)?\(|Some\(|[bBrRuUfFL@]{{1,2}}(?=["']))?
    (?P<quote>{_QUOTES})?(?:pass:)?""",
    re.VERBOSE,
)
_BARE = re.compile(r"[^\s\"'`,;<>()\[\]{}|&]{4,4000}")
_GOES_ON = re.compile(r"\s?[(\[{]")  # a call, an element: no value
_COMPARES = re.compile(r"[=!]=|=>|&&")
_LONGEST_NAME = 80
_FURTHEST = 400  # more than any match of an assignment up to its value
_DEFINES = re.compile(r"(?i)[#%]\s*(?:define|global)\s+$|\b(?:set|setenv|export|const)\s+$|[\"']?\bputs?\s*$")
_CALLS = re.compile(r"(?:\(\s?[\"'`\\]{1,4}|[\"']--?)$")


def every(line: str) -> Iterator[re.Match[str]]:
    """All assignments of a line."""
    place = 0
    while found := _GIVEN.search(line, place):
        yield found
        place = found.end("name")


def around(line: str, places: Iterable[int]) -> Iterator[re.Match[str]]:
    """The assignments whose names hold a word that begins at one of these bytes."""
    done = 0
    for place in sorted(places) if line.isascii() else _characters(line, sorted(places)):
        if place >= done and (found := _named(line, place)):
            yield found
            done = found.end("name")


def _characters(line: str, places: Iterable[int]) -> Iterator[int]:
    """Code points of rising places in the bytes of a line."""
    encoded, last, count = line.encode(), 0, 0
    for place in places:
        count += len(encoded[last:place].decode())
        last = place
        yield count


def _named(line: str, place: int) -> re.Match[str] | None:
    """The assignment whose name stands around `place`."""
    begin = place
    while begin and place - begin < _LONGEST_NAME and (line[begin - 1].isalnum() or line[begin - 1] in "_.-"):
        begin -= 1
    while begin < place and not (line[begin].isalpha() or line[begin] == "_"):
        begin += 1
    if found := _GIVEN.match(line, begin):
        return found
    # Of a name that is too long the end may do.
    found = _GIVEN.search(line, begin, place + _FURTHEST) if place - begin > _LONGEST_NAME // 2 else None
    return found if found and found.start() <= place else None


def before(line: str, found: re.Match[str]) -> str:
    """What stands before the name of an assignment, as far as it matters."""
    return line[max(0, found.start() - 40) : found.start()]


def value(line: str, found: re.Match[str]) -> tuple[int, int] | None:
    """Where the value of an assignment stands in its line, without quotes."""
    if not _assigns(line, found):
        return None
    first = found.end()
    if quote := found["quote"]:
        end = line.find(quote, first, first + 4_100)
        if end >= 0:
            return (first, end) if end > first + 3 else None
    bare = _BARE.match(line, first)
    if not bare or _GOES_ON.match(line, bare.end()) or _COMPARES.search(bare[0]):
        return None
    return first, first + len(bare[0].rstrip(".:\\"))


def _assigns(line: str, found: re.Match[str]) -> bool:
    """Whether the sign after a name gives it a value, for signs that mean much else."""
    if found["tag"]:
        return line.startswith("<", found.start() - 1) and not found["quote"]
    if found["space"]:
        return line.startswith("-", found.start() - 1) or bool(_DEFINES.search(before(line, found)))
    sign = found["sign"].strip()
    if sign in (",", "or"):
        called = sign == "or" or _CALLS.search(before(line, found))
        return bool(found["closed"] and found["quote"] and called)
    return sign != "->" or not found["closed"]
