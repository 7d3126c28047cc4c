"""The default encoder against the graph that its package ships, and what a night costs.

    python -m benchmarks.encoding speed [--documents 200]
    python -m benchmarks.encoding night --root DIR [--documents 1000]
    python -m benchmarks.encoding chunks FILES…

Times are CPU seconds of one thread, so that other work on the machine counts little; two cores are two such processes.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import numpy as np
import polars as pl
import typer
from onnxruntime import InferenceSession, SessionOptions
from rich.console import Console
from rich.table import Table

from muniment import flows
from muniment.core.chunks import passages
from muniment.policies.policy import default
from muniment.schemas.review import Decision
from muniment.schemas.source import Source
from muniment.store.connectors.media import media_type
from muniment.store.encoders.bert import Graph, Shipped
from muniment.store.encoders.encoder import Vectors
from muniment.store.encoders.minilm import MiniLM
from muniment.store.encoders.runtime import Session
from muniment.store.root import open_root
from muniment.tasks import policies
from muniment.tasks.index.embed import embed
from muniment.tasks.review.decide import decide
from muniment.tasks.sources import add_source, approve_source

DATA = Path(os.environ.get("MUNIMENT_DATA") or Path(__file__).parents[2] / "shared" / "data")
app = typer.Typer(no_args_is_help=True)
Run = Callable[[np.ndarray], Vectors]


@app.command()
def speed(
    documents: Annotated[int, typer.Option(help="How many texts.")] = 200,
    low: Annotated[int, typer.Option(help="Fewest tokens of a text.")] = 195,
    high: Annotated[int, typer.Option(help="Most.")] = 225,
) -> None:
    """CPU milliseconds a text, documents a second on two cores, and the cosine to float32, each beside the shipped graph."""
    rows = texts(documents, low, high)
    shipped = Shipped(MiniLM.weights.read())
    runs: dict[str, Run] = {
        "shipped graph (int8 weights, float products)": plain(MiniLM.weights.read()),
        "ours, float products": Session(Graph(shipped, 12, integers=False).model(384)).states,
        "ours, int8 products (the default encoder)": Session(Graph(shipped, 12, integers=True).model(384)).states,
    }
    measured = {name: clocked(run, rows) for name, run in runs.items()}
    (exact, base), console = next(iter(measured.values())), Console(width=140)
    shown = Table("graph", "CPU ms a text", "ratio", "texts/s, 2 cores", "cosine, mean", "least")
    for name, (vectors, seconds) in measured.items():
        cosine = (vectors * exact).sum(axis=1)
        ours = (
            f"{seconds * 1000:.1f}",
            f"{base / seconds:.2f}",
            f"{2 / seconds:.0f}",
            f"{cosine.mean():.4f}",
            f"{cosine.min():.4f}",
        )
        shown.add_row(name, *ours)
    console.print(f"{len(rows)} texts of {np.mean([len(row) for row in rows]):.0f} tokens")
    console.print(shown)
    console.print(batched(runs, rows))


def batched(runs: dict[str, Run], rows: list[list[int]], size: int = 8) -> Table:
    """Texts of one length together: the time a text, and whether its vector is the same bits as alone."""
    shown = Table("texts of one length, 8 at once", "CPU ms a text", "ratio to one at a time", "same bits")
    cut = [row[:194] for row in rows[: len(rows) // size * size]]
    for name, run in runs.items():
        alone, single = clocked(run, cut)
        start = time.process_time()
        states = [run(np.array(cut[first : first + size], np.int64)) for first in range(0, len(cut), size)]
        seconds = (time.process_time() - start) / len(cut)
        together = unit(np.concatenate([each.mean(axis=1) for each in states]))
        shown.add_row(name, f"{seconds * 1000:.1f}", f"{single / seconds:.2f}", "yes" if np.array_equal(alone, together) else "no")
    return shown


@app.command()
def night(
    root: Annotated[Path, typer.Option(help="An empty folder.")],
    documents: Annotated[int, typer.Option(help="How many.")] = 1000,
    encoder: Annotated[str, typer.Option(help="Which encoder.")] = "minilm",
    changed: Annotated[float, typer.Option(help="Share of the documents that change.")] = 0.01,
) -> None:
    """Index a corpus, change some of its documents, index again: passages that were encoded, and CPU seconds."""
    uri, folder, drawn = str(root / "root"), root / "papers", np.random.default_rng(0)
    folder.mkdir(parents=True)
    words = np.array(sorted({word for text in corpus()[:200] for word in text.split()}))
    for number in range(documents):
        write(folder / f"{number}.txt", " ".join(drawn.choice(words, 400)))
    detectors = '"personal", "secrets", "language", "quality", "licences", "optouts"'
    policies.put_in_force(
        open_root(uri),
        default()
        .replace(f'{detectors}, "twins", "contamination"', '"quality"')
        .replace(detectors, '"quality"')
        .replace("max_unknown_licence_share = 0.05", "max_unknown_licence_share = 1"),
    )
    fields = {
        "kind": "folder",
        "location": str(folder),
        "owner": "Archive",
        "steward": "dana",
        "acl": ("staff",),
        "declared_licence": "MIT",
    }
    add_source(uri, Source.model_validate({"id": "papers", **fields}), "dana")
    approve_source(uri, "papers", "dana")
    before = turn(uri, encoder)
    for number in drawn.choice(documents, round(documents * changed), replace=False):
        write(folder / f"{number}.txt", (folder / f"{number}.txt").read_text() + " One more sentence.", 1_700_000_900)
    after = turn(uri, encoder)
    shown = Table("", "passages", "encoded", "share", "CPU s of embedding")
    for name, (count, encoded, seconds) in (("first", before), ("next", after)):
        shown.add_row(name, str(count), str(encoded), f"{encoded / count:.4f}", f"{seconds:.1f}")
    Console(width=140).print(shown)


@app.command()
def chunks(files: Annotated[list[Path], typer.Argument(help="Texts.")]) -> None:
    """MB a CPU second of cutting, tokens of passages, and how many are longer than the default encoder reads, by type of text."""
    model, shown = MiniLM(), Table("type", "texts", "MB", "passages", "tokens, mean", "longest", "not read to the end", "MB/s")
    kinds = pl.DataFrame({"path": map(str, files), "kind": [media_type(path.name, b"x") for path in files]}, orient="col")
    passages("warm")
    for (kind,), group in kinds.group_by("kind", maintain_order=True):
        read = [Path(path).read_text(encoding="utf-8", errors="replace") for path in group["path"]]
        start = time.process_time()
        cut = [text[begin:end] for text in read for begin, end in passages(text, media_type=str(kind))]
        seconds, size = time.process_time() - start, sum(map(len, read)) / 1e6
        lengths = model.lengths(cut)
        over = f"{(lengths > model.limit).mean():.4f}" if model.limit else ""
        mean = f"{lengths.mean():.0f}"
        shown.add_row(
            str(kind), str(len(read)), f"{size:.2f}", str(len(cut)), mean, str(lengths.max()), over, f"{size / seconds:.0f}"
        )
    Console(width=140).print(shown)


def turn(uri: str, encoder: str) -> tuple[int, int, float]:
    """Capture, approve, promote and index; passages, those that were encoded, CPU seconds of it with its children."""
    flows.capture("papers", root=uri)
    decide(uri, "papers", Decision.APPROVE, "read it", "dana")
    flows.promote(root=uri)
    os.environ["MUNIMENT_CORES"] = "1"
    start = time.process_time()
    made = embed(uri, "production", encoder)
    seconds = time.process_time() - start
    flows.index(encoder=encoder, root=uri)
    return sum(each.chunks.rows for each in made.made), made.encoded, seconds


def write(path: Path, text: str, modified: int = 1_700_000_000) -> None:
    path.write_text(text)
    os.utime(path, (modified, modified))


def corpus() -> list[str]:
    return pl.read_ndjson(DATA / "retrieval" / "squad" / "corpus.jsonl")["text"].to_list()


def texts(count: int, low: int, high: int) -> list[list[int]]:
    """Token ids of running text, cut to lengths between these."""
    ids = [each for row in MiniLM()._ids(corpus()) for each in row[1:-1]]
    sizes = np.random.default_rng(0).integers(low, high + 1, count)
    ends = np.cumsum(sizes)
    return [[101, *ids[end - size : end - 2], 102] for size, end in zip(sizes, ends, strict=True)]


def plain(model: bytes) -> Run:
    """The graph of the package as it is, in one thread."""
    options = SessionOptions()
    options.intra_op_num_threads = 1
    session = InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def run(rows: np.ndarray) -> Vectors:
        states: Vectors = session.run(
            None, {"input_ids": rows, "attention_mask": np.ones_like(rows), "token_type_ids": np.zeros_like(rows)}
        )[0]
        return states

    return run


def clocked(run: Run, rows: list[list[int]]) -> tuple[Vectors, float]:
    """Unit vectors of rows, one at a time, and CPU seconds a row."""
    run(np.array([rows[0]], np.int64))
    start = time.process_time()
    vectors = [run(np.array([row], np.int64))[0].mean(axis=0) for row in rows]
    seconds = (time.process_time() - start) / len(rows)
    return unit(np.array(vectors)), seconds


def unit(vectors: Vectors) -> Vectors:
    made: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return made


if __name__ == "__main__":
    app()
