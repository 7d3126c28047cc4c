"""Names that stand for a value: the same for the same value under one key, and nothing that leads back to it without the key.

Where a format matters the name keeps it, in space that nobody can own: an address of mail or of the web at a host under `.example`
(RFC 2606; not `.invalid`, in which patterns see the country `.in`), an IPv6 address in 2001:db8::/32 (RFC 3849), an IPv4 address in
240.0.0.0/4. Those are the addresses that RFC 1112 reserved and nobody was ever given: the three blocks for documentation (RFC 5737)
hold 768 addresses in all, so that two visitors of a log would soon share one. Everything else is a tag of consonants, which no
pattern takes for a number or a word.
"""

import hmac
import re
from ipaddress import IPv4Address, IPv6Address

FORMATTED = frozenset({"EMAIL_ADDRESS", "IP_ADDRESS", "URL"})
_LETTERS = b"bcdfghjklmnpqrstvwxz"
_SPELLING = bytes(_LETTERS[byte % len(_LETTERS)] for byte in range(256))
_LENGTH = 12  # 51 bits: two of a million values share a tag with a chance of 1 in 8,000
_SCHEME = re.compile(r"(?i)(?:https?|ftp)://")
_CLASS_E = (0xF000_0000, 0xFFFF_FFFF)  # the last one is the broadcast address
_DOCUMENTATION = 0x2001_0DB8 << 96


def tag(key: bytes, kind: str, value: str) -> str:
    """`[PERSON_kxqzvbtrmnps]` for what `value` names: HMAC-SHA256(key, type ‖ NUL ‖ value) in letters.

    `value` is any text that is equal for equal values: the normalised value, or a finding's keyed hash of it.
    """
    return f"[{kind}_{_spelled(_digest(key, kind, value))}]"


def formatted(key: bytes, kind: str, value: str, written: str) -> str:
    """The same as an address of the kind that was `written`; for types in `FORMATTED`."""
    hashed = _digest(key, kind, value)
    if kind == "EMAIL_ADDRESS":
        return f"{_spelled(hashed)}@pseudonym.example"
    if kind == "URL":
        scheme = _SCHEME.match(written)
        return f"{scheme[0].lower() if scheme else ''}{_spelled(hashed)}.example"
    number = int.from_bytes(hashed)
    if ":" in written:
        return str(IPv6Address(_DOCUMENTATION | number % (1 << 96)))
    return str(IPv4Address(_CLASS_E[0] + number % (_CLASS_E[1] - _CLASS_E[0])))


def _digest(key: bytes, kind: str, value: str) -> bytes:
    return hmac.digest(key, f"{kind}\0{value}".encode(), "sha256")


def _spelled(hashed: bytes) -> str:
    return hashed[:_LENGTH].translate(_SPELLING).decode()
