"""The record of processing activities (GDPR Art. 30 (1) a–g), drawn from what is registered, found and in force. Nothing is invented."""

from collections.abc import Iterator
from datetime import UTC, datetime

from muniment.policies.retention import EVER
from muniment.schemas.activity import Activities, Activity, Measure
from muniment.schemas.index import Index
from muniment.schemas.model import Model
from muniment.schemas.recipient import Recipient
from muniment.schemas.snapshot import Snapshot
from muniment.schemas.source import Source
from muniment.store.root import Root, open_root
from muniment.tasks import models, policies, tables
from muniment.tasks.access import principals
from muniment.tasks.audit import checkpoints, recipients
from muniment.tasks.custody import backup
from muniment.tasks.retain import holds, retention

_FOUND = """
    SELECT d.source_id AS source, f.type AS name, f.category AS special, count(DISTINCT f.doc_id) AS documents
    FROM findings f JOIN documents d ON d.doc_id = f.doc_id GROUP BY ALL ORDER BY ALL
"""
_MISSING = (
    "name and contact of the controller, of its representative and of the data protection officer (Art. 30 (1) a)",
    "whose data it is, where findings do not tell: employees, customers, authors (Art. 30 (1) c)",
    "organisational measures, and technical ones outside of Muniment (Art. 30 (1) g)",
)


def record_of_processing(uri: str) -> Activities:
    """One activity a source, with what was found, made of it and given away; time limits and measures as they are in force."""
    root = open_root(uri)
    snapshots, trained, given = (
        list(root.manifests.all("snapshots", Snapshot)),
        models.registered(root),
        recipients.registered(root),
    )
    found = tables.query(uri, _FOUND).to_pylist()
    counts = {
        row["source"]: row["n"]
        for row in tables.query(uri, "SELECT source_id AS source, count(*) AS n FROM documents GROUP BY ALL").to_pylist()
    }
    served = {index.snapshot for index in _indexes(root)}
    activities = []
    for source in root.registry.all():
        held = {each.id for each in snapshots if any(part.source == source.id for part in each.parts)}
        mine = [row for row in found if row["source"] == source.id]
        activities.append(_activity(source, held, held & served, trained, given, mine, counts.get(source.id, 0)))
    return Activities(
        made=datetime.now(UTC),
        root_key=root.vault.key_id,
        activities=tuple(activities),
        limits=_limits(root),
        measures=tuple(_measures(root)),
        missing=(*_MISSING, *_gaps(activities, given)),
    )


def _activity(
    source: Source,
    held: set[str],
    served: set[str],
    trained: list[Model],
    given: list[Recipient],
    found: list[dict[str, object]],
    documents: int,
) -> Activity:
    delivered = [each for each in given if each.snapshot in held]
    learnt = [each for each in trained if held & set(each.snapshots)]
    purposes = [
        *(["search within its groups"] if served else []),
        *(f"model {each.name}: {each.use or 'use not registered'}" for each in learnt),
    ]
    purposes += [f"{each.name}: {each.purpose}" for each in delivered]
    data, special = dict[str, int](), dict[str, int]()
    for row in found:
        data[str(row["name"])] = data.get(str(row["name"]), 0) + int(str(row["documents"]))
        if row["special"]:
            special[str(row["special"])] = special.get(str(row["special"]), 0) + int(str(row["documents"]))
    return Activity(
        source=source.id,
        contact=source.owner,
        steward=source.steward,
        tenant=source.tenant,
        classification=source.classification,
        status=source.status,
        purposes=tuple(dict.fromkeys(purposes)),
        data=data,
        special=special,
        documents=documents,
        groups=source.acl,
        recipients=tuple(sorted({each.name for each in delivered})),
        transfers=tuple(sorted({f"{each.name}: {each.transfer}" for each in delivered if each.transfer})),
        limits=tuple(_source_limits(source)),
    )


def _source_limits(source: Source) -> Iterator[str]:
    if days := source.terms.retention_days:
        yield f"{days} days after capture, by contract"
    if source.terms.delete_on_termination:
        until = source.terms.valid_until
        yield f"until the contract ends{f' on {until}' if until else ''}"


def _limits(root: Root) -> dict[str, str]:
    policy = retention.in_force(root)
    return {str(kind): "kept" if window.days == EVER else f"{window.days} days" for kind, window in policy.window.items()}


def _measures(root: Root) -> Iterator[Measure]:
    encryption, policy = root.keychain.encryption(), policies.current(root)
    sealing = encryption.sealing if encryption else ""
    held_by = encryption.kek.partition(":")[0] if encryption else ""
    yield Measure(
        name="encryption at rest",
        on=bool(sealing),
        detail=f"data key {sealing}, wrapped by a key from: {held_by}" if sealing else "objects lie in clear; see `muniment keys`",
    )
    originals = len(encryption.sources) if encryption else 0
    yield Measure(name="encryption of originals, a key for each", on=originals > 0, detail=f"{originals} sources")
    redacting = sum(1 for rule in policy.rule if rule.action == "redact")
    yield Measure(name="redaction and pseudonyms", on=redacting > 0, detail=f"{redacting} rules of the policy in force redact")
    known = principals.everyone(root)
    yield Measure(
        name="access control, closed by default",
        on=bool(known),
        detail=f"{len(known)} principals; a search scores only what its user may read",
    )
    last = checkpoints.latest(root)
    yield Measure(
        name="tamper-evident ledger",
        on=last is not None,
        detail=f"every entry sealed; last checkpoint over {last.size:,} entries"
        if last
        else "every entry sealed; no checkpoint yet",
    )
    copies = backup.registered(root)
    yield Measure(name="backups", on=bool(copies), detail=f"{len(copies)} registered")
    erased = sum(1 for key in root.objects.list("erasures/") if key.endswith("/receipt.json"))
    yield Measure(name="erasure with proof", on=True, detail=f"{erased} receipts; {len(holds.standing(root))} legal holds stand")


def _gaps(activities: list[Activity], given: list[Recipient]) -> Iterator[str]:
    for each in activities:
        if each.documents and not each.purposes:
            yield f"the purpose for which {each.source} is kept: nothing was made of it yet (Art. 30 (1) b)"
    for name in sorted({each.name for each in given if not each.transfer}):
        yield f"whether {name} is in a third country: no transfer was registered (Art. 30 (1) e)"


def _indexes(root: Root) -> Iterator[Index]:
    yield from root.manifests.all("indexes", Index)
