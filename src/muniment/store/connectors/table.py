"""Tables of documents: Parquet, JSON lines and CSV, read in pieces, however large they are."""

import csv
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import BinaryIO

from muniment.errors import InvalidRecord
from muniment.schemas.source import Source
from muniment.store.connectors import strict_json
from muniment.store.connectors.item import Entry, Item, Reading
from muniment.store.connectors.lines import capped_lines, line_limit, too_large
from muniment.store.connectors.media import HEAD, media_type
from muniment.store.connectors.parquet import parquet_rows
from muniment.store.connectors.rows import Row, Wanted
from muniment.store.connectors.selection import capped, first, wanted
from muniment.store.connectors.tree import Tree


class TableConnector:
    """An entry a file, an item a row, named `path#key` with the mapped key column or else the row's number from 1."""

    name = "table"
    version = "1"

    def __init__(self, source: Source) -> None:
        self._source = source
        self._tree = Tree(source.location)

    def list(self) -> Iterator[Entry]:
        """Selected table files, sorted by path. `max_documents` counts rows, so it does not limit files."""
        select = self._source.select.model_copy(update={"max_documents": None, "max_per_project": None})
        return capped(self._tree.entries(wanted(select)), select, lambda entry: "")

    def read(self, entry: Entry) -> Iterator[Reading]:
        """Documents of one table; raises `RegistryError` when the source's columns or filter cannot be meant."""
        rows = Wanted(self._source)
        try:
            with self._tree.open(entry) as stream:
                modified = datetime.fromtimestamp(os.fstat(stream.fileno()).st_mtime, UTC)
                yield from first(
                    _items(stream, Item(entry.key, entry.key, "", b"", modified=modified), rows), rows.select.max_documents
                )
        except InvalidRecord as refusal:
            yield refusal


def _items(stream: BinaryIO, table: Item, rows: Wanted) -> Iterator[Reading]:
    kind = media_type(table.path, stream.read(HEAD))
    stream.seek(0)
    found: Iterator[tuple[int, Row] | InvalidRecord]
    if kind == "application/vnd.apache.parquet":
        found = parquet_rows(stream, rows)
    elif kind in ("application/x-ndjson", "application/json"):
        found = rows.passing_rows(_json_lines(stream, rows))
    elif kind in ("text/csv", "text/tab-separated-values"):
        found = rows.passing_rows(csv_rows(stream, rows, "\t" if kind.endswith("values") else ","))
    else:
        raise InvalidRecord("UNSUPPORTED_MEDIA", f"No table reader reads {kind}.", "Use Parquet, JSON lines or CSV.")
    for row in found:
        yield row if isinstance(row, InvalidRecord) else rows.item(*row, table)


def _json_lines(stream: BinaryIO, rows: Wanted) -> Iterator[tuple[int, Row] | InvalidRecord]:
    limit = line_limit(rows.select.max_bytes)
    for number, line in enumerate(capped_lines(stream, limit), 1):
        try:
            if line is None:
                raise too_large("The line", limit)
            if line.strip():
                yield number, _object(strict_json.load(line), rows)
        except InvalidRecord as refusal:
            yield InvalidRecord(refusal.reason, f"Line {number}: {refusal.message}", refusal.remedy)


def _object(value: object, rows: Wanted) -> Row:
    strict_json.check(value)
    if not isinstance(value, dict):
        raise InvalidRecord("WRONG_TYPE", "It is not an object.", "Repair the export.")
    return {name: value.get(name) for name in rows.names}


def csv_rows(stream: BinaryIO, rows: Wanted, delimiter: str) -> Iterator[tuple[int, Row] | InvalidRecord]:
    """RFC 4180 rows. A line that cannot be read spoils the row that it is part of."""
    spoiled: list[InvalidRecord] = []
    limit = line_limit(rows.select.max_bytes)
    csv.field_size_limit(limit)
    reader = csv.reader(_text_lines(stream, limit, spoiled), delimiter=delimiter, strict=True)
    header: list[str] = []
    for number, fields in enumerate(_parsed(reader, spoiled)):
        if number == 0:
            header = _header(fields, rows)
        elif isinstance(fields, InvalidRecord):
            yield InvalidRecord(fields.reason, f"Row {number}: {fields.message}", fields.remedy)
        elif len(fields) == len(header):
            row = dict(zip(header, fields, strict=True))
            yield number, {name: row[name] for name in rows.names}
        elif fields:
            yield InvalidRecord(
                "WRONG_SHAPE", f"Row {number} has {len(fields)} fields, the header {len(header)}.", "Repair the export."
            )


def _header(fields: list[str] | InvalidRecord, rows: Wanted) -> list[str]:
    if isinstance(fields, InvalidRecord):
        raise fields
    if flaw := strict_json.alike(fields):
        raise InvalidRecord(flaw.reason, "Two columns have names that are the same or look the same.", "Repair the export.")
    rows.require(fields)
    return fields


def _parsed(reader: Iterator[list[str]], spoiled: list[InvalidRecord]) -> Iterator[list[str] | InvalidRecord]:
    while True:
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error:
            spoiled.append(InvalidRecord("MALFORMED", "Its quotes or size are wrong.", "Export it again."))
            fields = []
        yield spoiled[0] if spoiled else fields
        spoiled.clear()


def _text_lines(stream: BinaryIO, limit: int, spoiled: list[InvalidRecord]) -> Iterator[str]:
    encoding = "utf-8-sig"
    for line in capped_lines(stream, limit):
        try:
            if line is None:
                raise too_large("The line", limit)
            text = line.decode(encoding)
            if "\0" in text:
                raise InvalidRecord("NUL_BYTES", "It holds NUL bytes.", "Repair the export.")
        except UnicodeDecodeError:
            spoiled.append(InvalidRecord("BAD_ENCODING", "It is not UTF-8.", "Export it again as UTF-8."))
            text = "\n"
        except InvalidRecord as refusal:
            spoiled.append(refusal)
            text = "\n"
        encoding = "utf-8"
        yield text
