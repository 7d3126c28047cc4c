"""Building a variant on a GPU against the CPU, in one run: seconds, and recall@10 of both files searched on the CPU.

    python -m benchmarks.indexes.gpu [--vectors 1000000] [--variants ivf-flat ivf-sq8]

Says so, and measures nothing, where FAISS sees no GPU.
"""

import argparse
import time

import numpy as np
from benchmarks.indexes.vectors import vectors

from muniment.store.vectors import build, gpu


def main() -> None:
    """Build twice, compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vectors", type=int, default=1_000_000)
    parser.add_argument("--variants", nargs="*", default=list(gpu.ON_GPU))
    parser.add_argument("--segment", type=int, default=100_000, help="rows of a segment")
    given = parser.parse_args()
    if not gpu.count():
        print("FAISS sees no GPU here: unmeasured.")
        return
    rows, _, what = vectors(given.vectors, None, None)
    segments = np.array_split(rows, max(1, given.vectors // given.segment))
    print(f"{len(rows):,} vectors in {len(segments)} segments: {what}")
    for name in given.variants:
        gpu.made(segments[0], name)  # the first call starts the device
        began = time.perf_counter()
        ours = [gpu.made(each, name) for each in segments]
        on_gpu = time.perf_counter() - began
        began = time.perf_counter()
        theirs = [build(each, name) for each in segments]
        on_cpu = time.perf_counter() - began
        behind = max(gpu.parity(*each) for each in zip(ours, theirs, segments, strict=True))
        print(
            f"{name}: GPU {on_gpu:.1f} s, CPU (one thread) {on_cpu:.1f} s, ratio {on_cpu / on_gpu:.1f}; recall behind by {behind:.4f} at most"
        )


if __name__ == "__main__":
    main()
