"""Sealed bytes: segments of 64 kB, each encrypted and authenticated, that can be read at any place.

    MUNISEAL │ key id, 8 bytes │ salt, 32 bytes │ segment 0 │ segment 1 │ … │ last segment

A segment is AES-256-GCM (NIST SP 800-38D) under a key of this object alone: HKDF-SHA256 (RFC 5869) of the data key, the salt and the
object's name. The nonce is the segment's number, 11 bytes, and a byte that is 1 for the last segment: the STREAM construction (Hoang,
Reyhanitabar, Rogaway and Vizár 2015). So a segment that is changed, moved, left out or added is found, and so is an object that is cut
off or put in another's place. No bytes are one empty last segment.
"""

import io
import secrets
from collections.abc import Callable
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from muniment.errors import Corrupt
from muniment.store.reading import Ranges

MAGIC = b"MUNISEAL"
SEGMENT = 1 << 16  # plain bytes of every segment but the last
_TAG, _KEY_ID, _SALT = 16, 8, 32
HEADER = len(MAGIC) + _KEY_ID + _SALT
_SPAN = 64  # segments that are fetched at once, at most

KeyOf = Callable[[str], bytes]  # id of a data key → its 32 bytes


def is_sealed(head: bytes) -> bool:
    """Whether bytes that begin so are sealed."""
    return head.startswith(MAGIC)


def sealed_by(head: bytes) -> str:
    """Id of the data key that sealed what begins so; empty when it is plain."""
    return head[len(MAGIC) : len(MAGIC) + _KEY_ID].hex() if is_sealed(head) else ""


def seal(payload: bytes, name: str, key_id: str, key: bytes) -> bytes:
    """The payload, sealed for this name under a data key of 32 bytes."""
    header = MAGIC + bytes.fromhex(key_id) + secrets.token_bytes(_SALT)
    cipher, plain, count = _cipher(header, name, key), memoryview(payload), _count(len(payload))
    sealed = bytearray(HEADER + len(payload) + count * _TAG)
    sealed[:HEADER] = header
    places = memoryview(sealed)[HEADER:]
    for at in range(count):
        segment = plain[at * SEGMENT : (at + 1) * SEGMENT]
        begin = at * (SEGMENT + _TAG)
        cipher.encrypt_into(_nonce(at, count - 1), segment, None, places[begin : begin + len(segment) + _TAG])
    return bytes(sealed)


def unseal(stored: bytes, name: str, key_of: KeyOf) -> bytes:
    """The payload again; raises `Corrupt` when anything of it was changed."""
    reader = _Segments(io.BytesIO(stored), name, key_of)
    plain = bytearray(reader.size)
    reader.open_into(memoryview(stored)[HEADER:], 0, memoryview(plain))
    return bytes(plain)


def open_sealed(stored: BinaryIO, name: str, key_of: KeyOf) -> BinaryIO:
    """A seekable reader over the payload that reads and opens only the segments that are asked for."""
    return io.BufferedReader(_Segments(stored, name, key_of), SEGMENT)


class _Segments(Ranges):
    def __init__(self, stored: BinaryIO, name: str, key_of: KeyOf) -> None:
        self._stored, self._name = stored, name
        body = stored.seek(0, io.SEEK_END) - HEADER
        self._last = max(1, -(-body // (SEGMENT + _TAG))) - 1
        self.size = body - (self._last + 1) * _TAG
        if self.size < self._last * SEGMENT + (self._last > 0):  # no segment but the first is ever empty
            raise _damaged(name)
        stored.seek(0)
        header = stored.read(HEADER)
        self._cipher = _cipher(header, name, key_of(sealed_by(header)))
        if not self.size:
            self.open_into(memoryview(stored.read(_TAG)), 0, memoryview(bytearray()))  # no bytes too must have been sealed by us

    def close(self) -> None:
        self._stored.close()
        super().close()

    def readall(self) -> bytes:
        plain = bytearray(max(0, self.size - self.at))
        view, filled = memoryview(plain), 0
        while taken := self.readinto(view[filled:]):
            filled += taken
        view.release()
        return bytes(plain)

    def readinto(self, buffer: Any) -> int:
        end = min(self.at + len(buffer), self.size)
        if end <= self.at:
            return 0
        first, whole = self.at // SEGMENT, SEGMENT + _TAG
        beyond = min((end - 1) // SEGMENT + 1, first + _SPAN)
        self._stored.seek(HEADER + first * whole)
        fetched = memoryview(self._stored.read((beyond - first) * whole))
        plain = memoryview(bytearray(min(beyond * SEGMENT, self.size) - first * SEGMENT))
        self.open_into(fetched, first, plain)
        begin = self.at - first * SEGMENT
        taken = min(end - self.at, len(plain) - begin)
        buffer[:taken] = plain[begin : begin + taken]
        self.at += taken
        return taken

    def open_into(self, fetched: memoryview, first: int, plain: memoryview) -> None:
        """Open the segments from `first` on that `fetched` holds, into `plain`, which is as long as what they held."""
        whole = SEGMENT + _TAG
        try:
            for number in range(_count(len(plain))):
                place = plain[number * SEGMENT : (number + 1) * SEGMENT]
                segment = fetched[number * whole : number * whole + len(place) + _TAG]
                self._cipher.decrypt_into(_nonce(first + number, self._last), segment, None, place)
        except (InvalidTag, ValueError):
            raise _damaged(self._name) from None


def _count(size: int) -> int:
    return max(1, -(-size // SEGMENT))


def _cipher(header: bytes, name: str, key: bytes) -> AESGCM:
    derive = HKDF(algorithm=SHA256(), length=32, salt=header[-_SALT:], info=b"muniment sealed object\0" + name.encode())
    return AESGCM(derive.derive(key))


def _nonce(at: int, last: int) -> bytes:
    return at.to_bytes(11, "big") + bytes([at == last])


def _damaged(name: str) -> Corrupt:
    return Corrupt(f"{name} was changed, cut off or put in another's place after it was sealed.", "Restore it from a backup.")
