"""How answers are given: what counts as low evidence, and what else than the match moves a passage up or down."""

from typing import Annotated

from pydantic import Field

from muniment.schemas.source import Classification, Record

Share = Annotated[float, Field(ge=0, le=1)]
Factor = Annotated[float, Field(gt=0, le=10)]


class Freshness(Record):
    """A score is multiplied by floor + (1 − floor) × 2^(−age / half-life). A document without a date gets the floor."""

    half_life_days: Annotated[float, Field(gt=0)]
    floor: Share = 0.5


class Authority(Record):
    """Factors of a score: by source, else by the classification, else by the source's `authority` rank (0 to 100, in the registry):
    1 + rank_weight × (rank − 50) / 50."""

    sources: dict[str, Factor] = {}
    classifications: dict[Classification, Factor] = {}
    rank_weight: Annotated[float, Field(ge=0, lt=1)] = 0.0


class Retrieval(Record):
    """`low_evidence` is for vectors alone, `low_evidence_words` for words alone, `low_evidence_both` for both: an answer whose best passage
    has less is marked. A ref that was tuned has a limit of its own. `reranker` is the name of an installed one (docs/ranking.md)."""

    low_evidence: Share
    low_evidence_words: Share = 0.2
    low_evidence_both: Share = 0.25
    freshness: Freshness | None = None
    authority: Authority | None = None
    require_admitted: bool = False  # whether an index may be built only for languages that its encoder was measured in
    canary: Share = 0.8  # of what canaries were given, and could still be, this share must still be given (docs/search-quality.md)
    reranker: str = ""
    rerank_top: Annotated[int, Field(ge=1, le=100)] = 20
