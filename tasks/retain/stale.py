"""Sources that were not captured successfully for longer than they may be: told, and where policy says so not served until they are."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from muniment.policies.retention import Retention
from muniment.schemas.retention import Stale
from muniment.schemas.source import Status
from muniment.store.root import Root
from muniment.tasks.erasure.withheld import release, withhold
from muniment.tasks.retain import since

_NAME = "stale-"


def find(root: Root, policy: Retention, at: datetime) -> Iterator[Stale]:
    """Approved sources whose last successful capture lies too long ago. One that was never captured has nothing to be stale."""
    last = since.captured(root)
    for source in root.registry.all():
        days, seen = source.max_staleness_days, last.get(source.id)
        if days and seen and source.status is Status.APPROVED and seen + timedelta(days=days) < at:
            yield Stale(source=source.id, since=seen, days=days, withheld=policy.staleness.action == "withhold")


def apply(root: Root, stale: Sequence[Stale]) -> None:
    """Stop serving what is stale, and serve again what was captured since."""
    withheld = {each.source for each in stale if each.withheld}
    for source in withheld:
        withhold(root, f"{_NAME}{source}", sources=(source,))
    for key in list(root.objects.list("withheld/")):
        name = key.removeprefix("withheld/").removesuffix(".json")
        if name.startswith(_NAME) and name.removeprefix(_NAME) not in withheld:
            release(root, name)
