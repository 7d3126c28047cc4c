"""Lines of a stream, however long one of them may be."""

from collections.abc import Iterator
from typing import BinaryIO

from muniment.errors import InvalidRecord

_PIECE = 1 << 20
_OVERHEAD = 1 << 16


def line_limit(max_bytes: int) -> int:
    """How long a line may be that holds a text of `max_bytes`: escapes and other fields take room too."""
    return 2 * max_bytes + _OVERHEAD


def capped_lines(stream: BinaryIO, limit: int) -> Iterator[bytes | None]:
    """Lines with their ends; None for one of more than `limit` bytes, which is skipped in pieces of 1 MB."""
    while line := stream.readline(limit + 1):
        if len(line) <= limit or line.endswith(b"\n"):
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(_PIECE)
        yield None


def too_large(what: str, limit: int) -> InvalidRecord:
    """The refusal of something of more than `limit` bytes."""
    return InvalidRecord("TOO_LARGE", f"{what} has more than {limit} bytes.", "Raise select.max_bytes if it is wanted.")
