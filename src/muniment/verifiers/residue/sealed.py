"""Objects that a root encrypts: opened with its data keys, by what docs say of their form and nothing of the code that sealed them.

    MUNISEAL │ key id, 8 bytes │ salt, 32 bytes │ segments of 64 kB, each with 16 bytes that authenticate it

AES-256-GCM under HKDF-SHA256(data key, salt, object's name); the nonce is the segment's number and whether it is the last.
"""

from collections.abc import Iterator, Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from muniment.verifiers.residue.parts import Octets, octets
from muniment.verifiers.residue.spill import Spill

MAGIC = b"MUNISEAL"
_HEADER, _SEGMENT = 48, (1 << 16) + 16
Keys = Mapping[str, bytes]  # id of a data key, 16 hexadecimal digits → its 32 bytes


def opened(payload: Octets, name: str, keys: Keys, spill: Spill) -> Octets:
    """The bytes of a sealed object, or those of a plain one as they are; raises `OSError` when no key opens it."""
    header = payload[:_HEADER].tobytes()
    if not header.startswith(MAGIC):
        return payload
    key = keys.get(header[8:16].hex())
    if key is None:
        raise OSError("it is encrypted with a key that was not given")
    derived = HKDF(SHA256(), 32, header[16:], b"muniment sealed object\0" + name.encode()).derive(key)
    try:
        return octets(spill.take(_segments(payload[_HEADER:], AESGCM(derived))))
    except InvalidTag:
        raise OSError("it is encrypted, and was changed or moved since") from None


def _segments(body: Octets, cipher: AESGCM) -> Iterator[bytes]:
    last = max(1, -(-len(body) // _SEGMENT)) - 1
    for at in range(last + 1):
        nonce = at.to_bytes(11, "big") + bytes([at == last])
        yield cipher.decrypt(nonce, body[at * _SEGMENT : (at + 1) * _SEGMENT].tobytes(), None)
