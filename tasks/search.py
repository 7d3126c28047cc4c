"""Answer a query from what the asking principal may read."""

from datetime import UTC, datetime
from functools import lru_cache

import numpy as np
import pyarrow as pa

from muniment.core.access import allowed
from muniment.core.identity import keyed_hash
from muniment.errors import Corrupt, Forbidden
from muniment.schemas.chunk import CHUNK
from muniment.schemas.index import Index
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.principal import Principal
from muniment.schemas.search import Answer, Hit
from muniment.store.encoders import encoder
from muniment.store.root import Root, open_root
from muniment.store.vectors import VectorIndex
from muniment.tasks import policies
from muniment.tasks.corpus import index_of, target
from muniment.tasks.erasure.withheld import unserved
from muniment.tasks.hide import Shown, hide
from muniment.tasks.index import opened
from muniment.tasks.principals import principal

_PAPERS = [name for name in CHUNK.names if name not in ("text", "text_hash")]


def search(uri: str, query: str, user: str, k: int = 5, ref: str = "production") -> Answer:
    """The k best passages that `user` may read; raises `Forbidden`, `NotFound`, `Corrupt`.

    Access is applied before anything is scored, and checked again before a passage's text is loaded. What the policy hides from them is
    taken out of the passages that are given.
    """
    root = open_root(uri)
    policy = policies.current(root)
    asking = principal(root, user)
    index = index_of(root, ref)
    papers, vectors = _loaded(root.uri, index.id, index.revision)
    mask = allowed(papers, asking) & ~unserved(root).among(papers).to_numpy()
    scores, positions = vectors.search(encoder(index.encoder).encode([query]), min(k, int(mask.sum())), mask)
    chosen = [
        _hit(root, index, papers, int(position), float(score), asking)
        for score, position in zip(scores[0], positions[0], strict=True)
        if position >= 0
    ]
    tests = policy.redaction.hidden_from(asking.groups)
    hits = hide(root, chosen, tests, policy.redaction, policy.detectors) if tests and chosen else tuple(each.hit for each in chosen)
    _audit(root, user, query, index, hits)
    held, _ = target(root, ref)
    return Answer(
        hits=hits,
        low_evidence=not hits or hits[0].score < policy.retrieval.low_evidence,
        snapshot=index.snapshot,
        index=index.id,
        stale=held is None or held.snapshot != index.snapshot,
        redactions=sum(hit.redactions for hit in hits),
    )


@lru_cache(maxsize=2)
def _loaded(uri: str, identifier: str, revision: int) -> tuple[pa.Table, VectorIndex]:
    """Papers of all chunks (no text) and the FAISS index, checked against the manifest."""
    root = open_root(uri)
    index = root.manifests.get("indexes", identifier, Index, revision)
    papers = root.lake.read_all(index.chunks, CHUNK, _PAPERS)
    vectors = opened(root, index)
    if not papers.num_rows == vectors.count == index.count:
        raise Corrupt(
            f"Index {identifier} holds {vectors.count} vectors for {papers.num_rows} chunks.", "Rebuild it: `muniment index build`."
        )
    return papers, vectors


def _hit(root: Root, index: Index, papers: pa.Table, position: int, score: float, asking: Principal) -> Shown:
    row = papers.slice(position, 1)
    if not np.all(allowed(row, asking)):
        raise Forbidden("A passage was chosen that this principal may not read.", "Report this: the index must be rebuilt.")
    paper = row.to_pylist()[0]
    before, text, after = _passage(root, index, position, paper["doc_id"], paper["chunk_id"])
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


def _audit(root: Root, user: str, query: str, index: Index, hits: tuple[Hit, ...]) -> None:
    """Who read what, when. The query is sensitive: only its keyed hash is kept."""
    hashed = keyed_hash(root.vault.key("queries"), query)
    root.ledger.append(
        Draft(
            kind=EntryKind.SEARCHED,
            actor=user,
            subjects=(f"query:{hashed[:32]}",),
            inputs=(f"index:{index.id}",),
            outputs=tuple(f"chunk:{hit.citation}" for hit in hits),
            counts={"hits": len(hits), "redactions": sum(hit.redactions for hit in hits)},
        ),
        datetime.now(UTC),
    )
