"""Hard filters: which passages are what a question asks for. They are part of the mask, before anything is scored or counted."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from muniment.schemas.search import Filters


def fitting(papers: pa.Table, filters: Filters) -> npt.NDArray[np.bool_] | None:
    """Mask (n,) of the passages with these papers; None when nothing is asked for. What is missing fits no filter."""
    asked = [
        (papers["source_id"], filters.sources),
        (papers["language"], filters.languages),
        (papers["classification"], [each.value for each in filters.classifications]),
        (papers["licence"], filters.licences),
    ]
    tests = [pc.is_in(column, value_set=pa.array(sorted(values), pa.string())) for column, values in asked if values]
    if filters.media_types:
        tests.append(_media(papers["media_type"], filters.media_types))
    tests += [_dated(papers["modified"], since, until) for since, until in [(filters.since, filters.until)] if since or until]
    if not tests:
        return None
    mask = np.ones(papers.num_rows, np.bool_)
    for test in tests:
        mask &= pc.fill_null(test, False).to_numpy().astype(np.bool_)
    return mask


def _media(column: pa.ChunkedArray, wanted: Sequence[str]) -> pa.ChunkedArray:
    known = column.unique().to_pylist()
    families = tuple(each.removesuffix("*") for each in wanted if each.endswith("/*"))
    fits = [each for each in known if each in wanted or (families and each.startswith(families))]
    return pc.is_in(column, value_set=pa.array(fits, column.type))


def _dated(column: pa.ChunkedArray, since: datetime | None, until: datetime | None) -> pa.ChunkedArray:
    late = pc.greater_equal(column, pa.scalar(since, column.type)) if since else pc.is_valid(column)
    return pc.and_kleene(late, pc.less(column, pa.scalar(until, column.type))) if until else late
