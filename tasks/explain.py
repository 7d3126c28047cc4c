"""The whole story of a document: what it is, what was found, why it is in or out, and where its copies are."""

from textwrap import shorten
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from muniment.core.identity import document_id
from muniment.core.redaction import mask
from muniment.errors import NotFound
from muniment.policies.guidance import action_of
from muniment.schemas.capture import Judgement, ShardEvidence
from muniment.schemas.document import DOCUMENT
from muniment.schemas.erasure import Plan
from muniment.schemas.evidence import TWIN
from muniment.schemas.review import WEAK, Review, Section
from muniment.schemas.source import Record
from muniment.schemas.verdict import VERDICT
from muniment.store.root import Root, open_root
from muniment.tasks import policies
from muniment.tasks.detectors import FINDERS, SCHEMAS
from muniment.tasks.erasure import copies
from muniment.tasks.judge import standing
from muniment.tasks.review.decide import reviews_of
from muniment.tasks.review.handles import document_of
from muniment.tasks.rights.papers import sides
from muniment.tasks.search.cite import passage

_ROWS = 24  # of one kind of evidence that are shown


class Story(Record):
    """Sections for people; `action` and `reasons` for machines."""

    doc_id: str
    source: str
    action: str
    reasons: tuple[str, ...]
    sections: tuple[Section, ...]


def explain(uri: str, name: str) -> Story:
    """Tell the story of a document named by its id, by `source:native key`, or by a citation; raises `NotFound`."""
    root = open_root(uri)
    doc_id = identify(root, name)
    for judgement in standing(root):
        for each in judgement.shards:
            found = root.lake.find(each.shard, DOCUMENT, doc_id, [column for column in DOCUMENT.names if column != "notices"])
            if found.num_rows:
                cited = passage(root, judgement.source, name) if name.startswith(f"{doc_id}:") else None
                return _story(root, judgement, each, found.to_pylist()[0], cited)
    raise _unknown(root, name, doc_id)


def identify(root: Root, name: str) -> str:
    """The id of a document that is named by it, by `source:native key`, or by a citation."""
    source, _, native = name.partition(":")
    if native and any(each.id == source for each in root.registry.all()):
        return document_id(root.vault.key("documents"), source, native)
    return document_of(root, source)


def _unknown(root: Root, name: str, doc_id: str) -> NotFound:
    for key in root.objects.list("erasures/"):
        if key.endswith("/plan.json") and doc_id in root.manifests.record(key, Plan).documents:
            return NotFound(f"Document {doc_id} was erased.", f"See `muniment receipts {key.split('/')[1]}`.")
    return NotFound(f"No kept document is called {name}.", "Give its id, `source:native key`, or a citation.")


def _story(root: Root, judgement: Judgement, shard: ShardEvidence, document: dict[str, Any], cited: Section | None) -> Story:
    doc_id = document["doc_id"]
    verdict = root.lake.find(shard.verdicts, VERDICT, doc_id).to_pylist()[0]
    return Story(
        doc_id=doc_id,
        source=judgement.source,
        action=verdict["action"],
        reasons=tuple(verdict["reasons"]),
        sections=(
            _document(document),
            *((cited,) if cited else ()),
            _verdict(root, verdict),
            sides(root, judgement, doc_id),
            *_evidence(root, shard, document),
            _twins(root, judgement, doc_id),
            _decision(root, judgement, verdict),
            _copies(root, doc_id),
            _history(root, judgement),
        ),
    )


def _document(document: dict[str, Any]) -> Section:
    shown = (
        "doc_id",
        "source_id",
        "native_key",
        "path",
        "title",
        "media_type",
        "modified",
        "byte_size",
        "connector",
        "project",
        "declared_licence",
    )
    rows = [
        (name.replace("_", " "), shorten(str(document[name]), 160, placeholder=" …"))
        for name in shown
        if document[name] is not None
    ]
    rows += [
        ("content hash", document["raw_hash"]),
        ("made from it by", ", ".join(document["transforms"]) or "nothing"),
        ("characters", f"{len(document['text']):,}"),
    ]
    return Section(title="Document", columns=("", ""), rows=tuple(rows))


def _verdict(root: Root, verdict: dict[str, Any]) -> Section:
    rules = policies.current(root).by_code()
    rows = tuple(
        (
            code,
            action_of(rules, code),
            rules[code].why if code in rules else "A required detector gave no evidence.",
        )
        for code in verdict["reasons"]
    )
    licence = verdict["licence"] or "unknown"
    note = f"**{verdict['action']}** · licence {licence} ({', '.join(verdict['tags']) or 'no tags'}) · language {verdict['language'] or 'undetermined'}"
    return Section(title="Verdict", columns=("Rule", "Action", "Why"), rows=rows, note=note)


