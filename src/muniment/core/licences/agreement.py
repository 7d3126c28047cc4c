"""Whether two statements about one thing can both hold: they name a licence in common, or one that the other includes."""

import re
from functools import cache

import polars as pl

from muniment.core.licences.expressions import keys_of

_GNU = re.compile(r"^(A?GPL|LGPL|GFDL)-(\d\.\d)-(only|or-later)$")
_VERSIONS = {
    "GPL": ("1.0", "2.0", "3.0"),
    "LGPL": ("2.0", "2.1", "3.0"),
    "AGPL": ("1.0", "3.0"),
    "GFDL": ("1.1", "1.2", "1.3"),
}
# The first one's text holds the second one's whole, so a text of it bears out who declares either.
_INCLUDES = {"Python-2.0": "PSF-2.0", "Python-2.0.1": "PSF-2.0"}


def disjoint(one: pl.Expr, other: pl.Expr) -> pl.Expr:
    """Whether two columns of SPDX expressions are both there and name no licence in common.

    The text of a GNU licence cannot say whether later versions are allowed, and "or later" allows all that came: `GPL-3.0-only` is borne
    out by `GPL-2.0-or-later`. Each distinct pair is compared once.
    """
    pair = pl.concat_str(one.fill_null(""), other.fill_null(""), separator="\n")
    return pair.map_batches(_compared, return_dtype=pl.Boolean)


def _compared(pairs: pl.Series) -> pl.Series:
    if pairs.is_empty():
        return pairs.cast(pl.Boolean, strict=False)
    distinct = pairs.unique()
    apart = [all(sides) and not (_names(sides[0]) & _names(sides[1])) for sides in (pair.split("\n") for pair in distinct)]
    return pairs.replace_strict(distinct, pl.Series(apart, dtype=pl.Boolean), return_dtype=pl.Boolean)


@cache
def _names(expression: str) -> frozenset[str]:
    return frozenset(name for key in keys_of(expression) for name in _allowed(key))


def _allowed(key: str) -> list[str]:
    """The licences that a key names, as they are compared."""
    if gnu := _GNU.match(key):
        family, version, reach = gnu.groups()
        later = [each for each in _VERSIONS[family] if each > version] if reach == "or-later" else []
        return [f"{family}-{each}" for each in (version, *later)]
    return [key, _INCLUDES[key]] if key in _INCLUDES else [key]
