"""Audits of relevance and canaries: what search answered to stored queries, in rows that an erasure reaches, and figures of them."""

from datetime import date, datetime
from enum import StrEnum

import pyarrow as pa

from muniment.schemas.source import Record
from muniment.schemas.stored import Manifest, Stored


class Outcome(StrEnum):
    """What became of an answer that was due, from the best to what is least search's fault."""

    FOUND = "found"
    ASSEMBLY = "assembly"  # its document or candidate was there, but the passage with the answer was not given
    RANKING = "ranking"  # among the candidates, and not among the first k
    RECALL = "recall"  # not among the candidates
    DENIED = "denied"  # who asked may not read it
    WITHHELD = "withheld"  # not served: an erasure, a quarantine
    ABSENT = "absent"  # not in the index


FAILURES = tuple(each for each in Outcome if each is not Outcome.FOUND)

# One row a query, sorted by query_id. Figures are null where nothing was due that may be read; `outcome` is the best of its answers.
ASKED = pa.schema(
    [
        pa.field("query_id", pa.string(), nullable=False),
        pa.field("slices", pa.list_(pa.string()), nullable=False),
        pa.field("outcome", pa.string()),  # null: nobody judged what answers it
        pa.field("ndcg10", pa.float64()),
        pa.field("recall10", pa.float64()),
        pa.field("mrr10", pa.float64()),
        pa.field("given", pa.int32(), nullable=False),  # passages: more than are listed when some were erased since
        pa.field("top", pa.float64()),  # score of the first passage
        pa.field("low_evidence", pa.bool_(), nullable=False),
    ]
)
# One row a query and passage that was given, in their order.
ANSWERED = pa.schema(
    [
        pa.field("query_id", pa.string(), nullable=False),
        pa.field("doc_id", pa.string(), nullable=False),
        pa.field("chunk_id", pa.string(), nullable=False),
        pa.field("rank", pa.int32(), nullable=False),
        pa.field("score", pa.float64(), nullable=False),
        pa.field("gain", pa.float64()),  # null: nobody judged the query
    ]
)
# One row a query and document that answers it.
ATTRIBUTED = pa.schema(
    [
        pa.field("query_id", pa.string(), nullable=False),
        pa.field("doc_id", pa.string(), nullable=False),
        pa.field("outcome", pa.string(), nullable=False),
        pa.field("why", pa.string(), nullable=False),
        pa.field("rank", pa.int32()),
    ]
)
# One row a query, passage and judge: 0 not relevant, 1 related, 2 answers in part, 3 answers. start and end in the captured text.
GRADED = pa.schema(
    [
        pa.field("query_id", pa.string(), nullable=False),
        pa.field("doc_id", pa.string(), nullable=False),
        pa.field("chunk_id", pa.string(), nullable=False),
        pa.field("start", pa.int32(), nullable=False),
        pa.field("end", pa.int32(), nullable=False),
        pa.field("grade", pa.int32(), nullable=False),
        pa.field("judge", pa.string(), nullable=False),
        pa.field("at", pa.timestamp("us", tz="UTC"), nullable=False),
    ]
)


class Figure(Record):
    """A mean over queries with its 95% bootstrap confidence interval."""

    value: float
    low: float
    high: float


class Slice(Record):
    """Queries that are alike in something: `all`, or `dimension=value`."""

    name: str
    queries: int
    scored: int  # of them, those to which something was due that may be read
    figures: dict[str, Figure]
    failures: dict[str, int]  # outcome → queries
    low_evidence: int


class Served(Record):
    """What answered."""

    ref: str
    index: str
    revision: int
    snapshot: str
    mode: str = ""


class RelevanceAudit(Manifest):
    """One audit: `relevance/<id>/`. Ids, counts and figures; queries and passages are in its tables, by id."""

    queries: str  # the version of the set
    served: Served
    k: int
    at: datetime
    actor: str
    asked: Stored
    answered: Stored
    attributed: Stored
    slices: tuple[Slice, ...]
    why: dict[str, int] = {}  # `outcome: reason` → answers that were due


class CanarySet(Record):
    """What `refs/canaries/<name>` holds: a set of queries that is asked of every index."""

    name: str
    queries: str  # a set, in its last version, or one version of it
    ref: str = "production"
    k: int = 10
    actor: str = ""
    at: datetime


class Drift(Record):
    """How far the answers of a canary set moved from the run before."""

    before: str  # run
    queries: int  # asked both times
    changed: int  # of them, those whose citations are not the same in the same order
    overlap: Figure  # share of the first k that both have
    rbo: Figure  # rank-biased overlap
    kept: Figure  # share of what was given, and could still be, that still is: what had to go does not count
    lost: dict[str, int]  # why → citations that are not given any more
    gained: int
    drifted: bool  # `kept` is under what the policy asks for


class CanaryRun(Manifest):
    """What an index answered to a canary set: `canaries/<id>/`."""

    canary: str
    queries: str
    served: Served
    k: int
    at: datetime
    actor: str
    asked: Stored
    answered: Stored
    drift: Drift | None = None  # null: the first run


class Grades(Manifest):
    """Judgements by people of one set of queries: `graded/<id>/`."""

    queries: str  # name of the set
    judge: str
    at: datetime
    rows: Stored


class Agreement(Record):
    """How two judges agree on what both judged: relevant (grade 2 and 3) or not, and the grade itself."""

    first: str
    second: str
    both: int
    relevant: float | None  # Cohen's kappa; null where it is not defined
    grade: float | None


class Compared(Record):
    """One slice of a comparison: figures of both, and the mean difference with a paired interval."""

    name: str
    queries: int
    before: dict[str, Figure]
    after: dict[str, Figure]
    difference: dict[str, Figure]


class Comparison(Record):
    """The index that a ref serves against another one, or another way to search, on the same queries asked by the same people."""

    queries: str
    served: Served
    against: str  # an index, or a mode
    slices: tuple[Compared, ...]


class Unjudged(Record):
    """A line of a worksheet: a passage that was given to a query, for somebody to grade from 0 (not relevant) to 3 (answers it)."""

    query_id: str
    citation: str
    query: str
    title: str
    passage: str
    grade: int | None = None


class Week(Record):
    """What people's searches of one week, in one mode, were answered with."""

    week: date  # its Monday, UTC
    mode: str
    searches: int
    low_evidence: float  # share
    median: float  # of the evidence of the best passage, 0 to 1
    evidence: dict[str, int]  # lower end of a twentieth, as a percentage → searches
    divergence: float | None  # Jensen-Shannon, from the week before in which people searched; null: there was none
    stability: float | None  # population stability index


class Failed(Record):
    """A query that an audit did not see answered."""

    query_id: str
    outcome: Outcome
    why: str
    slices: tuple[str, ...]
    text: str = ""  # only where it was asked for


class Gathered(Record):
    """All that a page about search tells: figures, counts, ids; texts of queries only where they were asked for."""

    audit: RelevanceAudit
    failed: tuple[Failed, ...]
    comparisons: tuple[Comparison, ...]
    canaries: tuple[CanaryRun, ...]
    weeks: tuple[Week, ...]
    agreement: tuple[Agreement, ...]


class Watched(Record):
    """What came of asking stored queries once more."""

    canaries: tuple[CanaryRun, ...]
    audit: RelevanceAudit | None = None

    @property
    def drifted(self) -> tuple[str, ...]:
        """Canaries whose answers moved further than the policy allows."""
        return tuple(each.canary for each in self.canaries if each.drift and each.drift.drifted)
