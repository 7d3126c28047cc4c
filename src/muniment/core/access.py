"""Who may see which passage, decided before anything is scored."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from muniment.schemas.principal import Principal
from muniment.schemas.source import Classification

READS = ("tenant", "classification", "acl")
_RANK = {level.value: rank for rank, level in enumerate(Classification)}
_NOBODY = len(_RANK)  # above every clearance

Mask = npt.NDArray[np.bool_]


class Access(NamedTuple):
    """What decides who may see a row. Whatever is missing or unknown closes."""

    tenant: str | None
    classification: str | None
    acl: frozenset[str]
    source: str = ""

    def seen_by(self, principal: Principal) -> bool:
        """The rule: its tenant is the principal's, its classification at most the clearance, and one of its groups one of theirs."""
        rank = _RANK.get(self.classification or "", _NOBODY)
        mine = not self.acl.isdisjoint(principal.groups)
        return mine and self.tenant == principal.tenant and rank <= _RANK[principal.clearance.value]


@dataclass(frozen=True)
class Coded:
    """Rows coded by what decides who may see them: the distinct combinations, and which of them each row (n,) has."""

    distinct: tuple[Access, ...]
    codes: npt.NDArray[np.int32]

    def allowed(self, principal: Principal) -> Mask:
        """Mask (n,) of the rows that the principal may see: decided once a combination, then gathered.

        The rule is that of `Access.seen_by`: no ACL, an empty ACL, an unknown group or level mean nobody.
        """
        names, tenants = self._tenants
        seen = (tenants == names.get(principal.tenant, -1)) & (self._ranks <= _RANK[principal.clearance.value])
        member = np.zeros(len(self.distinct), np.bool_)
        for group in principal.groups:
            member[self._readable_by.get(group, _NONE)] = True
        allowed: Mask = (seen & member)[self.codes]
        return allowed

    def replaced(self, rows: npt.NDArray[np.int64], by: Sequence[Access], of: Callable[[Access], Access]) -> "Coded":
        """The same rows with every combination passed through `of`, and those at `rows` (m, ascending) having `by` (m) instead."""
        distinct = [of(each) for each in self.distinct]
        known = dict[Access, int]()
        codes = self.codes.copy()
        codes[rows] = [known.setdefault(each, len(distinct) + len(known)) for each in by]
        return Coded((*distinct, *known), codes)

    @cached_property
    def _tenants(self) -> tuple[dict[str | None, int], npt.NDArray[np.int32]]:
        names = dict[str | None, int]()
        return names, np.array([names.setdefault(each.tenant, len(names)) for each in self.distinct], np.int32)

    @cached_property
    def _ranks(self) -> npt.NDArray[np.int8]:
        return np.array([_RANK.get(each.classification or "", _NOBODY) for each in self.distinct], np.int8)

    @cached_property
    def _readable_by(self) -> dict[str, npt.NDArray[np.int64]]:
        """Which combinations name a group."""
        found = dict[str, list[int]]()
        for code, each in enumerate(self.distinct):
            for group in each.acl:
                found.setdefault(group, []).append(code)
        return {group: np.array(codes, np.int64) for group, codes in found.items()}


_NONE = np.empty(0, np.int64)


def coded(rows: pa.Table) -> Coded:
    """Code a table with the columns `READS`, and `source_id` where it has one. Order and number of rows stay."""
    by = [*READS, *(["source_id"] if "source_id" in rows.column_names else [])]
    frame = pl.DataFrame(rows.select(by)).with_row_index("row")
    groups = frame.group_by(by, maintain_order=True).agg(pl.col("row"))
    codes = np.empty(frame.height, np.int32)
    sizes = groups["row"].list.len().to_numpy()
    codes[groups["row"].explode(empty_as_null=False).to_numpy()] = np.repeat(np.arange(groups.height, dtype=np.int32), sizes)
    return Coded(tuple(_access(row) for row in groups.select(by).rows()), codes)


def allowed(chunks: pa.Table, principal: Principal) -> Mask:
    """Mask of the rows (n, in order) of a table with the columns `READS` that the principal may see."""
    return coded(chunks).allowed(principal)


def _access(row: tuple[str | None, str | None, Iterable[str | None] | None, *tuple[str, ...]]) -> Access:
    tenant, classification, acl, *source = row
    return Access(tenant, classification, frozenset(group for group in acl or () if group is not None), *source)
