"""Ask a stored query: as its user, on the path that serves everybody; or, without being shown anything, rank what they may read."""

from datetime import UTC, datetime
from typing import NamedTuple

import pyarrow as pa

from muniment.schemas.index import Index
from muniment.schemas.principal import Principal
from muniment.schemas.search import Answer, Mode, Question
from muniment.store.root import Root
from muniment.tasks import policies
from muniment.tasks.access.readable import readable
from muniment.tasks.index.layout import visible
from muniment.tasks.search.open import open_index
from muniment.tasks.search.rank import rank, varied
from muniment.tasks.search.recipe import way
from muniment.tasks.search.search import answer

DEPTH = 100  # candidates that are looked at when an answer is missing
_PER_DOCUMENT = 3  # passages of one document in an answer, as a question has them by default


class Asked(NamedTuple):
    """An answer as it is served."""

    answer: Answer
    text: str
    asking: Principal

    @property
    def citations(self) -> list[str]:
        """Passages that were given, in order."""
        return [hit.citation for hit in self.answer.hits]


class Ranked(NamedTuple):
    """Passages by citation, best first: all candidates, and what an answer would give of them."""

    candidates: list[str]
    given: list[str]


def ask(root: Root, text: str, asking: Principal, k: int, ref: str, auditor: str) -> Asked:
    """What this principal is given; the access audit says that the auditor asked in their place."""
    return Asked(answer(root, Question(text=text, k=k, ref=ref), asking, auditor), text, asking)


def ranked(root: Root, index: Index, text: str, asking: Principal, ref: str, k: int, mode: Mode = Mode.AUTO) -> Ranked:
    """What an index, served or not, ranks of what this principal may read under a ref now. No text is loaded."""
    opened = open_index(root, visible(index, asking))
    mask, how = readable(root, opened, asking, ref), way(root, index, ref, mode)
    policy = policies.current(root).retrieval
    found = rank(root, opened, text, how.weighting, mask, policy, datetime.now(UTC), DEPTH)
    best = varied(found, opened.papers, k, _PER_DOCUMENT)
    places = (found.positions[:DEPTH], [each.position for each in best])
    names, given = (opened.papers["chunk_id"].take(pa.array(part, pa.int64())) for part in places)
    return Ranked(names.to_pylist(), given.to_pylist())
