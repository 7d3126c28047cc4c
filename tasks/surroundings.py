"""What a run stands on: interpreter, machine, versions of what was imported, threads. Read from this process, as it is."""

import os
import platform
import sys
from functools import cache
from importlib.metadata import packages_distributions, version

from muniment.schemas.run import Environment
from muniment.tasks.pool import cores

# Settings that can change an outcome. Addresses, paths and credentials are never among them.
_VARIABLES = (
    "MUNIMENT_CORES",
    "PYTHONHASHSEED",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "POLARS_MAX_THREADS",
    "CUDA_VISIBLE_DEVICES",
    "LANG",
    "LC_ALL",
    "TZ",
    "MIMALLOC_PURGE_DELAY",
)


def environment() -> Environment:
    """The environment of this process now: more may be imported later."""
    return Environment(
        python=sys.version.split()[0],
        system=f"{platform.system()} {platform.machine()}",
        processor=_processor(),
        cores=cores(),
        memory=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        packages=_packages(),
        variables={name: os.environ[name] for name in _VARIABLES if name in os.environ},
    )


def threads() -> dict[str, int]:
    """How many threads each library that is loaded would use."""
    found = {"processes": cores()}
    if polars := sys.modules.get("polars"):
        found["polars"] = polars.thread_pool_size()
    if arrow := sys.modules.get("pyarrow"):
        found["arrow"] = arrow.cpu_count()
    if faiss := sys.modules.get("faiss"):
        found["faiss"] = faiss.omp_get_max_threads()
    if numba := sys.modules.get("numba"):
        found["numba"] = numba.config.NUMBA_NUM_THREADS
    return found


def versions() -> dict[str, str]:
    """Module → version, of every part of Muniment that is loaded and says which version of its method it is."""
    found = {}
    for name, module in list(sys.modules.items()):
        if name.startswith("muniment."):
            for said in ("VERSION", "CHUNKER", "NORMALISER"):
                if isinstance(value := vars(module).get(said), str | int):
                    found[f"{name.removeprefix('muniment.')}.{said}"] = str(value)
    return dict(sorted(found.items()))


def seeds() -> dict[str, str]:
    """Where chance could come in. What decides about documents draws none: hashes and samples are seeded in the code."""
    return {"python hashes": os.environ.get("PYTHONHASHSEED", "random (nothing that is kept depends on it)")}


def _packages() -> dict[str, str]:
    """Distribution → version, of every package of which a module is loaded."""
    loaded = {name.partition(".")[0] for name in list(sys.modules)}
    known = _distributions()
    return {name: _version(name) for name in sorted({each for module in loaded for each in known.get(module, ())})}


@cache
def _distributions() -> dict[str, list[str]]:
    return dict(packages_distributions())


@cache
def _version(name: str) -> str:
    return version(name)


@cache
def _processor() -> str:
    try:
        with open("/proc/cpuinfo") as file:
            names = (line.partition(":")[2].strip() for line in file if line.startswith("model name"))
            return next(names, platform.processor())
    except OSError:
        return platform.processor()
