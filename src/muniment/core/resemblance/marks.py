"""Marks: 128 bits of a keyed hash, that tell whether something was erased and nothing else."""

import hmac
from collections.abc import Iterable

import numpy as np
from numba import njit

from muniment.core.resemblance.search import first
from muniment.core.twins.kernel import Array

_BYTES = 16


def mark(key: bytes, kind: str, scope: str, value: str) -> bytes:
    """16 bytes of HMAC-SHA256 (RFC 2104) over kind, scope and value, separated by NUL."""
    return hmac.digest(key, f"{kind}\0{scope}\0{value}".encode(), "sha256")[:_BYTES]


def sorted_marks(marks: Iterable[bytes], request: int = 0) -> dict[str, Array]:
    """Columns of the distinct marks, ascending: high, low (uint64), request (uint32)."""
    words = np.frombuffer(b"".join(sorted(set(marks))), ">u8").reshape(-1, 2).astype(np.uint64)
    return {"high": words[:, 0], "low": words[:, 1], "request": np.full(len(words), request, np.uint32)}


def merged(tables: Iterable[dict[str, Array]]) -> dict[str, Array]:
    """Several such columns as one."""
    parts = list(tables)
    whole = {name: np.concatenate([each[name] for each in parts]) for name in ("high", "low", "request")}
    order = np.lexsort((whole["low"], whole["high"]))
    return {name: column[order] for name, column in whole.items()}


def words_of(value: bytes) -> tuple[np.uint64, np.uint64]:
    """The two words of a mark."""
    return np.uint64(int.from_bytes(value[:8])), np.uint64(int.from_bytes(value[8:]))


@njit(cache=True)
def span(high, low, upper, lower):
    """From where to where (exclusive) the rows of a mark stand among ascending ones."""
    begin = first(high, upper, upper / 18446744073709551616.0)
    while begin < len(high) and high[begin] == upper and low[begin] < lower:
        begin += 1
    end = begin
    while end < len(high) and high[end] == upper and low[end] == lower:
        end += 1
    return begin, end
