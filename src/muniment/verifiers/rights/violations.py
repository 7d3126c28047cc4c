"""Which clauses of a use a document violates."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import NamedTuple

from .fields import rank, texts
from .header import Header, Source
from .terms import CONTRACT, OBLIGATIONS, PERMISSIONS


class Leaf(NamedTuple):
    """One document but for its id and the digest of its text."""

    source: str
    layer: str
    licence: str | None
    tags: frozenset[str]
    reserved: tuple[str, ...]
    rank: int
    names: frozenset[str]


def violated(leaf: Leaf, taken: frozenset[str], header: Header) -> Iterator[str]:
    """The clauses that a document violates. Where a use says nothing of a thing, it is refused."""
    source = header.sources.get(leaf.source)
    if source is None:
        yield "terms"
        return
    if taken & source.revoked:
        yield "revoked"
    for name in sorted(PERMISSIONS):
        if _stance(header, name) != "admitted" and name not in leaf.tags:
            yield name
    for name in sorted(OBLIGATIONS & leaf.tags):
        if _stance(header, name) != "admitted":
            yield name
    for name in leaf.reserved:
        if name in header.use["uses"] and _stance(header, name) != "admitted":
            yield name
    patterns = texts("names", header.clauses["licences"]["names"]) if "licences" in header.clauses else ()
    if any(fnmatchcase(name, pattern) for name in taken for pattern in patterns):
        yield "licences"
    if leaf.rank < source.rank or leaf.rank > _limit(source, header):
        yield "classification"
    for name in CONTRACT:
        if source.terms[name] and not _excused(name, leaf.source, header):
            yield name


def _stance(header: Header, about: str) -> str:
    return str(header.clauses[about]["stance"]) if about in header.clauses else "refused"


def _limit(source: Source, header: Header) -> int:
    clause = header.clauses.get("classification")
    if clause is None:
        return -1
    own = bool(header.customer) and source.terms["customer"] == header.customer
    return rank(clause["named"] if own and clause["named"] is not None else clause["limit"])


def _excused(about: str, name: str, header: Header) -> bool:
    stance, customer = _stance(header, about), header.sources[name].terms["customer"]
    if stance == "named" and about == "customer":
        return bool(customer == header.customer)
    if stance == "alone" and about == "no_mixing":
        others = [header.sources.get(other) for other in header.present if other != name]
        return all(customer and other is not None and other.terms["customer"] == customer for other in others)
    return stance == "admitted"
