"""datatrove: its four MinHash stages, run one after the other by the local executor with one worker."""

import tempfile
from pathlib import Path

from clock import report
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup import MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupFilter, MinhashDedupSignature
from datatrove.pipeline.dedup.minhash import MinhashConfig
from datatrove.pipeline.readers import ParquetReader
from datatrove.utils.logging import logger

NOTE = "16 bands of 8 (default 14 of 8), English words of spaCy, numbers all 0, components, nothing verified"


def removed(path: Path) -> int:
    settings = MinhashConfig(n_grams=5, num_buckets=16, hashes_per_bucket=8)
    with tempfile.TemporaryDirectory() as folder:
        signed, paired, grouped = (f"{folder}/{name}" for name in ("signed", "paired", "grouped"))
        reader = ParquetReader(str(path.parent), glob_pattern=path.name, id_key="doc_id")
        chosen = MinhashDedupFilter(grouped)
        stages = [
            ([reader, MinhashDedupSignature(signed, settings)], 1),
            ([MinhashDedupBuckets(signed, paired, config=settings)], settings.num_buckets),
            ([MinhashDedupCluster(paired, grouped, settings)], 1),
            ([reader, chosen], 1),
        ]
        for number, (steps, tasks) in enumerate(stages):
            stats = LocalPipelineExecutor(steps, tasks=tasks, workers=1, logging_dir=f"{folder}/logs/{number}").run()
        return int(stats.stats[-1].stats["dropped"].total)


if __name__ == "__main__":
    logger.disable("datatrove")
    report(removed, "datatrove", NOTE)
