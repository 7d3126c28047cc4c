"""Where a cited passage stands: in the promoted text, and in the captured one that is kept in quarantine."""

import pyarrow.compute as pc

from muniment.core.redaction.offsets import Splice, to_captured
from muniment.errors import NotFound
from muniment.schemas.capture import Judgement
from muniment.schemas.chunk import CHUNK, PROMOTED
from muniment.schemas.document import DOCUMENT
from muniment.schemas.index import Index
from muniment.schemas.review import Section
from muniment.schemas.snapshot import Part, Snapshot
from muniment.store.root import Root
from muniment.tasks.corpus import index_of
from muniment.tasks.erasure.withheld import unserved


def passage(root: Root, source: str, citation: str, ref: str = "production") -> Section | None:
    """Characters and lines of the passage that an answer cited; None when the index does not hold it (any more).

    A value that was replaced is taken in whole, so that a reader of the captured text sees what the passage was made from.
    """
    doc_id, away = citation.partition(":")[0], unserved(root)
    if doc_id in away.documents or source in away.sources:
        return None
    try:
        index = index_of(root, ref)
    except NotFound:
        return None
    part = next((each for each in root.manifests.get("snapshots", index.snapshot, Snapshot).parts if each.source == source), None)
    cited = _chunk(root, index, doc_id, citation)
    if cited is None or part is None:
        return None
    splices = _splices(root, part, doc_id)
    captured = to_captured(splices, *cited)
    replaced = sum(captured[0] < each.end and each.start < captured[1] for each in splices)
    text = _captured(root, part, doc_id)
    rows = (("as promoted", _said(*cited), ""), ("as captured", _said(*captured), _lines(text, *captured) if text else ""))
    note = f"{replaced} values are replaced in it." if replaced else "Nothing is replaced in it."
    return Section(title="Cited passage", columns=("Text", "Characters", "Lines"), rows=rows, note=note)


def _chunk(root: Root, index: Index, doc_id: str, citation: str) -> tuple[int, int] | None:
    for stored in index.chunks:
        found = root.lake.find(stored, CHUNK, doc_id, ["chunk_id", "start", "end"])
        for row in found.filter(pc.equal(found["chunk_id"], citation)).to_pylist():
            return row["start"], row["end"]
    return None


def _splices(root: Root, part: Part, doc_id: str) -> list[Splice]:
    for shard in part.shards:
        for row in root.lake.find(shard, PROMOTED, doc_id, ["splices"]).to_pylist():
            return [Splice(**each) for each in row["splices"]]
    return []


def _captured(root: Root, part: Part, doc_id: str) -> str:
    """The text that this part was made from, which a later capture may have changed; empty when it is not kept."""
    if part.judgement not in root.manifests.ids("judgements"):
        return ""
    for each in root.manifests.get("judgements", part.judgement, Judgement).shards:
        if root.lake.exists(each.shard):
            for row in root.lake.find(each.shard, DOCUMENT, doc_id, ["text"]).to_pylist():
                return str(row["text"])
    return ""


def _said(start: int, end: int) -> str:
    return f"{start:,} to {end:,}"


def _lines(text: str, start: int, end: int) -> str:
    first, last = text.count("\n", 0, start) + 1, text.count("\n", 0, max(start, end - 1)) + 1
    return f"{first} to {last}" if last > first else str(first)
