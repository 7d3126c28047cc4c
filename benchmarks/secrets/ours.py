"""Muniment's detector, all rules, on one table of texts."""

from collections.abc import Sequence

import pyarrow as pa
from clock import Found, report

from muniment.core import secrets
from muniment.policies.secrets import secret_rules

DETECTOR = secrets.detector(b"benchmark", secret_rules())
THRESHOLD = 0.4  # the one that `muniment eval` counts from


def find(texts: Sequence[str]) -> Found:
    """Places of findings."""
    table = pa.table({"doc_id": [str(n) for n in range(len(texts))], "text": pa.array(texts, pa.large_string())})
    rows = DETECTOR.detect(table).select(["doc_id", "start", "end", "score"]).to_pylist()
    found = [(int(row["doc_id"]), row["start"], row["end"]) for row in rows if row["score"] >= THRESHOLD]
    return found, len(found)


if __name__ == "__main__":
    report(find, "muniment")
