"""Personal data against plain Presidio: findings and CPU seconds on the same pages, in one process.

    python -m benchmarks.personal --documents PARQUET [--number 400] [--identical 5000] [--rounds 3]

PARQUET has the columns doc_id and text. Plain Presidio is an `AnalyzerEngine` with its predefined recognisers for English: over
`en_core_web_sm` as its guide sets it up (needs the extra `ner`), and over a blank pipeline, which has the same recognisers and no
model. Ours are the compatible mode, the default mode (names are not searched), and the default mode with names. Rounds alternate in
order; a ratio is that of the medians. `--identical` compares the findings of the compatible mode on so many pages, one by one.
"""

import argparse
import statistics
import time
from collections.abc import Callable

import polars as pl
import pyarrow as pa
from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.nlp_engine import SpacyNlpEngine

from muniment.core import names, personal
from muniment.core.personal.compatible import GatedAnalyzer, blank_engine
from muniment.errors import MunimentError
from muniment.store.models import KNOWN, name_models

SEED, LONGEST = 7, 20_000
KEY = b"benchmark"
# What is compared with what; names as in `systems`.
RATIOS = (
    ("compatible", "presidio blank"),
    ("default", "presidio model"),
    ("default", "presidio blank"),
    ("default and names", "presidio model"),
)


def main() -> None:
    """Measure, and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", required=True, help="Parquet with columns doc_id and text")
    parser.add_argument("--number", type=int, default=400, help="pages that are timed")
    parser.add_argument("--identical", type=int, default=0, help="pages whose findings are compared")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    pages = pl.read_parquet(options.documents, columns=["doc_id", "text"])
    if options.identical:
        compare(sample(pages, options.identical, None))
    timed(sample(pages, options.number, LONGEST), options.rounds)


def sample(pages: pl.DataFrame, number: int, longest: int | None) -> pl.DataFrame:
    """So many pages, the same ones in every run."""
    chosen = pages.sample(min(number, len(pages)), seed=SEED).sort("doc_id")
    return chosen.with_columns(pl.col("text").str.head(longest)) if longest else chosen


def compare(pages: pl.DataFrame) -> None:
    """Print whether type, start, end and score of every finding are those of plain Presidio."""
    engine = blank_engine()
    ours = sorted((each.row, each.start, each.end, each.type, each.score) for each in GatedAnalyzer(engine).analyze(arrow(pages)))
    plain = sorted(
        (row, each.start, each.end, each.entity_type, each.score)
        for row, text in enumerate(pages["text"])
        for each in engine.analyze(text, "en")
    )
    print(
        f"findings {'identical' if ours == plain else 'DIFFERENT'}: {len(plain):,} of plain Presidio, {len(ours):,} of the compatible mode"
    )
    print(f"         on {len(pages):,} pages", flush=True)


def timed(pages: pl.DataFrame, rounds: int) -> None:
    """Print CPU seconds of every system and the ratios."""
    running = systems(pages)
    for work in running.values():
        work()  # what is loaded and compiled once is not the work
    seconds: dict[str, list[float]] = {name: [] for name in running}
    for number in range(rounds):
        for name in sorted(running, reverse=bool(number % 2)):
            before = time.process_time()
            running[name]()
            seconds[name].append(time.process_time() - before)
    size = pages["text"].str.len_bytes().sum() / 1e6
    middle = {name: statistics.median(each) for name, each in seconds.items()}
    print(f"{len(pages)} pages, {size:.2f} MB")
    for name, each in middle.items():
        spread = f"{min(seconds[name]):.2f} to {max(seconds[name]):.2f}"
        print(f"{name:18} {each:8.2f} CPU s ({spread}), {size / each:7.3f} MB a CPU second")
    for name, peer in RATIOS:
        if name in middle and peer in middle:
            print(f"{name} is {middle[peer] / middle[name]:.1f} times as fast as {peer}")


def systems(pages: pl.DataFrame) -> dict[str, Callable[[], int]]:
    """What is compared, each giving the number of its findings; those with a model only where it is installed."""
    documents, texts = arrow(pages), pages["text"].to_list()
    blank, gated, default = blank_engine(), GatedAnalyzer(blank_engine()), personal.detector(KEY)
    running: dict[str, Callable[[], int]] = {
        "presidio blank": lambda: sum(len(blank.analyze(text, language="en")) for text in texts),
        "compatible": lambda: len(gated.analyze(documents)),
        "default": lambda: default.detect(documents).num_rows,
    }
    try:
        model, named = presidio(), names.detector(KEY, name_models())
    except (MunimentError, ImportError, OSError):
        print("The extra ner is not installed: nothing with a model is measured.")
        return running
    running["presidio model"] = lambda: sum(len(model.analyze(text, language="en")) for text in texts)
    running["default and names"] = lambda: default.detect(documents).num_rows + named.detect(documents).num_rows
    return running


def presidio() -> AnalyzerEngine:
    """Plain Presidio with the model that the detector of names has for English."""
    return AnalyzerEngine(
        nlp_engine=SpacyNlpEngine(models=[{"lang_code": "en", "model_name": KNOWN[0].name}]), supported_languages=["en"]
    )


def arrow(pages: pl.DataFrame) -> pa.Table:
    """The pages as detectors read them."""
    return pa.table(
        {"doc_id": pages["doc_id"].to_arrow().cast(pa.string()), "text": pages["text"].to_arrow().cast(pa.large_string())}
    )


if __name__ == "__main__":
    main()
