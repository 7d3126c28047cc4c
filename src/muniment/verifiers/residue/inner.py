"""Files inside bytes of another kind: compressed streams that nothing points at, and files in base64."""

import base64
import binascii
import re
import zlib

from muniment.verifiers.residue import archive
from muniment.verifiers.residue.marks import marks
from muniment.verifiers.residue.parts import Bytes, Octets, Parts
from muniment.verifiers.residue.spill import Spill

_GZIP, _ZSTD = b"\x1f\x8b\x08", b"\x28\xb5\x2f"
_ZLIB = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")  # any third byte
# First bytes of gzip, zstd, zip, Parquet, Arrow, SQLite, bz2 and xz files in base64; and of zlib's, which are too short without the quote.
_ENCODED = (b"H4sI", b"KLUv/", b"UEsDB", b"UEFSMQ", b"QVJST1cx", b"U1FMaXRl", b"QlpoO", b"/Td6WFo", b'"eJ', b'"eN', b'"eA', b'"eF')
_MAGICS = (_GZIP, _ZSTD, *_ENCODED)
_RUN = re.compile(rb"[A-Za-z0-9+/\r\n]+=*")
_LEAST = 40
_LONGEST = 1 << 26  # bytes of a file in base64 that are decoded at most


def inner(content: Octets, spill: Spill, bare: bool) -> Parts:
    """What lies inside. `bare`: streams of zlib are looked for as well, whose mark is short and often there by chance."""
    for at, magic in marks(content, _MAGICS + _ZLIB * bare):
        if magic == _GZIP:
            payload = archive.stream(content[at:], lambda: zlib.decompressobj(31), spill)
        elif magic == _ZSTD:
            payload = archive.frame(content[at:], spill) if content[at + 3 : at + 4].tobytes() == b"\xfd" else b""
        elif magic in _ZLIB:
            payload = archive.stream(content[at:], zlib.decompressobj, spill)
        else:
            payload = _decoded(content, at, magic)
        if payload:
            yield Bytes("inside", payload, deeper=True)


def _decoded(content: Octets, at: int, magic: bytes) -> bytes:
    """The file that stands here in base64, or nothing."""
    if content[at : at + len(magic)].tobytes() != magic:
        return b""
    begin = at + magic.startswith(b'"')
    run = _RUN.match(content[begin : begin + 256].tobytes())
    if not run or len(run[0]) < _LEAST:
        return b""
    run = _RUN.match(content[begin : begin + _LONGEST].tobytes())
    digits = re.sub(rb"[\r\n=]", b"", run[0]) if run else b""
    try:
        return base64.b64decode(digits + b"=" * (-len(digits) % 4))
    except binascii.Error:
        return b""
