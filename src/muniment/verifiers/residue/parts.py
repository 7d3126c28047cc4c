"""What decoding a file gives: more bytes, vectors, numbers, or a part that nobody here can look into."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Octets = npt.NDArray[np.uint8]


class Bytes(NamedTuple):
    """Bytes to search. `deeper`: they may be a file of some kind themselves. `text`: there can be text in them, or else only numbers."""

    label: str
    payload: Any
    deeper: bool = False
    text: bool = True


class Matrix(NamedTuple):
    """Vectors, n × d, as they come back from a store that may have rounded them."""

    label: str
    rows: Array


class Numbers(NamedTuple):
    """64-bit ids."""

    label: str
    values: Array


class Unseen(NamedTuple):
    """Something that cannot be decoded. `read` is false when not even its bytes were searched: nothing is proven then."""

    label: str
    reason: str
    read: bool = True


Part = Bytes | Matrix | Numbers | Unseen
Parts = Iterator[Part]


def octets(payload: Any) -> Octets:
    """Any buffer as bytes, without a copy."""
    if isinstance(payload, np.ndarray):
        return payload if payload.dtype == np.uint8 else payload.reshape(-1).view(np.uint8)
    return np.frombuffer(payload, np.uint8) if len(payload) else np.zeros(0, np.uint8)
