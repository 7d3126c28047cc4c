"""A model that was trained from the corpus: what a change of rights, or an erasure, reaches beyond it."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from muniment.schemas.source import Record, Slug


class Model(Record):
    """One version of a model or adapter, and the snapshots that it was trained from (PRV-6)."""

    id: Slug
    version: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[\w.+-]+$")]
    snapshots: Annotated[tuple[str, ...], Field(min_length=1)]
    use: str = ""  # the use profile that it was trained for
    owner: str = ""
    actor: str
    at: datetime

    @property
    def name(self) -> str:
        """What the ledger calls it."""
        return f"{self.id}@{self.version}"
