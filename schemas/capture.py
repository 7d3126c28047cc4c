"""Manifests of quarantine: what was captured from a source, and what the detectors and the policy made of it."""

from muniment.schemas.source import Record
from muniment.schemas.stored import Manifest, Stored


class Capture(Manifest):
    """One state of a source in quarantine. The id is a digest of its contents, so the same input has the same capture."""

    source: str
    source_digest: str  # of the registry entry that was in force
    connector: str  # name, version and digest of what was selected and how text was made
    entries: Stored  # what was listed, with fingerprints
    shards: tuple[Stored, ...]
    set_aside: Stored | None = None
    columns: Stored | None = None  # of a structured source: what a sample says about each (COLUMN)
    counts: dict[str, int] = {}  # listed, documents, added, changed, vanished, set_aside, erased
    set_aside_reasons: dict[str, int] = {}


class ShardEvidence(Record):
    """Evidence about one shard of documents: an object for each detector, and the verdicts."""

    shard: Stored
    evidence: dict[str, Stored]  # detector label → object
    verdicts: Stored


class Judgement(Manifest):
    """What an approval is bound to: a capture, the evidence about it, the policy, and the verdicts that follow."""

    capture: str
    source: str
    source_digest: str
    policy: str  # digest of the policy
    shards: tuple[ShardEvidence, ...]
    rights: str = ""  # digest of the licence table and of the revocations that were in force
    twins: Stored | None = None  # compared across the capture and the corpus
    actions: dict[str, int]  # action → documents
    reasons: dict[str, int]  # reason code → documents
    failed: dict[str, str] = {}  # detector → error class, where evidence is missing
