"""One statement of a publisher, before it becomes a row of `OPT_OUT`."""

from collections.abc import Iterable
from typing import NamedTuple

import polars as pl
import pyarrow as pa

from muniment.schemas.evidence import OPT_OUT

TRAIN, INPUT, SEARCH = "train", "input", "search"
USES = (TRAIN, INPUT, SEARCH)
DENY, ALLOW, PAID = "deny", "allow", "paid"
EVERYBODY = "*"
IMAGES = "image"  # scope of what is said of a page's images and not of its text
LEAST = 0.5  # below it a statement is recorded and nothing is concluded from it: its terms could not be read
_MOST_RAW = 200


class Statement(NamedTuple):
    """As `OPT_OUT`: protocol, use and verdict, the paths or things it binds, whom it addresses, where it stood, as what, how sure."""

    protocol: str
    use: str
    verdict: str
    place: str
    raw: str
    scope: str = ""
    agent: str = EVERYBODY
    confidence: float = 0.95


def table(rows: Iterable[tuple[str, Statement]], detector: str) -> pa.Table:
    """Rows of `OPT_OUT` from pairs of (doc_id, statement), each once."""
    names = ("doc_id", *Statement._fields)
    made = [(doc_id, *said._replace(raw=" ".join(said.raw.split())[:_MOST_RAW])) for doc_id, said in rows]
    schema = dict.fromkeys(names, pl.String) | {"confidence": pl.Float32}
    found = pl.DataFrame(made, schema=schema, orient="row").unique().with_columns(detector=pl.lit(detector))
    return (
        found.select(OPT_OUT.names).sort("doc_id", "protocol", "use", "agent", "scope", "verdict", "raw").to_arrow().cast(OPT_OUT)
    )
