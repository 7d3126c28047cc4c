"""Values that are secrets because of the name they are given to."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from muniment.core.findings import Span
from muniment.core.secrets import checks, credible, given
from muniment.core.secrets.names import Naming, any_of
from muniment.policies.secrets import Kind, NameTable

# What every line with an assignment to such a name holds, for the automaton: a sign or a word that assigns, and a value that is no word.
_SIGNS = r"[:=,>：＝]|\b(?:is|or)\s|(?i:define|global|set|export|const|put)|(?:^|[^\w-])--?[A-Za-z]"
_VALUES = r"[0-9!@#$%^&*+?~]|[^\s\"'`,;<>()\[\]{}|&]{12}"
_PLAIN = 12  # letters, under which a value without digits and signs is a word
_UNLIKE_WORDS = re.compile(r"[0-9!@#$%^&*+?~]")
_HASH = 32  # digits: shorter hexadecimal numbers under a name such as `key` are identifiers and checksums
_WORD_BEFORE = re.compile(r"(\w+)[ ]$")
_CASES = (str.upper, str.title)  # the pass over all lines folds ASCII only
_SCORES = {"password": 0.6, "key": 0.65, "weak": 0.5}
_TYPES = {"password": "SECRET_PASSWORD", "key": "SECRET_KEY", "weak": "SECRET_KEY"}
_RULES = {"password": "assigned-password", "key": "assigned-key", "weak": "assigned-key-weak"}


@dataclass(frozen=True)
class Assignments:
    """What names say that their values are secrets, and kinds of which a whole value under some name is one."""

    words: tuple[str, ...]  # one of which is in every name that says anything
    naming: Naming
    kinds: Mapping[str, tuple[tuple[Kind, re.Pattern[str]], ...]]  # by the words of names that ask for them
    named: re.Pattern[str]  # any of those words

    @classmethod
    def of(cls, names: NameTable, kinds: Iterable[Kind]) -> "Assignments":
        """Names and the kinds that ask for one."""
        by_word: dict[str, list[tuple[Kind, re.Pattern[str]]]] = {}
        for kind in kinds:
            for word in kind.named:
                by_word.setdefault(word, []).append((kind, re.compile(kind.pattern)))
        words = {word for each in (names.password, names.key) for word in (*each.inside, *each.whole)} | by_word.keys()
        return cls(
            tuple(sorted(words | {form(word) for word in words if not word.isascii() for form in _CASES})),
            Naming.of(names),
            {word: tuple(found) for word, found in by_word.items()},
            any_of(by_word),
        )

    def candidates(self, lines: pl.DataFrame) -> pl.DataFrame:
        """Of lines (row, start, line) those with such a word, and `places`: the bytes where one begins."""
        line = pl.col("line")
        hits = lines.filter(line.str.contains_any(list(self.words), ascii_case_insensitive=True))
        hits = hits.filter(line.str.contains(_SIGNS), line.str.contains(_VALUES))
        return hits.with_columns(
            line.str.find_many(list(self.words), ascii_case_insensitive=True, overlapping=True).alias("places")
        )

    def spans(self, row: int, start: int, line: str, places: Iterable[int] | None = None) -> Iterator[Span]:
        """Secrets in a line that begins at `start` in document `row`. Without `places` every name is looked at."""
        for found in given.every(line) if places is None else given.around(line, places):
            if place := given.value(line, found):
                first, end = place
                if told := self._judged(line, found, line[first:end]):
                    kind, rule, score = told
                    yield Span(row, start + first, start + end, kind, score, rule, "credentials")

    def _judged(self, line: str, found: re.Match[str], value: str) -> tuple[str, str, float] | None:
        """Type, rule and score of a value under the name that was found."""
        if len(value) < _PLAIN and not _UNLIKE_WORDS.search(value):
            return None
        quoted = bool(found["quote"] or found["tag"])
        for word in self.named.findall(found["name"].lower()):
            for kind, pattern in self.kinds[word]:
                if pattern.fullmatch(value) and credible.token(value, kind.entropy) and checks.holds(kind.check, value):
                    return kind.type, kind.id, kind.score
        family = self._family(found["name"], given.before(line, found))
        if not family or not (_is_password(value, quoted) if family == "password" else _is_key(value, quoted, family)):
            return None
        return _TYPES[family], _RULES[family], _SCORES[family]

    def _family(self, name: str, before: str) -> str | None:
        """`password`, `key`, `weak` or nothing: what a name is the name of."""
        family = self.naming.says(name)
        ahead = _WORD_BEFORE.search(before) if family else None  # `secret key`, `public key`
        return self.naming.says(f"{ahead[1]}_{name}") if ahead else family


def _is_key(value: str, quoted: bool, family: str) -> bool:
    if family == "weak":
        return credible.random(value, _HASH if credible.is_hex(value) else 16)
    return credible.random(value, 8 if quoted else 12)


def _is_password(value: str, quoted: bool) -> bool:
    if quoted:
        return len(value) <= 100 and not re.search(r"\s", value) and credible.password(value)
    return len(value) <= 64 and (credible.strong_password(value) or credible.random(value, 10))
