"""Our words against tantivy's own index: quality on a labelled collection, and speed, memory and size over many passages.

    python -m benchmarks.ranking quality FOLDER…
    python -m benchmarks.ranking speed [PASSAGES]
    python -m benchmarks.ranking evidence FOLDER OTHER   (queries of OTHER asked of FOLDER should be marked)

CPU time of this process, which others' load does not change.
"""

import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
from benchmarks.ranking.tantivy_bm25 import LexicalIndex
from scipy.stats import rankdata

from muniment.core.chunks import chunk
from muniment.core.words.postings import postings
from muniment.evaluate.collection import Collection, Indexed, collection, lexicon
from muniment.evaluate.retrieval import _figures, judged
from muniment.schemas.ranking import HYBRID, LEXICAL
from muniment.store import words
from muniment.tasks.search.lexical import Lexicon
from muniment.tasks.search.rank import Sides, evidence

K = 10
SEGMENT = 20_000


def timed(call: Callable[[], object]) -> float:
    began = time.process_time()
    call()
    return time.process_time() - began


def quality(folder: Path) -> None:
    read = collection([folder])
    chunks = chunk(read.documents)
    units, due = judged(read, _Cut(chunks))
    ours, peer = lexicon(chunks), LexicalIndex.build(chunks["text"].to_pylist())
    ways: dict[str, Callable[[str], np.ndarray]] = {
        "tantivy": lambda query: peer.search(query, 100, None)[1],
        "ours, words alone": lambda query: ours.search(query, 100, None, 0.0).positions,
        "ours, neighbours too": lambda query: ours.search(query, 100, None).positions,
    }
    ours.search("warm up", K, None)
    for name, ask in ways.items():
        found: list[np.ndarray] = []
        spent = timed(lambda ask=ask, found=found: found.extend(ask(query) for query in read.queries))
        score = np.mean([_figures(units[each], right)[0] for each, right in zip(found, due, strict=True)])
        print(f"{folder.name}: {name}: nDCG@10 {score:.4f}, {1e3 * spent / len(found):.2f} ms a query")


class _Cut:
    """What `judged` needs of an index."""

    def __init__(self, chunks: pa.Table) -> None:
        self.chunks = chunks


def speed(count: int) -> None:
    """Passages of made words by Zipf's law, 130 each; queries of words at several frequencies, at several shares of allowed passages."""
    chance = np.random.default_rng(0)
    names = np.array([f"w{number}" for number in range(400_000)], object)
    folder = Path(tempfile.mkdtemp())
    tables, counts, build, size, peer_texts = [], [], 0.0, 0, list[str]()
    for first in range(0, count, SEGMENT):
        rows = min(SEGMENT, count - first)
        drawn = names[np.minimum(chance.zipf(1.15, (rows, 130)), len(names)) - 1]
        texts = [" ".join(each) for each in drawn]
        held = list[bytes]()
        build += timed(
            lambda texts=texts, held=held: held.append(words.encoded(postings(words.words(texts, ["english"] * len(texts)))))
        )
        size += len(held[0])
        tables.append(words.decoded(held[0], _schema()))
        counts.append(rows)
        peer_texts += texts
    opened: list[Lexicon] = []
    languages = pa.chunked_array([pa.array(["en"] * count)])
    joining = timed(lambda: opened.append(Lexicon(tables, counts, languages)))
    ours = opened[0]
    peers: list[LexicalIndex] = []
    peer_build = timed(lambda: peers.append(LexicalIndex.build(peer_texts, folder / "tantivy")))
    peer_size = sum(each.stat().st_size for each in (folder / "tantivy").iterdir())
    peer_texts.clear()
    tables.clear()
    print(f"{count:,} passages, CPU seconds: ours {build:.0f} to build, {joining:.1f} to open; tantivy {peer_build:.0f} to build")
    print(
        f"bytes: ours {size / 1e6:.0f} MB on disk, {ours.held.bytes / 1e6:.0f} MB in memory; tantivy {peer_size / 1e6:.0f} MB on disk"
    )
    queries = {"rare": "w9000 w20000 w31000", "mixed": "w1 w2 w40 w700 w5000 w1 w3 w12000", "common": "w1 w2 w3 w4 w5 w6"}
    for share in (1.0, 0.5, 0.1, 0.01, 0.001):
        mask = None if share == 1 else chance.random(count) < share
        for name, query in queries.items():
            ways = {
                "ours": lambda query=query, mask=mask: ours.search(query, K, mask),
                "words alone": lambda query=query, mask=mask: ours.search(query, K, mask, 0.0),
                "tantivy": lambda query=query, mask=mask: peers[0].search(query, K, mask),
            }
            spent = {way: _median(ask) for way, ask in ways.items()}
            print(f"{share:6.1%} {name:7}", "  ".join(f"{way} {1e3 * each:.2f} ms" for way, each in spent.items()))
    shutil.rmtree(folder)


def _schema() -> pa.Schema:
    from muniment.core.words.postings import POSTINGS

    return POSTINGS


def _median(ask: Callable[[], object]) -> float:
    ask()
    return float(np.median([timed(ask) for _ in range(9)]))


def marked(folder: Path, other: Path, encoder: str) -> None:
    """How well evidence tells queries that the corpus answers from those of another one: AUC, and what the default limits mark."""
    read: Collection = collection([folder])
    indexed = Indexed(read.documents, encoder)
    foreign = collection([other]).queries[:1000]
    ways = {"words": (LEXICAL, 0.2), "both": (HYBRID, 0.25)}
    sides: list[list[Sides]] = [[indexed.sides(query, None, K) for query in queries] for queries in (read.queries[:1000], foreign)]
    for name, (way, limit) in ways.items():
        own, off = (np.array([evidence(each, way) for each in part]) for part in sides)
        ranks = rankdata(np.concatenate([own, off]))[: len(own)]
        auc = (ranks.sum() - len(own) * (len(own) + 1) / 2) / (len(own) * len(off))
        print(
            f"{folder.name} by {name}: AUC {auc:.3f}; under {limit}: {np.mean(off < limit):.1%} off, {np.mean(own < limit):.1%} on topic"
        )


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    if what == "quality":
        for each in rest:
            quality(Path(each))
    elif what == "speed":
        speed(int(rest[0]) if rest else 500_000)
    else:
        marked(Path(rest[0]), Path(rest[1]), rest[2] if len(rest) > 2 else "wordllama")
