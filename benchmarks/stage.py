"""Where the time of detection goes: CPU seconds of each detector of the policy over all that a root has captured.

    make demo ROOT=DIR && python -m benchmarks.stage --root DIR

One process, one detector after the other, over the same batches as the detect step reads; evidence is not written. Each detector is
warmed on the first batch.
"""

import argparse
import time
from collections.abc import Iterator

import pyarrow as pa

from muniment.schemas.capture import Capture
from muniment.schemas.document import DOCUMENT
from muniment.store.root import Root, open_root
from muniment.tasks import policies
from muniment.tasks.detectors import detector
from muniment.tasks.judge import standing


def main() -> None:
    """Print a line for each detector, and all of them together."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", required=True)
    root = open_root(parser.parse_args().root)
    size = sum(batch["text"].nbytes for batch in batches(root, ("doc_id", "text"))) / 1e6
    documents = sum(batch.num_rows for batch in batches(root, ("doc_id",)))
    print(f"{documents:,} documents, {size:.1f} MB")
    names = policies.current(root).detectors
    seconds = {name: detect(root, name) for name in names}
    total = sum(seconds.values())
    for name, spent in sorted(seconds.items(), key=lambda each: -each[1]):
        print(f"{name:14} {spent:7.2f} CPU s {spent / total:6.1%} {size / max(spent, 1e-9):9.1f} MB a core second")
    print(f"{'all':14} {total:7.2f} CPU s        {size / total:9.1f} MB a core second")


def detect(root: Root, name: str) -> float:
    """CPU seconds of one detector over everything."""
    made = detector(root.uri, name)
    made.detect(next(batches(root, made.reads)))
    spent = 0.0
    for batch in batches(root, made.reads):
        began = time.process_time()
        made.detect(batch)
        spent += time.process_time() - began
    return spent


def batches(root: Root, columns: tuple[str, ...]) -> Iterator[pa.Table]:
    """What the detect step would hand to a detector that reads these columns."""
    for judgement in standing(root):
        capture = root.manifests.get(f"captures/{judgement.source}", judgement.capture, Capture)
        for shard in capture.shards:
            yield from root.lake.batches(shard, DOCUMENT, columns)


if __name__ == "__main__":
    main()
