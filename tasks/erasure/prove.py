"""Prove an erasure by looking, not by trusting who erased: search every place with a program that shares nothing with the eraser."""

from datetime import UTC, datetime

import pyarrow as pa

from muniment.schemas.canonical import canonical_json
from muniment.schemas.erasure import Copy, FollowUp, Plan, Receipt, Request
from muniment.store.root import Root, open_root
from muniment.store.vault import signed_by
from muniment.tasks.custody import backup
from muniment.tasks.erasure import rewrite
from muniment.tasks.erasure.needles import forget_needles, needles, of_ids, without_common
from muniment.tasks.erasure.requests import RELEASED, finish, request
from muniment.tasks.erasure.residue import Looked, Scope, look
from muniment.tasks.erasure.structure import checks
from muniment.tasks.erasure.survey import backup_copies
from muniment.tasks.step import step

NOT_CHECKED = (
    "models that were trained from a snapshot that held the documents: retrain or retire them",
    "copies that people exported or downloaded",
    "copies of the root that are not registered as backups, and snapshots of its file system or bucket",
    "the registered sources themselves: Muniment never writes to a source",
    "blocks that a disk or a flash controller has not overwritten yet",
)
_TELLING = {"text", "name", "digest", "vector"}  # traces that a document which stays can have too
_DONE = {
    "to rewrite": "rewritten",
    "to supersede": "superseded",
    "to rebuild": "rebuilt",
    "to remove": "removed",
    "to shred": "shredded",
    "to erase in": "erased in",
}


@step
def prove(uri: str, plan: Plan, scope: Scope = "everything") -> Receipt:
    """Search for what is left of the documents, and write a signed receipt; one that is not proven says what was found, or not reached.

    `touched` looks into those objects only that were written since the erasure began; the receipt says so, and is not proven by it."""
    root = open_root(uri)
    plan = _with_backups(root, plan)
    asked, looked = request(root, plan.request), _looked(root, plan, scope)
    held = {
        "no trace of an erased document was found by a program that shares nothing with the eraser": not looked.residue,
        "every file could be read": not looked.unread,
        "everything was searched, and not only what this erasure wrote": scope == "everything",
        "every registered backup was reached": all(copy.status != "pending" for copy in plan.copies if copy.place == "backup"),
        RELEASED: not plan.held,
        **checks(root, plan),
    }
    written = rewrite.written(root, plan.request)
    copies = tuple(_settled(copy, looked, written, _addresses(root)) for copy in plan.copies)
    receipt = Receipt(
        request=asked.id,
        documents=len(plan.documents),
        copies=copies,
        checks=held,
        residue=looked.residue,
        checked=looked.checked,
        proven=all(held.values()),
        not_checked=(*NOT_CHECKED, *_unseen(looked)),
        affected_snapshots=plan.snapshots,
        affected_indexes=plan.indexes,
        affected_models=plan.models,
        follow_up=follow_up(plan, copies),
        bytes_affected=plan.bytes,
        bytes_written=sum(written.values()),
        requested=asked.at,
        withheld=_withheld(root, asked),
        deadline=asked.deadline,
        started=plan.started,
        finished=datetime.now(UTC),
        key_id=root.vault.public_key,
    )
    return _signed(root, asked, receipt)


def receipts(root: Root) -> list[Receipt]:
    """All receipts, by request."""
    return [root.manifests.record(key, Receipt) for key in root.objects.list("erasures/") if key.endswith("/receipt.json")]


def authentic(receipt: Receipt) -> bool:
    """Whether the receipt is as it was signed."""
    unsigned = receipt.model_copy(update={"signature": ""})
    return signed_by(receipt.key_id, canonical_json(unsigned), receipt.signature)


def follow_up(plan: Plan, copies: tuple[Copy, ...]) -> tuple[FollowUp, ...]:
    """What an erasure cannot reach, and what is to be done about it."""
    left = [
        FollowUp(kind="model", name=each, action="Train it anew without the erased documents, or retire it.")
        for each in plan.models
    ]
    left += [
        FollowUp(kind="recipient", name=each, action="Tell them to erase the documents too (GDPR Art. 19).")
        for each in plan.recipients
    ]
    if plan.held:
        action = "Kept and not served while the legal hold lasts; run the request again when it is released."
        left.append(FollowUp(kind="hold", name=f"{len(plan.held)} documents under a legal hold", action=action))
    pending = (copy for copy in copies if copy.place == "backup" and copy.status == "pending")
    left += [
        FollowUp(kind="backup", name=copy.name, action="Run the request again when this backup can be reached.") for copy in pending
    ]
    return tuple(left)


def _with_backups(root: Root, plan: Plan) -> Plan:
    """The plan with the backups that there are now: one that was out of reach when it was made may be back."""
    others = tuple(copy for copy in plan.copies if copy.place != "backup")
    return plan.model_copy(update={"copies": (*others, *backup_copies(root))})


def _looked(root: Root, plan: Plan, scope: Scope) -> Looked:
    """What the verifier found. When it is more than ids, needles that documents which stay have too are let go of, and it looks again."""
    sought = needles(root, plan.request) or of_ids(plan)
    looked = look(root, sought, scope, plan.started.timestamp())
    if {each.trace for each in looked.residue} & _TELLING:
        own = without_common(root, sought, pa.array(plan.documents, pa.string()))
        looked = look(root, own, scope, plan.started.timestamp())
    return looked


def _settled(copy: Copy, looked: Looked, written: dict[str, int], addresses: dict[str, str]) -> Copy:
    """A copy as it stands after the erasure: left, when something was found where it lay."""
    where = addresses.get(copy.name, "") if copy.place == "backup" else copy.name
    left = bool(where) and any(where in each.name for each in looked.residue)
    status = "left" if left else _DONE.get(copy.status, copy.status)
    return copy.model_copy(update={"status": status, "written": written.get(copy.name, copy.written)})


def _addresses(root: Root) -> dict[str, str]:
    return {each.id: each.uri for each in backup.registered(root)}


def _unseen(looked: Looked) -> tuple[str, ...]:
    unread = tuple(f"{name}: {why}" for name, why in sorted(looked.unread.items()))
    return (*unread, *(f"{why} ({count:,} files)" for why, count in sorted(looked.not_checked.items())))


def _withheld(root: Root, asked: Request) -> datetime | None:
    rows = root.lineage.sql(
        "SELECT time FROM entries WHERE kind = 'erasure.withheld' AND key = ?", parameters=[asked.id]
    ).to_pylist()
    return rows[0]["time"] if rows else None


def _signed(root: Root, asked: Request, receipt: Receipt) -> Receipt:
    """Sign and keep a receipt; a proven one ends the request, and nothing needs to be looked for any more."""
    signed = receipt.model_copy(update={"signature": root.vault.sign(canonical_json(receipt))})
    root.manifests.keep(f"erasures/{asked.id}/receipt.json", signed)
    if signed.proven:
        finish(root, asked, signed.documents, len(signed.copies))
        forget_needles(root, asked.id)
    return signed
