"""The ledger checked and proven, and the papers that are made of it."""

import getpass
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from muniment.schemas.activity import Activities
from muniment.schemas.notice import Notice
from muniment.schemas.recipient import Recipient
from muniment.store.root import open_root
from muniment.tasks.audit import access, checkpoints, notices, recipients, records
from muniment.tasks.audit import verify as audit


def audit_verify(root: str = "", actor: str = "", against: Path | None = None) -> audit.Audit:
    """Check the ledger, all that it speaks of, and every digest; `against` is a checkpoint that was kept elsewhere."""
    return audit.verify_root(root, actor or getpass.getuser(), against)


def audit_checkpoint(root: str = "", actor: str = "", since: bytes = b"") -> bytes:
    """A signed checkpoint of the ledger as a C2SP note; with an older one, the proof that the ledger only grew since."""
    if since:
        return checkpoints.prove_consistency(root, since, actor or getpass.getuser())
    return checkpoints.checkpoint(root, actor or getpass.getuser()).note


def audit_prove(entry: int, root: str = "", actor: str = "") -> bytes:
    """A proof that the ledger holds an entry, as a C2SP tlog-proof."""
    return checkpoints.prove_inclusion(root, entry, actor or getpass.getuser())


def audit_record(root: str = "") -> Activities:
    """The record of processing activities."""
    return records.record_of_processing(root)


def audit_access(document: str = "", user: str = "", since: datetime | None = None, root: str = "") -> list[access.Access]:
    """Who was shown what by a search, and when."""
    return access.accesses(root, document, user, since)


def audit_notice(request: str, sent: str = "", root: str = "", actor: str = "") -> list[Notice]:
    """Who must be told of an erasure, with a text for each; `sent` keeps that this recipient was told now."""
    if sent:
        notices.mark_sent(root, request, sent, actor or getpass.getuser())
    return notices.notices(root, request)


def recipient_register(
    name: str, purpose: str, contact: str, of: Sequence[str] = ("production",), transfer: str = "", root: str = "", actor: str = ""
) -> list[Recipient]:
    """Write down that somebody was given snapshots."""
    return recipients.register(root, name, of, purpose, contact, actor or getpass.getuser(), transfer)


def recipient_list(root: str = "") -> list[Recipient]:
    """Everybody who was given a snapshot."""
    return recipients.registered(open_root(root))
