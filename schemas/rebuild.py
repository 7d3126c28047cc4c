"""What came of building a snapshot a second time."""

from enum import StrEnum

from muniment.schemas.source import Record


class Level(StrEnum):
    """How far the second build equals the first, from best to worst (REP-2)."""

    EXACT = "exact"  # byte for byte
    ROWS = "rows"  # the same documents with the same text and papers, in other bytes: another version of a library wrote them
    DIFFERS = "differs"
    CANNOT = "cannot"  # something that it was made from is not kept


class RebuiltPart(Record):
    """One source's part."""

    source: str
    level: Level
    shards: int
    equal: int  # of its objects, byte for byte
    why: str = ""  # what is missing, or what differs


class Rebuilt(Record):
    """A snapshot built again beside the one that is kept; the worst of its parts is its level. No ref was touched, nothing was stored."""

    snapshot: str
    revision: int
    level: Level
    parts: tuple[RebuiltPart, ...]
    code: tuple[str, str]  # version of Muniment that made it, and the one that built it again

    @property
    def shards(self) -> int:
        """Objects of all parts."""
        return sum(part.shards for part in self.parts)

    @property
    def equal(self) -> int:
        """Of them, those that came out byte for byte."""
        return sum(part.equal for part in self.parts)