def _evidence(root: Root, shard: ShardEvidence, document: dict[str, Any]) -> list[Section]:
    sections = []
    for name, stored in shard.evidence.items():
        schema = SCHEMAS[name]
        rows = root.lake.find(stored, schema, document["doc_id"]).to_pylist()
        columns = tuple(column for column in schema.names if column not in ("doc_id", "detector", "keyed_hash", "sketch", "data"))
        masked = name in FINDERS
        table = tuple(
            (
                *(_said(row[column]) for column in columns),
                *((f"`{mask(document['text'][row['start'] : row['end']])}`",) if masked else ()),
            )
            for row in rows[:_ROWS]
        )
        note = f"{len(rows)} rows, the first {len(table)}:" if len(rows) > len(table) else ("" if rows else "Nothing found.")
        sections.append(
            Section(title=f"Evidence: {name}", columns=(*columns, "masked") if masked else columns, rows=table, note=note)
        )
    return sections


def _said(value: Any) -> str:
    return "" if value is None else f"{value:.3g}" if isinstance(value, float) else str(value)


def _twins(root: Root, judgement: Judgement, doc_id: str) -> Section:
    rows: list[tuple[str, ...]] = []
    for each in standing(root):
        table = root.lake.read(each.twins, TWIN) if each.twins else TWIN.empty_table()
        if each.source == judgement.source:
            own = table.filter(pc.equal(table["doc_id"], doc_id)).to_pylist()
            rows += [(_relation(row), row["canonical_id"], *_measured(row)) for row in own]
        others = table.filter(pc.equal(table["canonical_id"], doc_id)).to_pylist()
        rows += [(_RELATIONS[row["spared"] is None], row["doc_id"], *_measured(row)) for row in others[:12]]
    columns = (
        "This document",
        "Other document",
        "Kind",
        "Exact Jaccard",
        "Estimate",
        "The kept one is preferred for",
        "Parameters",
    )
    return Section(title="Duplicates", columns=columns, rows=tuple(rows), note="" if rows else "None.")


_RELATIONS = {True: "is kept, and stands for", False: "is kept beside"}
# Why a document that is close to a kept one is kept all the same, for people.
_SPARED = {
    "sample": "its domain keeps several of a group",
    "numbers": "they differ in numbers only",
    "short": "it is too short to be removed",
    "within": "twins of the same source do not count",
    "across": "twins of other sources do not count",
    "vendored": "each project keeps its own copy",
    "version": "they are versions of one file",
}


def _relation(row: dict[str, Any]) -> str:
    return f"is kept beside: {_SPARED[row['spared']]}" if row["spared"] else "is removed for"


def _measured(row: dict[str, Any]) -> tuple[str, ...]:
    kind = row["kind"] if row["cosine"] is None else f"{row['kind']}, cosine {row['cosine']:.3f}"
    return kind, f"{row['jaccard']:.3f}", f"{row['estimate']:.3f}", row["preferred"], row["parameters"][:12]


def _decision(root: Root, judgement: Judgement, verdict: dict[str, Any]) -> Section:
    """Every decision that is about the document: the whole capture's, those about its reasons, and its own."""
    about = [each for each in reviews_of(root, judgement.id) if each.whole or _concerns(each, verdict)]
    rows = tuple(
        (
            str(each.decision),
            ", ".join(each.groups) or ("this document" if each.documents else "the capture"),
            each.actor,
            f"{each.identity}{' (weak)' if each.identity in WEAK else ''}",
            f"{each.at:%Y-%m-%d %H:%M}",
            f"{each.until or ''}",
            f"{'Override. ' if each.override else ''}{each.reason}",
        )
        for each in about
    )
    columns = ("Decision", "About", "By", "Known by", "At", "Until", "Reason")
    return Section(title="Review", columns=columns, rows=rows, note="" if rows else "Nobody has decided yet.")


def _concerns(review: Review, verdict: dict[str, Any]) -> bool:
    return verdict["doc_id"] in review.documents or bool(set(review.groups) & set(verdict["reasons"]))


def _copies(root: Root, doc_id: str) -> Section:
    found = list(copies.holding(root, pa.array([doc_id])))
    held = {each.digest for each in found}
    naming: dict[str, list[str]] = {digest: [] for digest in held}
    for folder, manifest in copies.manifests(root):
        for digest in held & set(copies.named(manifest)):
            naming[digest].append(f"{copies.manifest_kind(folder)} {manifest.id[:8]}")
    rows = tuple(
        (each.kind, each.digest[:12], str(each.rows), ", ".join(naming[each.digest]) or "no manifest")
        for each in sorted(found, key=lambda each: each.kind)
    )
    return Section(title="Copies", columns=("What", "Object", "Rows", "Named by"), rows=rows)


def _history(root: Root, judgement: Judgement) -> Section:
    query = """SELECT DISTINCT e.sequence, e.time, e.kind, e.actor FROM entries e JOIN links l ON l.sequence = e.sequence
               WHERE l.id IN (?, ?, ?) AND e.kind <> 'search.answered' ORDER BY e.sequence"""
    rows = root.lineage.sql(query, parameters=[judgement.source, judgement.capture, judgement.id]).to_pylist()
    return Section(
        title="Ledger",
        columns=("Entry", "At", "What", "Actor"),
        rows=tuple((str(row["sequence"]), f"{row['time']:%Y-%m-%d %H:%M:%S}", row["kind"], row["actor"]) for row in rows),
    )
