"""`muniment eval quality`: how well each signal alone, and a plain set of published rules, tell documents to keep from those to drop."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from muniment.core import quality
from muniment.errors import Corrupt
from muniment.evaluate.metrics import Metrics, auc, detection, under
from muniment.evaluate.records import documents, records
from muniment.evaluate.report import Options, Outcome, system, timed

_KEEP = {
    "keep": True,
    "good": True,
    "positive": True,
    "1": True,
    "true": True,
    "drop": False,
    "bad": False,
    "negative": False,
    "0": False,
    "false": False,
}

# Gopher's document rules (Rae et al. 2021, table A1) as limits on our signals: (signal, least, most).
GOPHER = (
    ("words", 50, 100_000),
    ("mean_word_length", 3, 10),
    ("symbol_ratio", 0, 0.1),
    ("bullet_line_ratio", 0, 0.9),
    ("ellipsis_line_ratio", 0, 0.3),
    ("alphabetic_word_ratio", 0.8, 1),
    ("stop_words", 2, 8),
    ("duplicate_line_ratio", 0, 0.3),
)


def score(data: Sequence[Path], options: Options) -> Outcome:
    """Score the quality signals on `{"id","text","label"}` with label keep or drop (also good/bad, 1/0).

    A document is kept when it passes all of Gopher's published rules: `all.f1` and others are of keeping, `all.auc` ranks documents
    by how many of the rules they pass, `signal.NAME.auc` by one signal (below 0.5: high values mean drop).
    """
    labelled = records(data, ("text", "label"))
    keep = [_keep(each["label"]) for each in labelled]
    detector = quality.detector()
    evidence, speed = timed(detector, documents(each["text"] for each in labelled))
    signals = pl.DataFrame(pl.from_arrow(evidence)).pivot("name", index="doc_id", values="value").sort("doc_id")
    passed = signals.select(pl.sum_horizontal(pl.col(name).is_between(least, most) for name, least, most in GOPHER)).to_series()
    kept = (passed == len(GOPHER)).to_list()
    metrics = detection([one and other for one, other in zip(kept, keep, strict=True)], kept, keep)
    if 0 < sum(keep) < len(keep):
        metrics |= {"auc": auc(keep, passed.to_numpy())}
    return Outcome(under("all", metrics) | _single(keep, signals) | speed, [system(detector)])


def _single(keep: Sequence[bool], signals: pl.DataFrame) -> Metrics:
    if not 0 < sum(keep) < len(keep):
        return {}
    return {f"signal.{name}.auc": auc(keep, signals[name].to_numpy()) for name in signals.columns if name != "doc_id"}


def _keep(label: object) -> bool:
    try:
        return _KEEP[str(label).lower()]
    except KeyError:
        raise Corrupt("A label is neither keep nor drop.", "Write one of keep, drop, good, bad, 1, 0.") from None
