"""What an evaluation hands back: metrics with dotted names, the system's version, its speed and memory; and requirements on them."""

import hashlib
import operator
import re
import resource
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from muniment.core.detector import Detector
from muniment.evaluate.metrics import Metrics, count

_REQUIREMENT = re.compile(r"\s*(?P<name>[^<>=\s]+)\s*(?P<relation>>=|<=)\s*(?P<bound>[-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?)\s*")
T = TypeVar("T")
_RELATIONS = {">=": operator.ge, "<=": operator.le}


@dataclass(frozen=True)
class Options:
    """What may be asked of a task beside its data; a task ignores what does not concern it."""

    types: str = ""  # FILE:SECTION of a type map
    suite: Path | None = None  # evaluation items
    truth: Path | None = None  # true pairs, clusters or hits
    threshold: float = 0.4  # findings that score less are not counted
    encoder: str = "wordllama"  # of dense retrieval
    ner: bool = False  # pii: names too, by a model
    variants: tuple[str, ...] = ()  # retrieval: kinds of index files, or `all`


@dataclass(frozen=True)
class Outcome:
    """What a task found. `systems` are what was measured, each with name, version and digest."""

    metrics: Metrics
    systems: Sequence[Mapping[str, str]] = field(default_factory=tuple)


def system(detector: Detector) -> dict[str, str]:
    """Name, version and configuration digest of a detector."""
    return {"name": detector.name, "version": detector.version, "digest": detector.digest}


def timed(detector: Detector, documents: pa.Table, warm: pa.Table | None = None) -> tuple[pa.Table, Metrics]:
    """Run a detector over a table with a column `text`: its evidence, and its speed as metrics (see `speed`).

    A run over `warm`, by default the first document, pays for what is loaded once (recognisers, models, compiled loops), so that the
    speed is that of the work.
    """
    documents = documents.combine_chunks()  # as they come from a shard
    detector.detect(documents.slice(0, 1) if warm is None else warm)
    return measured(lambda: detector.detect(documents), len(documents), pc.sum(pc.binary_length(documents["text"])).as_py() or 0)


def measured(work: Callable[[], T], documents: int, size: int) -> tuple[T, Metrics]:
    """Do `work` over so many documents of `size` bytes: its result, and its speed per second of wall and of CPU time."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return result, speed(documents, size, time.perf_counter() - wall, time.process_time() - cpu)


def speed(documents: int, size: int, wall: float, cpu: float) -> Metrics:
    """Documents and MB (10⁶ bytes) per second of `wall` and `cpu` seconds."""
    rates = {"second": max(wall, 1e-9), "cpu_second": max(cpu, 1e-9)}
    amounts = {"documents": documents, "mb": size / 1e6}
    metrics = {
        f"speed.{unit}_per_{per}": count(amount / seconds) for per, seconds in rates.items() for unit, amount in amounts.items()
    }
    return metrics | {"speed.seconds": count(wall), "speed.cpu_seconds": count(cpu)}


def report(task: str, data: Sequence[Path], outcome: Outcome) -> dict[str, Any]:
    """The report as a JSON value: `metrics` by dotted name, `intervals` (95%) of those that have one, files by digest."""
    peak = count(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    metrics = {**outcome.metrics, "memory.peak_mb": peak}
    return {
        "task": task,
        "systems": [dict(one) for one in outcome.systems],
        "data": [{"name": path.name, "sha256": _digest(path)} for path in data if path.is_file()],
        "metrics": {name: metric.value for name, metric in metrics.items()},
        "intervals": {name: [metric.low, metric.high] for name, metric in metrics.items() if metric.low is not None},
    }


def requirements_not_met(report: Mapping[str, Any], requires: Sequence[str]) -> list[str]:
    """One line for each requirement (`name>=bound` or `name<=bound`) that a report does not meet, with the figure.

    A metric that the report does not have is not met. Raises `ValueError` for a requirement that cannot be read.
    """
    return [line for line in (_shortfall(report["metrics"], text) for text in requires) if line]


def _shortfall(metrics: Mapping[str, float], text: str) -> str:
    match = _REQUIREMENT.fullmatch(text)
    if not match:
        raise ValueError(f"Cannot read the requirement {text!r}: write a metric, >= or <=, and a number, as in 'all.f1>=0.9'.")
    name, relation, bound = match["name"], match["relation"], float(match["bound"])
    if name not in metrics:
        return f"{name} was not measured, required {relation} {bound:g}"
    return "" if _RELATIONS[relation](metrics[name], bound) else f"{name} is {metrics[name]:.4g}, required {relation} {bound:g}"


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
