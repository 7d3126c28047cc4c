"""From an SPDX expression to the policy tags that say what it allows and asks (LIC-2)."""

from collections.abc import Mapping, Sequence
from functools import reduce

import polars as pl
import pyarrow as pa
from license_expression import ExpressionError, LicenseSymbol, LicenseWithExceptionSymbol, ParseError

from muniment.core.licences.declared import licensing
from muniment.policies.licences import Terms

UNKNOWN = frozenset(["UNKNOWN"])
PERMISSIONS = frozenset(["COMMERCIAL_OK", "REDISTRIBUTION_OK"])


def tags(concluded: pa.Table, terms: Terms) -> pa.Table:
    """The table, which has a column `licence` (SPDX expressions, null for none), with a column `tags`: sorted lists of strings.

    Each distinct expression is read once. AND is the union of obligations and the intersection of permissions. OR is one branch: the one
    that names the earliest of `terms.preferred`, else the one that permits most and asks least. An exception only widens, so
    `A WITH e` has the tags of A. What `terms` does not list is UNKNOWN, and so is all that is joined to it by AND.
    """
    table = terms.tags_of()
    column = pl.Series("licence", concluded["licence"]).cast(pl.String)
    distinct = column.unique()
    meaning = pl.DataFrame({"licence": distinct, "tags": [sorted(_read(text, table, terms.preferred)) for text in distinct]})
    joined = pl.DataFrame({"licence": column}).join(meaning, on="licence", how="left", maintain_order="left", nulls_equal=True)
    return concluded.append_column("tags", joined["tags"].cast(pl.List(pl.String)).to_arrow().cast(pa.list_(pa.string())))


def _read(text: str | None, terms: Mapping[str, frozenset[str]], preferred: Sequence[str]) -> frozenset[str]:
    try:
        tree = licensing().parse(text) if text else None
    except (ExpressionError, ParseError):
        tree = None
    return _evaluate(tree, terms, preferred) if tree is not None else UNKNOWN


def _evaluate(node: object, terms: Mapping[str, frozenset[str]], preferred: Sequence[str]) -> frozenset[str]:
    if isinstance(node, LicenseWithExceptionSymbol):
        return terms.get(node.license_symbol.key, UNKNOWN)
    if isinstance(node, LicenseSymbol):
        return terms.get(node.key, UNKNOWN)
    branches = [(branch, _evaluate(branch, terms, preferred)) for branch in node.args]  # type: ignore[attr-defined]
    if isinstance(node, licensing().OR):
        return min(branches, key=lambda pair: _cost(pair[0], pair[1], preferred))[1]
    return reduce(_both, (found for _, found in branches))


def _both(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    if UNKNOWN & (one | other):
        return UNKNOWN
    return ((one | other) - PERMISSIONS) | (one & other & PERMISSIONS)


def _cost(branch: object, found: frozenset[str], preferred: Sequence[str]) -> tuple[bool, int, int, int]:
    """Order of preference of an OR branch, smallest first: understood, named by the operator, permitting, unburdened."""
    named = set(licensing().license_keys(branch))
    place = next((place for place, key in enumerate(preferred) if key in named), len(preferred))
    return found == UNKNOWN, place, -len(found & PERMISSIONS), len(found - PERMISSIONS)
