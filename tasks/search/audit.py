"""Who read what, and when, and who was refused: an entry of the ledger for each, durable before anything is given."""

from datetime import UTC, datetime

from muniment.core.identity import keyed_hash
from muniment.errors import Forbidden
from muniment.schemas.index import Index
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.principal import Principal
from muniment.schemas.search import Hit, Mode
from muniment.store.root import Root
from muniment.tasks.access.principals import principal

AUDIT = "AUDIT"  # a reason: an auditor asked in the place of somebody


def note(
    root: Root, user: str, query: str, index: Index, hits: tuple[Hit, ...], how: Mode, evidence: float, low: bool, auditor: str = ""
) -> None:
    """Who read what, when. The query is sensitive: only its keyed hash is kept. `evidence`, from 0 to 1, is kept in twentieths, as a
    percentage. An auditor who asks in somebody's place is who it is written down for."""
    _append(
        root,
        Draft(
            kind=EntryKind.SEARCHED,
            actor=auditor or user,
            subjects=(_hashed(root, "query", query), *([f"principal:{user}"] if auditor else [])),
            inputs=(f"index:{index.id}",),
            outputs=tuple(f"chunk:{hit.citation}" for hit in hits),
            counts={
                "hits": len(hits),
                "redactions": sum(hit.redactions for hit in hits),
                "evidence": 5 * int(20 * min(max(evidence, 0.0), 1.0)),
                "low_evidence": int(low),
            },
            reasons=(how.upper(), *([AUDIT] if auditor else [])),
        ),
    )


def note_cited(root: Root, user: str, index: str, citation: str, redactions: int) -> None:
    """Who opened a passage by its citation."""
    asked, counts = _hashed(root, "citation", citation), {"hits": 1, "redactions": redactions}
    _note_given(root, EntryKind.CITED, user, index, asked, f"chunk:{citation}", counts)


def note_told(root: Root, user: str, index: str, name: str, doc_id: str) -> None:
    """Who was told the story of a document."""
    _note_given(root, EntryKind.EXPLAINED, user, index, _hashed(root, "story", name), f"document:{doc_id}", {"documents": 1})


def _note_given(root: Root, kind: EntryKind, user: str, index: str, asked: str, given: str, counts: dict[str, int]) -> None:
    """One thing that was named and given. `asked`: the keyed hash of its name."""
    inputs = (f"index:{index}",)
    _append(root, Draft(kind=kind, actor=user, subjects=(asked,), inputs=inputs, outputs=(given,), counts=counts))


def note_refused(root: Root, user: str, what: str, asked: str, reason: str) -> None:
    """Who was refused. What they asked for is a text of theirs: only its keyed hash is kept. `what` is query, citation, story
    or original."""
    _append(
        root,
        Draft(kind=EntryKind.READ_REFUSED, actor=user, subjects=(_hashed(root, what, asked),), reasons=(what.upper(), reason)),
    )


def known(root: Root, user: str, what: str, asked: str) -> Principal:
    """The principal of that id; one who is unknown is refused, and that is written down."""
    try:
        return principal(root, user)
    except Forbidden:
        note_refused(root, user, what, asked, "UNKNOWN_PRINCIPAL")
        raise


def _hashed(root: Root, what: str, text: str) -> str:
    return f"{what}:{keyed_hash(root.vault.key('queries'), text)[:32]}"


def _append(root: Root, draft: Draft) -> None:
    root.together.append(draft, datetime.now(UTC))
