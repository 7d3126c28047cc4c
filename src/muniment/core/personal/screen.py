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
    passed = ((each, lines.filter(masks[str(number)])) for number, each in enumerate(recognisers))
    return [hits if len(hits) <= _FEW else each.spoken_for(hits) for each, hits in passed]
