"""The passages at chosen positions, with their papers; who asks is checked once more before a text is loaded."""

from collections.abc import Callable

from muniment.errors import Corrupt
from muniment.schemas.chunk import CHUNK
from muniment.schemas.index import Index
from muniment.schemas.search import Hit
from muniment.store.root import Root
from muniment.tasks.access.readable import Opened
from muniment.tasks.hide import Shown


def shown(root: Root, opened: Opened, position: int, score: float, may_read: Callable[[int], bool]) -> Shown | None:
    """One passage; None when whoever asks may not read it, be it since a moment ago (`checking`). Raises `Corrupt`."""
    if not may_read(position):
        return None
    paper = opened.papers.slice(position, 1).to_pylist()[0]
    before, text, after = _passage(root, opened.index, position, paper["doc_id"], paper["chunk_id"])
    hit = Hit(
        citation=paper["chunk_id"],
        score=score,
        title=paper["title"],
        source=paper["source_id"],
        owner=paper["owner"],
        modified=paper["modified"],
        classification=paper["classification"],
        licence=paper["licence"],
        text=text,
    )
    return Shown(hit, before, after)


def _passage(root: Root, index: Index, position: int, doc_id: str, chunk_id: str) -> tuple[str, str, str]:
    """The text of a passage, with that of its neighbours in the document before and after it."""
    for stored in index.chunks:
        if position < stored.rows:
            rows = root.lake.find(stored, CHUNK, doc_id, ["chunk_id", "ordinal", "start", "end", "text"]).to_pylist()
            this = next(row for row in rows if row["chunk_id"] == chunk_id)
            before = next((row for row in rows if row["ordinal"] == this["ordinal"] - 1), None)
            after = next((row for row in rows if row["ordinal"] == this["ordinal"] + 1), None)
            return (
                before["text"][: this["start"] - before["start"]] + _gap(this["start"] - before["end"]) if before else "",
                this["text"],
                _gap(after["start"] - this["end"]) + after["text"][max(0, this["end"] - after["start"]) :] if after else "",
            )
        position -= stored.rows
    raise Corrupt(f"Chunk {chunk_id} is in no object of index {index.id}.", "Rebuild it: `muniment index build`.")


def _gap(characters: int) -> str:
    """What stood between two passages, which is white space of one kind or another."""
    return " " if characters == 1 else "\n" * characters
