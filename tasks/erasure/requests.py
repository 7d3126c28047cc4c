"""Requests to erase, written down before anything happens: flows, events and logs carry only their ids."""

from collections.abc import Iterator
from datetime import UTC, datetime

from muniment.errors import NotFound
from muniment.schemas.canonical import canonical_json, digest
from muniment.schemas.erasure import Plan, Purpose, Receipt, Request, Selector
from muniment.schemas.ledger import Draft, EntryKind
from muniment.store.root import Root, open_root
from muniment.tasks import announce
from muniment.tasks.erasure.selection import selected
from muniment.tasks.erasure.withheld import withhold
from muniment.tasks.retain import holds
from muniment.tasks.rights.revoke import revocation
from muniment.tasks.step import run_id, step

RELEASED = "nothing of it is kept by a legal hold"  # a check of every receipt


def request_erasure(
    uri: str,
    selector: Selector,
    reason: str,
    actor: str,
    purpose: Purpose = Purpose.REQUEST,
    deadline: datetime | None = None,
    found: tuple[str, ...] = (),
    queue: bool = False,
) -> Request:
    """Write a request down, and stop serving what it names, before anything is erased; raises `NotFound` when it names nothing.

    `found` are ids of further documents, found by what must not be written down. With `queue` the service is told to carry it out.
    """
    root, now = open_root(uri), datetime.now(UTC)
    if selector == Selector(by=selector.by) and not found:
        raise NotFound("The request names nothing.", "Give --doc, --source or another selector: `muniment erase --help`.")
    named = () if selector.whole_source else tuple(sorted({*_named(root, selector, bool(found)), *found}))
    made = Request(
        id=digest([selector, actor, now.isoformat()])[:20],
        selector=selector,
        reason=reason,
        actor=actor,
        at=now,
        purpose=purpose,
        deadline=deadline,
        documents=named,
    )
    root.objects.put(_key(made.id, "request"), canonical_json(made))
    withhold(root, made.id, named, tuple(filter(None, (selector.whole_source,))))
    enter(root, made)
    counts = {"documents": len(named)}
    root.record(Draft(kind=EntryKind.WITHHELD, actor=actor, key=made.id, inputs=(f"request:{made.id}",), counts=counts))
    if queue:
        announce.erasure_requested(root, made.id)
    return made


def enter(root: Root, made: Request) -> None:
    """Write a request to the ledger, unless it stands there, bound by the digest of its record: nobody can word it otherwise later."""
    outputs = (f"request:{made.id}", f"record:{digest(made)}")
    root.record(
        Draft(kind=EntryKind.ERASURE_REQUESTED, actor=made.actor, key=made.id, outputs=outputs, reasons=(made.purpose.upper(),))
    )


def _named(root: Root, selector: Selector, may_be_empty: bool) -> list[str]:
    if selector == Selector(by=selector.by):
        return []
    try:
        return selected(root, selector).to_pylist()  # type: ignore[no-any-return]
    except NotFound:
        if may_be_empty:
            return []
        raise


@step
def request_revoked(uri: str, identifier: str) -> Request:
    """The request to erase what hangs on a licence that was taken back, written down; raises `NotFound`."""
    made = revocation(open_root(uri), identifier)
    selector = Selector(source=made.source, licence=made.licence)
    return request_erasure(uri, selector, f"licence revoked: {made.reason}", made.actor, Purpose.LICENCE)


def request(root: Root, identifier: str) -> Request:
    """A request that was written down; raises `NotFound`."""
    return root.manifests.record(_key(identifier, "request"), Request)


def requests(root: Root) -> Iterator[Request]:
    """All requests, by id."""
    for key in root.objects.list("erasures/"):
        if key.endswith("/request.json"):
            yield root.manifests.record(key, Request)


def open_requests(root: Root) -> list[Request]:
    """Requests that nobody carried out, or not wholly: without a receipt, with one that is not proven, or one with something pending."""
    return sorted((each for each in requests(root) if not _settled(root, each.id)), key=lambda each: each.at)


def _settled(root: Root, identifier: str) -> bool:
    """Whether there is nothing to do now: proven, or all that is missing is the end of legal holds that stand."""
    if not root.objects.exists(_key(identifier, "receipt")):
        return False
    receipt = root.manifests.record(_key(identifier, "receipt"), Receipt)
    missing = {what for what, met in receipt.checks.items() if not met}
    if receipt.proven or missing != {RELEASED}:
        return receipt.proven
    kept = plan_of(root, identifier).held
    return len(holds.held(root, kept)) == len(kept)


def plan_of(root: Root, identifier: str) -> Plan:
    """The plan of a request that was begun; raises `NotFound`."""
    return root.manifests.record(_key(identifier, "plan"), Plan)


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


def _key(identifier: str, name: str) -> str:
    return f"erasures/{identifier}/{name}.json"
