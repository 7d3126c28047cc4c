"""text-dedup: its `minhash` command, called in this process."""

import logging
import tempfile
from pathlib import Path

import datasets
import pyarrow.parquet as pq
from clock import report
from text_dedup.minhash import main

NOTE = "9 bands of 13 (its own choice for 128 and 0.8), components, nothing verified; drops documents under 5 words"


def removed(path: Path) -> int:
    with tempfile.TemporaryDirectory() as folder:
        files = ["--path", "parquet", "--data_files", str(path), "--split", "train", "--cache_dir", f"{folder}/cache"]
        settings = ["--column", "text", "--ngram", "5", "--num_perm", "128", "--threshold", "0.8", "--num_proc", "1"]
        main([*files, "--output", f"{folder}/kept", *settings], standalone_mode=False)
        return pq.read_metadata(path).num_rows - len(datasets.load_from_disk(f"{folder}/kept"))


if __name__ == "__main__":
    logging.disable(logging.INFO)
    datasets.disable_progress_bars()
    report(removed, "text-dedup", NOTE)
