"""Packs of originals under a root, and the tables of their keys.

    originals/<source>/<pack>.pack            sealed originals, one after the other
    originals/<source>/<pack>.<serial>.keys   whose they are, where they begin, and their wrapped keys (Arrow IPC)

A pack is written before its table, and a table is never changed: the next serial takes its place and the one before is deleted with all its
versions. So a key that is no longer in the table is nowhere, and the original it opened is noise, wherever copies of the pack lie.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from muniment.schemas.canonical import digest, sha256
from muniment.schemas.original import ORIGINAL
from muniment.store.objects import Objects
from muniment.store.originals.sealing import SealedOriginal, seal_original

_FOLDER = "originals/"
_SPARSE = 2  # a pack is written anew when less than one part in so many of it is living
_ABANDONED = timedelta(days=1)  # a pack without a table is what a killed capture left, when it is older

Chosen = Callable[[pa.Table], pa.ChunkedArray]  # a table of keys → which of its rows


class Original(NamedTuple):
    """One document as fetched."""

    doc_id: str
    media_type: str
    raw: bytes


class Pack(NamedTuple):
    """A pack and its table of keys. `serials` are those that lie there, ascending: after a crash there can be two."""

    source: str
    id: str
    serials: tuple[int, ...]

    @property
    def key(self) -> str:
        """Where the pack lies."""
        return f"{_FOLDER}{self.source}/{self.id}.pack"

    def table(self, serial: int) -> str:
        """Where a table of keys lies."""
        return f"{_FOLDER}{self.source}/{self.id}.{serial:06d}.keys"


class Removed(NamedTuple):
    """What a removal did to one pack, or would do: rows taken out, bytes of table and pack before, and of what took their place."""

    pack: str
    rows: int
    bytes: int
    written: int


class Packs:
    """All packs under a root."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def all(self, source: str = "") -> list[Pack]:
        """Every pack that has a table, of one source or of all."""
        serials: dict[tuple[str, str], list[int]] = {}
        for key in self._objects.list(f"{_FOLDER}{source}/" if source else _FOLDER):
            if key.endswith(".keys"):
                folder, _, name = key.removeprefix(_FOLDER).rpartition("/")
                pack, serial, _ = name.split(".")
                serials.setdefault((folder, pack), []).append(int(serial))
        return [Pack(*named, tuple(sorted(each))) for named, each in sorted(serials.items())]

    def keys(self, pack: Pack) -> pa.Table:
        """The table of keys that is in force."""
        return pa.ipc.open_file(self._objects.read(pack.table(pack.serials[-1]))).read_all()

    def write(self, source: str, originals: Sequence[Original], source_key: bytes) -> None:
        """Keep originals as one pack. Nothing happens when the same ones were packed; what a killed run left of it is replaced."""
        hashes = [sha256(each.raw) for each in originals]
        identifier = digest([[each.doc_id, hashed] for each, hashed in zip(originals, hashes, strict=True)])[:20]
        if any(each.id == identifier for each in self.all(source)):
            return
        rows, payloads, at = list[dict[str, Any]](), list[bytes](), 0
        for each, hashed in zip(originals, map(bytes.fromhex, hashes), strict=True):
            sealed = seal_original(each.raw, each.doc_id, hashed, source_key)
            rows.append(_row(each, hashed, sealed, at))
            payloads.append(sealed.payload)
            at += len(sealed.payload)
        pack = Pack(source, identifier, (0,))
        self._objects.delete(pack.key)
        self._objects.put(pack.key, b"".join(payloads))
        self._objects.put(pack.table(0), _written(pa.Table.from_pylist(rows, ORIGINAL)))

    def sealed(self, pack: Pack, row: dict[str, Any]) -> SealedOriginal:
        """One original as it lies in its pack."""
        with self._objects.open(pack.key) as file:
            file.seek(row["at"])
            return SealedOriginal(file.read(row["length"]), row["wrapped"])

    def remove(self, chosen: Chosen, source: str = "") -> Iterator[Removed]:
        """Destroy the keys of the chosen rows, and packs of which little is left; then whatever crashed runs left. Safe to run again."""
        for pack in self.all(source):
            removed = self._remove(pack, chosen)
            if removed.rows:
                yield removed
        self._sweep(source)

    def would_remove(self, chosen: Chosen) -> Iterator[Removed]:
        """What `remove` would do; nothing is changed."""
        for pack in self.all():
            table = self.keys(pack)
            hit = chosen(table)
            if rows := pc.sum(hit).as_py():
                kept = table.filter(pc.invert(hit))
                replaced = self._living(kept) if self._is_sparse(pack, kept) else 0
                yield Removed(pack.id, rows, len(_written(table)) + replaced, 0)

    def remove_source(self, source: str) -> Iterator[Removed]:
        """Remove all packs of a source; their keys first."""
        yield from self.remove(lambda table: pa.chunked_array([pa.repeat(True, table.num_rows)]), source)

    def _remove(self, pack: Pack, chosen: Chosen) -> Removed:
        table = self.keys(pack)
        hit = chosen(table)
        rows = pc.sum(hit).as_py() or 0
        removed = Removed(pack.id, 0, 0, 0)
        if rows or not table.num_rows:
            removed = self._without(pack, table, table.filter(pc.invert(hit)))
        for serial in pack.serials[:-1]:
            self._objects.delete(pack.table(serial))
        return removed

    def _without(self, pack: Pack, table: pa.Table, kept: pa.Table) -> Removed:
        rows, before, written = table.num_rows - kept.num_rows, len(_written(table)), 0
        if kept.num_rows and self._is_sparse(pack, kept):
            before += self._living(kept)
            written = self._moved(pack, kept)
            kept = kept.slice(0, 0)
        return Removed(pack.id, rows, before, written + self._succeed(pack, table, kept))

    def _succeed(self, pack: Pack, table: pa.Table, kept: pa.Table) -> int:
        """Put the next table in the place of this one; the pack of an empty one goes too. Gives the bytes that stay."""
        serial, payload = pack.serials[-1], _written(kept)
        if kept.num_rows < table.num_rows:
            self._objects.put(pack.table(serial + 1), payload)
            self._objects.delete(pack.table(serial))
            serial += 1
        if kept.num_rows:
            return len(payload)
        self._objects.delete(pack.key)
        self._objects.delete(pack.table(serial))
        return 0

    def _moved(self, pack: Pack, kept: pa.Table) -> int:
        """Write what lives of a pack as a pack of its own, sealed as it was; gives the bytes written."""
        with self._objects.open(pack.key) as file:
            whole = memoryview(file.read())
        starts, lengths = kept["at"].to_pylist(), kept["length"].to_pylist()
        payload = b"".join(whole[at : at + length] for at, length in zip(starts, lengths, strict=True))
        places = list(accumulate(lengths, initial=0))[:-1]
        new = Pack(pack.source, digest([pack.id, kept["doc_id"].to_pylist()])[:20], (0,))
        table = _written(kept.set_column(ORIGINAL.get_field_index("at"), ORIGINAL.field("at"), pa.array(places, pa.int64())))
        self._objects.put(new.key, payload)
        self._objects.put(new.table(0), table)
        return len(payload) + len(table)

    def _is_sparse(self, pack: Pack, kept: pa.Table) -> bool:
        with self._objects.open(pack.key) as file:
            return self._living(kept) * _SPARSE < file.seek(0, 2)

    @staticmethod
    def _living(kept: pa.Table) -> int:
        return pc.sum(kept["length"]).as_py() or 0

    def _sweep(self, source: str) -> None:
        """Packs that no table opens any more: what was in them is noise already."""
        opened = {each.key for each in self.all(source)}
        old = datetime.now(UTC) - _ABANDONED
        for key, written in list(self._objects.dated(f"{_FOLDER}{source}/" if source else _FOLDER)):
            if key.endswith(".pack") and key not in opened and written < old:
                self._objects.delete(key)


def _row(each: Original, hashed: bytes, sealed: SealedOriginal, at: int) -> dict[str, Any]:
    return {
        "doc_id": each.doc_id,
        "raw_hash": hashed,
        "wrapped": sealed.wrapped,
        "at": at,
        "length": len(sealed.payload),
        "size": len(each.raw),
        "media_type": each.media_type,
    }


def _written(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    table = table.combine_chunks()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    payload: bytes = sink.getvalue().to_pybytes()
    return payload
