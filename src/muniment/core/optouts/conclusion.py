"""From opt-outs to what may be done with each document: the most specific rule of a file holds, and of all that hold the most restrictive."""

from collections import defaultdict
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from muniment.core.optouts import paths, sites, tdmrep
from muniment.core.optouts.statement import ALLOW, DENY, EVERYBODY, LEAST, PAID, USES

_CONCLUDED = pa.schema([("doc_id", pa.string()), ("reserved", pa.list_(pa.string())), ("paid", pa.bool_())])
_BITS = {ALLOW: 1, PAID: 2, DENY: 4}
_FETCHING = frozenset(["robots"])  # permits to fetch, which permits no use
_END = "\U0010ffff"

Array = npt.NDArray[Any]


class _Rule(NamedTuple):
    """A statement about paths: where it counts among the rules of its file, and what it says."""

    scope: str
    verdict: str


def conclude(documents: pa.Table, evidence: pa.Table) -> pa.Table:
    """(doc_id, reserved, paid) of each of n documents, in their order.

    `documents` has doc_id and native_key, of the files of sites too: of a whole capture, since a site's file and its pages may lie in different
    shards. `evidence` is an `OPT_OUT` table about them. `reserved` is the sorted list of uses that are denied or paid; `paid` is whether a
    payment or an agreement is asked for any. Statements that are hardly sure (`LEAST`) are not counted.
    """
    said = pl.DataFrame(positions(documents, evidence))
    reserved = [pl.when(pl.col(use).is_in([DENY, PAID])).then(pl.lit(use)) for use in sorted(USES)]
    made = said.select(
        "doc_id",
        pl.concat_list(reserved).list.drop_nulls().alias("reserved"),
        pl.any_horizontal(pl.col(use) == PAID for use in USES).fill_null(False).alias("paid"),
    )
    return made.to_arrow().cast(_CONCLUDED)


def positions(documents: pa.Table, evidence: pa.Table) -> pa.Table:
    """(doc_id, train, input, search) of each of n documents, in their order: `deny`, `paid`, `allow`, or null where nobody said.

    As `conclude`. A denial counts whomever it addresses; a permission only where it is for everybody, and is one of use, not of fetching.
    """
    frame = pl.DataFrame(documents.select(["doc_id", "native_key"])).with_row_index("row")
    rows = pl.DataFrame(evidence).filter(pl.col("confidence") >= LEAST)
    rows = rows.join(frame, on="doc_id", how="inner")
    said = np.zeros((frame.height, len(USES)), np.uint8)
    own = rows.filter(pl.col("scope") == "")
    mined = np.zeros(frame.height, bool)  # a page's own word on mining supersedes its site's
    for row, protocol, use, verdict, agent in own.select("row", "protocol", "use", "verdict", "agent").iter_rows():
        said[row, USES.index(use)] |= _bit(verdict, protocol, agent)
        mined[row] |= protocol == tdmrep.PROTOCOL
    _spread(said, mined, frame, rows.filter(pl.col("scope").str.contains(r"^[/*]")))
    names = np.array([None, ALLOW, PAID, PAID, DENY, DENY, DENY, DENY], dtype=object)
    columns = {use: pa.array(names[said[:, at]], pa.string()) for at, use in enumerate(USES)}
    return pa.table({"doc_id": documents["doc_id"].cast(pa.string()), **columns})


def _bit(verdict: str, protocol: str, agent: str) -> int:
    return 0 if verdict == ALLOW and (protocol in _FETCHING or agent != EVERYBODY) else _BITS[verdict]


def _spread(said: Array, mined: Array, frame: pl.DataFrame, rules: pl.DataFrame) -> None:
    """Write what the files of sites say to the documents below their roots, which stand together once keys are sorted."""
    if rules.is_empty():
        return
    keys = sites.keys(frame["native_key"])
    order = keys.arg_sort().to_numpy()
    ordered = keys.gather(order)
    columns = ("row", "native_key", "protocol", "agent", "use", "scope", "verdict")
    for (_, key), of_file in groupby(sorted(rules.select(columns).rows()), itemgetter(0, 1)):
        root = sites.root(key)
        first, last = ordered.search_sorted(root), ordered.search_sorted(root + _END)
        held = paths.Paths(ordered.slice(first, last - first).str.slice(len(root)))
        below = order[first:last]
        groups: dict[tuple[str, str, str], list[_Rule]] = defaultdict(list)
        for _, _, protocol, agent, use, *rule in of_file:
            groups[protocol, agent.lower(), use].append(_Rule(*rule))
        for (protocol, agent, use), of_group in groups.items():
            bits = _of_group(held, protocol, agent, of_group)
            said[below, USES.index(use)] |= np.where(mined[below], 0, bits) if protocol == tdmrep.PROTOCOL else bits


def _of_group(held: paths.Paths, protocol: str, agent: str, rules: list[_Rule]) -> Array:
    """The bit of the longest rule that matches each path; of two as long, the one that allows for fetching, else the one that restricts."""
    bits = np.zeros(len(held), np.uint8)
    rank = {ALLOW: 1, DENY: 0, PAID: 0} if protocol in _FETCHING else {ALLOW: 0, PAID: 1, DENY: 2}
    for rule in sorted(set(rules), key=lambda rule: (len(rule.scope.encode()), rank[rule.verdict], rule.scope)):
        bits[held.matching(rule.scope, protocol)] = _bit(rule.verdict, protocol, agent)
    return bits
