"""What a check of rights says: whether a snapshot may be used for something, what stands against it, and the proof when nothing does."""

from datetime import datetime

from muniment.schemas.source import Classification, Record, Source, Status, Terms

FORMAT, VERSION = "muniment-rights-proof", 1
# Clauses that hold for every use, beside those of its profile.
TERMS, REVOKED = "terms", "revoked"
ALWAYS = {
    TERMS: "No terms of its source are in force, or the source is suspended.",
    REVOKED: "The licence that it is used under was taken back.",
}


class SourceTerms(Record):
    """What binds a source's documents beside their licences, as it is in force when a check is made."""

    version: int  # of the registry entry
    declared_licence: str
    classification: Classification
    terms: Terms
    revoked: tuple[str, ...] = ()  # licences that were taken back of it

    @classmethod
    def of(cls, source: Source, revoked: tuple[str, ...] = ()) -> "SourceTerms | None":
        """Those of a registry entry; None where it is suspended."""
        if source.status is Status.SUSPENDED:
            return None
        return cls(
            version=source.version,
            declared_licence=source.declared_licence,
            classification=source.classification,
            terms=source.terms,
            revoked=revoked,
        )


class Violation(Record):
    """One document that a use must not have, and the clauses that say so."""

    doc_id: str
    source: str
    native_key: str
    licence: str | None
    clauses: tuple[str, ...]


class Breach(Record):
    """One clause and what violates it: how many documents, of which sources and licences, and the first of them."""

    clause: str
    why: str
    documents: int
    sources: dict[str, int]
    licences: dict[str, int]
    first: tuple[Violation, ...]


class Check(Record):
    """What came of asking whether a snapshot may be used for something."""

    snapshot: str
    revision: int
    ref: str
    use: str
    use_digest: str
    table: str  # digest of the licence table
    customer: str
    without: tuple[str, ...]
    documents: int
    left_out: int  # documents of the layers that were left out
    violating: int  # documents that violate at least one clause
    breaches: tuple[Breach, ...]
    tags: dict[str, int] = {}  # documents by tag

    @property
    def passed(self) -> bool:
        """Whether nothing stands against the use."""
        return not self.violating


class Proof(Record):
    """A proof that was written: what it says in short, so that the file can be recognised."""

    snapshot: str
    use: str
    documents: int
    root: str  # of the Merkle tree over the documents
    key: str
    issued: datetime
    bytes: int


class LayerObject(Record):
    """An object of promoted documents as a proof names it."""

    digest: str
    rows: int
    layer: str


class PartObjects(Record):
    """One source's part of a snapshot as a proof names it: its objects, and those of the verdicts and the licence evidence behind them."""

    source: str
    capture: str
    judgement: str
    decision: str
    review: str
    documents: tuple[LayerObject, ...]
    verdicts: tuple[str, ...]
    evidence: tuple[str, ...]


class Rows(Record):
    """The rows of the licence table that decide about a proof's documents, the order of choice, and the digest of the whole table."""

    digest: str
    preferred: tuple[str, ...]
    silent: tuple[str, ...]  # those of the identifiers that add nothing beside a licence
    licences: dict[str, tuple[str, ...]]
    exceptions: dict[str, tuple[str, ...]]


class Header(Record):
    """The first line of a proof: everything but the documents themselves."""

    format: str = FORMAT
    version: int = VERSION
    issued: datetime
    key: str  # Ed25519 public key that checks the signature, hexadecimal
    snapshot: str
    revision: int
    manifest: str  # SHA-256 of the manifest's bytes
    ref: str
    use: dict[str, object]  # the profile in full
    customer: str
    without: tuple[str, ...]
    table: Rows
    sources: dict[str, SourceTerms]
    parts: tuple[PartObjects, ...]
    tools: dict[str, str]
    documents: int
    root: str  # of the Merkle tree over the lines of the documents (RFC 6962), hexadecimal
