"""Who was given what: registered recipients of snapshots, those who were shown a document by search, citation or story, and those
who were given its original."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

import pyarrow as pa

from muniment.errors import RegistryError
from muniment.schemas.canonical import canonical_json
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.recipient import Recipient
from muniment.store.root import Root, open_root
from muniment.tasks.corpus import required

# A passage's id begins with the id of its document.
_CITED = """
    SELECT DISTINCT e.actor AS name FROM entries e JOIN links l ON l.sequence = e.sequence AND l.role = 'output'
    WHERE (e.kind, l.type) IN (('search.answered', 'chunk'), ('passage.given', 'chunk'), ('document.explained', 'document'), ('original.given', 'document'))
      AND left(l.id, 32) IN (SELECT doc_id FROM wanted) ORDER BY name
"""


def register(
    uri: str, name: str, refs: Sequence[str], purpose: str, contact: str, actor: str, transfer: str = ""
) -> list[Recipient]:
    """Write down that somebody was given the snapshots that these refs or ids name; raises `NotFound`, or `RegistryError` when the
    same was registered with other words."""
    root, now = open_root(uri), datetime.now(UTC)
    snapshots = tuple(dict.fromkeys(required(root, each).id for each in refs))
    return [
        _kept(root, Recipient(name=name, snapshot=each, purpose=purpose, contact=contact, transfer=transfer, actor=actor, at=now))
        for each in snapshots
    ]


def registered(root: Root) -> list[Recipient]:
    """All that is in recipients' hands, by name."""
    return [root.manifests.record(key, Recipient) for key in sorted(root.objects.list("recipients/"))]


def recipients_of(root: Root, snapshots: Collection[str], documents: Collection[str]) -> tuple[str, ...]:
    """Who holds something of these: names of recipients that were given one of the snapshots, and `user:NAME` of those who were
    shown or given one of the documents."""
    given = {each.name for each in registered(root) if each.snapshot in set(snapshots)}
    return (*sorted(given), *(f"user:{name}" for name in cited(root, documents)))


def cited(root: Root, documents: Collection[str]) -> list[str]:
    """Who was shown something of one of these documents by a search, a citation or its story, or was given its original."""
    if not documents:
        return []
    wanted = pa.table({"doc_id": pa.array(sorted(documents), pa.string())})
    return [str(row["name"]) for row in root.lineage.sql(_CITED, {"wanted": lambda: wanted}).to_pylist()]


def _kept(root: Root, made: Recipient) -> Recipient:
    key = f"recipients/{made.name}/{made.snapshot}.json"
    if not root.objects.put(key, canonical_json(made)):
        held = root.manifests.record(key, Recipient)
        if (held.purpose, held.contact, held.transfer) != (made.purpose, made.contact, made.transfer):
            raise RegistryError(f"{made.name} has {made.snapshot} on other terms.", "Register it under another name.")
        made = held
    root.record(
        Draft(
            kind=EntryKind.RECIPIENT_REGISTERED,
            actor=made.actor,
            key=f"{made.name}#{made.snapshot}",
            subjects=(f"recipient:{made.name}",),
            inputs=(f"snapshot:{made.snapshot}",),
        )
    )
    return made
