"""From the stream of one file to the documents in it: most hold one, mailboxes and exports hold many."""

from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from muniment.errors import InvalidRecord
from muniment.schemas.source import Source
from muniment.store.connectors import strict_json
from muniment.store.connectors.exports import records, threads
from muniment.store.connectors.item import Item, Reading
from muniment.store.connectors.lines import capped_lines, line_limit, too_large
from muniment.store.connectors.mailbox import messages
from muniment.store.connectors.media import HEAD, media_type
from muniment.store.connectors.selection import first

_MAX_EXPORT = 256_000_000  # bytes of a JSON export, which is parsed as a whole


def documents(stream: BinaryIO, facts: Item, source: Source) -> Iterator[Reading]:
    """Items of one seekable stream; `facts` carries name, path and times, its `raw` and `media_type` are not looked at."""
    try:
        yield from first(_documents(stream, facts, source), source.select.max_documents)
    except InvalidRecord as refusal:
        yield refusal
    except Exception as error:  # noqa: BLE001 whatever hostile bytes break, they break this one file
        yield InvalidRecord("MALFORMED", f"The file cannot be read ({type(error).__name__}).", "Fetch or export it again.")


def whole(stream: BinaryIO, facts: Item, kind: str, limit: int) -> Item:
    """The stream as one item; raises `InvalidRecord` (`TOO_LARGE`) without reading more than `limit` bytes."""
    raw = stream.read(limit + 1)
    if len(raw) > limit:
        raise too_large("The file", limit)
    return replace(facts, media_type=kind, raw=raw)


def _documents(stream: BinaryIO, facts: Item, source: Source) -> Iterator[Reading]:
    kind = media_type(facts.path, stream.read(HEAD))
    stream.seek(0)
    limit = source.select.max_bytes
    if kind == "application/mbox":
        yield from messages(stream, facts, limit)
    elif kind == "application/x-ndjson":
        yield from _lines(stream, facts, source)
    elif kind == "application/json":
        yield from _json(whole(stream, facts, kind, max(limit, _MAX_EXPORT)), source)
    else:
        yield whole(stream, facts, kind, limit)


def _json(file: Item, source: Source) -> Iterator[Reading]:
    value = strict_json.load(file.raw)
    found = records(value)
    if found is not None:
        yield from threads(found, file, source)
        return
    strict_json.check(value)
    if len(file.raw) > source.select.max_bytes:
        raise too_large("The file", source.select.max_bytes)
    yield file


def _lines(stream: BinaryIO, facts: Item, source: Source) -> Iterator[Reading]:
    """An export with a record a line. Lines are independent, so that a broken one costs nothing but itself."""
    limit = line_limit(source.select.max_bytes)
    for number, line in enumerate(capped_lines(stream, limit), 1):
        try:
            if line is None:
                raise too_large("The line", limit)
            if line.strip():
                yield from threads([strict_json.load(line)], facts, source)
        except InvalidRecord as refusal:
            yield InvalidRecord(refusal.reason, f"Line {number}: {refusal.message}", refusal.remedy)
