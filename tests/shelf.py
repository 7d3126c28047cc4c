"""A promoted and indexed corpus of a few documents, each with the papers that a test gives it; no capture, no review."""

from datetime import datetime
from typing import Any

import pyarrow as pa

from muniment.schemas.canonical import digest, sha256
from muniment.schemas.chunk import PROMOTED
from muniment.schemas.index import Index
from muniment.schemas.review import Decision
from muniment.schemas.snapshot import Part, Snapshot, Target
from muniment.store.root import open_root
from muniment.tasks.access import principals
from muniment.tasks.index.build import build_index
from muniment.tasks.index.embed import embed

PEOPLE = """
[dana]
groups = ["staff", "board"]
clearance = "restricted"

[guest]
groups = ["staff"]
clearance = "internal"
"""


def doc(key: str, text: str, modified: datetime | None = None, **papers: Any) -> dict[str, Any]:
    """A document of the source `desk` for all staff, with any paper changed."""
    plain = {
        "doc_id": sha256(key.encode())[:32], "source_id": "desk", "native_key": key, "project": None, "title": key, "owner": "Desk",
        "modified": modified, "classification": "internal", "tenant": "default", "acl": ["staff"], "language": "en",
        "media_type": "text/plain", "licence": "MIT", "rights": "permissive", "tags": [], "reserved": [], "action": "accept",
        "reasons": [], "redactions": 0, "splices": [], "pseudonym_key": None, "text_hash": sha256(text.encode()), "text": text,
    }  # fmt: skip
    return plain | papers


def shelf(uri: str, documents: list[dict[str, Any]]) -> Index:
    """Let `production` show these documents, and serve an index of them."""
    root = open_root(uri)
    principals.put_in_force(root, PEOPLE)
    rows = sorted(documents, key=lambda row: str(row["doc_id"]))
    stored = root.lake.write(pa.Table.from_pylist(rows, schema=PROMOTED), PROMOTED)
    part = Part(source="desk", capture="c", judgement="j", decision=Decision.APPROVE, review="r", shards=(stored,))
    named = digest(stored.digest)
    snapshot = Snapshot(id=named[:20], parts=(part,), policy="0" * 64, code="test", checks="0" * 64, statistics={})
    root.manifests.put("snapshots", snapshot)
    held, tag = root.refs.read("production", Target)
    index, serial = (held.index, held.serial + 1) if held else ("", 1)
    root.refs.move("production", Target(snapshot=snapshot.id, index=index, serial=serial), tag)
    return build_index(uri, "production", embed(uri, "production", "wordllama"), "tester")
