"""Answer a query from what the asking principal may read."""

from muniment.schemas.principal import Principal
from muniment.schemas.search import Answer, Question
from muniment.store.encoders import encoder
from muniment.store.root import Root, open_root
from muniment.tasks import policies
from muniment.tasks.access.principals import principal
from muniment.tasks.access.readable import readable
from muniment.tasks.corpus import index_of, target
from muniment.tasks.hide import hide
from muniment.tasks.index.layout import visible
from muniment.tasks.search import audit
from muniment.tasks.search.open import open_index
from muniment.tasks.search.passages import shown


def search(uri: str, query: str, user: str, k: int = 5, ref: str = "production") -> Answer:
    """The k best passages that `user`, a principal of the registry, may read; raises `Forbidden`, `NotFound`, `Corrupt`."""
    root = open_root(uri)
    return answer(root, Question(text=query, k=k, ref=ref), principal(root, user))


def answer(root: Root, question: Question, asking: Principal) -> Answer:
    """The best passages that this principal may read; raises `NotFound`, `Corrupt`.

    Access is applied before anything is scored, and checked again before a passage's text is loaded. What the policy hides from them is
    taken out of the passages that are given.
    """
    policy = policies.current(root)
    opened = open_index(root, visible(index_of(root, question.ref), asking))
    index, mask = opened.index, readable(root, opened, asking, question.ref)
    scores, positions = opened.vectors.search(
        encoder(index.encoder).encode([question.text]), min(question.k, int(mask.sum())), mask
    )
    found = (
        shown(root, opened, int(position), float(score), asking, question.ref)
        for score, position in zip(scores[0], positions[0], strict=True)
        if position >= 0
    )
    chosen = [each for each in found if each is not None]
    tests = policy.redaction.hidden_from(asking.groups)
    hits = hide(root, chosen, tests, policy.redaction, policy.detectors) if tests and chosen else tuple(each.hit for each in chosen)
    audit.note(root, asking.id, question.text, index, hits)
    held, _ = target(root, question.ref)
    return Answer(
        hits=hits,
        low_evidence=not hits or hits[0].score < policy.retrieval.low_evidence,
        snapshot=index.snapshot,
        index=index.id,
        stale=held is None or held.snapshot != index.snapshot,
        redactions=sum(hit.redactions for hit in hits),
    )
