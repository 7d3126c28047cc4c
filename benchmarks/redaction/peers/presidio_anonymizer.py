"""presidio-anonymizer over documents and findings: CPU seconds of its calls alone, and what it wrote.

Its results are built before the clock starts, and the engine is warm.
"""

import json
import sys
import time
from importlib.metadata import version

import pyarrow as pa
import pyarrow.parquet as pq

sys.path = [each for each in sys.path if not each.endswith("peers")]  # this file has the name of the package

from presidio_anonymizer import AnonymizerEngine
from presidio_anonymizer.entities import RecognizerResult


def main(documents: str, findings: str, out: str) -> None:
    texts = pq.read_table(documents)
    found: dict[str, list[RecognizerResult]] = {}
    for row in pq.read_table(findings, columns=["doc_id", "type", "start", "end", "score"]).to_pylist():
        found.setdefault(row["doc_id"], []).append(RecognizerResult(row["type"], row["start"], row["end"], row["score"]))
    work = [
        (text, found.get(doc_id, [])) for doc_id, text in zip(texts["doc_id"].to_pylist(), texts["text"].to_pylist(), strict=True)
    ]
    engine = AnonymizerEngine()
    for text, results in work[:50]:
        engine.anonymize(text, list(results))
    before = time.process_time()
    made = [engine.anonymize(text, results).text for text, results in work]
    seconds = time.process_time() - before
    pq.write_table(pa.table({"text": pa.array(made, pa.large_string())}), out)
    print(json.dumps({"cpu_seconds": seconds, "version": version("presidio-anonymizer")}))


if __name__ == "__main__":
    main(*sys.argv[1:])
