"""Ask a stored query as its user, on the path that serves everybody."""

from typing import NamedTuple

from muniment.schemas.principal import Principal
from muniment.schemas.search import Answer, Question
from muniment.store.root import Root
from muniment.tasks.search.search import answer

DEPTH = 100  # candidates that are looked at when an answer is missing


class Asked(NamedTuple):
    """The answer as it is served, and how to look deeper."""

    answer: Answer
    text: str
    asking: Principal
    auditor: str

    @property
    def citations(self) -> list[str]:
        """Passages that were given, in order."""
        return [hit.citation for hit in self.answer.hits]

    @property
    def mode(self) -> str:
        """How it was searched, where the answer says so."""
        return str(getattr(self.answer, "mode", ""))


def ask(root: Root, text: str, asking: Principal, k: int, ref: str, auditor: str) -> Asked:
    """What this principal is given; the access audit says that the auditor asked in their place."""
    return Asked(answer(root, Question(text=text, k=k, ref=ref), asking), text, asking, auditor)


def candidates(root: Root, asked: Asked, ref: str) -> list[str]:
    """The first `DEPTH` passages for the same question, in order."""
    return [hit.citation for hit in answer(root, Question(text=asked.text, k=DEPTH, ref=ref), asked.asking).hits]
