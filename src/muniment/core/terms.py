"""Terms on two time axes: when they hold, and when they were known (Snodgrass and Ahn, "Temporal Databases", 1986).

A correction is recorded later than what it corrects, and both stay: "what did we take to be in force on that day" keeps its answer.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from muniment.schemas.source import Record, Source


class Version(Record):
    """One version of a source's registry entry, and when the ledger took it in (UTC)."""

    source: Source
    recorded: datetime


def in_force(versions: Sequence[Version], valid: datetime, known: datetime) -> Version | None:
    """Of versions in the order of their recording, the one that holds at `valid` as far as was known at `known`; None where none does.

    Of several that hold then, the one recorded last stands. A version that does not say from when it holds does so from its recording
    on, the first one of all from ever.
    """
    heard = [(place, version) for place, version in enumerate(versions) if version.recorded <= known]
    holding = [version for place, version in heard if _begins(version, place == 0) <= valid < _ends(version)]
    return holding[-1] if holding else None


def _begins(version: Version, first: bool) -> datetime:
    if stated := version.source.terms.valid_from:
        return _midnight(stated)
    return datetime.min.replace(tzinfo=UTC) if first else version.recorded


def _ends(version: Version) -> datetime:
    stated = version.source.terms.valid_until
    return _midnight(stated) if stated else datetime.max.replace(tzinfo=UTC)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
