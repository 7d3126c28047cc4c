"""Default mode with names against plain Presidio with the same model: CPU seconds on the same pages, in one process.

`python -m benchmarks.names --documents PARQUET [--number 300] [--rounds 3]` prints documents a CPU second of both and their ratio.
Presidio is an `AnalyzerEngine` over `SpacyNlpEngine` with `en_core_web_sm`, as its own guide sets it up; ours is the detectors
`personal` and `names` with all their models. Rounds alternate in order, and the ratio is that of the medians.
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
from muniment.store.models import KNOWN, name_models

MODEL = KNOWN[0]
SEED, LONGEST = 7, 20_000


def main() -> None:
    """Measure, and print one line a round and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", required=True, help="Parquet with columns doc_id and text")
    parser.add_argument("--number", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    pages = pl.read_parquet(options.documents, columns=["doc_id", "text"]).sample(options.number, seed=SEED)
    pages = pages.with_columns(pl.col("text").str.head(LONGEST)).sort("doc_id")
    systems = {"presidio": presidio(pages["text"].to_list()), "muniment": ours(pages.to_arrow())}
    for work in systems.values():
        work()  # what is loaded and compiled once is not the work
    seconds: dict[str, list[float]] = {name: [] for name in systems}
    for number in range(options.rounds):
        for name in sorted(systems, reverse=bool(number % 2)):
            seconds[name].append(cpu(systems[name]))
            print(f"round {number + 1} {name:9} {seconds[name][-1]:8.2f} CPU s", flush=True)
    size = pages["text"].str.len_bytes().sum() / 1e6
    middle = {name: statistics.median(each) for name, each in seconds.items()}
    for name, each in middle.items():
        print(f"{name:9} {options.number / each:8.1f} documents, {size / each:6.3f} MB a CPU second")
    print(f"ratio {middle['presidio'] / middle['muniment']:.2f} ({options.number} pages, {size:.2f} MB)")


def presidio(texts: list[str]) -> Callable[[], int]:
    """Plain Presidio over the texts; gives the number of its results."""
    engine = SpacyNlpEngine(models=[{"lang_code": "en", "model_name": MODEL.name}])
    analyzer = AnalyzerEngine(nlp_engine=engine, supported_languages=["en"])
    return lambda: sum(len(analyzer.analyze(text, language="en")) for text in texts)


def ours(documents: pa.Table) -> Callable[[], int]:
    """The detectors of default mode and of names over the documents; gives the number of their findings."""
    detectors = [personal.detector(b"benchmark"), names.detector(b"benchmark", name_models())]
    return lambda: sum(detector.detect(documents).num_rows for detector in detectors)


def cpu(work: Callable[[], int]) -> float:
    """CPU seconds of this process that the work takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    main()
