"""Tell those who were given something that it was erased (GDPR Art. 19), and keep when they were told."""

from datetime import UTC, datetime

from muniment.errors import NotFound
from muniment.schemas.canonical import canonical_json
from muniment.schemas.erasure import Plan, Receipt
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.notice import Notice
from muniment.schemas.recipient import Recipient
from muniment.store.root import Root, open_root
from muniment.tasks.audit.recipients import recipients_of, registered

_TEXT = """To: {contact} ({recipient})
Subject: Erasure {request}: please erase your copies

We erased {documents} on {day} at the request or duty recorded as {request}{given}.
Please erase {them} from every copy that you hold or passed on, and tell those to whom you passed {them} on (Regulation (EU) 2016/679,
Art. 19). A model that was trained on {them} is not cleared by that: retrain or retire it, and tell us which.
Answer to the owner of the corpus, quoting {request}.
{ids}"""


def notices(uri: str, request: str) -> list[Notice]:
    """A notice for everybody who holds something of what a request erased, and when it was sent to those who were told.

    Raises `NotFound` when there is no receipt of that request.
    """
    root = open_root(uri)
    receipt = _receipt(root, request)
    plan = _plan(root, request)
    given = registered(root)
    names = recipients_of(root, receipt.affected_snapshots, plan)
    sent = {each.recipient: each for each in _sent(root, request)}
    return [sent.get(name) or _notice(receipt, plan, name, given) for name in sorted({*names, *sent})]


def mark_sent(uri: str, request: str, recipient: str, actor: str) -> Notice:
    """Keep that a recipient was told now; the first time stands. Raises `NotFound` for somebody who need not be told."""
    root = open_root(uri)
    made = next((each for each in notices(uri, request) if each.recipient == recipient), None)
    if made is None:
        raise NotFound(f"{recipient} holds nothing of request {request}.", f"See `muniment audit notice {request}`.")
    if made.sent is None:
        made = made.model_copy(update={"sent": datetime.now(UTC), "actor": actor})
        key = _key(request, recipient)
        if not root.objects.put(key, canonical_json(made)):
            made = root.manifests.record(key, Notice)
    root.record(
        Draft(
            kind=EntryKind.RECIPIENT_NOTIFIED,
            actor=made.actor,
            key=f"{request}#{recipient}",
            subjects=(f"recipient:{recipient}",),
            inputs=(f"request:{request}",),
            counts={"documents": made.documents},
        )
    )
    return made


def _notice(receipt: Receipt, documents: tuple[str, ...], name: str, given: list[Recipient]) -> Notice:
    mine = [each for each in given if each.name == name and each.snapshot in receipt.affected_snapshots]
    snapshots = tuple(sorted({each.snapshot for each in mine}))
    contact = "; ".join(dict.fromkeys(each.contact for each in mine)) or name.removeprefix("user:")
    count = receipt.documents
    text = _TEXT.format(
        contact=contact,
        recipient=name,
        request=receipt.request,
        documents=f"{count:,} document{'s' * (count != 1)}",
        them="it" if count == 1 else "them",
        day=f"{receipt.finished:%Y-%m-%d}",
        given=f"; you were given {'snapshot ' + ', '.join(snapshots) if snapshots else 'passages by search'}",
        ids="\n".join(["Ids of the documents:", *documents]) if documents and snapshots else "",
    )
    return Notice(
        request=receipt.request, recipient=name, contact=contact, snapshots=snapshots, documents=count, text=text.rstrip() + "\n"
    )


def _receipt(root: Root, request: str) -> Receipt:
    try:
        return root.manifests.record(f"erasures/{request}/receipt.json", Receipt)
    except NotFound:
        raise NotFound(f"There is no receipt of request {request}.", "List them: `muniment receipts`.") from None


def _plan(root: Root, request: str) -> tuple[str, ...]:
    """Ids of what was erased, as long as the plan is kept."""
    try:
        return root.manifests.record(f"erasures/{request}/plan.json", Plan).documents
    except NotFound:
        return ()


def _sent(root: Root, request: str) -> list[Notice]:
    return [root.manifests.record(key, Notice) for key in sorted(root.objects.list(f"notices/{request}/"))]


def _key(request: str, recipient: str) -> str:
    return f"notices/{request}/{recipient.replace(':', '=')}.json"
