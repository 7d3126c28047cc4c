"""From an SPDX expression to the policy tags that say what it allows and asks (LIC-2)."""

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import NamedTuple

import polars as pl
import pyarrow as pa
from license_expression import LicenseSymbol, LicenseWithExceptionSymbol

from muniment.core.licences.expressions import licensing, parse
from muniment.policies.licences import Terms

UNKNOWN = frozenset(["UNKNOWN"])
PERMISSIONS = frozenset(["COMMERCIAL_OK", "REDISTRIBUTION_OK"])


class _Table(NamedTuple):
    tags: Mapping[str, frozenset[str]]
    adds: Mapping[str, frozenset[str]]
    preferred: Sequence[str]
    silent: frozenset[str]


class _Reading(NamedTuple):
    """The tags of an expression, and the expression without the branches that were not chosen."""

    tags: frozenset[str]
    chosen: str
    licences: frozenset[str]


def tags(concluded: pa.Table, terms: Terms) -> pa.Table:
    """The table, which has a column `licence` (SPDX expressions, null for none), with a column `tags`: sorted lists of strings.

    Each distinct expression is read once. AND is the union of obligations and the intersection of permissions. OR is one branch: the one
    that names the earliest of `terms.preferred`, else the one that permits most and asks least (`chosen` says which). An exception adds
    the tags that `terms` says, mostly none. What `terms` does not list is UNKNOWN, and so is all that is joined to it by AND; a notice that
    `terms` calls silent adds nothing beside a licence.
    """
    table = _table(terms)
    column = pl.Series("licence", concluded["licence"]).cast(pl.String)
    distinct = column.unique()
    read = (_read(text, table) for text in distinct)
    meaning = pl.DataFrame({"licence": distinct, "tags": [sorted(found.tags if found else UNKNOWN) for found in read]})
    joined = pl.DataFrame({"licence": column}).join(meaning, on="licence", how="left", maintain_order="left", nulls_equal=True)
    return concluded.append_column("tags", joined["tags"].cast(pl.List(pl.String)).to_arrow().cast(pa.list_(pa.string())))


def chosen(expression: str, terms: Terms) -> str | None:
    """The expression with only the branch of each choice that `tags` counts; None for what is no expression.

    The whole expression stays on record beside it: a choice binds nobody else.
    """
    found = _read(expression, _table(terms))
    return found.chosen if found else None


def _table(terms: Terms) -> _Table:
    return _Table(terms.tags_of(), terms.adds_of(), terms.preferred, frozenset(terms.unspoken))


def _read(text: str | None, table: _Table) -> _Reading | None:
    tree = parse(text) if text else None
    return _evaluate(tree, table) if tree is not None else None


def _evaluate(node: object, table: _Table) -> _Reading:
    if isinstance(node, LicenseWithExceptionSymbol):
        return _with(node, table)
    if isinstance(node, LicenseSymbol):
        return _Reading(table.tags.get(node.key, UNKNOWN), node.key, frozenset([node.key]))
    branches = [_evaluate(branch, table) for branch in node.args]  # type: ignore[attr-defined]
    if isinstance(node, licensing().OR):
        return min(branches, key=lambda branch: _cost(branch, table.preferred))
    spoken = [branch for branch in branches if not branch.licences <= table.silent] or branches
    parts = list(dict.fromkeys(branch.chosen for branch in branches))
    return _Reading(
        reduce(_both, (branch.tags for branch in spoken)),
        " AND ".join(parts),
        frozenset().union(*(branch.licences for branch in branches)),
    )


def _with(node: LicenseWithExceptionSymbol, table: _Table) -> _Reading:
    licence, exception = node.license_symbol.key, node.exception_symbol.key
    found, adds = table.tags.get(licence, UNKNOWN), table.adds.get(exception)
    combined = UNKNOWN if adds is None or UNKNOWN & (found | adds) else found | adds
    closed = {"COMMERCIAL_OK"} if "NONCOMMERCIAL" in combined else set()
    return _Reading(combined - closed, f"{licence} WITH {exception}", frozenset([licence]))


def _both(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    if UNKNOWN & (one | other):
        return UNKNOWN
    return ((one | other) - PERMISSIONS) | (one & other & PERMISSIONS)


def _cost(branch: _Reading, preferred: Sequence[str]) -> tuple[bool, int, int, int, str]:
    """Order of preference of an OR branch, smallest first: understood, named by the operator, permitting, unburdened; then by name."""
    place = max(preferred.index(name) if name in preferred else len(preferred) for name in branch.licences)
    found = branch.tags
    return found == UNKNOWN, place, -len(found & PERMISSIONS), len(found - PERMISSIONS), branch.chosen
