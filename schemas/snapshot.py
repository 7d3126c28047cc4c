"""A snapshot of the corpus: immutable parts, one for each source, and what they were made from."""

from collections.abc import Collection

from muniment.schemas.review import Decision
from muniment.schemas.source import Record
from muniment.schemas.stored import Manifest, Stored

# 2: documents say what was replaced in them, and under which key; 3: which uses their publisher reserved; 4: share-alike documents lie apart
SCHEMA_VERSION = 4
SHARE_ALIKE = "share-alike"  # the layer of documents whose licence asks that what is made of them goes under the same terms


class Part(Record):
    """One source's documents inside a snapshot."""

    source: str
    capture: str
    judgement: str
    decision: Decision
    review: str  # digest of all decisions that it rests on; of one decision its own name
    decisions: tuple[str, ...] = ()  # their names, that of the whole capture first
    pseudonym_key: str = ""  # generation of the key that its pseudonyms are made with; empty when the policy asks for none
    shards: tuple[Stored, ...]  # of every layer
    share_alike: tuple[Stored, ...] = ()  # those of `shards` that hold share-alike documents, and nothing else

    def layer(self, shard: Stored) -> str:
        """Which layer one of the shards belongs to; empty for the base, which every use takes in."""
        return SHARE_ALIKE if shard in self.share_alike else ""

    def kept(self, without: Collection[str] = ()) -> tuple[Stored, ...]:
        """The shards that are left when layers are left out."""
        return tuple(shard for shard in self.shards if self.layer(shard) not in without)


class Snapshot(Manifest):
    """What a ref points at. Holds no time: the same inputs, policy and code give the same bytes. The ledger says when."""

    parts: tuple[Part, ...]
    policy: str
    licences: str = ""  # digest of the table of licences; it, the policy and the tools are kept under `rules/`
    tools: str = ""  # digest of the packages and models that it was made with, and their licences (LIC-8)
    code: str
    schema_version: int = SCHEMA_VERSION
    checks: str  # digest of the promotion checks' results, kept beside the manifest
    statistics: dict[str, float]

    @property
    def layered(self) -> bool:
        """Whether its layers can be told apart: in older snapshots share-alike documents lie among the others."""
        return self.schema_version >= 4

    def shards(self, without: Collection[str] = ()) -> tuple[Stored, ...]:
        """The shards of all parts, without those of the layers that are left out."""
        return tuple(shard for part in self.parts for shard in part.kept(without))


class Target(Record):
    """What a ref such as `production` holds: a snapshot and the index that answers for it, moved together."""

    snapshot: str
    index: str = ""
    before: str = ""  # the index that answered for this snapshot before: what `muniment index fallback` goes back to
    serial: int = 0  # rises with every move, so that no two moves are the same
