"""From documents to spans: lines, a keyword pass over all of them at once, and expressions only on the lines that it leaves."""

import re
from bisect import bisect
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl
import pyarrow as pa

from muniment.core.findings import Span
from muniment.core.secrets import checks, credible
from muniment.core.secrets.assignments import Assignments
from muniment.policies.secrets import Kind

# Where a token may begin: not inside a longer word, but right after an escaped line end, an encoded sign or a
# change of colour.
_BEFORE = re.compile(r"(?:(?<![A-Za-z0-9_-])|(?<=\\[nrtbf])|(?<=%[0-9A-F][0-9A-F])|(?<=\x1b\[[0-9]m)|(?<=\x1b\[[0-9][0-9]m))")
_AFTER = r"(?![A-Za-z0-9_-])"
# Expressions that can read thousands of characters are never begun inside a word, where they could begin at each of its letters.
_RUNS_ON = re.compile(r",[0-9]{4,}\}")
_RUN_BEFORE = re.compile(r"[A-Za-z0-9+/=_-]{20,200}\Z")
_RUN_AFTER = re.compile(r"[A-Za-z0-9+/=_-]{20,200}")
CATEGORY = "credentials"


@dataclass(frozen=True)
class Matcher:
    """One kind with its expression, ready to be run on a line (or on a document, if `lines`)."""

    kind: Kind
    pattern: re.Pattern[str]
    group: str | int
    stands_alone: bool

    @classmethod
    def of(cls, kind: Kind) -> "Matcher":
        """The matcher of a kind. A kind whose expression has no group `secret` is a token, and stands alone between other words."""
        pattern = re.compile(kind.pattern)
        if "secret" in pattern.groupindex:
            return cls(kind, pattern, "secret", False)
        if kind.lines or kind.check == "encoded-pem":
            return cls(kind, pattern, 0, False)
        if _RUNS_ON.search(kind.pattern):
            return cls(kind, re.compile(f"{_BEFORE.pattern}(?:{kind.pattern}){_AFTER}"), 0, False)
        return cls(kind, re.compile(f"(?:{kind.pattern}){_AFTER}"), 0, True)

    def spans(self, row: int, start: int, text: str) -> Iterator[Span]:
        """What of `text`, which begins at `start` in document `row`, is a secret of this kind."""
        for match in self.pattern.finditer(text):
            # Asked after the match: in the expression it would hide the fixed part from the search.
            if self.stands_alone and not _BEFORE.match(text, match.start()):
                continue
            if score := self._score(match):
                first, end = match.span(self.group)
                yield Span(row, start + first, start + end, self.kind.type, score, self.kind.id, CATEGORY)

    def _score(self, match: re.Match[str]) -> float:
        holds = checks.holds(self.kind.check, match[self.group])
        if not (holds and checks.proves(self.kind.check)) and not self._is_credible(match):
            return 0.0
        return self.kind.score if holds else self.kind.unproven

    def _is_credible(self, match: re.Match[str]) -> bool:
        """Random where it should be, and no accident inside of a longer encoded text."""
        if not self.kind.entropy:
            return True
        if self.group != 0:
            return credible.entropy(match[self.group]) >= self.kind.entropy
        if self.kind.lines or self.kind.check == "encoded-pem":
            return credible.entropy(match[0]) >= self.kind.entropy
        places = "".join(filter(None, match.groups())) or match[0]
        return credible.token(places, self.kind.entropy) and not _is_inside(match)


def _is_inside(match: re.Match[str]) -> bool:
    """Whether what stands right before or after a match is a run of encoded text that is as random."""
    before, after = (
        _RUN_BEFORE.search(match.string, max(0, match.start() - 200), match.start()),
        _RUN_AFTER.match(match.string, match.end()),
    )
    run = (before[0] if before else "") + (after[0] if after else "")
    return len(run) >= 40 and credible.wordiness(run) < -0.3


