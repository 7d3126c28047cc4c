"""The documents in the objects of a snapshot, held against the lines of a proof, in memory that does not grow with them."""

import hashlib
import json
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from .canonical import plain
from .expressions import stricter
from .fields import is_digits
from .finding import Refused
from .header import Header
from .reading import Reading
from .terms import RANKS


def same_documents(reading: Reading, header: Header, root: Path, parquet: Any) -> None:
    """Compare what the objects say with the lines. What they say goes to temporary files by id, an object at a time."""
    with ExitStack() as stack:
        files = [stack.enter_context(tempfile.SpooledTemporaryFile(1 << 20)) for _ in range(_FILES)]
        for part in header.parts:
            for each in part["documents"]:
                if each["layer"] not in header.without:
                    for row in _rows(object_file(root, each["digest"]), parquet):
                        doc_id, told = _told(row, each["layer"], header)
                        files[int(doc_id[:2], 16) * _FILES >> 8].write(doc_id + told)
        theirs = (entry for file in files for entry in sorted(_entries(file)))
        for line in reading.leaves(header.documents):
            fields, entry = json.loads(line), next(theirs, b"")
            doc_id = fields["doc_id"]
            if entry[:32] != doc_id.encode():
                raise Refused(f"document {doc_id} is not in the objects, or others stand before it")
            if entry[32:] != _summary(fields):
                raise Refused(f"document {doc_id} is not as its object has it")
        if next(theirs, None) is not None:
            raise Refused("the objects hold documents that are not in the proof")


_FILES = 64
_ENTRY = 32 + 32  # an id, and a digest of what is said of it


def _entries(file: Any) -> Iterator[bytes]:
    file.seek(0)
    while entry := file.read(_ENTRY):
        yield entry


def _told(row: dict[str, Any], layer: str, header: Header) -> tuple[bytes, bytes]:
    """(id, digest) of a document as its object has it; raises `Refused` for one that is no document."""
    source = header.sources.get(row["source_id"])
    if source is None or not is_digits(row["doc_id"], 32) or hashlib.sha256(row["text"].encode()).hexdigest() != row["text_hash"]:
        raise Refused(f"an object holds a document that is not what it says: {row['doc_id']}")
    rank = max(source.rank, RANKS.get(row["classification"], RANKS["restricted"]))
    fields = {
        "classification": next(name for name, each in RANKS.items() if each == rank),
        "layer": layer,
        "licence": row["licence"],
        "reserved": sorted(row["reserved"]),
        "source": row["source_id"],
        "tags": sorted(stricter(frozenset(row["tags"]), header.table.read(row["licence"]).tags)),
        "text_hash": row["text_hash"],
    }
    return row["doc_id"].encode(), _summary(fields)


def _summary(fields: dict[str, Any]) -> bytes:
    """A digest of all that an object says of a document: not the branch that is taken, which the table says."""
    said = ("classification", "layer", "licence", "reserved", "source", "tags", "text_hash")
    return hashlib.sha256(plain([fields[name] for name in said])).digest()


def _rows(path: Path, parquet: Any) -> Iterator[dict[str, Any]]:
    columns = ["doc_id", "source_id", "licence", "tags", "reserved", "classification", "text_hash", "text"]
    try:
        with parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(256, columns=columns):
                yield from batch.to_pylist()
    except (OSError, ValueError) as error:
        raise Refused(f"object {path.stem} cannot be read: {error}") from None


def object_file(root: Path, digest: str) -> Path:
    """The file of an object under a root; raises `Refused` where there is none."""
    path = root / "objects" / digest[:2] / f"{digest}.parquet"
    if not path.is_file():
        raise Refused(f"object {digest} is not under {root}")
    return path
