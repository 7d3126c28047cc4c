"""Measure an encoder by language, so that nobody searches a language with a model that was never tried in it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from muniment.errors import Corrupt, GateFailed, NotFound
from muniment.schemas.canonical import sha256
from muniment.schemas.chunk import PROMOTED
from muniment.schemas.encoder import Admission, Measured
from muniment.schemas.index import Index
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.snapshot import Snapshot
from muniment.schemas.stored import Stored
from muniment.store.encoders.encoder import Encoder, Vectors
from muniment.store.root import Root, open_root
from muniment.tasks import policies
from muniment.tasks.encoders.register import admission

_DEPTH = 10
_RESAMPLES = 2000
_FILES = ("corpus.jsonl", "queries.jsonl")
_JUDGED = ("qrels.tsv", "qrels_test.tsv")


def admit(uri: str, name: str, folder: Path, actor: str) -> Admission:
    """Measure dense retrieval in each language of a collection (BEIR form, with `language` in the lines of queries and documents).

    The queries of a language are asked of the documents of all languages. Vectors are of whole documents, as far as the model reads.
    Raises `NotFound` and `Corrupt`.
    """
    root = open_root(uri)
    model = root.encoders.open(name)
    documents, queries, judged = _collection(folder)
    measured = tuple(_measured(model, documents, queries, judged))
    made = Admission(encoder=name, digest=model.digest, data=_data(folder), languages=measured)
    root.refs.move(f"admissions/{name}", made, root.refs.read(f"admissions/{name}", Admission)[1])
    root.record(
        Draft(
            kind=EntryKind.ENCODER_ADMITTED, actor=actor, key=f"{model.digest}={made.data}", subjects=(f"encoder:{model.digest}",),
            inputs=(f"data:{made.data}",), reasons=tuple(f"language:{each.language}" for each in measured),
            counts={f"ndcg10.{each.language}": round(each.ndcg10 * 1000) for each in measured},
        )
    )  # fmt: skip
    return made


def unmeasured(root: Root, name: str, languages: Sequence[str]) -> tuple[str, ...]:
    """Those of the languages in which the encoder was never measured."""
    held = admission(root, name, root.encoders.open(name).digest)
    return tuple(each for each in sorted(set(languages)) if held is None or not held.admits(each))


def untried(root: Root, name: str, shards: Sequence[Stored]) -> tuple[str, ...]:
    """The languages of promoted documents in which the encoder was never measured. Raises `GateFailed` where the policy forbids it.

    Documents whose language is unknown (tables of numbers, programs) are not counted.
    """
    missing = unmeasured(root, name, sorted(_spoken(root, shards)))
    if missing and policies.current(root).retrieval.require_admitted:
        raise GateFailed(
            f"{name} was never measured in {', '.join(missing)}, and the policy asks for it.",
            "Measure it: `muniment encoder admit NAME --data FOLDER`, or choose another encoder.",
        )
    return missing


def documents_untried(root: Root, index: Index) -> dict[str, int]:
    """Language → documents of an index's snapshot, of the languages in which its encoder was never measured; the most first."""
    snapshot = root.manifests.get("snapshots", index.snapshot, Snapshot)
    spoken = _spoken(root, snapshot.shards(index.without))
    missing = unmeasured(root, index.encoder, sorted(spoken))
    return {each: spoken[each] for each in sorted(missing, key=lambda each: (-spoken[each], each))}


def _spoken(root: Root, shards: Sequence[Stored]) -> Counter[str]:
    """Language → promoted documents; those whose language is unknown are left out."""
    found = Counter[str]()
    for shard in shards:
        for each in root.lake.read(shard, PROMOTED, ["language"])["language"].value_counts().to_pylist():
            if each["values"] is not None:
                found[each["values"]] += each["counts"]
    return found


def _measured(model: Encoder, documents: pl.DataFrame, queries: pl.DataFrame, judged: pl.DataFrame) -> Iterator[Measured]:
    passages, places = model.encode(documents["text"].to_list()), {name: place for place, name in enumerate(documents["_id"])}
    gains: dict[str, dict[int, float]] = {}
    for query, document, gain in judged.iter_rows():
        if gain > 0 and document in places:
            gains.setdefault(query, {})[places[document]] = gain
    for (language,), asked in (
        queries.filter(pl.col("_id").is_in(list(gains))).sort("_id").group_by(["language"], maintain_order=True)
    ):
        scores = _ndcg(model.asked(asked["text"].to_list()), passages, [gains[name] for name in asked["_id"]])
        low, high = _interval(scores)
        held = documents.filter(pl.col("language") == language).height
        yield Measured(language=str(language), queries=len(scores), documents=held, ndcg10=float(scores.mean()), low=low, high=high)


def _ndcg(asked: Vectors, passages: Vectors, gains: list[dict[int, float]]) -> np.ndarray:
    """nDCG@10 of each query (Järvelin and Kekäläinen 2002)."""
    discount = 1 / np.log2(np.arange(2, _DEPTH + 2))
    found = np.zeros(len(gains))
    for place, (query, right) in enumerate(zip(asked, gains, strict=True)):
        nearest = np.argsort(-(passages @ query), kind="stable")[:_DEPTH]
        ideal = sorted(right.values(), reverse=True)[:_DEPTH]
        gained = np.array([right.get(int(each), 0.0) for each in nearest])
        found[place] = (gained * discount[: len(gained)]).sum() / (np.array(ideal) * discount[: len(ideal)]).sum()
    return found


def _interval(scores: np.ndarray) -> tuple[float, float]:
    """95%, by a bootstrap over the queries."""
    drawn = np.random.default_rng(0).integers(0, len(scores), (_RESAMPLES, len(scores)))
    low, high = np.quantile(scores[drawn].mean(axis=1), [0.025, 0.975])
    return float(low), float(high)


def _collection(folder: Path) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Documents and queries (_id, language, text), and judgements (query, document, gain)."""
    documents, queries = (_lines(folder / name) for name in _FILES)
    judged = _judgements(folder)
    if not set(judged["query"]) & set(queries["_id"]):
        raise Corrupt("No judgement is about a query of the collection.", "Correct the ids in qrels.tsv.")
    return documents, queries, judged


def _lines(path: Path) -> pl.DataFrame:
    if not path.is_file():
        raise NotFound(
            f"{path.parent} holds no {path.name}.", "Give a folder with corpus.jsonl, queries.jsonl and qrels.tsv (BEIR form)."
        )
    try:
        return pl.read_ndjson(path, infer_schema_length=None).select(pl.col("_id", "language", "text").cast(pl.String)).drop_nulls()
    except pl.exceptions.PolarsError:
        raise Corrupt(
            f"A line of {path.name} lacks _id, language or text, or is no JSON.", "Give every line its language (ISO 639-1)."
        ) from None


def _judgements(folder: Path) -> pl.DataFrame:
    path = next((folder / name for name in _JUDGED if (folder / name).is_file()), None)
    if path is None:
        raise NotFound(f"{folder} holds no qrels.tsv.", "Say which document answers which query: query-id, corpus-id, score.")
    table = pl.read_csv(path, separator="\t", infer_schema=False)
    if table.width != 3:
        raise Corrupt(f"{path.name} has {table.width} columns.", "Give three, with tabs: query-id, corpus-id, score.")
    table.columns = ["query", "document", "gain"]
    return table.with_columns(pl.col("gain").cast(pl.Float64, strict=False).fill_null(0))


def _data(folder: Path) -> str:
    names = [*_FILES, *_JUDGED]
    return sha256(b"".join((folder / name).read_bytes() for name in names if (folder / name).is_file()))
