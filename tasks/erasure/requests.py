"""Requests to erase, written down before anything happens: flows, events and logs carry only their ids."""

from datetime import UTC, datetime

from muniment.errors import NotFound
from muniment.schemas.canonical import canonical_json, digest
from muniment.schemas.erasure import Request, Selector
from muniment.schemas.ledger import Draft, EntryKind
from muniment.store.root import Root, open_root
from muniment.tasks.revoke import revocation
from muniment.tasks.step import run_id, step


def request_erasure(uri: str, selector: Selector, reason: str, actor: str) -> Request:
    """Write a request down before anything happens; flows and logs carry only its id."""
    root, now = open_root(uri), datetime.now(UTC)
    if not selector.documents and not selector.source and not selector.licence:
        raise NotFound("The request names nothing.", "Give --doc, --source or --licence.")
    made = Request(id=digest([selector, actor, now.isoformat()])[:20], selector=selector, reason=reason, actor=actor, at=now)
    root.objects.put(f"erasures/{made.id}/request.json", canonical_json(made))
    root.record(Draft(kind=EntryKind.ERASURE_REQUESTED, actor=actor, key=made.id, outputs=(f"request:{made.id}",)))
    return made


@step
def request_revoked(uri: str, identifier: str) -> Request:
    """The request to erase what hangs on a licence that was taken back, written down; raises `NotFound`."""
    made = revocation(open_root(uri), identifier)
    selector = Selector(source=made.source, licence=made.licence)
    return request_erasure(uri, selector, f"licence revoked: {made.reason}", made.actor)


def request(root: Root, identifier: str) -> Request:
    """A request that was written down; raises `NotFound`."""
    return root.manifests.record(f"erasures/{identifier}/request.json", Request)


def finish(root: Root, asked: Request, documents: int, copies_done: int) -> None:
    """Write the end of an erasure to the ledger."""
    root.record(
        Draft(
            kind=EntryKind.ERASED,
            actor=asked.actor,
            run=run_id(),
            key=asked.id,
            inputs=(f"request:{asked.id}",),
            outputs=(f"receipt:{asked.id}",),
            counts={"documents": documents, "copies": copies_done},
        )
    )
