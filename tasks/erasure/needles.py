"""What the verifier looks for after an erasure, as fingerprints: taken from the documents while they are still there.

`erasures/<request>/needles/<digest>.npz`: gives no text, id or vector back. Removed when the erasure is proven.
"""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from muniment.schemas.canonical import digest
from muniment.schemas.chunk import PROMOTED
from muniment.schemas.document import DOCUMENT
from muniment.schemas.erasure import Plan
from muniment.schemas.query import QUERY
from muniment.schemas.stored import Stored
from muniment.store.root import Root
from muniment.tasks.erasure import copies
from muniment.verifiers.residue.common import Common
from muniment.verifiers.residue.make import STRIDE, Maker
from muniment.verifiers.residue.needles import Needles

_MOST = 1_000_000  # windows of texts; beyond it they stand farther apart
_NAMES = ("title", "native_key", "path")
_TEXTS = {"document": DOCUMENT, "promoted document": PROMOTED, "query": QUERY}
# What documents that stay may have in common with erased ones, as text.
_SHARED = ("text", "title", "native_key", "path", "raw_hash", "text_hash", "notices")


def write_needles(root: Root, plan: Plan) -> None:
    """Write down what is to be looked for, before anything is removed. A run that found more copies, or finds fewer because an earlier one
    removed them, adds to what is there."""
    held = needles(root, plan.request)
    key = f"{_folder(plan.request)}{digest([plan.documents, sorted(copy.name for copy in plan.copies)])[:20]}.npz"
    if root.objects.exists(key):
        return
    maker = Maker(like=held)
    maker.ids(plan.documents)
    erased = pa.array(plan.documents, pa.string())
    for copy in plan.copies:
        stored = Stored(digest=copy.name, rows=copy.rows, bytes=copy.bytes)
        if copy.place in (*_TEXTS, "vector") and root.lake.exists(stored):
            _take_in(root, maker, copy.place, stored, erased, _stride(plan))
    made = without_common(root, maker.made(), erased, [copy.name for copy in plan.copies if copy.place in (*_TEXTS, "vector")])
    root.objects.put(key, made.dump())


def needles(root: Root, request: str) -> Needles | None:
    """All that was written for a request, or None."""
    found = [Needles.load(root.objects.read(key)) for key in sorted(root.objects.list(_folder(request)))]
    joined = found[0] if found else None
    for each in found[1:]:
        joined = joined.joined(each) if joined else each
    return joined


def of_ids(plan: Plan) -> Needles:
    """What can be looked for when nothing else was written: the ids."""
    maker = Maker()
    maker.ids(plan.documents)
    return maker.made()


def forget_needles(root: Root, request: str) -> None:
    """Remove what was looked for: nothing of the documents is left to find."""
    for key in list(root.objects.list(_folder(request))):
        root.objects.delete(key)


def without_common(root: Root, made: Needles, erased: pa.Array, digests: list[str] | None = None) -> Needles:
    """Needles that no document has which stays: of those in these objects, or of all. Licences and headers go so."""
    common = Common(made)
    for each in copies.objects(root) if digests is None else digests:
        stored = Stored(digest=each, rows=0, bytes=0)
        if not root.lake.exists(stored):
            continue
        columns, naming = root.lake.columns(each, ["doc_id", "chunk_id", *_SHARED])
        kind = copies.kind_of(columns)
        if kind in (*_TEXTS, "chunk"):  # a passage says nothing new, but ends and begins elsewhere
            _show_texts(common, _staying(naming, erased))
        elif kind == "vector":
            table = root.lake.table(each)
            common.vectors(_rows(_staying(table, erased)))
    return common.needles


def _take_in(root: Root, maker: Maker, place: str, stored: Stored, erased: pa.Array, stride: int) -> None:
    if place == "vector":
        table = root.lake.table(stored.digest)
        maker.vectors(_rows(table.filter(copies.rows_about(table, erased))))
        return
    schema = _TEXTS[place]
    columns = [name for name in ("text", *_NAMES, "raw_hash", "text_hash") if name in schema.names]
    for table in root.lake.about(stored, schema, erased, columns):
        for row in table.to_pylist():
            maker.text(row["text"], stride)
            maker.digests(row[name] for name in ("raw_hash", "text_hash") if row.get(name))
            for name in _NAMES:
                maker.name(row.get(name) or "")


def _stride(plan: Plan) -> int:
    held = sum(copy.bytes for copy in plan.copies if copy.place in _TEXTS)  # compressed, and of others too: about right
    return max(STRIDE, 4 * held // _MOST)


def _staying(table: pa.Table, erased: pa.Array) -> pa.Table:
    return table.filter(pc.invert(copies.rows_about(table, erased)))


def _show_texts(common: Common, table: pa.Table) -> None:
    for name in set(_SHARED) & set(table.column_names):
        for chunk in table[name].chunks:
            for buffer in _values(chunk):
                common.bytes(buffer)


def _values(chunk: pa.Array) -> Iterator[bytes]:
    """The bytes of the texts of an array, one after the other: as Arrow has them, and as a page of Parquet, where the length of each, four
    bytes that can be letters, stands before it. A window can reach from one text into the next."""
    if not len(chunk):
        return
    texts = chunk.fill_null("").cast(pa.large_string())
    starts = np.frombuffer(texts.buffers()[1], np.int64)[texts.offset : texts.offset + len(texts) + 1]
    held = np.frombuffer(texts.buffers()[2] or b"", np.uint8)[starts[0] : starts[-1]]
    yield held.tobytes()
    lengths = (starts[:-1] - starts[0] + 4 * np.arange(len(texts)))[:, None] + np.arange(4)
    page = np.empty(len(held) + 4 * len(texts), np.uint8)
    of_text = np.ones(len(page), np.bool_)
    of_text[lengths] = False
    page[of_text], page[lengths] = held, np.diff(starts).astype("<u4").view(np.uint8).reshape(-1, 4)
    yield page.tobytes()


def _rows(table: pa.Table) -> np.ndarray:
    """The vectors of a table, n × d."""
    if not table.num_rows:
        return np.zeros((0, 1), np.float32)
    flat = [chunk.flatten().to_numpy() for chunk in table["vector"].chunks if len(chunk)]
    return np.concatenate(flat).reshape(table.num_rows, -1)


def _folder(request: str) -> str:
    return f"erasures/{request}/needles/"
