"""Redaction over documents and findings: CPU seconds of all threads from Arrow to Arrow, for one form."""

import json
import sys
import time

import pyarrow.parquet as pq

from muniment.core.redaction import redact
from muniment.policies.redaction import Redaction


def main(documents: str, findings: str, out: str, form: str) -> None:
    """Time one pass, after one over the first rows."""
    texts, found = pq.read_table(documents), pq.read_table(findings)
    how = Redaction.model_validate({"default": form})
    redact(texts.slice(0, 50), found, how, b"key")
    before = time.process_time()
    made = redact(texts, found, how, b"key")
    seconds = time.process_time() - before
    pq.write_table(made.select(["text"]), out)
    print(json.dumps({"cpu_seconds": seconds}))


if __name__ == "__main__":
    main(*sys.argv[1:])
