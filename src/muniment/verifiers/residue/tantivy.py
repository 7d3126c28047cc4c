"""The document store of a tantivy index: blocks of stored fields, compressed one by one as LZ4, each after its length; deleted
documents stay in it until segments are merged."""

import numba
import numpy as np

from muniment.verifiers.residue.parts import Bytes, Octets, Parts, Unseen

ENDINGS = (".store",)
CLOSED = (".term", ".idx", ".pos", ".fieldnorm", ".fast")
_LARGEST = 1 << 24


def parts(payload: Octets) -> Parts:
    """Decompressed blocks, one after the other from the start, until something else comes: the index of the blocks."""
    at, held = 0, list[bytes]()
    while at + 4 < len(payload):
        size = int.from_bytes(payload[at : at + 4].tobytes(), "little")
        if not 0 < size < _LARGEST:
            break
        room = np.zeros(size, np.uint8)
        taken = block(payload[at + 4 :], room)
        if taken < 0:
            break
        held.append(room.tobytes())
        at += 4 + taken
    if held:
        yield Bytes("stored fields", b"\0".join(held))
    else:
        yield Unseen("stored fields", "They are compressed in a way that is not known here.")


@numba.njit(cache=True, nogil=True)
def block(source, room):
    """Decompress one LZ4 block that fills `room` exactly; gives how many bytes it took, or -1 when it is none."""
    at, filled, size = 0, 0, len(source)
    while at < size:
        token = source[at]
        at += 1
        literal = token >> 4
        if literal == 15:
            while at < size:
                more = source[at]
                at += 1
                literal += more
                if more != 255:
                    break
        if at + literal > size or filled + literal > len(room):
            return -1
        room[filled : filled + literal] = source[at : at + literal]
        at += literal
        filled += literal
        if filled == len(room):
            return at
        if at + 2 > size:
            return -1
        back = int(source[at]) + (int(source[at + 1]) << 8)
        at += 2
        length = int(token & 15)
        if length == 15:
            while at < size:
                more = source[at]
                at += 1
                length += more
                if more != 255:
                    break
        length += 4
        if back == 0 or back > filled or filled + length > len(room):
            return -1
        for place in range(filled, filled + length):
            room[place] = room[place - back]
        filled += length
    return -1
