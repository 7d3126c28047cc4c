"""Tickets, issues and chats exported as JSON: each thread becomes one Markdown document."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from types import UnionType
from typing import Any

from muniment.errors import InvalidRecord
from muniment.schemas.canonical import canonical_json, sha256
from muniment.schemas.source import Source
from muniment.store.connectors.item import Item, Reading
from muniment.store.connectors.lines import too_large
from muniment.store.connectors.moments import moment_of
from muniment.store.connectors.strict_json import check

_LISTS = ("tickets", "issues", "conversations", "threads", "messages", "channels", "records", "items", "data")
_BODY = ("body", "description", "text", "content", "message")
_REPLIES = ("messages", "comments", "replies", "conversation", "notes")
_TITLE = ("title", "subject", "summary", "name")
_ID = ("id", "key", "number", "ticket_id", "conversation_id", "thread_id", "uuid", "ts")
_AUTHOR = ("author", "user", "sender", "from", "username", "name", "role")
_AUTHOR_KEYS = ("name", "display_name", "email", "id")
_TIME = ("updated_at", "updated", "modified", "created_at", "created", "timestamp", "time", "date", "ts")
_NAME = str | int | float
_THREAD = ("thread_ts", "thread_id", "conversation_id", "thread")


def records(value: Any) -> list[Any] | None:
    """The records of an export: a list of them, or an object with one well-known list; None where a JSON file is no export."""
    if isinstance(value, dict):
        named = [value[name] for name in _LISTS if isinstance(value.get(name), list)]
        value = named[0] if len(named) == 1 and not is_record(value) else [value] if is_record(value) else None
    if isinstance(value, list) and any(map(is_record, value)):
        return value
    return None


def threads(found: list[Any], export: Item, source: Source) -> Iterator[Reading]:
    """An item a thread, named `export#id`; a flat list of messages is put together by the thread that each names.

    A record with a flaw is refused under it (`DUPLICATE_JSON_KEY`, `NOT_FINITE`, `WRONG_TYPE`, …) and the others go on.
    """
    sound: list[dict[str, Any]] = []
    for number, record in enumerate(found, 1):
        try:
            sound.append(_checked(record, source.select.fields))
        except InvalidRecord as refusal:
            yield InvalidRecord(refusal.reason, f"Record {number}: {refusal.message}", refusal.remedy)
    for thread in _together(sound):
        try:
            yield _item(thread, export, source)
        except InvalidRecord as refusal:
            yield refusal


def uses(key: str) -> tuple[str, ...]:
    """What the value under a key of an export is used for; nothing where it is dropped."""
    roles = {"title": _TITLE, "text": (*_BODY, *_TITLE, *_AUTHOR, *_AUTHOR_KEYS), "key": (*_ID, *_THREAD), "modified": _TIME}
    return tuple(role for role, names in roles.items() if key in names)


def is_record(value: Any) -> bool:
    """Whether this has messages, or is one: a text with an id, a time or an author."""
    if not isinstance(value, dict):
        return False
    if _first(value, _REPLIES, list) is not None:
        return True
    return _first(value, _BODY, str) is not None and any(_first(value, names, _NAME) is not None for names in (_ID, _TIME, _AUTHOR))


def _checked(record: Any, fields: tuple[str, ...]) -> dict[str, Any]:
    check(record)
    if not isinstance(record, dict):
        raise InvalidRecord("WRONG_TYPE", "It is not an object.", "Repair the export.")
    return _shortened(record, frozenset(fields)) if fields else record


def _shortened(value: Any, fields: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return {key: _shortened(each, fields) for key, each in value.items() if key in fields}
    return [_shortened(each, fields) for each in value] if isinstance(value, list) else value


def _together(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Threads as they are; single messages gathered into the thread that they belong to, in the order of its first message."""
    gathered: dict[str, dict[str, Any]] = {}
    for record in found:
        alone = _first(record, _REPLIES, list) is None and _first(record, _TITLE[:3], str) is None
        name = _first(record, _THREAD, _NAME) if alone else None
        name = name or _first(record, _ID, _NAME) or f"sha256:{sha256(canonical_json(record))[:32]}"
        thread = gathered.get(str(name))
        if thread is None or not alone:
            unique = str(name) if str(name) not in gathered else f"{name}~{len(gathered)}"
            gathered[unique] = {"id": unique, "messages": [record]} if alone else {**record, "id": unique}
        else:
            thread.setdefault("messages", []).append(record)
    return list(gathered.values())


def _item(thread: Mapping[str, Any], export: Item, source: Source) -> Item:
    title = _first(thread, _TITLE, str)
    replies = [reply for reply in _first(thread, _REPLIES, list) or [] if isinstance(reply, dict)]
    said = [text for text in (_first(thread, _BODY, str), *map(_message, replies)) if text]
    if not said:
        raise InvalidRecord(
            "EMPTY", "A record has no text under a key that exports use.", "Exclude the file, or map it as a table."
        )
    raw = "\n\n".join([f"# {title}", *said] if title else said).encode()
    if len(raw) > source.select.max_bytes:
        raise too_large("A thread", source.select.max_bytes)
    times = [moment for each in (thread, *replies) if (moment := _time(each))]
    key = f"{export.native_key}#{thread['id']}"
    return replace(export, native_key=key, media_type="text/markdown", raw=raw, title=title, modified=max(times, default=None))


def _message(message: Mapping[str, Any]) -> str:
    author = _first(message, _AUTHOR, str | dict)
    if isinstance(author, dict):
        author = _first(author, _AUTHOR_KEYS, str)
    text = _first(message, _BODY, str) or ""
    return f"{author}: {text}" if author and text else text


def _time(record: Mapping[str, Any]) -> datetime | None:
    return next((moment for name in _TIME if (moment := moment_of(record.get(name)))), None)


def _first(record: Mapping[str, Any], names: tuple[str, ...], kind: type | UnionType) -> Any:
    """The first value of that type that stands, not empty, under one of the names."""
    held = (record.get(name) for name in names)
    return next((value for value in held if isinstance(value, kind) and value != ""), None)
