"""Forms that text can have inside other bytes, beyond those that folding sees through: base64, hexadecimal, `\\u…`, UTF-16."""

from collections.abc import Iterator

from muniment.verifiers.residue import digits, escapes
from muniment.verifiers.residue.parts import Bytes, Octets, Parts


def forms(piece: Octets, room: Octets, unicode: bool) -> Iterator[Octets]:
    """The piece's text in other forms: what its base64 and hexadecimal runs say; and, when there is a `\\u…`, all of them written out.
    `room` has 4 bytes for each."""
    filled = digits.read(piece, room)
    if filled:
        yield room[:filled]
    if unicode:
        yield room[: escapes.written(piece, room)]


def wide(payload: Octets) -> Parts:
    """A text in UTF-16 with its mark, as UTF-8."""
    yield Bytes("UTF-16", payload.tobytes().decode("utf-16", "ignore").encode("utf-8", "ignore"))
