"""A snapshot of the corpus: immutable parts, one for each source, and what they were made from."""

from muniment.schemas.review import Decision
from muniment.schemas.source import Record
from muniment.schemas.stored import Manifest, Stored

SCHEMA_VERSION = 3  # 2: documents say what was replaced in them, and under which key; 3: which uses their publisher reserved


class Part(Record):
    """One source's documents inside a snapshot."""

    source: str
    capture: str
    judgement: str
    decision: Decision
    review: str  # digest of the review
    pseudonym_key: str = ""  # generation of the key that its pseudonyms are made with; empty when the policy asks for none
    shards: tuple[Stored, ...]


class Snapshot(Manifest):
    """What a ref points at. Holds no time: the same inputs, policy and code give the same bytes. The ledger says when."""

    parts: tuple[Part, ...]
    policy: str
    code: str
    schema_version: int = SCHEMA_VERSION
    checks: str  # digest of the promotion checks' results, kept beside the manifest
    statistics: dict[str, float]


class Target(Record):
    """What a ref such as `production` holds: a snapshot and the index that answers for it, moved together."""

    snapshot: str
    index: str = ""
    serial: int = 0  # rises with every move, so that no two moves are the same
