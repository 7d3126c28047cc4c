"""Values that are secrets because of the name they are given to: in code, configuration, markup, records and prose."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from muniment.core.findings import Span
from muniment.core.secrets import checks, credible
from muniment.policies.secrets import Kind, NameTable

_QUOTES = r"(?:\\{0,3}[\"'`]{1,3}|&quot;|&\#3[49];|&apos;)"
# A name, what may stand between it and its value, and where the value starts. Possessive in effect: each part excludes the next.
_GIVEN = re.compile(
    rf"""(?<![^\W_])(?P<name>[^\W\d][\w.-]{{0,80}})
    (?P<closed>{_QUOTES}?[\])]?)
    (?:\s{{0,4}}:\s{{0,2}}(?:&?'?\w+\s)?[A-Za-z][\w.]{{1,30}}(?:\[[\w, |.]{{1,30}}\])?\??(?=\s{{0,4}}=))?
    (?:\s{{0,8}}(?P<sign>:=|=>|->|={{1,3}}|!={{1,2}}|=~|:(?!:)|：|＝|is\s|,|or\s)|(?P<tag>(?:\s[^<>\n]{{0,80}})?>)|(?P<space>[ \t]{{1,8}}(?=[\w"'])))
    (?P<ascribed>\s{{0,8}})
    (?:\(|\[\]byte[(]|(?:std::|new\s)?[Ss]tring(?:::from)?\(|Some\(|[bBrRuUfFL@]{{1,2}}(?=["']))?
    (?P<quote>{_QUOTES})?""",
    re.VERBOSE,
)
_BARE = re.compile(r"[^\s\"'`,;<>()\[\]{}|&]{4,4000}")
_GOES_ON = re.compile(r"\s?[(\[{]")  # a call, an element: no value
_COMPARES = re.compile(r"[=!]=|=>|&&")
_PLAIN = 12  # letters, under which a value without digits and signs is a word
_LONGEST_NAME = 80
# What every line with an assignment to such a name holds, for the automaton: a sign or a word that assigns, and a value that is no word.
_SIGNS = r"[:=,>：＝]|\b(?:is|or)\s|(?i:define|global|set|export|const|put)"
_VALUES = r"[0-9!@#$%^&*+?~]|[^\s\"'`,;<>()\[\]{}|&]{12}"
_UNLIKE_WORDS = re.compile(r"[0-9!@#$%^&*+?~]")
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\dA-Za-z_]+")
_DEFINES = re.compile(r"(?i)[#%]\s*(?:define|global)\s+$|\b(?:set|setenv|export|const)\s+$|[\"']?\bputs?\s*$")
_CALLS = re.compile(r"\(\s?[\"'`\\]{1,4}$")
_WORD_BEFORE = re.compile(r"(\w+)[ ]$")
_SCORES = {"password": 0.6, "key": 0.65, "weak": 0.5}
_TYPES = {"password": "SECRET_PASSWORD", "key": "SECRET_KEY", "weak": "SECRET_KEY"}
_RULES = {"password": "assigned-password", "key": "assigned-key", "weak": "assigned-key-weak"}


@dataclass(frozen=True)
class Assignments:
    """What names say that their values are secrets, and kinds of which a whole value under some name is one."""

    names: NameTable
    kinds: Mapping[str, tuple[tuple[Kind, re.Pattern[str]], ...]]  # by the words of names that ask for them
    named: re.Pattern[str]  # any of those words

    @classmethod
    def of(cls, names: NameTable, kinds: Iterable[Kind]) -> "Assignments":
        """Names and the kinds that ask for one."""
        by_word: dict[str, list[tuple[Kind, re.Pattern[str]]]] = {}
        for kind in kinds:
            for word in kind.named:
                by_word.setdefault(word, []).append((kind, re.compile(kind.pattern)))
        named = re.compile("|".join(map(re.escape, sorted(by_word, key=len, reverse=True))) or r"(?!)")
        return cls(names, {word: tuple(found) for word, found in by_word.items()}, named)

    def candidates(self, lines: pl.DataFrame) -> pl.DataFrame:
        """Of lines (row, start, line) those with such a word, and `places`: the bytes where one begins."""
        line = pl.col("line")
        hits = lines.filter(line.str.contains_any(self._words(), ascii_case_insensitive=True))
        hits = hits.filter(line.str.contains(_SIGNS), line.str.contains(_VALUES))
        return hits.with_columns(line.str.find_many(self._words(), ascii_case_insensitive=True, overlapping=True).alias("places"))

    def spans(self, row: int, start: int, line: str, places: Iterable[int] | None = None) -> Iterator[Span]:
        """Secrets in a line that begins at `start` in document `row`. Without `places` every name is looked at."""
        for found in _every(line) if places is None else _around(line, places):
            if value := _value(line, found):
                first, end = value
                if told := self._judged(line, found, line[first:end]):
                    kind, rule, score = told
                    yield Span(row, start + first, start + end, kind, score, rule, "credentials")

    def _words(self) -> list[str]:
        every = [self.names.password.inside, self.names.password.whole, self.names.key.inside, self.names.key.whole]
        words = {*(word for words in every for word in words), *self.kinds}
        return sorted({form for word in words for form in (word, word.upper(), word.title())})  # the pass folds ASCII only

    def _judged(self, line: str, found: re.Match[str], value: str) -> tuple[str, str, float] | None:
        """Type, rule and score of a value under the name that was found."""
        if len(value) < _PLAIN and not _UNLIKE_WORDS.search(value):
            return None
        quoted = bool(found["quote"] or found["tag"])
        for word in self.named.findall(found["name"].lower()):
            for kind, pattern in self.kinds[word]:
                if pattern.fullmatch(value) and credible.token(value, kind.entropy) and checks.holds(kind.check, value):
                    return kind.type, kind.id, kind.score
        family = self._family(found["name"], _before(line, found))
        if not family or not (_is_password(value, quoted) if family == "password" else _is_key(value, quoted, family)):
            return None
        return _TYPES[family], _RULES[family], _SCORES[family]

    def _family(self, name: str, before: str) -> str | None:
        """`password`, `key`, `weak` or nothing: what a name is the name of."""
        family = self._alone(name)
        ahead = _WORD_BEFORE.search(before) if family else None  # `secret key`, `public key`
        return self._alone(f"{ahead[1]}_{name}") if ahead else family

    def _alone(self, name: str) -> str | None:
        parts = [part.lower() for part in _PARTS.findall(name)]
        if any(part in self.names.never.whole for part in parts):
            return None
        low = name.lower()
        for family, names in (("password", self.names.password), ("key", self.names.key)):
            if any(word in low for word in names.inside):
                return family
            if said_by := [part for part in parts if part in names.whole]:
                return "weak" if family == "key" and all(part in names.weak for part in said_by) else family
        return None


def _every(line: str) -> Iterator[re.Match[str]]:
    place = 0
    while found := _GIVEN.search(line, place):
        yield found
        place = found.end("name")


def _around(line: str, places: Iterable[int]) -> Iterator[re.Match[str]]:
    """The assignments whose names hold a word that begins at one of these bytes."""
    done = 0
    if not line.isascii():
        encoded = line.encode()
        places = [len(encoded[:place].decode(errors="ignore")) for place in places]
    for place in sorted(places):
        if place >= done and (found := _named(line, place)):
            yield found
            done = found.end("name")


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
    found = _GIVEN.search(line, begin) if place - begin > _LONGEST_NAME // 2 else None
    return found if found and found.start() <= place else None


def _before(line: str, found: re.Match[str]) -> str:
    return line[max(0, found.start() - 40) : found.start()]


def _value(line: str, found: re.Match[str]) -> tuple[int, int] | None:
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
        return bool(_DEFINES.search(_before(line, found)))
    sign = found["sign"].strip()
    if sign in (",", "or"):
        called = sign == "or" or _CALLS.search(_before(line, found))
        return bool(found["closed"] and found["quote"] and called)
    return sign != "->" or not found["closed"]


def _is_key(value: str, quoted: bool, family: str) -> bool:
    least = 16 if family == "weak" else 8 if quoted else 12
    return credible.random(value, least)


def _is_password(value: str, quoted: bool) -> bool:
    if quoted:
        return len(value) <= 100 and not re.search(r"\s", value) and credible.password(value)
    return len(value) <= 64 and (credible.strong_password(value) or credible.random(value, 10))
