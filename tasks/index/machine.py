"""What an index was built with, and what searching it costs: of the machine, so beside the index and not part of its name."""

import os
import platform
from importlib import metadata

from muniment.schemas.canonical import digest
from muniment.schemas.index import Costs, Index, Machine
from muniment.store.root import Root
from muniment.store.vectors import PACKAGES, VectorIndex, costs, faiss, gpu


def machine() -> Machine:
    """This machine and its libraries."""
    package = next(name for name in PACKAGES if list(metadata.distributions(name=name)))
    return Machine(
        processor=_processor(),
        cores=os.cpu_count() or 1,
        gpus=gpu.count(),
        packages={name: metadata.version(name) for name in (package, "numpy")},
        options=str(faiss().get_compile_options()).strip(),
    )


def costs_of(root: Root, index: Index, opened: VectorIndex) -> Costs:
    """What searching this revision costs on this kind of machine: as it was measured when it was built, or measured now."""
    return root.work.recall("costs", _key(index), Costs) or costs.measure(opened)


def measured(root: Root, index: Index, opened: VectorIndex) -> Costs:
    """Measure, and remember it for this kind of machine."""
    found = costs.measure(opened)
    root.work.keep("costs", _key(index), found)
    return found


def _key(index: Index) -> str:
    parts = sorted({each.partition for each in index.segments})
    return digest([index.id, index.revision, parts, machine()])


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
