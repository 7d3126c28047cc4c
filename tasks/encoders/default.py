"""Which encoder an index is made with."""

import os

DEFAULT = "minilm"


def default() -> str:
    """`$MUNIMENT_ENCODER`, or the one that retrieval is measured with."""
    return os.environ.get("MUNIMENT_ENCODER") or DEFAULT
