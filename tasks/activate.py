"""Make a snapshot visible: verify what it names, then move one ref."""

from muniment import __version__
from muniment.errors import NotFound, Superseded
from muniment.schemas.canonical import digest
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.snapshot import SCHEMA_VERSION, Snapshot, Target
from muniment.store.root import Root, open_root
from muniment.tasks import gates, policies, rules
from muniment.tasks.corpus import shown, target
from muniment.tasks.publish.publish import Published
from muniment.tasks.step import report, run_id, step


@step
def assemble(uri: str, ref: str, published: Published) -> Snapshot:
    """The next snapshot, checked and kept but not visible yet: the present one when nothing differs. Raises `GateFailed`, `Corrupt`."""
    root = open_root(uri)
    policy, before = policies.current(root), shown(root, ref)
    table, tools = rules.keep(root, policy)
    made = (published.parts, policy.digest, table, tools, __version__)
    if before and (before.parts, before.policy, before.licences, before.tools, before.code) == made:
        return before
    measured = gates.metrics(root, published.parts, before, published.left)
    checks = gates.check(root, measured, policy, first=before is None)
    named = {
        "parts": [part.model_dump(mode="json") for part in published.parts],
        "policy": policy.digest,
        "licences": table,
        "tools": tools,
        "code": __version__,
        "schema": SCHEMA_VERSION,
    }
    snapshot = Snapshot(
        id=digest(named)[:20],
        parts=published.parts,
        policy=policy.digest,
        licences=table,
        tools=tools,
        code=__version__,
        checks=checks,
        statistics=measured,
    )
    shards = [shard for part in snapshot.parts for shard in part.shards]
    for done, shard in enumerate(shards, start=1):
        root.lake.verify(shard)
        report("verify", done, len(shards))
    root.manifests.put("snapshots", snapshot)
    return snapshot


@step
def activate(uri: str, ref: str, snapshot: Snapshot, actor: str) -> Target:
    """Point the ref at a snapshot; the index it serves stays until a new one is built. Nothing happens when it is there already."""
    root = open_root(uri)
    held, tag = target(root, ref)
    if held and held.snapshot == snapshot.id:
        return held
    moved = Target(snapshot=snapshot.id, index=held.index if held else "", serial=held.serial + 1 if held else 1)
    root.record(
        Draft(
            kind=EntryKind.PROMOTED,
            actor=actor,
            run=run_id(),
            key=f"{ref}#{moved.serial}={snapshot.id}",
            subjects=(f"ref:{ref}", *(f"source:{part.source}" for part in snapshot.parts)),
            inputs=(
                *(f"judgement:{part.judgement}" for part in snapshot.parts),
                *(f"review:{name}" for part in snapshot.parts for name in part.decisions or (part.review,)),
            ),
            outputs=(f"snapshot:{snapshot.id}", *(f"object:{shard.digest}" for part in snapshot.parts for shard in part.shards)),
            counts={name: int(value) for name, value in snapshot.statistics.items() if value == int(value)},
        )
    )
    root.refs.move(ref, moved, tag)
    return moved


@step
def roll_back(uri: str, ref: str, identifier: str, actor: str) -> Target:
    """Point a ref at an earlier snapshot and the index built from it; raises `NotFound`, `Superseded`."""
    root = open_root(uri)
    held, tag = target(root, ref)
    if held is None:
        raise NotFound(f"{ref} was never set.", "Promote a snapshot first: `muniment promote`.")
    snapshot = root.manifests.get("snapshots", identifier or _previous(root, ref, held), Snapshot)
    if any(not root.objects.exists(shard.key) for part in snapshot.parts for shard in part.shards):
        raise Superseded(
            f"Snapshot {snapshot.id} names objects that an erasure removed.", "Choose another one: `muniment snapshots`."
        )
    moved = Target(snapshot=snapshot.id, index=_index_of(root, snapshot.id), serial=held.serial + 1)
    root.record(
        Draft(
            kind=EntryKind.REF_MOVED,
            actor=actor,
            run=run_id(),
            key=f"{ref}#{moved.serial}={snapshot.id}",
            subjects=(f"ref:{ref}",),
            inputs=(f"snapshot:{held.snapshot}",),
            outputs=(f"snapshot:{snapshot.id}",),
            reasons=("ROLLBACK",),
        )
    )
    root.refs.move(ref, moved, tag)
    return moved


def _previous(root: Root, ref: str, held: Target) -> str:
    """The snapshot that the ref showed before this one, as the ledger tells."""
    query = """SELECT o.id FROM entries e JOIN links s ON s.sequence = e.sequence AND s.role = 'subject' AND s.type = 'ref'
               JOIN links o ON o.sequence = e.sequence AND o.role = 'output' AND o.type = 'snapshot'
               WHERE s.id = ? AND o.id <> ? ORDER BY e.sequence DESC LIMIT 1"""
    rows = root.lineage.sql(query, parameters=[ref, held.snapshot]).to_pylist()
    if not rows:
        raise NotFound(f"{ref} never showed another snapshot.", "Name one: `muniment rollback --to-snapshot ID`.")
    return str(rows[0]["id"])


def _index_of(root: Root, snapshot: str) -> str:
    """The last index that was built from a snapshot, or empty."""
    from muniment.schemas.index import Index

    built = [index.id for index in root.manifests.all("indexes", Index) if index.snapshot == snapshot]
    return built[-1] if built else ""
