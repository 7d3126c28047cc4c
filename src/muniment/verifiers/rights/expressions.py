"""Licence expressions (SPDX 3.0, annex B): which branch is taken, and what it allows and asks."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from .terms import PERMISSIONS, UNKNOWN

if TYPE_CHECKING:
    from .table import Table


class Meaning(NamedTuple):
    """What an expression allows and asks; the licences (with their exceptions) of the branch that is taken; identifiers anywhere in it."""

    tags: frozenset[str]
    chosen: frozenset[str]
    taken: frozenset[str]  # identifiers of the branch, exceptions too
    names: frozenset[str]


class _Branch(NamedTuple):
    tags: frozenset[str]
    text: str
    licences: frozenset[str]
    atoms: frozenset[str]


_NOTHING = Meaning(UNKNOWN, frozenset(), frozenset(), frozenset())
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+:_-]*")


def meaning(expression: str | None, table: "Table") -> Meaning:
    """What an expression means under a table; nothing that is understood for what is none."""
    if not expression or len(expression) > 20_000:
        return _NOTHING
    tokens = re.findall(r"[()]|[^\s()]+", expression)
    try:
        branch, rest = _either(tokens, 0, table)
    except (ValueError, IndexError, RecursionError):
        return _NOTHING
    if rest != len(tokens):
        return _NOTHING
    taken = {word for atom in branch.atoms for word in atom.split(" WITH ")}
    names = {token for token in tokens if token not in ("(", ")", "AND", "OR", "WITH")}
    return Meaning(branch.tags, branch.atoms, frozenset(taken), frozenset(names))


def _either(tokens: list[str], place: int, table: "Table") -> tuple[_Branch, int]:
    branches = []
    while True:
        branch, place = _both(tokens, place, table)
        branches.append(branch)
        if place >= len(tokens) or tokens[place] != "OR":
            return min(branches, key=lambda each: _cost(each, table.preferred)), place
        place += 1


def _both(tokens: list[str], place: int, table: "Table") -> tuple[_Branch, int]:
    branches = []
    while True:
        branch, place = _one(tokens, place, table)
        branches.append(branch)
        if place >= len(tokens) or tokens[place] != "AND":
            break
        place += 1
    # What is silent, such as a disclaimer of warranty, adds nothing beside a licence.
    spoken = [each for each in branches if not each.licences <= table.silent] or branches
    tags = spoken[0].tags
    for each in spoken[1:]:
        tags = stricter(tags, each.tags)
    text = " AND ".join(dict.fromkeys(each.text for each in branches))
    return _Branch(tags, text, _union(each.licences for each in branches), _union(each.atoms for each in branches)), place


def _one(tokens: list[str], place: int, table: "Table") -> tuple[_Branch, int]:
    if tokens[place] == "(":
        branch, place = _either(tokens, place + 1, table)
        if tokens[place] != ")":
            raise ValueError("an open bracket")
        return branch, place + 1
    name = _identifier(tokens[place])
    tags, place = table.licences.get(name, UNKNOWN), place + 1
    if place < len(tokens) and tokens[place] == "WITH":
        exception = _identifier(tokens[place + 1])
        adds = table.exceptions.get(exception)
        tags = UNKNOWN if adds is None or UNKNOWN & (tags | adds) else tags | adds
        tags -= {"COMMERCIAL_OK"} if "NONCOMMERCIAL" in tags else set()
        text = f"{name} WITH {exception}"
        return _Branch(tags, text, frozenset([name]), frozenset([text])), place + 2
    return _Branch(tags, name, frozenset([name]), frozenset([name])), place


def _identifier(token: str) -> str:
    if token in ("AND", "OR", "WITH") or not _IDENTIFIER.fullmatch(token):
        raise ValueError(token)
    return token


def _cost(branch: _Branch, preferred: tuple[str, ...]) -> tuple[bool, int, int, int, str]:
    """Of a choice the branch is taken that is understood, that the operator prefers, that permits most and asks least."""
    place = max(preferred.index(name) if name in preferred else len(preferred) for name in branch.licences)
    return branch.tags == UNKNOWN, place, -len(branch.tags & PERMISSIONS), len(branch.tags - PERMISSIONS), branch.text


def stricter(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    """Permissions that both give and obligations of either; UNKNOWN where either is, or says nothing."""
    if not one or not other or UNKNOWN & (one | other):
        return UNKNOWN
    return ((one | other) - PERMISSIONS) | (one & other & PERMISSIONS)


def _union(sets: Iterator[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*sets)
