"""Our own recognisers at work: behind a gate derived from each pattern, then match, proof and context words, line by line."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from muniment.core.findings import Span
from muniment.core.personal.context import gate as words_gate
from muniment.core.personal.context import speaks
from muniment.core.personal.superset import Superset, superset
from muniment.core.personal.validators import Validator, validator
from muniment.errors import PolicyError
from muniment.policies.recognisers import Recogniser

# What scores less has neither a proof nor a context word to speak for it, as any eight digits may be an account: it is not written.
FLOOR = 0.35


@dataclass(frozen=True)
class Compiled:
    """A recogniser that is ready to run."""

    given: Recogniser
    pattern: re.Pattern[str]
    gate: Superset
    proven: Validator | None
    words: str  # expression of its context words, for a gate; empty where it finds something without one

    def hits(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Lines in which it may find something, of a frame (row, start, line, before, ascii)."""
        line = pl.col("line")
        passes = pl.when("ascii").then(line.str.contains(self.gate.ascii)).otherwise(line.str.contains(self.gate.other))
        return self.spoken_for(frame.filter(passes))

    def spoken_for(self, lines: pl.DataFrame) -> pl.DataFrame:
        """Of lines that pass the gate those in which a word speaks for it, where it finds nothing without one."""
        if not self.words:
            return lines
        return lines.filter(pl.concat_str("before", "line", separator="\n").str.contains(self.words))

    def spans(self, hits: pl.DataFrame) -> Iterator[Span]:
        """What it finds in such lines."""
        named = "value" in self.pattern.groupindex
        for row, place, line, above in hits.select("row", "start", "line", "before").iter_rows():
            for match in self.pattern.finditer(line):
                start, end = match.span("value" if named and match["value"] else 0)
                if start < end and (score := self._score(line, start, end, above)) >= FLOOR:
                    yield Span(row, place + start, place + end, self.given.type, score, self.given.id, self.given.category)

    def _score(self, line: str, start: int, end: int, above: str) -> float:
        given, proven = self.given, self.proven is None or self.proven(line[start:end])
        least, most = (given.score, given.near) if proven else (0.0, given.failed)
        if speaks(given.unless, line, start, end, above):
            return 0.0
        return most if most > least and speaks(given.context, line, start, end, above) else least


@lru_cache(maxsize=8)
def compiled(recognisers: tuple[Recogniser, ...]) -> tuple[Compiled, ...]:
    """Recognisers ready to run; raises `PolicyError` for one whose pattern or validator cannot be used."""
    return tuple(_compiled(each) for each in recognisers)


def wrong_examples(recognisers: Iterable[Recogniser]) -> list[str]:
    """What is not as its examples say: one line for each example that is not found once, and each counterexample that is found."""
    return [line for each in compiled(tuple(recognisers)) for line in _wrong(each)]


def _wrong(each: Compiled) -> Iterator[str]:
    for number, text in enumerate(each.given.examples, start=1):
        if (count := _count(each, text)) != 1:
            yield f"{each.given.id}: finds {count} values in its example {number}, not one"
    for number, text in enumerate(each.given.counterexamples, start=1):
        if count := _count(each, text):
            yield f"{each.given.id}: finds {count} values in its counterexample {number}"


def _count(each: Compiled, text: str) -> int:
    texts = text.split("\n")
    frame = pl.DataFrame({"row": 0, "start": 0, "line": texts, "before": ["", *texts[:-1]]})
    frame = frame.with_columns((pl.col("line").str.len_bytes() == pl.col("line").str.len_chars()).alias("ascii"))
    return sum(1 for _ in each.spans(each.hits(frame)))


def _compiled(given: Recogniser) -> Compiled:
    gate = superset(given.pattern)
    if gate is None or not _runs(gate):
        raise PolicyError(
            f"The pattern of {given.id} uses what no gate can be derived from.", "Write it in plain constructs of Python's re."
        )
    words = words_gate(given.context) if given.score < FLOOR else ""
    return Compiled(given, re.compile(given.pattern), gate, validator(given.validator) if given.validator else None, words)


def _runs(gate: Superset) -> bool:
    """Whether the gate's engine takes it: not where it would be too large."""
    try:
        pl.Series([""]).str.contains(f"{gate.ascii}|{gate.other}")
    except pl.exceptions.ComputeError:
        return False
    return True
