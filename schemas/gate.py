"""What a gate measured of an index variant, and how two indexes compare: figures only, no query and nothing of one."""

from datetime import datetime

from muniment.schemas.index import Costs, Machine
from muniment.schemas.source import Record


class Recall(Record):
    """Recall@10 in one slice against the exact baseline, with its 95% interval."""

    slice: str  # `all`, `source=…`, `language=…`, `length=…`, `words=rare`, or the name of an access pattern
    queries: int
    value: float
    low: float
    high: float
    bar: float
    decisive: bool  # enough queries to decide by
    passed: bool


class Timing(Record):
    """Milliseconds of one core for a query under one access pattern, as the planner would answer it, and exactly."""

    pattern: str
    allowed: int
    p50: float
    p95: float
    exact_p50: float
    exact_p95: float


class GateReport(Record):
    """Whether a variant may be served, and why. It holds for this revision of this index, measured against this one of the baseline."""

    index: str
    revision: int
    variant: str
    baseline: str
    baseline_revision: int
    queries: str  # stored or sampled
    asked: int
    recalls: tuple[Recall, ...]
    timings: tuple[Timing, ...]
    bytes: int  # of the compressed files
    exact_bytes: int
    parameters: dict[str, float]
    costs: Costs
    machine: Machine
    actor: str
    at: datetime
    passed: bool
    reasons: tuple[str, ...]  # why it did not


class Difference(Record):
    """How one slice of queries is answered by two indexes of the same passages."""

    slice: str
    queries: int
    overlap: float  # share of the best 10 that both have
    correlation: float  # Spearman's, over passages that both have
    ndcg: tuple[float, float] | None  # of the first and the second, over labelled queries


class Comparison(Record):
    """One index shadowed by another: the same queries asked of both."""

    first: str
    second: str
    queries: str
    asked: int
    differences: tuple[Difference, ...]
    p50: tuple[float, float]  # milliseconds of one core
    p95: tuple[float, float]
