"""Answer a query from what the asking principal may read."""

from datetime import UTC, datetime

from muniment.errors import Corrupt, NotFound, Stop
from muniment.policies.policy import Policy
from muniment.schemas.index import Index
from muniment.schemas.principal import Principal
from muniment.schemas.search import Answer, Filters, Hit, Mode, Question
from muniment.store.rerankers import reranker, scored
from muniment.store.root import Root, open_root
from muniment.tasks import policies
from muniment.tasks.access.readable import checking, readable
from muniment.tasks.corpus import index_of, target
from muniment.tasks.hide import hide
from muniment.tasks.index.layout import visible
from muniment.tasks.search import audit
from muniment.tasks.search.filters import fitting
from muniment.tasks.search.open import Opened, open_index
from muniment.tasks.search.passages import shown
from muniment.tasks.search.rank import DEPTH, Mask, Ranked, Ranking, rank, varied
from muniment.tasks.search.recipe import Way, low, way

NOT_RERANKED = "RERANKER_FAILED"  # an answer's note: it is in the order that it had before


def search(
    uri: str,
    query: str,
    user: str,
    k: int = 5,
    ref: str = "production",
    mode: Mode = Mode.AUTO,
    filters: Filters | None = None,
    per_document: int = 3,
) -> Answer:
    """The k best passages that `user`, a principal of the registry, may read; raises `Forbidden`, `NotFound`, `Corrupt`."""
    root = open_root(uri)
    question = Question(text=query, k=k, ref=ref, mode=mode, filters=filters or Filters(), per_document=per_document)
    return answer(root, question, audit.known(root, user, "query", query))


def answer(root: Root, question: Question, asking: Principal, auditor: str = "") -> Answer:
    """The best passages that this principal may read; raises `NotFound`, `Corrupt`. An `auditor` asks in the principal's place.

    Access is applied before anything is scored, and checked again before a passage's text is loaded. What the policy hides from them is
    taken out of the passages that are given. An index that an erasure replaced meanwhile is opened anew.
    """
    index = index_of(root, question.ref)
    try:
        return _answered(root, question, asking, index, auditor)
    except (NotFound, Corrupt):
        now = index_of(root, question.ref)
        if (now.id, now.revision) == (index.id, index.revision):
            raise
        return _answered(root, question, asking, now, auditor)


def _answered(root: Root, question: Question, asking: Principal, index: Index, auditor: str) -> Answer:
    policy, how = policies.current(root), way(root, index, question.ref, question.mode)
    opened = open_index(root, visible(index, asking))
    mask = readable(root, opened, asking, question.ref)
    fits = fitting(opened.papers, question.filters)
    ranking, best = _best(root, opened, question, how, mask if fits is None else mask & fits, policy)
    hits = _shown(root, opened, question, asking, best, policy)
    hits, notes = _reranked(question.text, hits, policy.retrieval.reranker) if policy.retrieval.reranker else (hits, ())
    hits = hits[: question.k]
    low_evidence = not hits or ranking.evidence < _limit(how, ranking.mode, policy)
    audit.note(root, asking.id, question.text, index, hits, ranking.mode, ranking.evidence, low_evidence, auditor)
    held, _ = target(root, question.ref)
    return Answer(
        hits=hits,
        low_evidence=low_evidence,
        snapshot=index.snapshot,
        index=index.id,
        stale=held is None or held.snapshot != index.snapshot,
        redactions=sum(hit.redactions for hit in hits),
        mode=ranking.mode,
        tuned=how.tuned and ranking.mode is how.weighting.mode,
        evidence=ranking.evidence,
        snapshot_revision=index.snapshot_revision,
        index_revision=index.revision,
        notes=(*how.notes, *notes),
    )


def _best(root: Root, opened: Opened, question: Question, how: Way, mask: Mask, policy: Policy) -> tuple[Ranking, list[Ranked]]:
    """The ranking, and what is worth showing of it: looked for deeper where documents repeat themselves."""
    wanted = max(question.k, policy.retrieval.rerank_top) if policy.retrieval.reranker else question.k
    depth, now = DEPTH, datetime.now(UTC)
    while True:
        ranking = rank(root, opened, question.text, how.weighting, mask, policy.retrieval, now, depth)
        best = varied(ranking, opened.papers, wanted, question.per_document)
        if len(best) == wanted or len(ranking.positions) < depth:
            return ranking, best
        depth *= 8


def _shown(
    root: Root, opened: Opened, question: Question, asking: Principal, best: list[Ranked], policy: Policy
) -> tuple[Hit, ...]:
    """The passages as this principal sees them."""
    chosen, may_read = [], checking(root, opened, asking, question.ref)
    for each in best:
        if found := shown(root, opened, each.position, each.score, may_read):
            paper = opened.papers.slice(each.position, 1).select(["start", "end"]).to_pylist()[0]
            chosen.append(found._replace(hit=found.hit.model_copy(update={**paper, "parts": each.parts})))
    tests = policy.redaction.hidden_from(asking.groups)
    return hide(root, chosen, tests, policy.redaction, policy.detectors) if tests and chosen else tuple(each.hit for each in chosen)


def _reranked(query: str, hits: tuple[Hit, ...], name: str) -> tuple[tuple[Hit, ...], tuple[str, ...]]:
    """The hits in the order of a reranker, which sees what the principal sees; as they were, and a note that says so, if it fails."""
    try:
        scores = scored(reranker(name), query, [hit.text for hit in hits]).tolist()
    except Stop:
        return hits, (NOT_RERANKED,)
    again = (
        hit.model_copy(update={"parts": hit.parts.model_copy(update={"reranked": score})})
        for hit, score in zip(hits, scores, strict=True)
    )
    return tuple(sorted(again, key=lambda hit: -(hit.parts.reranked or 0.0))), ()


def _limit(how: Way, mode: Mode, policy: Policy) -> float:
    """The evidence under which an answer is marked."""
    return how.low if how.low is not None and mode is how.weighting.mode else low(policy.retrieval, mode)
