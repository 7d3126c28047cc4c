"""A bounded sample of the structured files of a source: with all columns, spread over files, row groups and rows, always the same."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, BinaryIO, NamedTuple, TypeVar

import pyarrow as pa

from muniment.errors import InvalidRecord
from muniment.schemas.source import Kind, Source
from muniment.store.connectors import exports, strict_json
from muniment.store.connectors.item import Entry
from muniment.store.connectors.lines import capped_lines, line_limit
from muniment.store.connectors.media import HEAD, media_type
from muniment.store.connectors.parquet import evenly, parquet_sample
from muniment.store.connectors.rows import Wanted
from muniment.store.connectors.table import csv_rows
from muniment.store.connectors.tree import Tree

T = TypeVar("T")
Uses = dict[str, tuple[str, ...]]

_FILES = 16  # that are opened
_SCANNED = 64_000_000  # bytes of one file without row groups
_VALUES, _LEAST = 20_000, 50  # of one file in all columns; rows of one with many columns
_NAMES, _DEPTH, _ELEMENTS = 5_000, 20, 10  # of nested JSON: names, levels, elements of a list
_STRUCTURED = frozenset((".csv", ".tsv", ".json", ".jsonl", ".ndjson"))


class Sample(NamedTuple):
    """Rows of one file, or one of its columns; and what the source makes of each column. Columns that it may not take are null."""

    table: pa.Table
    uses: Uses


def structured(source: Source, entries: Sequence[Entry]) -> list[Entry]:
    """Entries of records: all of a table source, and the CSV and JSON files of a folder. Other kinds of sources have none."""
    if source.kind is Kind.TABLE:
        return list(entries)
    return [each for each in entries if PurePosixPath(each.key).suffix.lower() in _STRUCTURED] if source.kind is Kind.FOLDER else []


def sample(source: Source, entries: Sequence[Entry], rows: int = 1000) -> Iterator[Sample]:
    """At most about `rows` rows of the entries together, fewer of files with very many columns.

    Parquet is read from up to eight row groups, other formats from the first 64 MB of a file. A file that cannot be read gives
    nothing: a capture sets it aside. Raises `SourceUnavailable`.
    """
    chosen = [entries[at] for at in evenly(len(entries), _FILES)]
    tree = Tree(source.location)
    for entry in chosen:
        try:
            with tree.open(entry) as stream:
                yield from _File(source, entry.key, -(-rows // len(chosen))).samples(stream)
        except InvalidRecord:
            continue


class _Every(Wanted):
    """All columns of a table, whatever the source maps."""

    def __init__(self, source: Source) -> None:
        self.select, self.columns, self.where, self.names = source.select, source.columns, None, ()

    def require(self, present: Iterable[str]) -> None:
        self.names = tuple(present)


@dataclass(frozen=True)
class _File:
    source: Source
    path: str
    rows: int

    def samples(self, stream: BinaryIO) -> Iterator[Sample]:
        kind = media_type(self.path, stream.read(HEAD))
        stream.seek(0)
        if kind == "application/vnd.apache.parquet":
            every = _Every(self.source)
            allowed = frozenset(self.source.select.fields)
            for table in parquet_sample(stream, every, self._most, allowed):
                yield Sample(table, self._uses(table.column_names))
        elif kind in ("text/csv", "text/tab-separated-values"):
            yield from self._csv(stream, "\t" if kind.endswith("values") else ",")
        elif kind == "application/json" and (found := _whole(stream)) is not None:
            yield from self._json(found)
        elif kind in ("application/json", "application/x-ndjson"):
            stream.seek(0)
            yield from self._json(list(_objects(_thinned(self._lines(stream), self.rows))))

    def _most(self, columns: int) -> int:
        return min(self.rows, max(_LEAST, _VALUES // max(columns, 1)))

    def _csv(self, stream: BinaryIO, delimiter: str) -> Iterator[Sample]:
        every = _Every(self.source)
        sound = (row for _, row in _sound(csv_rows(stream, every, delimiter)))
        found = _thinned(_budgeted(sound, lambda row: sum(map(len, row.values()))), self.rows)
        kept = [found[at] for at in evenly(len(found), self._most(len(every.names)))]
        columns = {name: pa.array([row[name] if self._may(name) else None for row in kept], pa.string()) for name in every.names}
        yield Sample(pa.table(columns), self._uses(every.names))

    def _json(self, found: list[Any]) -> Iterator[Sample]:
        """One table a column: lists make some of them longer than others."""
        exported = self.source.kind is Kind.FOLDER and any(map(exports.is_record, found))
        columns = _flat([found[at] for at in evenly(len(found), self.rows)])
        most = self._most(len(columns))
        for name, values in columns.items():
            may = self._may(name.rpartition(".")[2] if exported else name.partition(".")[0])
            kept = [values[at] for at in evenly(len(values), most)] if may else []
            uses = {name: exports.uses(name.rpartition(".")[2]) if may else ()} if exported else self._uses([name])
            yield Sample(pa.table({name: _mixed(kept)}), uses)

    def _lines(self, stream: BinaryIO) -> Iterator[bytes]:
        limit = line_limit(self.source.select.max_bytes)
        return _budgeted((line for line in capped_lines(stream, limit) if line and line.strip()), len)

    def _may(self, name: str) -> bool:
        return not self.source.select.fields or name in self.source.select.fields

    def _uses(self, names: Sequence[str]) -> Uses:
        if self.source.kind is Kind.FOLDER:
            return dict.fromkeys(names, ("text",))
        mapped = self.source.columns.model_dump()
        filtered = Wanted(self.source).filtered() if self.source.columns.text else ()
        tops = {name: name if name in mapped.values() else name.partition(".")[0] for name in names}
        return {
            name: (*(role for role, column in mapped.items() if column == top), *(("filter",) if top in filtered else ()))
            for name, top in tops.items()
        }


def _sound(found: Iterable[tuple[int, T] | InvalidRecord]) -> Iterator[tuple[int, T]]:
    return (each for each in found if not isinstance(each, InvalidRecord))


def _budgeted(found: Iterable[T], size: Any) -> Iterator[T]:
    """What comes until its sizes sum to the bytes that one file is scanned for."""
    scanned = 0
    for each in found:
        scanned += size(each)
        if scanned > _SCANNED:
            return
        yield each


def _thinned(found: Iterable[T], count: int) -> list[T]:
    """About `count` of what comes, evenly, without knowing how much will come: each time twice as many are held, every other goes."""
    kept: list[T] = []
    stride = 1
    for at, each in enumerate(found):
        if at % stride == 0:
            kept.append(each)
        if len(kept) > 2 * count:
            kept, stride = kept[::2], stride * 2
    return [kept[at] for at in evenly(len(kept), count)]


def _objects(lines: Iterable[bytes]) -> Iterator[Any]:
    for line in lines:
        try:
            value = strict_json.load(line)
            strict_json.check(value)
            yield value
        except InvalidRecord:
            continue


def _whole(stream: BinaryIO) -> list[Any] | None:
    """The records of a JSON file that is one value; None where it is none, or is too large to be parsed for a sample."""
    raw = stream.read(_SCANNED + 1)
    try:
        value = strict_json.load(raw) if len(raw) <= _SCANNED else None
        strict_json.check(value)
    except InvalidRecord:
        return None
    return None if value is None else exports.records(value) or _rows(value)


def _rows(value: Any) -> list[Any]:
    """A list of rows as it is; the one list of objects that an object holds; anything else as one row."""
    lists = [each for each in value.values() if isinstance(each, list) and each] if isinstance(value, dict) else []
    return value if isinstance(value, list) else lists[0] if len(lists) == 1 and isinstance(lists[0][0], dict) else [value]


def _flat(records: Iterable[Any]) -> dict[str, list[Any]]:
    """Values by dotted name, elements of lists under the name of the list."""
    columns: dict[str, list[Any]] = {}
    for record in records:
        waiting = [("", record, 0)]
        while waiting:
            name, value, depth = waiting.pop()
            if isinstance(value, dict) and depth < _DEPTH:
                inside = [(f"{name}.{key}" if name else str(key), each, depth + 1) for key, each in value.items()]
                waiting.extend(reversed(inside))
            elif isinstance(value, list) and depth < _DEPTH:
                waiting.extend((name, each, depth + 1) for each in reversed(value[:_ELEMENTS]))
            elif name and (name in columns or len(columns) < _NAMES):
                columns.setdefault(name, []).append(value if isinstance(value, str | int | float) else None)
    return columns


def _mixed(values: list[Any]) -> pa.Array:
    """An array of the values' type, or of strings where they have several."""
    kinds = {type(each) for each in values if each is not None}
    if len(kinds) <= 1 and all(abs(each) < 1 << 63 for each in values if isinstance(each, int)):
        return pa.array(values)
    return pa.array([None if each is None else str(each) for each in values], pa.string())
