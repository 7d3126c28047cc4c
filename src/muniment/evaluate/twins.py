"""`muniment eval twins --truth PAIRS`: are the known duplicates found, and is everything that is removed a duplicate?

Documents have `id` or `doc_id`, and `text`. Truth is pairs (`a`, `b`, `jaccard`), of which those of at least 0.8 count; or clusters
made by people: lines with `id` and `cluster`. Truth is about similarity alone, so nothing is spared here: no protection of numbers,
of short texts or of projects.
"""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from muniment.core import twins
from muniment.errors import NotFound
from muniment.evaluate.metrics import Metrics, count, share, under
from muniment.evaluate.records import Labelled, records
from muniment.evaluate.report import Options, Outcome, measured, system, timed
from muniment.policies.duplicates import Domain, Duplicates
from muniment.schemas.evidence import SIGNATURE, SUBJECT

PLAIN = Duplicates(domain=(Domain(name="all", numbers="alike"),))
LEVEL = PLAIN.domain[0].jaccard
_ROWS, _FEW = 2048, 64
_TOKEN = re.compile("[\u3040-\u9fff]|[A-Za-z0-9_\u00c0-\u1fff\u2080-\u2fff\ua000-\U0010ffff]+")
_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


def score(data: Sequence[Path], options: Options) -> Outcome:
    """`recall` (pairs of which a member is removed or both share a canonical), `precision` (removed documents that are as close to
    their canonical as they must be), or for clusters pairwise `precision`, `recall`, `f1` and `ari`; speed of the signatures under
    `speed` and from them to decisions under `pairs.speed`.
    """
    if options.truth is None:
        raise NotFound("No true pairs or clusters were given.", "Give them with --truth FILE.")
    rows = records(data, ["text"])
    ids = [str(row.get("doc_id", row.get("id"))) for row in rows]
    table = pa.table({"doc_id": pa.array(ids, pa.string()), "text": pa.array([row["text"] for row in rows], pa.large_string())})
    detector = twins.detector()
    few = table.slice(0, _FEW)
    decide(detector.detect(few), lambda: iter([few]))  # compiled code is loaded before the clock runs
    signatures, speed = timed(detector, table)
    size = sum(len(row["text"]) for row in rows)
    found, pairing = measured(lambda: decide(signatures, lambda: iter([table])), len(ids), size)
    truth = records([options.truth])
    scored = _against_clusters(found, truth) if truth and "cluster" in truth[0] else _against_pairs(found, truth, table)
    return Outcome(scored | speed | under("pairs", pairing), [system(detector)])


def decisions(path: Path, policy: Duplicates = PLAIN, spool: twins.Spool | None = None) -> pa.Table:
    """`TWIN` rows of a Parquet file with `doc_id` and `text`, in bounded memory: the file is read twice, some rows at a time."""

    def read() -> Iterator[pa.Table]:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=_ROWS, columns=["doc_id", "text"], use_threads=False):
                yield pa.table(batch)

    detector = twins.detector(policy.ngrams)
    return decide(pa.concat_tables([SIGNATURE.empty_table(), *(detector.detect(batch) for batch in read())]), read, policy, spool)


def decide(
    signatures: pa.Table, read: Callable[[], Iterator[pa.Table]], policy: Duplicates = PLAIN, spool: twins.Spool | None = None
) -> pa.Table:
    """`TWIN` rows of signed documents, which `read` gives again (doc_id, text). Longer ones are preferred, then the smaller id."""
    search = twins.Search(_subjects(signatures), signatures, policy, spool)
    del signatures  # the search holds them in its own order
    for batch in read():
        search.add(batch["doc_id"], batch["text"])
    return search.twins()


def _subjects(signatures: pa.Table) -> pa.Table:
    """Documents about which nothing is known but their text."""
    same = {
        "source_id": "", "media_type": "text/plain", "language": None, "project": 0, "path": 0, "vendored": False, "settled": False,
        "standing": False, "admitted": True, "authority": 0, "licence": 0, "modified": None, "quality": None,
    }  # fmt: skip
    frame = pl.DataFrame(signatures.select(["doc_id"])).unique(maintain_order=True)
    return frame.with_columns(pl.lit(value).alias(name) for name, value in same.items()).to_arrow().cast(SUBJECT)


def _against_pairs(found: pa.Table, truth: list[Labelled], table: pa.Table) -> Metrics:
    canonical = dict(zip(found["doc_id"].to_pylist(), found["canonical_id"].to_pylist(), strict=True))
    due = [pair for pair in truth if pair["jaccard"] >= LEVEL]
    hit = [pair["a"] in canonical or pair["b"] in canonical for pair in due]
    metrics = {"documents": count(table.num_rows), "pairs": count(len(due)), "removed": count(len(canonical))}
    if due:
        metrics["recall"] = share(np.array(hit, np.float64))
    if canonical:
        # Measured once more, by the plain definition, so that a fault in the detector's own verification would show.
        texts = dict(zip(table["doc_id"].to_pylist(), table["text"].to_pylist(), strict=True))
        close = [_jaccard(texts[one], texts[other]) >= LEVEL for one, other in canonical.items()]
        metrics["precision"] = share(np.array(close, np.float64))
    return metrics


def _jaccard(one: str, other: str) -> float:
    if one == other:
        return 1.0
    a, b = _shingles(one), _shingles(other)
    return len(a & b) / len(a | b) if a or b else 1.0


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = _TOKEN.findall(text.translate(_LOWER))
    return {tuple(words[place : place + 5]) for place in range(max(len(words) - 4, 1))} if words else set()


def _against_clusters(found: pa.Table, truth: list[Labelled]) -> Metrics:
    """Pairwise figures, and the adjusted Rand index (Hubert and Arabie 1985)."""
    canonical = dict(zip(found["doc_id"].to_pylist(), found["cluster"].to_pylist(), strict=True))
    due = pl.DataFrame(
        {"due": [str(row["cluster"]) for row in truth], "told": [canonical.get(str(row["id"]), str(row["id"])) for row in truth]}
    )
    both, right, told = (_pairs(due.group_by(keys).len()["len"].to_list()) for keys in (["due", "told"], ["due"], ["told"]))
    chance = right * told / max(math.comb(due.height, 2), 1)
    ceiling = (right + told) / 2
    return {
        "documents": count(due.height),
        "precision": count(both / told if told else 1.0),
        "recall": count(both / right if right else 1.0),
        "f1": count(2 * both / (told + right) if told + right else 1.0),
        "ari": count((both - chance) / (ceiling - chance) if ceiling != chance else 1.0),
    }


def _pairs(sizes: Sequence[int]) -> int:
    return sum(math.comb(size, 2) for size in sizes)
