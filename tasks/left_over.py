"""Erasure requests that nobody has carried out."""

from datetime import UTC, datetime, timedelta

from muniment.store.root import open_root
from muniment.tasks.erasure.requests import open_requests
from muniment.tasks.step import run_id, step

_BEGUN = timedelta(minutes=10)  # a younger request is in the hands of the automation that its event started


@step
def left_over(uri: str) -> list[str]:
    """Ids of requests without a proven receipt, the oldest first. Within a service, very young ones are left to their own run."""
    since = datetime.now(UTC) - (_BEGUN if run_id() else timedelta())
    return [each.id for each in open_requests(open_root(uri)) if each.at <= since]
