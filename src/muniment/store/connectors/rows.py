"""What of a table a source takes: the mapped columns of the rows that pass its filter, one document a row."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import polars as pl
from polars.exceptions import PolarsError

from muniment.errors import InvalidRecord, RegistryError
from muniment.schemas.source import Source
from muniment.store.connectors.item import Item, Reading
from muniment.store.connectors.lines import too_large
from muniment.store.connectors.moments import moment_of

Row = dict[str, Any]
_BATCH_ROWS, _BATCH_BYTES = 4_096, 16_000_000
_GROUPS = re.compile(r"[;,|]")


class Wanted:
    """The columns and rows that a table source asks for; raises `RegistryError` when it asks for nothing that makes sense."""

    def __init__(self, source: Source) -> None:
        self.select, self.columns = source.select, source.columns
        mapped = [name for name in source.columns.model_dump().values() if name]
        if not source.columns.text:
            raise RegistryError(f"Source {source.id} maps no text column.", "Set columns.text.")
        if forbidden := sorted(set(mapped) - set(self.select.fields)) if self.select.fields else []:
            raise RegistryError(
                f"Source {source.id} maps {', '.join(forbidden)}, which select.fields does not allow.", "Make the two agree."
            )
        try:
            self.where = pl.sql_expr(self.select.where) if self.select.where else None
        except PolarsError:
            raise RegistryError(
                f"select.where of source {source.id} is no SQL condition.", "Write it like: lang = 'en' AND score > 0.5"
            ) from None
        self.names = tuple(dict.fromkeys([*mapped, *self.filtered()]))

    def filtered(self) -> tuple[str, ...]:
        """Columns that the row filter looks at."""
        return tuple(self.where.meta.root_names()) if self.where is not None else ()

    def require(self, present: Iterable[str]) -> None:
        """Raise `InvalidRecord` (`MISSING_COLUMN`) when a table lacks a wanted column."""
        if missing := sorted(set(self.names) - set(present)):
            raise InvalidRecord(
                "MISSING_COLUMN", f"The table has no column {', '.join(missing)}.", "Correct the source's columns or filter."
            )

    def passing(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Rows of the frame that pass the filter; raises `InvalidRecord` (`WRONG_TYPE`) where its types do not fit."""
        try:
            return frame if self.where is None else frame.filter(self.where)
        except PolarsError:
            raise InvalidRecord(
                "WRONG_TYPE",
                "The row filter does not fit the columns' types.",
                "Compare like with like; CAST(x AS DOUBLE) turns text into numbers.",
            ) from None

    def passing_rows(self, rows: Iterable[tuple[int, Row] | InvalidRecord]) -> Iterator[tuple[int, Row] | InvalidRecord]:
        """The same for rows that come one by one, judged in batches."""
        if self.where is None:
            yield from rows
            return
        held: list[tuple[int, Row]] = []
        size = 0
        for row in rows:
            if isinstance(row, InvalidRecord):
                yield row
                continue
            held.append(row)
            size += sum(len(value) for value in row[1].values() if isinstance(value, str))
            if len(held) >= _BATCH_ROWS or size >= _BATCH_BYTES:
                yield from self._judged(held)
                held, size = [], 0
        yield from self._judged(held)

    def _judged(self, held: list[tuple[int, Row]]) -> Iterator[tuple[int, Row] | InvalidRecord]:
        assert self.where is not None
        judged = {name: [row.get(name) for _, row in held] for name in self.where.meta.root_names()}
        try:
            frame = pl.DataFrame({name: pl.Series(name, values, strict=False) for name, values in judged.items()}).with_row_index(
                _AT
            )
            yield from (held[at] for at in self.passing(frame)[_AT])
        except InvalidRecord as refusal:
            yield refusal

    def item(self, number: int, row: Row, table: Item) -> Reading:
        """The document of one row; refused as `WRONG_TYPE`, `EMPTY`, `TOO_LARGE` or `INVALID_UNICODE`."""
        try:
            text = _string(row, self.columns.text, number)
            if not text:
                raise InvalidRecord("EMPTY", f"Row {number} has no text.", "Filter such rows out.")
            raw = text.encode()
            if len(raw) > self.select.max_bytes:
                raise too_large(f"Row {number}", self.select.max_bytes)
            key = row.get(self.columns.key) if self.columns.key else number
            if isinstance(key, (bool, float)) or not isinstance(key, (str, int)) or key == "":
                raise InvalidRecord(
                    "WRONG_TYPE", f"The key of row {number} is neither text nor a whole number.", "Map another key column."
                )
            return Item(
                f"{table.native_key}#{key}",
                table.path,
                "text/plain",
                raw,
                _string(row, self.columns.title, number),
                moment_of(row.get(self.columns.modified)) if self.columns.modified else table.modified,
                table.project,
                _string(row, self.columns.licence, number),
                self._groups(row, number),
                self._headers(row, number),
            )
        except UnicodeEncodeError:
            return InvalidRecord("INVALID_UNICODE", f"Row {number} holds half of a character.", "Repair the export.")
        except InvalidRecord as refusal:
            return refusal

    def _groups(self, row: Row, number: int) -> tuple[str, ...] | None:
        """Groups of a row: a list, or text with commas, semicolons or bars. A mapped column that is empty means nobody."""
        if not self.columns.acl:
            return None
        value = row.get(self.columns.acl)
        found = _GROUPS.split(value) if isinstance(value, str) else [] if value is None else value
        if not isinstance(found, list) or not all(isinstance(group, str) for group in found):
            raise InvalidRecord(
                "WRONG_TYPE", f"The groups of row {number} are no list of names.", "Repair the export, or map another column."
            )
        return tuple(sorted({group.strip() for group in found} - {""}))

    def _headers(self, row: Row, number: int) -> str | None:
        """Response headers of a row: text as it is, a record or a list of pairs as JSON."""
        value = row.get(self.columns.headers) if self.columns.headers else None
        if isinstance(value, (dict, list)):
            try:
                return json.dumps(value)
            except (TypeError, ValueError):
                raise InvalidRecord("WRONG_TYPE", f"The headers of row {number} are no JSON.", "Map another column.") from None
        return _string(row, self.columns.headers, number)


_AT = "\0at"  # no column of a table is called that


def _string(row: Row, name: str, number: int) -> str | None:
    value = row.get(name) if name else None
    if value is not None and not isinstance(value, str):
        raise InvalidRecord("WRONG_TYPE", f"Column {name} of row {number} is not text.", "Map a text column, or repair the export.")
    return value
