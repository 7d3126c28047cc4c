"""Which captured documents resemble an erased one: looked for in every shard, again whenever something was erased since."""

from collections.abc import Sequence

from muniment.core.resemblance.bands import LEAST
from muniment.core.twins.sketch import NGRAM
from muniment.schemas.canonical import digest
from muniment.schemas.evidence import SIGNATURE
from muniment.schemas.source import Record
from muniment.schemas.stored import Stored
from muniment.schemas.tombstone import RESEMBLANCE, Kind
from muniment.store.root import Root, open_root
from muniment.tasks.derive import Finished
from muniment.tasks.detectors import signer
from muniment.tasks.evidence import evidence_by
from muniment.tasks.pool import spread
from muniment.tasks.tombstones.barred import VERSION, barred

STEP = "resemble"


class Job(Record):
    """A shard of documents that was not held against the present tombstones."""

    uri: str
    shard: Stored
    key: str


def resembling(root: Root, shards: Sequence[Stored]) -> dict[str, Stored]:
    """By the digest of a shard of documents, an object of `RESEMBLANCE` about it."""
    state = barred(root).state(Kind.BANDS)
    if not state:
        return dict.fromkeys((shard.digest for shard in shards), root.lake.write(RESEMBLANCE.empty_table(), RESEMBLANCE))
    jobs = [Job(uri=root.uri, shard=each, key=digest([each.digest, state, LEAST, VERSION])) for each in shards]
    found = {job.shard.digest: known for job in jobs if (known := _recalled(root, job))}
    asked = [job for job in jobs if job.shard.digest not in found]
    return found | {job.shard.digest: made for job, made in zip(asked, spread(STEP, look, asked), strict=True)}


def look(job: Job) -> Stored:
    """Hold a shard's signatures, by shingles of five tokens, against all tombstones."""
    root = open_root(job.uri)
    signed = root.lake.read(evidence_by(root, job.shard, signer((NGRAM,))), SIGNATURE, ["doc_id", "tokens", "sketch"])
    stored = root.lake.write(barred(root).resembling(signed), RESEMBLANCE)
    root.work.keep(STEP, job.key, Finished(output=stored))
    return stored


def _recalled(root: Root, job: Job) -> Stored | None:
    known = root.work.recall(STEP, job.key, Finished)
    return known.output if known and root.lake.exists(known.output) else None
