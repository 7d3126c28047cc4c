"""A night against a large corpus: 20,000 new documents looked up in a band index of 5,000,000.

    python -m benchmarks.duplicates.index [--held 5000000] [--new 20000]

The index holds signatures of real pages (`corpus/docs.parquet` under $MUNIMENT_DATA, without 20,000 drawn from them, which are new) and, for
the rest, made sketches. As in the product the new documents are signed in one process and looked up in another, which reads their
signatures and ends with the signatures of the documents that they may duplicate.
"""

import argparse
import multiprocessing
import os
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

DATA = Path(os.environ.get("MUNIMENT_DATA", Path(__file__).parents[3] / "shared" / "data"))
MADE = 500_000  # made signatures of a batch


def spent() -> float:
    """CPU seconds of this process so far."""
    return sum(resource.getrusage(resource.RUSAGE_SELF)[:2])


def held_rows(signed: pa.Table) -> pa.Table:
    """Signatures with traits, as the index holds them."""
    from muniment.tasks.duplicates import segments

    traits = {"source_id": "held", "media_type": "text/markdown", "language": "en", "project": 0, "path": 0, "vendored": False, "licence": 3,
              "modified": None, "quality": None}  # fmt: skip
    frame = pl.DataFrame(signed.drop(["detector"])).with_columns(pl.lit(value).alias(name) for name, value in traits.items())
    return frame.select(segments.ROW.names).to_arrow().cast(segments.ROW)


def made(random: np.random.Generator, count: int, first: int) -> pa.Table:
    """Signatures of no document at all: random sketches."""
    from muniment.schemas.evidence import SIGNATURE

    sketch = random.integers(1 << 16, size=(count, 128), dtype=np.uint16)
    hashes = random.integers(1 << 63, size=(4, count)).astype(np.uint64)
    columns = [
        [f"{number:032x}" for number in range(first, first + count)], pa.repeat("twins", count), pa.repeat(5, count), pa.repeat(500, count),
        *hashes, [row.tobytes() for row in sketch],
    ]  # fmt: skip
    return pa.table(dict(zip(SIGNATURE.names, columns, strict=True))).cast(SIGNATURE)


def build(uri: str, held: int, new: int) -> None:
    """An index of `held` documents under a root, and the new documents beside it."""
    from muniment.core import twins
    from muniment.schemas.evidence import SIGNATURE
    from muniment.schemas.signatures import BandIndex, Home
    from muniment.schemas.stored import Stored
    from muniment.store.root import open_root
    from muniment.tasks.duplicates import segments, signatures

    root = open_root(uri)
    documents = pq.read_table(DATA / "corpus" / "docs.parquet", columns=["doc_id", "text"])
    random = np.random.default_rng(1)
    order = random.permutation(documents.num_rows)
    begun = spent()
    signed = twins.detector().detect(documents.take(np.sort(order[:new])))
    print(f"{new:,} new documents signed in {spent() - begun:.2f} CPU s, compilation included")
    (Path(uri) / "new.json").write_text(root.lake.write(signed, SIGNATURE).model_dump_json())
    real = held_rows(twins.detector().detect(documents.take(np.sort(order[new:]))))

    def tables():
        yield real, np.zeros(real.num_rows, np.int32)
        for first in range(0, held - real.num_rows, MADE):
            rows = held_rows(made(random, min(MADE, held - real.num_rows - first), first))
            yield rows, np.zeros(rows.num_rows, np.int32)

    before = spent()
    segments = tuple(segments.write_segments(root, tables()))
    home = Home(source="held", shard=Stored(digest="0" * 64, rows=0, bytes=0))
    root.refs.move(signatures.REF, BandIndex(signer="benchmark", homes=(home,), segments=segments), "")
    print(f"built: {sum(each.alive for each in segments):,} documents in {len(segments)} segments, "
          f"{sum(each.segment.bytes + each.rows.bytes for each in segments) / held:,.0f} bytes a document, {spent() - before:.1f} CPU s")  # fmt: skip


def look_up(uri: str) -> tuple[float, float, int, int]:
    """Looking the new documents up: CPU seconds, wall seconds, documents found, peak resident bytes of the process."""
    from muniment.schemas.evidence import SIGNATURE
    from muniment.schemas.signatures import BandIndex
    from muniment.schemas.stored import Stored
    from muniment.store.root import open_root
    from muniment.tasks.duplicates import signatures

    root = open_root(uri)
    index, _ = root.refs.read(signatures.REF, BandIndex)
    assert index is not None
    stored = Stored.model_validate_json((Path(uri) / "new.json").read_text())
    begun, wall = spent(), time.perf_counter()
    found, _ = signatures.partners(root, index, root.lake.read(stored, SIGNATURE, ["tokens", "sketch"]), 0.8, "new")
    return spent() - begun, time.perf_counter() - wall, found.num_rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> None:
    """Build in one process, look up in others; the second look-up finds its code compiled and its files in the page cache."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--held", type=int, default=5_000_000)
    parser.add_argument("--new", type=int, default=20_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MUNIMENT_KEYRING"] = f"{folder}/keyring.json"
        with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
            pool.apply(build, (f"{folder}/root", options.held, options.new))
            for _ in range(3):
                cpu, wall, found, peak = pool.apply(look_up, (f"{folder}/root",))
                print(
                    f"{options.new:,} new: looked up in {cpu:.2f} CPU s ({wall:.2f} s), {found:,} held documents may be their twins; "
                    f"peak {peak / 1e6:,.0f} MB",
                    flush=True,
                )


if __name__ == "__main__":
    main()
