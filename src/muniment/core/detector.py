"""The one seam that every detector shares: a pure function from a table of documents to a table of evidence."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from muniment.schemas.canonical import digest


@dataclass(frozen=True)
class Detector:
    """A versioned, configured detector.

    `detect` takes a table with at least the columns `reads` of `schemas.document.DOCUMENT` (n rows) and gives a table of schema
    `emits` with any number of rows, sorted by (doc_id, start or name). It has no side effect, no clock and no randomness.
    `settings` holds everything that changes its output (of keys and reference data only their digests), so that
    `digest` names its work: the same digest over the same documents is the same evidence.
    """

    name: str
    version: str
    reads: tuple[str, ...]
    emits: pa.Schema
    detect: Callable[[pa.Table], pa.Table]
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """`name@version`, as the evidence's `detector` column has it."""
        return f"{self.name}@{self.version}"

    @property
    def digest(self) -> str:
        """Digest of name, version and settings."""
        return digest({"name": self.name, "version": self.version, "settings": dict(self.settings)})
