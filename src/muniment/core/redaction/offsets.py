"""From places in a redacted text to places in the text that it was made from, and back."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Offsets = npt.NDArray[np.int64]


class Splice(NamedTuple):
    """Code points `start` to `end` (exclusive) of the captured text were replaced by `length` others."""

    start: int
    end: int
    length: int


def to_captured(splices: Sequence[Splice], start: int, end: int) -> tuple[int, int]:
    """The span of the captured text that a span of the redacted text stands for.

    `splices` are those of one document in ascending order. What begins or ends inside a replacement takes in all that was
    replaced, so that the span given back never cuts a value.
    """
    before, after = _bounds(splices)
    return _moved(after, before, start, upper=False), _moved(after, before, end, upper=True)


def to_redacted(splices: Sequence[Splice], start: int, end: int) -> tuple[int, int]:
    """The span of the redacted text in which a span of the captured text is shown: of a replaced value, the whole replacement."""
    before, after = _bounds(splices)
    return _moved(before, after, start, upper=False), _moved(before, after, end, upper=True)


def _bounds(splices: Sequence[Splice]) -> tuple[Offsets, Offsets]:
    """Start and end of every splice, 2 × n, in the captured and in the redacted text."""
    starts, ends, lengths = np.array(splices, np.int64).reshape(-1, 3).T
    grown = np.cumsum(lengths - (ends - starts))
    after = ends + grown
    return np.stack([starts, ends]), np.stack([after - lengths, after])


def _moved(source: Offsets, target: Offsets, offset: int, upper: bool) -> int:
    """An offset from one text in the other; inside a splice the lower or upper end of what stands for it."""
    place = int(np.searchsorted(source[0], offset, side="right")) - 1
    if place < 0:
        return offset
    (start, end), (low, high) = source[:, place], target[:, place]
    if offset >= end:
        return int(high + offset - end)
    return int(high if upper and offset > start else low)
