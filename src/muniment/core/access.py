"""Who may see which chunk, decided before anything is scored."""

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from muniment.schemas.principal import Principal
from muniment.schemas.source import Classification

READS = ("tenant", "classification", "acl")
_RANK = {level.value: rank for rank, level in enumerate(Classification)}


def allowed(chunks: pa.Table, principal: Principal) -> npt.NDArray[np.bool_]:
    """Mask of the rows (n, in order) of a table with the columns `READS` that the principal may see.

    A row is allowed when its tenant is the principal's, its classification is at most the clearance, and one of its groups is one
    of the principal's. Whatever is missing or unknown closes: no ACL, an empty ACL, an unknown group or level mean nobody.
    """
    levels = [name for name, rank in _RANK.items() if rank <= _RANK[principal.clearance.value]]
    mine = pl.element().is_in(list(principal.groups)).fill_null(False)
    decided = (
        (pl.col("tenant") == principal.tenant) & pl.col("classification").is_in(levels) & pl.col("acl").list.eval(mine).list.any()
    )
    rows = pl.DataFrame(chunks.select(list(READS)))
    return rows.select(decided.fill_null(False)).to_series().to_numpy().astype(bool)
