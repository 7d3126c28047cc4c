"""The clauses of a use against rows of documents: which document violates which."""

from collections.abc import Collection, Mapping
from fnmatch import fnmatchcase

import polars as pl

from muniment.core.rights.rows import RANKS
from muniment.policies.licences import Tag
from muniment.policies.uses import CLASSIFICATION, LICENCES, PERMISSIONS, RESERVED, Clause, Use
from muniment.schemas.rights import REVOKED, TERMS, SourceTerms


def violations(
    rows: pl.DataFrame, use: Use, sources: Mapping[str, SourceTerms], present: Collection[str], customer: str
) -> pl.DataFrame:
    """One Boolean column a clause, true where a row violates it, in the order of the rows.

    `rows` as in `rows.rows`; `sources` are the terms in force (a source without them violates `terms`); `present` are the sources of
    the whole composition, which `no_mixing` is about; `customer` is the one that the use is for, or empty.
    """
    tests = {clause.about: _test(clause, rows, sources, present, customer) for clause in use.clause if clause.stance != "admitted"}
    tests[TERMS] = ~pl.col("source").is_in(list(sources))
    tests[REVOKED] = _revoked(sources)
    return rows.select(test.fill_null(True).alias(name) for name, test in tests.items())


def _test(
    clause: Clause, rows: pl.DataFrame, sources: Mapping[str, SourceTerms], present: Collection[str], customer: str
) -> pl.Expr:
    if clause.about in PERMISSIONS:
        return ~pl.col("tags").list.contains(clause.about)
    if clause.about in list(Tag):
        return pl.col("tags").list.contains(clause.about)
    if clause.about in RESERVED:
        return pl.col("reserved").list.contains(clause.about)
    if clause.about == LICENCES:
        return _named(clause, rows)
    if clause.about == CLASSIFICATION:
        return _too_sensitive(clause, sources, customer)
    return pl.col("source").is_in(bound(clause, sources, present, customer))


def bound(clause: Clause, sources: Mapping[str, SourceTerms], present: Collection[str], customer: str) -> list[str]:
    """The sources whose contract violates a clause."""
    return [name for name, each in sources.items() if _binds(clause, name, each, sources, present, customer)]


def _binds(
    clause: Clause, name: str, source: SourceTerms, sources: Mapping[str, SourceTerms], present: Collection[str], customer: str
) -> bool:
    value = getattr(source.terms, clause.about)
    if not value:
        return False
    if clause.stance == "named":
        return bool(value != customer)
    if clause.stance == "alone":
        others = [sources.get(other) for other in present if other != name]
        own = source.terms.customer
        return any(not own or other is None or other.terms.customer != own for other in others)
    return True


def _named(clause: Clause, rows: pl.DataFrame) -> pl.Expr:
    """Rows with a licence of one of these names in the branch that is taken."""
    known = rows["names"].explode().drop_nulls().unique()
    hit = [name for name in known if any(fnmatchcase(name, pattern) for pattern in clause.names)]
    return pl.col("names").list.set_intersection(pl.lit(hit, dtype=pl.List(pl.String))).list.len() > 0


def _too_sensitive(clause: Clause, sources: Mapping[str, SourceTerms], customer: str) -> pl.Expr:
    assert clause.limit is not None
    own = [name for name, each in sources.items() if customer and each.terms.customer == customer]
    limit = pl.when(pl.col("source").is_in(own)).then(RANKS[clause.named or clause.limit]).otherwise(RANKS[clause.limit])
    return pl.col("classification").replace_strict(RANKS, default=len(RANKS), return_dtype=pl.Int64) > limit


def _revoked(sources: Mapping[str, SourceTerms]) -> pl.Expr:
    taken = {name: list(each.revoked) for name, each in sources.items() if each.revoked}
    test = pl.lit(False)
    for name, revoked in taken.items():
        hit = pl.col("names").list.set_intersection(pl.lit(revoked, dtype=pl.List(pl.String))).list.len() > 0
        test = test | ((pl.col("source") == name) & hit)
    return test
