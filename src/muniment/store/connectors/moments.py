"""Times as upstreams write them."""

from datetime import UTC, datetime
from typing import Any


def moment_of(value: Any) -> datetime | None:
    """A moment in UTC from a datetime, ISO 8601, or seconds or milliseconds since 1970; None for anything else."""
    try:
        if isinstance(value, datetime):
            moment = value
        elif isinstance(value, str) and not value.replace(".", "", 1).isdecimal():
            moment = datetime.fromisoformat(value)
        elif isinstance(value, (str, int, float)) and not isinstance(value, bool):
            seconds = float(value)
            moment = datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC)
        else:
            return None
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None
