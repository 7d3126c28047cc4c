"""What is written in the place of one value."""

from typing import Literal

from muniment.core.redaction import pseudonyms

_HIDDEN = "•••"


def written(
    form: Literal["mask", "pseudonym"], kind: str, hashed: str, key: bytes, value: str, before: str, after: str
) -> tuple[str, bool]:
    """The replacement of a value between the characters `before` and `after`, and whether it has the format of the value.

    `hashed` is the finding's keyed hash, which is equal for equal values. A pseudonym that would run into a neighbouring letter or
    digit is a tag whatever its type: an address is only one as long as its ends can be seen.
    """
    if form == "mask":
        return mask(value), False
    if kind in pseudonyms.FORMATTED and not (_joins(before) or _joins(after)):
        return pseudonyms.formatted(key, kind, hashed, value), True
    return pseudonyms.tag(key, kind, hashed), False


def mask(value: str) -> str:
    """A value as a steward may see it: the first character of each part, never its length. `j•••@e•••.com`, `4•••`, `•••`.

    Of an address the last label stays whole; a value of fewer than six characters shows nothing.
    """
    value = value.strip()
    if len(value) < 6:
        return _HIDDEN
    local, at, domain = value.partition("@")
    host, dot, suffix = domain.rpartition(".")
    if at and local and host and suffix.isalpha():
        return f"{local[0]}{_HIDDEN}@{host[0]}{_HIDDEN}{dot}{suffix}"
    return f"{value[0]}{_HIDDEN}"


def _joins(neighbour: str) -> bool:
    return neighbour.isalnum() or neighbour in ("_", "@")