def spans(documents: pa.Table, matchers: tuple[Matcher, ...], assignments: Assignments, gated: bool = True) -> Iterator[Span]:
    """Spans of all kinds in a table with `text`, of whatever overlap, in no order.

    Ungated, every matcher reads every line: for tests of the gate.
    """
    texts = pl.Series("line", pl.from_arrow(documents["text"]))
    whole = pl.DataFrame({"line": texts}).select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"), pl.lit(0).alias("start"), "line"
    )
    single = _lines(texts)
    over_lines, on_lines = ([each for each in matchers if each.kind.lines == lines] for lines in (True, False))
    if not gated:
        for frame, every in ((whole, over_lines), (single, on_lines)):
            yield from (span for document in frame.iter_rows() for each in every for span in each.spans(*document))
        yield from (span for line in single.iter_rows() for span in assignments.spans(*line))
        return
    marked = single.filter(_holds([*assignments.words, *(word for each in on_lines for word in each.kind.keywords)]))
    yield from _by_keyword(over_lines, whole)
    yield from _by_keyword(on_lines, marked)
    yield from _by_expression(on_lines, single)
    yield from (span for line in assignments.candidates(marked).iter_rows() for span in assignments.spans(*line))


def apart(found: Iterable[Span]) -> list[Span]:
    """One span for the same characters: of overlapping ones the surest stays, then the longest; (row, start) order."""
    kept: list[Span] = []  # by place; those before and after a new one are the only ones that it can overlap
    for span in sorted(found, key=lambda span: (-span.score, span.start - span.end, span)):
        place = bisect(kept, (span.row, span.start), key=lambda each: (each.row, each.start))
        around = kept[max(0, place - 1) : place + 1]
        if not any(each.row == span.row and each.start < span.end and span.start < each.end for each in around):
            kept.insert(place, span)
    return kept


def _lines(texts: pl.Series) -> pl.DataFrame:
    """Every line of every document, whole: `row`, `start` in code points, `line`."""
    frame = pl.DataFrame({"row": pl.int_range(len(texts), dtype=pl.UInt32, eager=True), "line": texts.str.split("\n")}).explode(
        "line"
    )
    width = pl.col("line").str.len_chars().cast(pl.Int64) + 1  # with its "\n"
    return frame.with_columns((width.cum_sum().over("row") - width).alias("start")).select("row", "start", "line")


def _holds(words: list[str]) -> pl.Expr:
    return pl.col("line").str.contains_any(words, ascii_case_insensitive=True)


def _by_keyword(matchers: list[Matcher], frame: pl.DataFrame) -> Iterator[Span]:
    """One Aho-Corasick pass leaves the lines with any keyword, a second over those says which."""
    by_word: dict[str, list[Matcher]] = {}
    for each in matchers:
        for word in each.kind.keywords:
            by_word.setdefault(word.lower(), []).append(each)
    if not by_word:
        return
    words = list(by_word)
    told = pl.col("line").str.extract_many(words, ascii_case_insensitive=True, overlapping=True)
    for row, start, line, found in frame.filter(_holds(words)).with_columns(told.alias("found")).iter_rows():
        for each in _named(found, by_word):
            yield from each.spans(row, start, line)


def _named(found: Iterable[str], by_word: Mapping[str, list[Matcher]]) -> list[Matcher]:
    return list({each.kind.id: each for word in {one.lower() for one in found} for each in by_word[word]}.values())


def _by_expression(matchers: list[Matcher], frame: pl.DataFrame) -> Iterator[Span]:
    """Kinds without a fixed part: their own expressions without what stands around them, which one automaton reads together."""
    free = [each for each in matchers if not each.kind.keywords]
    any_of = "|".join(f"(?:{each.kind.pattern})" for each in free)
    for row, start, line in frame.filter(pl.col("line").str.contains(any_of)).iter_rows() if free else ():
        for each in free:
            yield from each.spans(row, start, line)
