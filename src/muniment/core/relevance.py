"""What was due to a query, what of it was given, and where the rest was lost."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from muniment.schemas.relevance import Outcome

DEMOTED = "demoted"  # why a citation is lost that could have been given


class Right(NamedTuple):
    """A document that answers a query; with `passages`, only they hold the answer (empty: none does)."""

    doc_id: str
    gain: float
    passages: frozenset[str] | None = None
    span: tuple[int, int] | None = None  # of the answer, in the captured text

    def holds(self, citation: str) -> bool:
        """Whether this passage answers."""
        return document_of(citation) == self.doc_id and (self.passages is None or citation in self.passages)


class State(NamedTuple):
    """What the index has of a document for whoever asks."""

    held: bool
    served: bool = True
    allowed: bool = True


class Attributed(NamedTuple):
    """What became of one answer that was due: why in a word, and the rank at which it stood, from 1."""

    outcome: Outcome
    why: str = ""
    rank: int | None = None


def document_of(citation: str) -> str:
    """The document of a passage."""
    return citation.partition(":")[0]


def gains(citations: Sequence[str], rights: Sequence[Right]) -> list[float]:
    """The gain of each thing that was given, in order. An answer counts once, where it is given first. Where whole documents are judged,
    documents are what is given, each at its best passage; where answers stand in passages, passages are."""
    spans = any(right.passages is not None for right in rights)
    given = list(citations) if spans else list(dict.fromkeys(map(document_of, citations)))
    left, found = list(rights), list[float]()
    for each in given:
        met = [right for right in left if (right.holds(each) if spans else right.doc_id == each)]
        found.append(max((right.gain for right in met), default=0.0))
        left = [right for right in left if right not in met]
    return found


def attribute(
    right: Right, state: State, given: Sequence[str], candidates: Sequence[str], hidden: Collection[str] = ()
) -> Attributed:
    """Where one answer was lost. `given` are the passages of the answer, `candidates` those that were ranked before it was put together,
    in order; `hidden` are given passages in which the answer is not shown to whoever asks."""
    if not state.held:
        return Attributed(Outcome.ABSENT)
    if not state.served:
        return Attributed(Outcome.WITHHELD)
    if not state.allowed:
        return Attributed(Outcome.DENIED)
    if right.passages is not None and not right.passages:
        return Attributed(Outcome.ASSEMBLY, "cut")
    shown = [rank for rank, each in enumerate(given, 1) if right.holds(each)]
    clear = [rank for rank in shown if given[rank - 1] not in hidden]
    if clear:
        return Attributed(Outcome.FOUND, rank=clear[0])
    if shown:
        return Attributed(Outcome.ASSEMBLY, "hidden", shown[0])
    rank = next((rank for rank, each in enumerate(candidates, 1) if right.holds(each)), None)
    if rank is None:
        return Attributed(Outcome.RECALL, "other passage" if any(document_of(each) == right.doc_id for each in given) else "")
    last = max((place for place, each in enumerate(candidates, 1) if each in given), default=0)
    if rank > last:
        return Attributed(Outcome.RANKING, rank=rank)
    same = _text(candidates[rank - 1]) in map(_text, given)
    return Attributed(Outcome.ASSEMBLY, "same text" if same else "left out", rank)


def best(outcomes: Iterable[Outcome]) -> Outcome | None:
    """What became of a query: the best of what became of its answers."""
    order = list(Outcome)
    return min(outcomes, key=order.index, default=None)


def lost(before: Sequence[str], after: Sequence[str], had_to_go: Mapping[str, str]) -> dict[str, int]:
    """Citations that were given and are not any more, counted by why they had to go, or as `demoted`."""
    gone = [each for each in before if each not in after]
    return dict(sorted(Counter(had_to_go.get(each, DEMOTED) for each in gone).items()))


def kept(before: Sequence[str], after: Sequence[str], had_to_go: Mapping[str, str]) -> float:
    """Share of what was given, and could still be, that still is; 1 when nothing could."""
    could = [each for each in before if each not in had_to_go]
    return sum(each in after for each in could) / len(could) if could else 1.0


def _text(citation: str) -> str:
    """What two passages have in common whose text is the same: the digits of its hash."""
    return citation.partition(":")[2].partition("-")[0]
