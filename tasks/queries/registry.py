"""Register sets of queries, and remove them. Each change is a version of its own; the ones before stay until they are removed."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from muniment.core.identity import document_id
from muniment.core.language import identify
from muniment.errors import InvalidRecord
from muniment.schemas.canonical import sha256
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.query import QUERY, RELEVANT, Answering, Asked, Counted, Numbering, QuerySet
from muniment.store.root import Root, open_root
from muniment.tasks.explain import identify as document_named
from muniment.tasks.queries.reading import read_queries
from muniment.tasks.queries.stored import FOLDER, counted, version, versions
from muniment.tasks.step import run_id, step

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_ID = re.compile(r"[0-9a-f]{32}")
_SURE = 0.5  # of the language of a query: below it, none is said


@step
def add_queries(uri: str, name: str, path: Path, actor: str, user: str = "", source: str = "") -> Counted:
    """Register a set, or its next version; the same again changes nothing. `user` asks the queries that name nobody; documents of a BEIR
    folder are native keys of `source`. Raises `NotFound` and `InvalidRecord`, which never quote a query."""
    if not _NAME.fullmatch(name):
        raise InvalidRecord("NAME", "That is no name of a set.", "Use small letters, digits, - and _.")
    root, asked = open_root(uri), read_queries(path, source)
    queries, relevant = _tables(root, name, asked, user)
    kept = [each for each in versions(root) if each.name == name]
    same = (root.lake.named(queries, QUERY), root.lake.named(relevant, RELEVANT))
    if kept and (kept[-1].queries, kept[-1].relevant) == same:
        return counted(kept[-1])
    numbering, tag = root.refs.read(f"{FOLDER}/{name}", Numbering)
    taken = Numbering(last=(numbering.last if numbering else 0) + 1)
    root.refs.move(f"{FOLDER}/{name}", taken, tag)
    made = QuerySet(
        id=f"{name}@{taken.last}",
        name=name,
        number=taken.last,
        queries=root.lake.write(queries, QUERY),
        relevant=root.lake.write(relevant, RELEVANT),
        at=datetime.now(UTC),
        actor=actor,
    )
    _record(root, EntryKind.QUERIES_ADDED, [made], actor)
    root.manifests.put(FOLDER, made)
    return counted(made)


@step
def remove_queries(uri: str, name: str, actor: str) -> list[Counted]:
    """Remove a set (`name`) with all its versions, or one version (`name@number`), texts and judgements; raises `NotFound`."""
    root = open_root(uri)
    going = [version(root, name)] if "@" in name else [each for each in versions(root) if each.name == version(root, name).name]
    _record(root, EntryKind.QUERIES_REMOVED, going, actor)
    for each in going:
        for key in list(root.objects.list(f"{FOLDER}/{each.id}/")):
            root.objects.delete(key)
    named = {stored.digest for each in versions(root) for stored in (each.queries, each.relevant)}
    for stored in (stored for each in going for stored in (each.queries, each.relevant)):
        if stored.digest not in named:
            root.objects.delete(stored.key)
            root.holdings.forget(stored.digest)
    return [counted(each) for each in going]


def _tables(root: Root, name: str, asked: list[Asked], user: str) -> tuple[pa.Table, pa.Table]:
    """Rows of `QUERY` and of `RELEVANT`, sorted."""
    key = root.vault.key("documents")
    ids = [document_id(key, f"{FOLDER}/{name}", _native(each)) for each in asked]  # no source has a slash in its name
    queries: list[dict[str, Any]] = [
        {
            "doc_id": identifier,
            "native_key": _native(each),
            "user": each.user or user or None,
            "language": language,
            "slices": sorted(set(each.slices)),
            "text": each.text,
        }
        for identifier, each, language in zip(ids, asked, _languages(asked), strict=True)
    ]
    sources = {each.id for each in root.registry.all()}
    relevant = {
        (identifier, _document(root, answer, sources, number), answer.start, answer.end): answer.gain
        for number, (identifier, each) in enumerate(zip(ids, asked, strict=True), start=1)
        for answer in each.relevant
    }
    rows = [
        dict(zip(("query_id", "doc_id", "start", "end", "gain"), (*place, gain), strict=True)) for place, gain in relevant.items()
    ]
    unique = {row["doc_id"]: row for row in queries}
    return (
        pa.Table.from_pylist(sorted(unique.values(), key=lambda row: str(row["doc_id"])), schema=QUERY),
        pa.Table.from_pylist(sorted(rows, key=lambda row: (row["query_id"], row["doc_id"], row["start"] or 0)), schema=RELEVANT),
    )


def _native(asked: Asked) -> str:
    return asked.id or sha256(asked.text.encode())[:16]


def _languages(asked: list[Asked]) -> Iterable[str | None]:
    found = identify(pl.Series("text", [each.text for each in asked], dtype=pl.String))
    return [each.language or (label if sure >= _SURE else None) for each, (label, sure) in zip(asked, found, strict=True)]


def _document(root: Root, answer: Answering, sources: set[str], number: int) -> str:
    """The id of a document, whether it is kept (yet) or not."""
    head, _, rest = answer.document.partition(":")
    if _ID.fullmatch(head):
        return head
    if rest and head in sources:
        return document_named(root, answer.document)
    raise InvalidRecord(
        "DOCUMENT",
        f"Query {number} is answered by a document of no registered source.",
        "Name documents by `source:native key` or by their id; for a BEIR folder give --source.",
    )


def _record(root: Root, kind: EntryKind, touched: list[QuerySet], actor: str) -> None:
    for each in touched:
        root.record(
            Draft(
                kind=kind,
                actor=actor,
                run=run_id(),
                key=f"{each.id}:{each.queries.digest[:16]}",
                subjects=(f"{FOLDER}:{each.id}",),
                counts={"queries": each.queries.rows, "judged": each.relevant.rows},
            )
        )
