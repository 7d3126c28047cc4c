"""Manifest of a search index."""

from enum import StrEnum

from muniment.schemas.source import Record
from muniment.schemas.stored import Manifest, Stored

EXACT = "exact"  # the kind of file that every segment has: the vectors as they are
WORDS = "words"  # and the words of its passages


class Layout(StrEnum):
    """What lies in segments of its own, so that a query opens only what its principal can see at all."""

    SHARED = "shared"
    TIERED = "tiered"
    TENANT = "tenant"


class IndexFile(Record):
    """What was derived from one object of chunks and its vectors, in their order. Indexes whose snapshots share the object share it."""

    kind: str  # the variant that it is of
    digest: str  # SHA-256 of its bytes
    count: int
    bytes: int

    @property
    def key(self) -> str:
        """Where the file lies under the root."""
        return derived_key(self.digest)


def derived_key(digest: str) -> str:
    """Where a derived file lies under the root."""
    return f"derived/{digest}"


class Segment(Record):
    """The passages of one promoted object, or of several small ones: an index is made, searched and erased from a segment at a time.

    Nothing in a segment depends on another one, so that an erasure makes anew what it touches, and nothing else.
    """

    chunks: Stored
    vectors: Stored
    files: tuple[IndexFile, ...]
    partition: str = ""  # who opens it at all: a classification (tiered) or a tenant; empty: everybody
    of: tuple[Stored, ...] = ()  # the promoted objects whose passages lie in it

    def file(self, kind: str) -> IndexFile:
        """The file of that kind, which must be there."""
        return next(each for each in self.files if each.kind == kind)

    def held(self, kind: str) -> IndexFile | None:
        """The file of that kind; None when there is none, as in a segment that is too small for it."""
        return next((each for each in self.files if each.kind == kind), None)


class Index(Manifest):
    """An index built from one snapshot. Positions of passages count through the segments, one after the other."""

    snapshot: str
    snapshot_revision: int
    chunker: str
    encoder: str
    encoder_digest: str
    dimension: int
    segments: tuple[Segment, ...]
    count: int
    without: tuple[str, ...] = ()  # layers of the snapshot that were left out
    layout: Layout = Layout.SHARED
    baseline: str = ""  # id of the exact index that a variant was built beside; empty: it is exact itself
    variant: str = EXACT  # the kind of file that answers where it is cheaper than the exact one
    parameters: dict[str, float] = {}  # how the variant is searched, worked out from the vectors: nothing of it was timed

    @property
    def chunks(self) -> tuple[Stored, ...]:
        """The objects of chunks, in order."""
        return tuple(each.chunks for each in self.segments)

    @property
    def vectors(self) -> tuple[Stored, ...]:
        """The objects of vectors, in the order of the chunks."""
        return tuple(each.vectors for each in self.segments)

    @property
    def files(self) -> tuple[IndexFile, ...]:
        """Everything that was derived, of all segments."""
        return tuple(file for each in self.segments for file in each.files)


class Costs(Record):
    """What searching one segment costs on one machine, in nanoseconds of one core: worked out by measuring, for the planner."""

    call: float  # to open an exact scan
    skipped: float  # a row that an exact scan passes over
    row: float  # a row that it compares, the others being scattered
    fast_call: float = 0.0  # the same of the compressed file
    fast_skipped: float = 0.0
    fast_row: float = 0.0


class Machine(Record):
    """What an index was built or measured on."""

    processor: str
    cores: int
    gpus: int
    packages: dict[str, str]
    options: str  # of FAISS: the instruction sets that it was compiled for


class Built(Record):
    """How a variant was built: kept beside the index, `indexes/<id>/built.json`, since the same index can be built elsewhere."""

    index: str
    machine: Machine
    device: str  # cpu or gpu
    seconds: float
    reused: int  # files that stood already
    made: int
    bytes: dict[str, int]  # of the files, by kind
    costs: Costs
    notes: tuple[str, ...] = ()
