"""Whether a right hangs on one licence: what a revocation of it takes away."""

from collections.abc import Collection
from functools import cache

import polars as pl
import pyarrow as pa
from license_expression import ExpressionError, LicenseSymbol, LicenseWithExceptionSymbol, ParseError

from muniment.core.licences.declared.strings import licensing


@cache
def depends(expression: str, licence: str) -> bool:
    """Whether an SPDX expression grants nothing once `licence` is revoked: of a choice another branch may stay, of a conjunction none.

    `licence` is one identifier; `GPL-2.0-only WITH Classpath-exception-2.0` hangs on `GPL-2.0-only` and on the exception.
    """
    try:
        tree = licensing().parse(expression)
    except (ExpressionError, ParseError):
        return False
    return tree is not None and not _stands(tree, licence)


def without(concluded: pa.Table, revoked: Collection[str]) -> pa.Table:
    """Conclusions (doc_id, licence, status, rights) in which what hangs on a revoked licence has none, and the status `revoked`."""
    rights = pl.DataFrame(concluded)
    gone = [one for one in rights["licence"].unique().drop_nulls() if any(depends(one, licence) for licence in revoked)]
    hit = pl.col("licence").is_in(gone).fill_null(False)
    status = pl.when(hit).then(pl.lit("revoked")).otherwise("status")
    changed = rights.with_columns(status=status, licence=pl.when(~hit).then("licence"))
    changed = changed.with_columns(rights=pl.when(hit).then(pl.lit("unverified")).otherwise("rights"))
    return changed.to_arrow().cast(concluded.schema)


def _stands(node: object, licence: str) -> bool:
    if isinstance(node, LicenseWithExceptionSymbol):
        return licence not in (node.license_symbol.key, node.exception_symbol.key)
    if isinstance(node, LicenseSymbol):
        return bool(node.key != licence)
    branches = [_stands(branch, licence) for branch in node.args]  # type: ignore[attr-defined]
    return any(branches) if isinstance(node, licensing().OR) else all(branches)
