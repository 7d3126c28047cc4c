"""Columns of a table down to plain values: records by dotted names, lists by their elements, all as short strings."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

_ELEMENTS = 10  # of a list
_LENGTH = 400  # code points of a value that are looked at
_MISSING = ["", "null", "none", "n/a", "na", "nan", "-", "--", "\\n"]
_FLAGS = [
    "true",
    "false",
    "yes",
    "no",
    "y",
    "n",
    "t",
    "f",
    "ja",
    "nein",
    "oui",
    "non",
    "si",
    "sí",
    "tak",
    "nie",
    "sim",
    "não",
    "nee",
    "0",
    "1",
]
# Of strings that are written like one. A form is told where nearly all values have it.
_WRITTEN = {
    "integer": r"^[-+]?\d{1,20}$",
    "number": r"^[-+]?\d{1,20}[.,]\d+([eE][-+]?\d+)?$",
    "date": r"^(\d{4}[-./]\d{1,2}[-./]\d{1,2}([T ].*)?|\d{1,2}[-./]\d{1,2}[-./]\d{2,4})$",
}
_MOST = 0.9


@dataclass
class Leaf:
    """A column without nesting: its Arrow types, and the values of the sample without missing ones."""

    name: str
    types: set[str] = field(default_factory=set)
    forms: set[str] = field(default_factory=set)
    values: list[pl.Series] = field(default_factory=list)
    uses: set[str] = field(default_factory=set)

    def series(self) -> pl.Series:
        """All values as strings."""
        return pl.concat([pl.Series(dtype=pl.String), *self.values])

    def form(self, values: pl.Series) -> str:
        """text, integer, number, date, flag, other, or none where there is no value; of text, what its values are written like."""
        if not len(values):
            return "none"
        held = next(iter(self.forms)) if len(self.forms) == 1 else "text"
        return _written(values) if held == "text" else held


def _written(values: pl.Series) -> str:
    lower = values.str.to_lowercase()
    if lower.n_unique() <= 2 and lower.is_in(_FLAGS).all() and len(values) > 1:
        return "flag"
    return next((form for form, pattern in _WRITTEN.items() if float(values.str.contains(pattern).mean() or 0.0) >= _MOST), "text")  # type: ignore[arg-type]


def leaves(table: pa.Table) -> Iterator[Leaf]:
    """A leaf for each column, and for each field of nested ones."""
    for name, column in zip(table.column_names, table.columns, strict=True):
        yield from _leaves(name, column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column, "")


def merged(found: Iterable[Leaf]) -> dict[str, Leaf]:
    """Leaves of the same name put together, in the order of their first."""
    by_name: dict[str, Leaf] = {}
    for leaf in found:
        held = by_name.setdefault(leaf.name, Leaf(leaf.name))
        held.types |= leaf.types
        held.forms |= leaf.forms
        held.values += leaf.values
        held.uses |= leaf.uses
    return by_name


def _leaves(name: str, values: pa.Array, around: str) -> Iterator[Leaf]:
    if isinstance(values, pa.ChunkedArray):
        values = pa.concat_arrays(values.chunks) if values.num_chunks else pa.array([], values.type)
    kind = values.type
    if isinstance(kind, pa.BaseExtensionType):
        yield from _leaves(name, values.storage, around)
    elif pa.types.is_dictionary(kind):
        yield from _leaves(name, values.dictionary_decode(), around)
    elif pa.types.is_struct(kind):
        for at in range(kind.num_fields):
            yield from _leaves(f"{name}.{kind.field(at).name}", pc.struct_field(values, [at]), around)
    elif pa.types.is_map(kind):
        yield from _leaves(f"{name}.key", values.keys, f"{around}map<")
        yield from _leaves(f"{name}.value", values.items, f"{around}map<")
    elif pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        elements = pc.list_flatten(pc.list_slice(values, 0, _ELEMENTS, return_fixed_size_list=False))
        yield from _leaves(name, elements, f"{around}list<")
    else:
        form, plain = _plain(values)
        yield Leaf(name, {f"{around}{kind}" + ">" * around.count("<")}, {form} if len(plain) else set(), [plain])


def _plain(values: pa.Array) -> tuple[str, pl.Series]:
    """Form and values as strings; what has no readable form (bytes, times of day) gives none."""
    kind, types = values.type, pa.types
    if types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind):
        cut = pc.utf8_slice_codeunits(values.cast(pa.large_string()), 0, _LENGTH)
        text = pl.Series(pl.from_arrow(cut)).str.strip_chars()
        return "text", text.filter(~text.str.to_lowercase().is_in(_MISSING)).drop_nulls()
    if types.is_boolean(kind):
        return "flag", _strings(values)
    if types.is_integer(kind):
        return "integer", _strings(values)
    if types.is_date(kind) or types.is_timestamp(kind):
        return "date", pl.Series(pl.from_arrow(values.drop_null())).cast(pl.String)
    if types.is_floating(kind) or types.is_decimal(kind):
        return _numbers(values)
    return "other", pl.Series(dtype=pl.String)


def _numbers(values: pa.Array) -> tuple[str, pl.Series]:
    """Whole numbers stand in a column of floats as soon as one is missing."""
    series = pl.Series(pl.from_arrow(values.cast(pa.float64()).drop_null())).filter(
        pl.Series(pl.from_arrow(pc.is_finite(values.cast(pa.float64()).drop_null())))
    )
    whole = (series == series.round(0)) & (series.abs() < 1e18)
    return ("integer", series.cast(pl.Int64).cast(pl.String)) if len(series) and whole.all() else ("number", series.cast(pl.String))


def _strings(values: pa.Array) -> pl.Series:
    return pl.Series(pl.from_arrow(values.drop_null().cast(pa.large_string())))
