"""Who read what, and when: an entry of the ledger for each answer."""

from datetime import UTC, datetime

from muniment.core.identity import keyed_hash
from muniment.schemas.index import Index
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.search import Hit
from muniment.store.root import Root


def note(root: Root, user: str, query: str, index: Index, hits: tuple[Hit, ...]) -> None:
    """Who read what, when. The query is sensitive: only its keyed hash is kept."""
    hashed = keyed_hash(root.vault.key("queries"), query)
    root.ledger.append(
        Draft(
            kind=EntryKind.SEARCHED,
            actor=user,
            subjects=(f"query:{hashed[:32]}",),
            inputs=(f"index:{index.id}",),
            outputs=tuple(f"chunk:{hit.citation}" for hit in hits),
            counts={"hits": len(hits), "redactions": sum(hit.redactions for hit in hits)},
        ),
        datetime.now(UTC),
    )
