"""Who may open what was closed: the steward of a source, or a member of the policy's groups, as for decisions about it."""

from collections.abc import Collection

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from muniment.errors import Forbidden, NotFound
from muniment.schemas.chunk import PROMOTED
from muniment.schemas.document import DOCUMENT
from muniment.schemas.snapshot import Snapshot
from muniment.schemas.source import Source, Status
from muniment.schemas.stored import Stored
from muniment.store.root import Root
from muniment.tasks import policies
from muniment.tasks.judge import standing
from muniment.tasks.review.approvers import entitled

_SHOWN = 5  # ids in an error


def may_open(root: Root, source: str, actor: str) -> bool:
    """Whether somebody may let more people read what is of a source."""
    return actor in entitled(root, answering(root.registry.history(source)), policies.current(root))


def require_opening(root: Root, sources: Collection[str], actor: str) -> None:
    """Raise `Forbidden` when somebody may not let more people read what is of these sources."""
    if foreign := sorted(name for name in sources if not may_open(root, name, actor)):
        raise Forbidden(
            f"{actor} may narrow who reads {', '.join(foreign[:_SHOWN])}, but not widen it.",
            "Its steward may, or a member of the policy's groups for approvals.",
        )


def answering(history: list[Source]) -> Source:
    """The version of an entry that says who answers for it: nobody becomes steward by saying so, only by the word of the one before."""
    first = next((each for each in history if each.status is Status.APPROVED), history[-1])
    answers = first
    for each in history[first.version :]:
        if each.status is Status.APPROVED and each.approved_by in (answers.steward, answers.owner):
            answers = each
    return answers


def own_acls(history: list[Source]) -> bool:
    """Whether documents of a source bring, or once brought, ACLs of their own, which its entry must not replace."""
    return any(each.columns.acl for each in history)


def sources_of(root: Root, documents: Collection[str]) -> dict[str, str]:
    """The source of each of these documents, promoted or in quarantine; raises `NotFound` for one that is not kept."""
    wanted, found = pa.array(sorted(documents), pa.string()), dict[str, str]()
    for shard, schema in _shards(root):
        table = root.lake.read(shard, schema, ["doc_id", "source_id"])
        hit = pl.DataFrame(table.filter(pc.is_in(table["doc_id"], value_set=wanted)))
        found |= dict(hit.select("doc_id", "source_id").rows())
        if len(found) == len(wanted):
            return found
    missing = sorted(set(documents) - found.keys())
    raise NotFound(f"No kept document has the id {missing[0]}.", "Look it up: `muniment explain SOURCE:KEY`.")


def _shards(root: Root) -> list[tuple[Stored, pa.Schema]]:
    promoted = [shard for each in root.manifests.all("snapshots", Snapshot) for part in each.parts for shard in part.shards]
    captured = [each.shard for judgement in standing(root) for each in judgement.shards]
    return [*((each, PROMOTED) for each in dict.fromkeys(promoted)), *((each, DOCUMENT) for each in captured)]
