"""Snapshots made by hand for tests of rights: promoted documents under the licences, contracts and reservations that a test needs."""

from collections.abc import Sequence
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from muniment import __version__
from muniment.core.licences.tags import tags
from muniment.core.rights.layers import apart
from muniment.policies.licences import licence_tags
from muniment.schemas.canonical import digest, sha256
from muniment.schemas.chunk import PROMOTED
from muniment.schemas.review import Decision
from muniment.schemas.snapshot import SCHEMA_VERSION, Part, Snapshot, Target
from muniment.schemas.source import Source
from muniment.store.root import open_root
from muniment.tasks.sources import add_source, approve_source


class Doc(NamedTuple):
    """A document by its licence; its text follows from its number."""

    licence: str | None
    source: str = "handbook"
    reserved: tuple[str, ...] = ()
    classification: str = "internal"


def promoted(documents: Sequence[Doc]) -> pa.Table:
    """Rows of PROMOTED, by id."""
    table = licence_tags()
    told = tags(pa.table({"licence": pa.array([each.licence for each in documents], pa.string())}), table)["tags"].to_pylist()
    rows = [_row(number, each, told[number]) for number, each in enumerate(documents)]
    return pa.Table.from_pylist(sorted(rows, key=lambda row: str(row["doc_id"])), schema=PROMOTED)


def _row(number: int, doc: Doc, tagged: list[str]) -> dict[str, object]:
    text = f"Copyright 2020 Keeper {number}\n\nThe lamp number {number} of {doc.source} is lit at dusk."
    return {
        "doc_id": sha256(f"{doc.source}/{number}".encode())[:32], "source_id": doc.source, "native_key": f"page-{number}.md",
        "project": None, "title": f"Lamp {number}", "owner": "o", "modified": None, "classification": doc.classification,
        "tenant": "default", "acl": ["staff"], "language": "en", "media_type": "text/plain", "licence": doc.licence, "tags": tagged, "rights": "verified",
        "reserved": list(doc.reserved), "action": "accept", "reasons": [], "redactions": 0, "splices": [], "pseudonym_key": None,
        "text_hash": sha256(text.encode()), "text": text,
    }  # fmt: skip


def snapshot(uri: str, documents: Sequence[Doc], shard: int = 5, **terms: dict[str, object]) -> str:
    """Register the sources, with these contract terms by source, store the documents, and let production show them."""
    root, table = open_root(uri), promoted(documents)
    parts = []
    for name in sorted({each.source for each in documents}):
        plain = {
            "id": name,
            "kind": "folder",
            "location": "/somewhere",
            "owner": "People team",
            "steward": "dana",
            "acl": ("staff",),
        }
        add_source(uri, Source.model_validate({**plain, "terms": terms.get(name, {})}), "tester")
        approve_source(uri, name, "dana")
        own = table.filter(pc.equal(table["source_id"], name))
        pairs = [apart(own.slice(start, shard)) for start in range(0, own.num_rows, shard)]
        base, apart_ = ([root.lake.write(pair[n], PROMOTED) for pair in pairs if pair[n].num_rows] for n in (0, 1))
        part = {"source": name, "capture": "c" * 20, "judgement": "d" * 20, "decision": Decision.APPROVE, "review": "e" * 64}
        parts.append(Part(**part, shards=(*base, *apart_), share_alike=tuple(apart_)))  # type: ignore[arg-type]
    dumped = [part.model_dump(mode="json") for part in parts]
    named = {"parts": dumped, "policy": "f" * 64, "licences": licence_tags().digest, "code": __version__, "schema": SCHEMA_VERSION}
    made = Snapshot(
        id=digest(named)[:20],
        parts=tuple(parts),
        policy="f" * 64,
        licences=licence_tags().digest,
        code=__version__,
        checks="",
        statistics={"documents": len(documents)},
    )
    root.manifests.put("snapshots", made)
    held, tag = root.refs.read("production", Target)
    root.refs.move("production", Target(snapshot=made.id, serial=(held.serial if held else 0) + 1), tag)
    return made.id
