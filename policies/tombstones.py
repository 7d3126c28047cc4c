"""How long what was erased stays barred."""

from datetime import datetime, timedelta

from pydantic import Field

from muniment.schemas.source import Record
from muniment.schemas.tombstone import Kind


class Tombstones(Record):
    """Days after which each kind of bar ends; None: never. Bands end soonest: what they hold back is only alike, and needs a person."""

    key: int | None = Field(default=None, gt=0)
    content: int | None = Field(default=None, gt=0)
    bands: int | None = Field(default=1826, gt=0)

    def expiries(self, now: datetime) -> dict[Kind, datetime]:
        """When bars that are laid at `now` end."""
        days = {kind: getattr(self, kind.value) for kind in Kind}
        return {kind: now + timedelta(days=each) for kind, each in days.items() if each}
