"""Which lines each recogniser must look at: all gates over all lines in a few passes of native code."""

from collections.abc import Sequence

import polars as pl

from muniment.core.personal.patterns import Compiled

# Compiling the gates of all recognisers takes longer than running the recognisers themselves over as many lines.
_FEW = 300


def screened(recognisers: Sequence[Compiled], frame: pl.DataFrame) -> list[pl.DataFrame]:
    """For each recogniser the rows of `frame` (row, start, line, before, ascii) in which it may find something."""
    found: list[list[pl.DataFrame]] = [[frame.clear()] for _ in recognisers]
    for form, part in (("ascii", frame.filter("ascii")), ("other", frame.filter(~pl.col("ascii")))):
        for digit, lines in ((True, part.filter(pl.col("line").str.contains(r"\d"))), (False, part)):
            chosen = [number for number, each in enumerate(recognisers) if each.gate.digit is digit]
            for number, hits in zip(chosen, _passing([recognisers[each] for each in chosen], lines, form), strict=True):
                found[number].append(hits)
    return [pl.concat(parts) for parts in found]


def _passing(recognisers: Sequence[Compiled], lines: pl.DataFrame, form: str) -> list[pl.DataFrame]:
    if len(lines) <= _FEW:
        return [lines] * len(recognisers)
    gates = [pl.col("line").str.contains(getattr(each.gate, form)).alias(str(number)) for number, each in enumerate(recognisers)]
    masks = lines.select(gates)
    return [_spoken_for(each, lines.filter(masks[str(number)])) for number, each in enumerate(recognisers)]


def _spoken_for(recogniser: Compiled, hits: pl.DataFrame) -> pl.DataFrame:
    """Of lines that pass a gate those in which a word speaks for it, where it finds nothing without one."""
    if not recogniser.words or len(hits) <= _FEW:
        return hits
    return hits.filter(pl.concat_str("before", "line", separator="\n").str.contains(recogniser.words))
