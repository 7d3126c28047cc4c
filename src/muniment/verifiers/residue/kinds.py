"""What a file is, by its first bytes, and who decodes it. Names are looked at only for files that have no first bytes of their own."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from muniment.verifiers.residue import archive, text
from muniment.verifiers.residue.parts import Numbers, Octets, Parts
from muniment.verifiers.residue.spill import Spill

Sides = Mapping[str, Octets]
Decode = Callable[[Octets, Spill, dict[str, Octets]], Parts]


class Kind(NamedTuple):
    """A kind of file. `sides`: endings of the files beside it that belong to it. `loose`: compressed streams may lie in its bytes that
    nothing of it points at, and are looked for. `whole`: its decoder gives every byte of it, decoded or as it is."""

    name: str
    decode: Decode | None = None
    sides: tuple[str, ...] = ()
    loose: bool = False
    whole: bool = False


def _parquet(payload: Octets, spill: Spill, sides: dict[str, Octets]) -> Parts:
    from muniment.verifiers.residue import parquet

    return parquet.parts(payload)


def _arrow(payload: Octets, spill: Spill, sides: dict[str, Octets]) -> Parts:
    from muniment.verifiers.residue import arrow

    return arrow.parts(payload)


def _duck(payload: Octets, spill: Spill, sides: dict[str, Octets]) -> Parts:
    from muniment.verifiers.residue import duck

    return duck.parts(payload, sides)


def _sqlite(payload: Octets, spill: Spill, sides: dict[str, Octets]) -> Parts:
    from muniment.verifiers.residue import sqlite

    return sqlite.parts(payload, sides)


def _faiss(payload: Octets, spill: Spill, sides: dict[str, Octets]) -> Parts:
    from muniment.verifiers.residue import vectors

    return vectors.parts(payload)


def _starts(payload: Octets, spill: Spill, sides: dict[str, Octets]) -> Parts:
    yield Numbers("ids", payload[: len(payload) // 8 * 8].view("<i8"))


def _tantivy(payload: Octets, spill: Spill, sides: dict[str, Octets]) -> Parts:
    from muniment.verifiers.residue import tantivy

    return tantivy.parts(payload)


PLAIN = Kind("plain", loose=True)
PDF = Kind("PDF", loose=True)
_FIRST: tuple[tuple[int, bytes, Kind], ...] = (
    (0, b"PAR1", Kind("Parquet", _parquet, whole=True)),
    (0, b"ARROW1", Kind("Arrow", _arrow)),
    (0, b"\xff\xff\xff\xff", Kind("Arrow stream", _arrow)),
    (0, b"SQLite format 3\0", Kind("SQLite", _sqlite, ("-wal", "-journal"), loose=True)),
    (8, b"DUCK", Kind("DuckDB", _duck, (".wal",), loose=True)),
    (0, b"\x1f\x8b\x08", Kind("gzip", lambda payload, spill, _: archive.gzipped(payload, spill))),
    (0, b"BZh", Kind("bz2", lambda payload, spill, _: archive.bzipped(payload, spill))),
    (0, b"\xfd7zXZ\0", Kind("xz", lambda payload, spill, _: archive.xz(payload, spill))),
    (0, b"\x28\xb5\x2f\xfd", Kind("zstd", lambda payload, spill, _: archive.framed(payload, spill, "zstd"))),
    (0, b"\x04\x22\x4d\x18", Kind("lz4", lambda payload, spill, _: archive.framed(payload, spill, "lz4"))),
    (0, b"PK\x03\x04", Kind("zip", lambda payload, spill, _: archive.zipped(payload, spill))),
    (257, b"ustar", Kind("tar", lambda payload, spill, _: archive.tarred(payload, spill))),
    (0, b"%PDF-", PDF),
    (0, b"\xff\xfe", Kind("UTF-16", lambda payload, spill, _: text.wide(payload))),
    (0, b"\xfe\xff", Kind("UTF-16", lambda payload, spill, _: text.wide(payload))),
    *((0, magic, Kind("FAISS", _faiss, whole=True)) for magic in (b"Ix", b"Iw", b"IH", b"IN", b"Is", b"IS")),
)
# By what stands after the last dot of a name: the stored fields of a search index; 64-bit ids, one after the other.
_NAMED = {"store": Kind("tantivy", _tantivy), "ids": Kind("ids", _starts)}
# Kinds of file that this program cannot open, and says so.
FOREIGN: tuple[tuple[int, bytes, str], ...] = (
    (0, b"7z\xbc\xaf\x27\x1c", "7-Zip"), (0, b"Rar!\x1a\x07", "RAR"), (0, b"Obj\x01", "Avro"), (0, b"ORC", "ORC"),
    (0, b"\x89HDF\r\n", "HDF5"), (0, b"FEA1", "Feather 1"), (0, b"age-encryption.org/", "age"), (0, b"\xd0\xcf\x11\xe0", "OLE"),
    (0, b"PARE", "Parquet with an encrypted footer"), (0, b"\x85\x01", "OpenPGP"), (0, b"LANC", "Lance"), (4, b"LANC", "Lance"),
)  # fmt: skip


def kind_of(payload: Octets, name: str) -> Kind:
    """The kind of a file, or of a part of one (whose name is then empty)."""
    for offset, magic, kind in _FIRST:
        if payload[offset : offset + len(magic)].tobytes() == magic:
            return kind
    return _NAMED.get(name.rpartition(".")[2], PLAIN)


def closed(payload: Octets, name: str) -> str:
    """Why only the bytes of a file can be searched, though it holds more than they show; empty when they are all."""
    for offset, magic, kind in FOREIGN:
        if payload[offset : offset + len(magic)].tobytes() == magic:
            return f"A file of the kind {kind} is not decoded; its bytes were searched."
    if payload[:5].tobytes() == b"%PDF-":
        return "Streams of a PDF were decompressed; a text that is set glyph by glyph cannot be seen in them."
    if name.endswith((".term", ".idx", ".pos")):
        return "Lists of a search index's terms hold single words, and are compressed; its stored fields were decoded."
    return ""
