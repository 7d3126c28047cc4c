"""Muniment: a corpus that you can defend. See README.md and docs/.

Every command is also a Python call here: `muniment.capture("handbook")`, `muniment.search("who pays", "dana")`, …; `muniment.api` has all.
"""

import hashlib
import os
from importlib import import_module
from pathlib import Path
from typing import Any

__version__ = "0.1.0"

# Before Arrow is loaded: its allocator would keep what was freed for a second, which for a pass over a corpus is all of it.
os.environ.setdefault("MIMALLOC_PURGE_DELAY", "10")  # milliseconds


def _compiled() -> str:
    """Where numba keeps what it compiled of exactly these sources: by itself it notices a change of one file, and not of a function
    that it took in from another."""
    sources = sorted((Path(__file__).parent / "core").rglob("*.py"))
    digest = hashlib.sha256(b"".join(each.read_bytes() for each in sources if b"numba" in each.read_bytes())).hexdigest()
    cache = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser()
    return str(cache / "muniment" / "compiled" / digest[:16])


os.environ.setdefault("NUMBA_CACHE_DIR", _compiled())


def __getattr__(name: str) -> Any:
    """The calls of `muniment.api`, imported when they are first used."""
    if name.startswith("_"):
        raise AttributeError(name)
    api = import_module("muniment.api")
    if name not in vars(api):
        raise AttributeError(f"module 'muniment' has no attribute {name!r}")
    return getattr(api, name)
