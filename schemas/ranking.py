"""How an index is searched, chosen on labelled queries."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from muniment.schemas.search import Mode
from muniment.schemas.source import Record

Share = Annotated[float, Field(ge=0, le=1)]


class Weighting(Record):
    """A way to rank: `dense` is the share of the vectors in the score; 0 is words alone, 1 vectors alone.

    By scores: (1 − dense) × share of the best lexical score + dense × cosine. By ranks: reciprocal rank fusion with these weights.
    """

    dense: Share
    by_ranks: bool = False

    @property
    def mode(self) -> Mode:
        """What it is called."""
        return Mode.LEXICAL if not self.dense else Mode.DENSE if self.dense == 1 else Mode.HYBRID


LEXICAL, DENSE, HYBRID = Weighting(dense=0.0), Weighting(dense=1.0), Weighting(dense=0.2)


class Estimate(Record):
    """A mean over queries, with its 95% interval."""

    value: float
    low: float
    high: float


class Measured(Record):
    """nDCG@10 of one way to rank, over all labelled queries, and how much more it is than that of words alone."""

    weighting: Weighting
    ndcg10: Estimate
    gain: Estimate


class Recipe(Record):
    """What `muniment index tune` chose for a ref. It holds for indexes of the encoder and chunker that it was measured with.

    `chosen_ndcg10` and `chosen_gain` are cross-fitted: each query is scored with what was chosen on queries of other folds.
    """

    weighting: Weighting
    low_evidence: Share  # of the chosen mode: what is less is said to be low
    count: int  # labelled queries
    chosen_ndcg10: Estimate
    chosen_gain: Estimate
    measured: tuple[Measured, ...]
    ref: str = ""
    encoder_digest: str = ""
    chunker: str = ""
    index: str = ""
    queries: str = ""  # the version of the set
    queries_revision: int = 0
    at: datetime | None = None
    actor: str = ""
