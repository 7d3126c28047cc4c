"""A judged shard becomes promoted objects: one for each layer, made once for all that they depend on."""

import pyarrow as pa
import pyarrow.compute as pc

from muniment import __version__
from muniment.core.rights import layers
from muniment.policies.policy import Policy
from muniment.schemas.canonical import digest
from muniment.schemas.chunk import PROMOTED
from muniment.schemas.review import Effect
from muniment.schemas.snapshot import SCHEMA_VERSION
from muniment.schemas.source import Record
from muniment.schemas.stored import Stored
from muniment.schemas.verdict import VERDICT
from muniment.store.root import Root, open_root
from muniment.tasks import policies
from muniment.tasks.erasure.withheld import Unserved, unserved
from muniment.tasks.evaluation import exact
from muniment.tasks.fetch import source_digest
from muniment.tasks.publish.documents import Job, promoted
from muniment.tasks.redact import finders


class Layers(Record):
    """The objects of one published shard, by layer: none or one of each."""

    base: tuple[Stored, ...] = ()
    share_alike: tuple[Stored, ...] = ()

    @property
    def shards(self) -> tuple[Stored, ...]:
        """All of them."""
        return (*self.base, *self.share_alike)


def publish_shard(job: Job) -> Layers:
    """The promotable documents of one judged shard, redacted, with all that must travel with them: an object for each layer."""
    root = open_root(job.uri)
    policy = policies.current(root)
    found = {name: job.evidence.evidence[name].digest for name in finders(tuple(job.evidence.evidence))}
    job = job.model_copy(update={"effect": _within(root, job)})
    key = digest(
        [
            job.evidence.shard.digest,
            job.evidence.verdicts.digest,
            found,
            job.effect,
            source_digest(job.source),
            policy.digest,
            job.key_id,
            PROMOTED.names,
            SCHEMA_VERSION,
            __version__,
            *filter(None, [exact.state(root)]),
        ]
    )
    away = unserved(root)
    if away.documents and pc.any(away.among(root.lake.read(job.evidence.verdicts, VERDICT, ["doc_id"]))).as_py():
        return _made(root, job, policy, away)  # until the erasure has rewritten the shard; nothing to remember
    if (recalled := root.work.recall("publish", key, Layers)) and all(map(root.lake.exists, recalled.shards)):
        return recalled
    made = _made(root, job, policy, away)
    root.work.keep("publish", key, made)
    return made


def _within(root: Root, job: Job) -> Effect:
    """The decisions that are about a shard: one about a document elsewhere does not make this shard anew."""
    if not job.effect.documents:
        return job.effect
    held = set(root.lake.read(job.evidence.verdicts, VERDICT, ["doc_id"])["doc_id"].to_pylist())
    return job.effect.model_copy(update={"documents": {name: each for name, each in job.effect.documents.items() if name in held}})


def _made(root: Root, job: Job, policy: Policy, away: Unserved) -> Layers:
    """Without what somebody asked to erase, although it is still in quarantine, and without evaluation items, whatever was decided."""
    documents = promoted(root, job, policy)
    items = exact.barred(root, [job.evidence.shard])
    gone = pa.concat_arrays([away.ids.cast(pa.string()), items]) if away.documents else items
    kept = documents.filter(pc.invert(pc.is_in(documents["doc_id"], value_set=gone)))
    base, share_alike = (_written(root, each) for each in layers.apart(kept))
    return Layers(base=base, share_alike=share_alike)


def _written(root: Root, documents: pa.Table) -> tuple[Stored, ...]:
    return (root.lake.write(documents, PROMOTED),) if documents.num_rows else ()
