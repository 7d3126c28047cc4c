"""`muniment eval secrets`: credentials, as spans of any type, as characters, as documents, and false alarms on clean text."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from muniment.core import secrets
from muniment.errors import Corrupt
from muniment.evaluate import spans
from muniment.evaluate.metrics import Metrics, count, detection, share, under
from muniment.evaluate.records import documents, records
from muniment.evaluate.report import Options, Outcome, system, timed
from muniment.evaluate.spans import Labelled
from muniment.policies.secrets import secret_rules

_KEY = b"evaluation"  # hashes are not scored
_PASSWORD = re.compile(r"(?i)passw|passphrase|passcode|pwd|url credential|securestring")


def score(data: Sequence[Path], options: Options) -> Outcome:
    """Score the secrets detector on `{"id","text","spans":[…]}` or `{"id","text","label":"positive"/"negative"}`, or both mixed.

    `all.*` are spans at IoU ≥ 0.5 and `chars.*` characters, both whatever the type, as every tool names secrets in its own way
    (only documents with `spans`). `keys.*` and `passwords.*` are slices of those spans: see `_recall`. `documents.*`: a document is
    found when any finding is in it. `clean.findings_per_mb`: findings per MB of documents without a secret.
    """
    labelled = records(data, ("text",))
    positive = [_positive(each) for each in labelled]
    detector = secrets.detector(_KEY, secret_rules())
    evidence, speed = timed(detector, documents(each["text"] for each in labelled))
    predicted = spans.found(evidence, len(labelled), options.threshold)
    hits = [bool(each) for each in predicted]
    metrics = under("documents", detection([hit and due for hit, due in zip(hits, positive, strict=True)], hits, positive))
    rows = [row for row, each in enumerate(labelled) if "spans" in each]
    if rows:
        told = [predicted[row] for row in rows]
        due = [[Labelled(span["start"], span["end"], span["type"]) for span in labelled[row]["spans"]] for row in rows]
        metrics |= under("all", spans.score(told, due, typed=False)) | under("chars", spans.characters(told, due))
        for name in ("passwords", "keys"):
            metrics |= under(name, _recall(told, [[span for span in each if family(span.type) == name] for each in due]))
    clean = [row for row, due in enumerate(positive) if not due]
    return Outcome(
        metrics | _false_alarms([labelled[row]["text"] for row in clean], [predicted[row] for row in clean]) | speed,
        [system(detector)],
    )


def family(kind: str) -> str:
    """Passwords are what people make up; everything else is a key: tokens, private keys, secrets, identifiers of clients."""
    return "passwords" if _PASSWORD.search(kind) else "keys"


def _recall(told: spans.Spans, due: spans.Spans) -> Metrics:
    """How many labelled spans are found, whatever their type and however many findings it takes: half of its characters at least.

    A private key is labelled by line and found as one, so IoU would not do. `recall` is of spans; `type_recall` the mean over the
    types that are labelled, each of the same weight, with an interval over types; `types` their number.
    """
    found = [[covers(spans.covered(each), span) for span in labelled] for each, labelled in zip(told, due, strict=True)]
    by_type: dict[str, list[bool]] = {}
    for labelled, hits in zip(due, found, strict=True):
        for span, hit in zip(labelled, hits, strict=True):
            by_type.setdefault(span.type, []).append(hit)
    if not by_type:
        return {}
    shares = [sum(hits) / len(hits) for hits in by_type.values()]
    counts = {"expected": count(sum(map(len, due))), "right": count(sum(map(sum, found))), "types": count(len(by_type))}
    return counts | {"recall": share([sum(hits) for hits in found], [len(each) for each in due]), "type_recall": share(shares)}


def covers(covered: set[int], span: Labelled) -> bool:
    """Whether at least half of a span's characters are among those covered."""
    return 2 * sum(place in covered for place in range(span.start, span.end)) >= span.end - span.start


def _positive(record: dict[str, Any]) -> bool:
    if "label" in record:
        return str(record["label"]) == "positive"
    if "spans" in record:
        return bool(record["spans"])
    raise Corrupt("A record has neither `spans` nor `label`.", "See `muniment eval --help`.")


def _false_alarms(texts: Sequence[str], predicted: spans.Spans) -> Metrics:
    size = sum(len(text.encode()) for text in texts) / 1e6
    alarms = sum(len(each) for each in predicted)
    rate = {"findings_per_mb": count(alarms / size)} if size else {}
    return under("clean", {"documents": count(len(texts)), "mb": count(size), "findings": count(alarms)} | rate)
