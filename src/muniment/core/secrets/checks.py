"""Structure that a real credential of its kind has and a random or invented one has not: checksums, encodings, parts."""

import base64
import binascii
import json
import re
import zlib
from collections.abc import Callable
from typing import Any

from muniment.core.secrets import credible

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BODY = re.compile(r"[A-Za-z0-9+/]{16,}={0,2}|[A-Za-z0-9+/]{4,15}={0,2}(?=\W*-{5}|\W*$)")
_SEQUENCE = 0x30


def holds(check: str | None, value: str) -> bool:
    """Whether `value` has the structure that `check` asks for; True where nothing is asked."""
    return check is None or _CHECKS[check](value)


def proves(check: str | None) -> bool:
    """Whether a value that passes is what it seems to be, however it looks: a checksum does not fit by chance."""
    return check in ("crc32-after-mark", "crc32-at-end", "crc62", "der-key", "encoded-pem", "jose", "jwk")


def decoded(value: str) -> bytes:
    """What Base64 in either alphabet, with or without padding, stands for; empty where it is none."""
    body = value.rstrip("=").replace("-", "+").replace("_", "/")
    if len(body) % 4 == 1:
        body = body[:-1]
    try:
        return base64.b64decode(body + "=" * (-len(body) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _crc62(value: str) -> bool:
    """The last six characters are the CRC-32 of what stands between them and the mark, in base 62 (GitHub 2021)."""
    body, sum_ = value.split("_", 1)[-1][:-6], value[-6:]
    number = 0
    for each in sum_:
        number = number * 62 + _BASE62.index(each) if each in _BASE62 else -1
    return number == zlib.crc32(body.encode())


def _crc32_at_end(value: str) -> bool:
    plain = re.sub(r"\\?=|%3[dD]|\\u003[dD]", "=", value)
    return _hexadecimal(plain[-8:]) == zlib.crc32(plain[:-8].encode())


def _crc32_after_mark(value: str) -> bool:
    sum_ = _hexadecimal(value[-8:])
    return sum_ is not None and int.from_bytes(sum_.to_bytes(4, "big"), "little") == zlib.crc32(value[:-9].encode())


def _hexadecimal(digits: str) -> int | None:
    return int(digits, 16) if re.fullmatch(r"[0-9A-Fa-f]{8}", digits) else None


def _jose(value: str) -> bool:
    """A JSON Web Token: a header that is JSON and names an algorithm or a type, and a body that is JSON unless it is encrypted."""
    parts = value.split(".")
    header = _json(parts[0])
    if not isinstance(header, dict) or not header.keys() & {"alg", "typ", "enc", "kid"}:
        return False
    return len(parts) > 3 or "enc" in header or len(parts[1]) >= 8


def _jwk(value: str) -> bool:
    """Encoded JSON that holds a JSON Web Key with its private part."""
    text = decoded(value).decode("latin-1")
    return '"kty"' in text and bool(re.search(r'"(?:d|k)"\s*:\s*"[\w-]{16}', text))


def _json(part: str) -> Any:
    try:
        return json.loads(decoded(part))
    except ValueError:
        return None


def _pem(value: str) -> bool:
    """A private key in armour that is not encrypted: its body is Base64 of a key, whatever indents, quotes or log lines wrap it."""
    return not _encrypted(value) and _has_body(value)


def _encrypted_pem(value: str) -> bool:
    return _encrypted(value) and _has_body(value)


def _encrypted(value: str) -> bool:
    return "ENCRYPTED" in value[:200]


def _has_body(value: str) -> bool:
    body = value.split("-----", 2)[-1].rsplit("-----END", 1)[0]
    runs = [run for run in _BODY.findall(body) if credible.wordiness(run) < 0.3]
    whole = "".join(run.rstrip("=") for run in runs)
    return len(whole) >= 40 and credible.entropy(whole) > 4 and not re.search(r"(.)\1{15}", whole)


def _encoded_pem(value: str) -> bool:
    return any(b"PRIVATE KEY-----" in decoded(value[skip:]) for skip in range(4))


def _der_key(value: str) -> bool:
    """ASN.1 of a private key: a sequence that starts with a version and goes on with a number (PKCS #1), bytes (SEC 1) or an algorithm."""
    data = decoded(value)
    if len(data) < 40 or data[0] != _SEQUENCE:
        return False
    start = 2 + (data[1] & 0x7F if data[1] & 0x80 else 0)
    version, then = data[start : start + 3], data[start + 3 : start + 4]
    return version in (b"\x02\x01\x00", b"\x02\x01\x01") and then in (b"\x02", b"\x30", b"\x04")


def _basic(value: str) -> bool:
    """Base64 of `user:password`."""
    try:
        text = decoded(value).decode()
    except UnicodeDecodeError:
        return False
    name, colon, secret = text.partition(":")
    return (
        bool(colon) and secret.isprintable() and len(name) + len(secret) > 4 and not credible.placeholder(text) and name != "user"
    )


def _discord(value: str) -> bool:
    return decoded(value.split(".")[0]).isdigit()


def _numbered(value: str) -> bool:
    """Base64 of a number, a colon and bytes (Atlassian Data Center)."""
    number, colon, rest = decoded(value).partition(b":")
    return bool(colon) and number.isdigit() and len(number) >= 4 and not rest.isascii()


def _base32(value: str) -> bool:
    return bool(re.fullmatch(r"[A-Z2-7]+", value[4:]))


def _base32_words(value: str) -> bool:
    """Base 32 that spells nothing: some digits, no alphabet, no words."""
    return bool(re.search(r"[2-7]", value)) and credible.entropy(value) > 3 and credible.token(value, 3.0)


_CHECKS: dict[str, Callable[[str], bool]] = {
    "base32": _base32,
    "base32-words": _base32_words,
    "basic": _basic,
    "crc32-after-mark": _crc32_after_mark,
    "crc32-at-end": _crc32_at_end,
    "crc62": _crc62,
    "der-key": _der_key,
    "discord": _discord,
    "encoded-pem": _encoded_pem,
    "encrypted-pem": _encrypted_pem,
    "jose": _jose,
    "jwk": _jwk,
    "numbered": _numbered,
    "password": credible.password,
    "pem": _pem,
    "random": credible.random,
    "strong-password": credible.strong_password,
}
