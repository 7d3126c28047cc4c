"""Where a document is: every object under the root that has a row about it, whether a manifest names it or not."""

import os
from collections.abc import Iterator
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel

from muniment.schemas.capture import Capture, Judgement
from muniment.schemas.chunk import CHUNK, PROMOTED, vectors
from muniment.schemas.document import DOCUMENT, SET_ASIDE
from muniment.schemas.evidence import COLUMN, EVAL_HIT, FINDING, LICENCE, OPT_OUT, SIGNAL, SIGNATURE, TWIN
from muniment.schemas.index import Index
from muniment.schemas.query import QUERY, RELEVANT, QuerySet
from muniment.schemas.relevance import ANSWERED, ASKED, ATTRIBUTED, GRADED, CanaryRun, Grades, RelevanceAudit
from muniment.schemas.snapshot import Snapshot
from muniment.schemas.source import Record
from muniment.schemas.stored import Manifest, Stored
from muniment.schemas.tombstone import RESEMBLANCE
from muniment.schemas.verdict import VERDICT
from muniment.store.root import Root, open_root
from muniment.tasks.pool import spread

# Columns that name documents. A chunk's id begins with its document's.
_NAMING = ("doc_id", "canonical_id", "cluster", "chunk_id", "query_id")
# What an object with these columns is called in a copy map.
_KINDS: dict[str, pa.Schema] = {
    "document": DOCUMENT, "finding": FINDING, "signal": SIGNAL, "licence evidence": LICENCE, "opt-out": OPT_OUT, "signature": SIGNATURE, "twin": TWIN, "resemblance": RESEMBLANCE,
    "evaluation hit": EVAL_HIT, "verdict": VERDICT, "promoted document": PROMOTED, "chunk": CHUNK, "vector": vectors(1),
    "query": QUERY, "relevance judgement": RELEVANT, "asked query": ASKED, "answered passage": ANSWERED,
    "attributed answer": ATTRIBUTED, "graded passage": GRADED,
}  # fmt: skip
# What an object with these columns is called, that is about a source and no document of it.
_OF_SOURCES = {tuple(SET_ASIDE.names): "set-aside record", tuple(COLUMN.names): "column"}

_SINGULAR = {
    "captures": "capture", "judgements": "judgement", "snapshots": "snapshot", "indexes": "index", "queries": "set of queries",
    "relevance": "relevance audit", "canaries": "canary run", "graded": "set of grades",
}  # fmt: skip

# Manifests by the folder that they lie in; captures lie in one a source.
_MODELS: dict[str, type[Manifest]] = {
    "judgements": Judgement, "snapshots": Snapshot, "indexes": Index,
    "queries": QuerySet, "relevance": RelevanceAudit, "canaries": CanaryRun, "graded": Grades,
}  # fmt: skip


def manifest_kind(folder: str) -> str:
    """What a manifest in this folder is called."""
    return _SINGULAR[folder.partition("/")[0]]


def objects(root: Root) -> Iterator[str]:
    """Digests of all objects that are kept."""
    for key in root.objects.list("objects/"):
        yield key.rpartition("/")[2].removesuffix(".parquet")


def manifests(root: Root) -> Iterator[tuple[str, Manifest]]:
    """Every manifest in its latest revision, with the folder that it lies in."""
    for name in root.manifests.ids("captures"):
        source, _, identifier = name.partition("/")
        yield f"captures/{source}", root.manifests.get(f"captures/{source}", identifier, Capture)
    for folder, model in _MODELS.items():
        for manifest in root.manifests.all(folder, model):
            yield folder, manifest


def named(value: object) -> dict[str, Stored]:
    """All objects that a manifest (or any part of one) names, by digest."""
    if isinstance(value, Stored):
        return {value.digest: value}
    if isinstance(value, BaseModel):
        value = [getattr(value, name) for name in type(value).model_fields]
    if isinstance(value, dict):
        value = list(value.values())
    found: dict[str, Stored] = {}
    for each in value if isinstance(value, list | tuple) else ():
        found |= named(each)
    return found


def rows_about(table: pa.Table, doc_ids: pa.Array) -> pa.ChunkedArray:
    """Which rows name one of these documents in any column that names documents."""
    hit = pa.chunked_array([pa.repeat(False, table.num_rows)])
    for name in set(_NAMING) & set(table.column_names):
        values = pc.utf8_slice_codeunits(table[name], 0, 32) if name == "chunk_id" else table[name]
        hit = pc.or_(hit, pc.is_in(values, value_set=doc_ids))
    return hit


def kind_of(columns: list[str]) -> str:
    """What an object with these columns is."""
    return next((kind for kind, schema in _KINDS.items() if schema.names == columns), "object")


class Held(NamedTuple):
    """One object that has rows about the documents that were asked for."""

    digest: str
    kind: str
    rows: int
    bytes: int


def holding(root: Root, doc_ids: pa.Array) -> Iterator[Held]:
    """Every object with rows about these documents. Opened are those that can have some, and those that are new since the last time."""
    for digest in root.holdings.candidates(look_into(root), doc_ids):
        columns, naming = root.lake.columns(digest, _NAMING)
        if rows := pc.sum(rows_about(naming, doc_ids)).as_py():
            yield Held(digest, kind_of(columns), rows, _size(root, digest))


def look_into(root: Root) -> list[str]:
    """Bring up to date what is known of which object names which documents; gives the digests of all objects."""
    kept, known = sorted(objects(root)), root.holdings.known()
    for _ in spread("look into", note_ids, [Unseen(uri=root.uri, digest=each) for each in kept if each not in known]):
        pass
    for digest in known.difference(kept):
        root.holdings.forget(digest)
    return kept


class Unseen(Record):
    """An object of which nobody knows yet which documents it names."""

    uri: str
    digest: str


def note_ids(unseen: Unseen) -> None:
    """Note which documents an object names."""
    root = open_root(unseen.uri)
    naming = root.lake.columns(unseen.digest, _NAMING)[1]
    root.holdings.keep(unseen.digest, naming.columns)


def _size(root: Root, digest: str) -> int:
    with root.objects.open(key_of(digest)) as file:
        return file.seek(0, os.SEEK_END)


def key_of(digest: str) -> str:
    """Where an object lies under the root."""
    return Stored(digest=digest, rows=0, bytes=0).key


def set_aside(root: Root, source: str) -> Iterator[Held]:
    """Every object that names files or columns of a source, though no document: records that were set aside,
    and what its columns look like."""
    for digest in objects(root):
        columns, named = root.lake.columns(digest, ["source_id"])
        kind = _OF_SOURCES.get(tuple(columns))
        if kind and source in named["source_id"].unique().to_pylist():
            yield Held(digest, kind, named.num_rows, _size(root, digest))
