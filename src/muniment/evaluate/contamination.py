"""`muniment eval contamination --suite ITEMS --truth HITS`: is every copy of an evaluation item found, in each form it takes?

Items are {"id", "question", "answer"}, truth lines {"doc", "item", "form", "part"}, where part is question or answer.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from muniment.core import contamination
from muniment.errors import NotFound
from muniment.evaluate.metrics import Metrics, count, detection, share, under
from muniment.evaluate.records import documents, records
from muniment.evaluate.report import Options, Outcome, system, timed

_KINDS = {"question": "holdout", "answer": "target"}


def score(data: Sequence[Path], options: Options) -> Outcome:
    """Precision and recall of (document, item, part) over all, and `form.<form>.recall`; hits count from `options.threshold` on.

    A hit that no truth line knows is false whatever its form, so precision is one figure and not one a form.
    """
    if options.suite is None or options.truth is None:
        raise NotFound("Items or true hits are missing.", "Give them with --suite FILE and --truth FILE.")
    rows = records(data, ["id", "text"])
    table = documents([row["text"] for row in rows])
    detector = contamination.detector(_suite(options.suite))
    hits, speed = timed(detector, table)
    names = dict(zip(table["doc_id"].to_pylist(), (str(row["id"]) for row in rows), strict=True))
    found = {(names[hit["doc_id"]], hit["item"], hit["kind"]) for hit in hits.to_pylist() if hit["overlap"] >= options.threshold}
    truth = {
        (str(line["doc"]), str(line["item"]), _KINDS.get(str(line["part"]), str(line["part"]))): str(line["form"])
        for line in records([options.truth], ["doc", "item", "form", "part"])
    }
    return Outcome(_metrics(found, truth, list(names.values())) | speed, [system(detector)])


def _suite(path: Path) -> pa.Table:
    items = records([path], ["id"])
    columns = {"suite": [path.stem] * len(items), "item": [str(item["id"]) for item in items]}
    parts = {part: [item.get(part) for item in items] for part in ("question", "answer")}
    return pa.table({name: pa.array(values, pa.string()) for name, values in {**columns, **parts}.items()})


def _metrics(found: set[tuple[str, str, str]], truth: dict[tuple[str, str, str], str], names: list[str]) -> Metrics:
    order = {name: row for row, name in enumerate(names)}
    tallies = np.zeros((3, len(names)))
    for tally, hits in zip(tallies, (found & truth.keys(), found, truth.keys()), strict=True):
        for doc, _, _ in hits:
            tally[order[doc]] += 1
    metrics = detection(*tallies)
    for form in sorted(set(truth.values())):
        due = [hit for hit, its in truth.items() if its == form]
        metrics |= under(
            f"form.{form}", {"expected": count(len(due)), "recall": share(np.array([hit in found for hit in due], np.float64))}
        )
    return metrics
