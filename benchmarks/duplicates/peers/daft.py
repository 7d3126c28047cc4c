"""daft: its native `minhash` expression, the signature alone."""

from pathlib import Path

import daft
from clock import report
from daft.functions import minhash

NOTE = "signature only, tokens split at single spaces"


def signed(path: Path) -> None:
    signature = minhash(daft.col("text"), num_hashes=128, ngram_size=5)
    daft.read_parquet(str(path)).select(daft.col("doc_id"), signature.alias("signature")).collect()


if __name__ == "__main__":
    daft.set_runner_native()
    report(signed, "daft", NOTE)
