"""Erasure: plans, requests, receipts."""

import getpass
from datetime import datetime

from muniment import flows
from muniment.schemas.erasure import Plan, Purpose, Receipt, Request, Selector
from muniment.schemas.tombstone import Lifting
from muniment.store.root import open_root
from muniment.tasks.erasure import prove as verify
from muniment.tasks.erasure.requests import request_erasure
from muniment.tasks.erasure.subject import about
from muniment.tasks.erasure.survey import survey
from muniment.tasks.tombstones.lift import lift


def erasure_plan(selector: Selector, root: str = "", subject: tuple[str, str] | None = None) -> Plan:
    """What an erasure would touch; changes nothing."""
    selector, named = _about(selector, root, subject)
    return survey(open_root(root), "", selector, named)


def erase(
    selector: Selector,
    reason: str,
    root: str = "",
    actor: str = "",
    purpose: Purpose = Purpose.REQUEST,
    deadline: datetime | None = None,
    subject: tuple[str, str] | None = None,
) -> Receipt:
    """Erase, prove, and give the signed receipt. `subject` is type and value of what identifies a person; only keyed hashes are kept."""
    return flows.erase(erase_queue(selector, reason, root, actor, purpose, deadline, subject, queue=False).id, root=root)


def erase_queue(
    selector: Selector,
    reason: str,
    root: str = "",
    actor: str = "",
    purpose: Purpose = Purpose.REQUEST,
    deadline: datetime | None = None,
    subject: tuple[str, str] | None = None,
    queue: bool = True,
) -> Request:
    """Stop serving what is named, and let the service erase it."""
    selector, named = _about(selector, root, subject)
    return request_erasure(root, selector, reason, actor or getpass.getuser(), purpose, deadline, named, queue)


def erase_lift(request: str, reason: str, root: str = "", actor: str = "") -> Lifting:
    """Let what a request erased be captured again."""
    return lift(root, request, reason, actor or getpass.getuser())


def _about(selector: Selector, root: str, subject: tuple[str, str] | None) -> tuple[Selector, tuple[str, ...]]:
    if subject is None:
        return selector, ()
    keyed, found = about(open_root(root), selector, *subject)
    return keyed, tuple(found.documents.to_pylist())


def receipts(root: str = "") -> list[Receipt]:
    """Every receipt."""
    return verify.receipts(open_root(root))
