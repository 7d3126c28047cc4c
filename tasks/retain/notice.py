"""Notice that more will be removed: an event that automations act on, and an artifact that people read. Counts and kinds alone."""

import os
from collections.abc import Mapping, Sequence
from datetime import datetime

from muniment.tasks.step import run_id

ANNOUNCED = "muniment.retention.announced"


def announced(serial: int, digest: str, effective: datetime, stricter: Sequence[str], would_remove: Mapping[str, int]) -> None:
    """Tell the service; without one nobody listens, and the ledger and the command's own output say it."""
    if not run_id() and not os.environ.get("PREFECT_API_URL"):
        return
    from prefect.events import emit_event

    emit_event(
        event=ANNOUNCED,
        resource={"prefect.resource.id": f"muniment.retention.{serial}"},
        payload={
            "policy": digest,
            "effective": effective.isoformat(),
            "stricter": list(stricter),
            "would_remove": dict(would_remove),
        },
    )
    if run_id():
        _show(effective, stricter, would_remove)


def _show(effective: datetime, stricter: Sequence[str], would_remove: Mapping[str, int]) -> None:
    from prefect.artifacts import create_markdown_artifact

    rows = [f"| {kind} | {count:,} |" for kind, count in would_remove.items()] or ["| nothing yet | 0 |"]
    text = [
        "# A stricter retention policy was announced",
        f"From **{effective:%Y-%m-%d %H:%M} UTC** on it removes more: {', '.join(stricter)}.",
        "A legal hold keeps what it names; `muniment retention use FILE` puts another policy in its place.",
        "",
        "| What | More than now |",
        "|---|---:|",
        *rows,
    ]
    create_markdown_artifact(key="retention-announced", markdown="\n".join(text), description="Notice of a retention policy")
