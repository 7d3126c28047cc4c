"""Messages of an mbox file (RFC 4155), one at a time, however large the mailbox is."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from muniment.schemas.canonical import sha256
from muniment.store.connectors.item import Item, Reading
from muniment.store.connectors.lines import capped_lines, too_large

_MESSAGE_ID = re.compile(rb"^message-id:[ \t]*(?:\r?\n[ \t]+)?(<[\x21-\x7e]{1,250}>)", re.IGNORECASE | re.MULTILINE)
_QUOTED = re.compile(rb"^>+From ")


def messages(stream: BinaryIO, mailbox: Item, limit: int) -> Iterator[Reading]:
    """Items of the messages, named `mailbox#message-id`; a message of more than `limit` bytes is refused as `TOO_LARGE`."""
    seen: Counter[str] = Counter()
    for number, raw in enumerate(_split(stream, limit), 1):
        if raw is None:
            yield too_large(f"Message {number}", limit)
        elif raw.strip():
            name = message_name(raw)
            seen[name] += 1
            key = f"{mailbox.native_key}#{name}" + (f"~{seen[name]}" if seen[name] > 1 else "")
            yield replace(mailbox, native_key=key, media_type="message/rfc822", raw=raw, modified=None)


def message_name(raw: bytes) -> str:
    """The Message-ID, or, where there is none, a name made of the content: a position would change when others are deleted."""
    head = raw[: end.start()] if (end := re.search(rb"\r?\n\r?\n", raw)) else raw
    found = _MESSAGE_ID.search(head)
    return found[1].decode() if found else f"sha256:{sha256(raw)[:32]}"


def _split(stream: BinaryIO, limit: int) -> Iterator[bytes | None]:
    held: list[bytes] | None = None  # None: before the first message
    size, blank = 0, True
    for line in capped_lines(stream, limit):
        if line is not None and blank and line.startswith(b"From "):
            if held is not None:
                yield b"".join(held) if size <= limit else None
            held, size = [], 0
        elif held is not None:
            size += limit + 1 if line is None else len(line)
            if line is not None and size <= limit:
                held.append(line[1:] if _QUOTED.match(line) else line)
            elif held:
                held.clear()
        blank = line is not None and not line.strip()
    if held is not None:
        yield b"".join(held) if size <= limit else None
