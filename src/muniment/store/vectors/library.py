"""FAISS itself: exactly one package of it, one thread where equal vectors must give equal bytes."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import metadata
from types import ModuleType

import numpy as np
import numpy.typing as npt

from muniment.errors import Stop

Vectors = npt.NDArray[np.float32]
Positions = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
PACKAGES = ("faiss-cpu", "faiss-gpu", "faiss-gpu-cuvs")


@cache
def faiss() -> ModuleType:
    """FAISS, when exactly one of the packages that provide it is installed; else `Stop` (the last one installed would win silently)."""
    found = [name for name in PACKAGES if list(metadata.distributions(name=name))]
    if len(found) != 1:
        raise Stop(
            f"Exactly one FAISS package must be installed; there are {', '.join(found) or 'none'}.",
            "Uninstall all of them, then install one extra: muniment[cpu], muniment[gpu] or muniment[gpu-cuvs].",
        )
    import faiss

    return faiss


@contextmanager
def one_thread() -> Iterator[None]:
    """Within this block FAISS works on one thread: files that two threads train differ from run to run."""
    before = faiss().omp_get_max_threads()
    faiss().omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss().omp_set_num_threads(before)
