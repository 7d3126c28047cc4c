"""Names of documents for one judgement: what leaves our store must not hold an id that an erasure would have to find again."""

import hmac
import re
from collections.abc import Callable
from hashlib import sha256

LENGTH = 16  # hexadecimal digits, half of an id
HANDLE = re.compile(rf"[0-9a-f]{{{LENGTH}}}")
_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")


def handle(key: bytes, judgement: str, doc_id: str) -> str:
    """HMAC-SHA256 (RFC 2104) of judgement and id, cut to 16 digits. Once the id is gone nothing leads from the one to the other."""
    return hmac.new(key, f"{judgement}\0{doc_id}".encode(), sha256).hexdigest()[:LENGTH]


def concealed(text: str, name: Callable[[str], str]) -> str:
    """A text with every id of a document replaced by what `name` makes of it."""
    return _ID.sub(lambda found: name(found[0]), text)
