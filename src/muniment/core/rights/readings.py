"""What the licences of documents mean: each distinct pair of expression and recorded tags is read once."""

from collections.abc import Collection, Iterable

import polars as pl
import pyarrow as pa

from muniment.core.licences.expressions import expression, keys_of
from muniment.core.licences.tags import PERMISSIONS, UNKNOWN, chosen, tags
from muniment.policies.licences import Terms

_TEXT, _TEXTS = pl.String(), pl.List(pl.String)
_SCHEMA: dict[str, pl.DataType] = {"licence": _TEXT, "recorded": _TEXT, "tags": _TEXTS, "chosen": _TEXT, "names": _TEXTS}


def readings(pairs: pl.DataFrame, table: Terms) -> pl.DataFrame:
    """(licence, recorded, tags, chosen, names) for pairs (licence, recorded): an SPDX expression or null, and tags joined by commas.

    `tags` is the stricter of what the table says now and what was recorded when the document was judged: permissions that both give,
    obligations of either. An expression that only a parser with aliases understands is UNKNOWN: others would read it otherwise. `chosen` is the expression without the branches of a choice that are not taken; `names` are the licences and exceptions in it. Rows come in no
    order.
    """
    read = tags(pa.table({"licence": pairs["licence"].to_arrow().cast(pa.string())}), table)["tags"].to_pylist()
    rows = []
    for (licence, recorded), found in zip(pairs.select("licence", "recorded").iter_rows(), read, strict=True):
        taken = _taken(licence, table)
        told = stricter(recorded.split(",") if recorded else [], found if taken else UNKNOWN)
        rows.append((licence, recorded, told, taken or "", names(taken or "")))
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


def _taken(licence: str | None, table: Terms) -> str | None:
    """The branches that are taken; None for what is no expression, or speaks of licences by other names than the table."""
    taken = chosen(licence, table) if licence and expression(licence) == licence else None
    return taken if taken and set(names(taken)) <= set(names(licence or "")) else None


def stricter(one: Collection[str], other: Collection[str]) -> list[str]:
    """Tags that permit what both permit and ask what either asks, sorted; UNKNOWN where either is, or says nothing."""
    if not one or not other or UNKNOWN & (set(one) | set(other)):
        return sorted(UNKNOWN)
    return sorted(((set(one) | set(other)) - PERMISSIONS) | (set(one) & set(other) & PERMISSIONS))


def names(text: str) -> list[str]:
    """Identifiers of the licences and exceptions in an SPDX expression, each once, sorted."""
    return sorted(keys_of(text))


def all_names(expressions: Iterable[str | None]) -> set[str]:
    """Identifiers in any of several expressions."""
    return {name for each in expressions if each for name in names(each)}
