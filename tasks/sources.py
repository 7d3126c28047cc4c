"""Changes of the source registry, each with an entry in the ledger."""

from datetime import date

from muniment.errors import RegistryError
from muniment.schemas.canonical import digest
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.source import Source, Status
from muniment.store.root import Root, open_root
from muniment.tasks.access.set import close_first, open_after
from muniment.tasks.evaluation.refuse import refuse_evaluation
from muniment.tasks.step import step


def add_source(uri: str, source: Source, actor: str) -> Source:
    """Register a source, or change it: what it was approved for before is not approved now."""
    root = open_root(uri)
    return _put(root, source.model_copy(update={"status": Status.PROPOSED, "approved_by": ""}), actor)


def relicense(uri: str, identifier: str, licence: str, since: date, actor: str) -> tuple[Source, Source]:
    """Declare another licence for a source from a day on: the entry before and after, which must be approved again."""
    root = open_root(uri)
    before = root.registry.get(identifier)
    terms = before.terms.model_copy(update={"valid_from": since, "valid_until": None})
    return before, add_source(uri, before.model_copy(update={"declared_licence": licence, "terms": terms}), actor)


def approve_source(uri: str, identifier: str, actor: str) -> Source:
    """Let a source feed the corpus; raises `RegistryError` when it is unknown."""
    root = open_root(uri)
    return _put(root, root.registry.get(identifier).model_copy(update={"status": Status.APPROVED, "approved_by": actor}), actor)


def suspend_source(uri: str, identifier: str, actor: str) -> Source:
    """Stop a source: nothing is captured from it, and the next promotion leaves it out."""
    root = open_root(uri)
    return _put(root, root.registry.get(identifier).model_copy(update={"status": Status.SUSPENDED}), actor)


@step
def due(uri: str) -> list[str]:
    """Approved sources, those that were captured longest ago first."""
    root = open_root(uri)
    query = "SELECT s.id, max(e.time) AS at FROM entries e JOIN links s ON s.sequence = e.sequence AND s.type = 'source' WHERE e.kind LIKE 'capture.%' GROUP BY s.id"
    last = {row["id"]: row["at"] for row in root.lineage.sql(query).to_pylist()}
    approved = [source.id for source in root.registry.all() if source.status is Status.APPROVED]
    return sorted(approved, key=lambda name: (name in last, last.get(name), name))


def _put(root: Root, source: Source, actor: str) -> Source:
    if not source.owner.strip() or not source.steward.strip():
        raise RegistryError(f"Source {source.id} has no owner or no steward.", "Name who answers for it.")
    if source.status is not Status.SUSPENDED:
        refuse_evaluation(root, source)
    close_first(root, source, actor)
    kept = root.registry.put(source)
    root.record(
        Draft(
            kind=EntryKind.SOURCE_CHANGED,
            actor=actor,
            key=f"{kept.id}#{kept.version}",
            subjects=(f"source:{kept.id}",),
            outputs=(f"registry:{digest(kept)}",),
            counts={"version": kept.version},
            reasons=(str(kept.status).upper(),),
        )
    )
    open_after(root, kept, actor)
    return kept
