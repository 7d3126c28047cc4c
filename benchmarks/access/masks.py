"""Masks over many papers: who may read which of 500,000 passages, once an index and then once a principal.

    python benchmarks/access/masks.py [--papers 500000]

Prints CPU milliseconds; the ratio is against the rule evaluated row by row with Polars' list expressions, in the same run.
"""

import argparse
import time

import numpy as np
import polars as pl
import pyarrow as pa

from muniment.core.access import coded
from muniment.schemas.principal import Principal
from muniment.schemas.source import Classification


def papers(count: int, combinations: int) -> pa.Table:
    """Papers with so many different ACLs of up to three groups."""
    chance = np.random.default_rng(0)
    acls = [sorted({f"g{int(group)}" for group in chance.integers(0, 2000, 3)}) for _ in range(combinations)]
    chosen = chance.integers(0, combinations, count)
    return pa.table(
        {
            "tenant": ["default"] * count,
            "classification": ["internal"] * count,
            "acl": [acls[each] for each in chosen],
            "source_id": ["handbook"] * count,
        }
    )


def by_rows(table: pa.Table, principal: Principal) -> np.ndarray:
    """The rule evaluated for each row."""
    mine = pl.element().is_in(list(principal.groups))
    decided = (
        (pl.col("tenant") == principal.tenant)
        & pl.col("classification").is_in(["public", "internal"])
        & pl.col("acl").list.eval(mine).list.any()
    )
    return pl.DataFrame(table.select(["tenant", "classification", "acl"])).select(decided).to_series().to_numpy()


def milliseconds(call: object, times: int = 10) -> float:
    """CPU time of a call, the mean of several."""
    began = time.process_time()
    for _ in range(times):
        call()  # type: ignore[operator]
    return (time.process_time() - began) / times * 1000


def main() -> None:
    """Print a line for each number of different ACLs."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--papers", type=int, default=500_000)
    count = parser.parse_args().papers
    asking = Principal(id="dana", groups=tuple(f"g{each}" for each in range(10)), clearance=Classification.INTERNAL)
    for combinations in (50, 5_000, count):
        table = papers(count, combinations)
        began = time.process_time()
        rows = coded(table)
        made = (time.process_time() - began) * 1000
        first = milliseconds(lambda rows=rows: rows.allowed(asking), 1)
        again = milliseconds(lambda rows=rows: rows.allowed(asking))
        naive = milliseconds(lambda table=table: by_rows(table, asking), 3)
        assert (rows.allowed(asking) == by_rows(table, asking)).all()
        print(
            f"{len(rows.distinct):>7,} combinations: coded in {made:,.0f} ms, first mask {first:.1f} ms, "
            f"each later one {again:.2f} ms ({naive / again:,.0f} times as fast as by rows, {naive:.0f} ms)"
        )


if __name__ == "__main__":
    main()
