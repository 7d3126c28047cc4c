"""What tombstones bar now, as a capture asks it."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from muniment.core.resemblance import bands
from muniment.core.resemblance.marks import mark, span, words_of
from muniment.core.resemblance.siphash import key_of
from muniment.core.twins.kernel import Array
from muniment.core.twins.sketch import sketches
from muniment.errors import Corrupt, NotFound
from muniment.schemas.canonical import digest
from muniment.schemas.tombstone import RESEMBLANCE, Gathered, Kind, Tombstone
from muniment.store.root import Root, open_root
from muniment.tasks.tombstones import records
from muniment.tasks.tombstones.gather import REF, columns, forget, gathered

VERSION = "1"


@dataclass(frozen=True)
class _Open:
    """A segment over its files."""

    tombstones: tuple[Tombstone, ...]
    marks: dict[str, Array]
    bands: dict[str, Array] | None


@dataclass(frozen=True)
class Barred:
    """Every tombstone, at one moment. Asking costs the same however many there are, but for a logarithm."""

    segments: Sequence[_Open]
    lifted: frozenset[str]
    now: datetime
    secret: bytes
    sip: Array

    def state(self, *kinds: Kind) -> str:
        """Digest of which requests bar by these kinds; empty when none does."""
        alive = [(each.id, kind) for each in self._tombstones for kind in kinds if self._bars(each, kind)]
        return digest(sorted(alive)) if alive else ""

    def key(self, doc_id: str) -> bool:
        """Whether a document of this id was erased."""
        return any(self._bars(each, Kind.KEY) for each in self._marked("key", "", doc_id))

    def content(self, source: str, doc_id: str, hashes: Collection[str]) -> bool:
        """Whether a document with one of these SHA-256 hashes, of its bytes or its text, was erased from this source or from all.
        One that was known as a duplicate then, and stayed, is not meant."""
        found = (each for value in hashes for scope in ("", source) for each in self._marked("content", scope, value))
        return any(self._bars(each, Kind.CONTENT) and not self._spared(each, doc_id) for each in found)

    def reopened(self, source: str, listed: str) -> str:
        """Digest of the lifted and expired tombstones of documents that came from what is listed so; empty when there is none. What is
        listed unchanged is read again when this changes."""
        if not self._has_ended:
            return ""
        ended = {each.request for each in self._marked("entry", source, listed) if not self._bars(each, Kind.KEY)}
        return digest(sorted(ended))[:12] if ended else ""

    def resembling(self, signatures: pa.Table) -> pa.Table:
        """`RESEMBLANCE` rows of documents (doc_id, tokens, sketch) that resemble an erased one."""
        asked = signatures.filter(pc.greater_equal(signatures["tokens"], bands.TOKENS))
        ids, hashes = asked["doc_id"].to_pylist(), bands.keyed(sketches(asked), self.sip)
        rows = [
            (ids[place], f"resemblance@{VERSION}", request, int(count))
            for segment in self.segments
            if segment.bands is not None
            for place, request, count in self._agreeing(segment, ids, hashes)
        ]
        made = [pa.array(column, field.type) for column, field in zip(zip(*sorted(rows), strict=True), RESEMBLANCE, strict=False)]
        return pa.table(made, schema=RESEMBLANCE) if made else RESEMBLANCE.empty_table()

    def _agreeing(self, segment: _Open, ids: list[str], hashes: Array) -> Iterator[tuple[int, str, int]]:
        """(row, request, bands) of documents that agree with one of a segment's; duplicates that stayed are asked about again
        without the request that knew them."""
        assert segment.bands is not None
        alive = np.array([self._bars(each, Kind.BANDS) for each in segment.tombstones], np.bool_)
        most, whose = bands.agreeing(hashes, segment.bands, alive)
        for place in np.flatnonzero(most).tolist():
            count, request, left = int(most[place]), int(whose[place]), alive
            while count and self._spared(segment.tombstones[request], ids[place]):
                left = left.copy()
                left[request] = False
                one, other = bands.agreeing(hashes[place : place + 1], segment.bands, left)
                count, request = int(one[0]), int(other[0])
            if count:
                yield place, segment.tombstones[request].request, count

    @cached_property
    def _tombstones(self) -> list[Tombstone]:
        return [each for segment in self.segments for each in segment.tombstones]

    @cached_property
    def _has_ended(self) -> bool:
        return not all(self._bars(each, Kind.KEY) for each in self._tombstones)

    def _bars(self, tombstone: Tombstone, kind: Kind) -> bool:
        return tombstone.request not in self.lifted and tombstone.bars(kind, self.now)

    def _spared(self, tombstone: Tombstone, doc_id: str) -> bool:
        return any(each.request == tombstone.request for each in self._marked("spared", tombstone.request, doc_id))

    def _marked(self, kind: str, scope: str, value: str) -> Iterator[Tombstone]:
        first, second = words_of(mark(self.secret, kind, scope, value)) if self.segments else (None, None)
        for segment in self.segments:
            begin, end = span(segment.marks["high"], segment.marks["low"], first, second)
            for place in segment.marks["request"][begin:end].tolist():
                yield segment.tombstones[place]


def barred(root: Root, now: datetime | None = None) -> Barred:
    """What tombstones bar at `now`; raises `Corrupt` when one of them cannot be read: without it, what was erased could come back."""
    laid, lifted = records.laid(root)
    return Barred(
        segments=_segments(root, laid) if laid else (),
        lifted=lifted,
        now=now or datetime.now(UTC),
        secret=root.vault.key(records.MARKS),
        sip=key_of(root.vault.key(records.BANDS)),
    )


def _segments(root: Root, laid: frozenset[str]) -> Sequence[_Open]:
    try:
        return _opened(root.uri, gathered(root, laid))
    except (NotFound, Corrupt):
        forget(root)
        return _opened(root.uri, gathered(root, laid))


@lru_cache(maxsize=2)
def _opened(uri: str, tag: str) -> Sequence[_Open]:
    """Cached by the tag, which changes with what was gathered; what another process gathered since only adds to it."""
    root = open_root(uri)
    held, _ = root.refs.read(REF, Gathered)
    return tuple(
        _Open(each.tombstones, columns(root, each, each.marks), columns(root, each, each.bands) if each.bands else None)
        for each in (held or Gathered()).yards
    )
