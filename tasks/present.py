"""Show an evidence pack in the Prefect UI, with a link that opens the steward's form prefilled."""

import json
from urllib.parse import quote

from muniment.core.packs import markdown
from muniment.schemas.review import Pack
from muniment.tasks.step import run_id, step

REVIEW_DEPLOYMENT = "review/steward"


@step
def present(uri: str, pack: Pack, decided: bool) -> None:
    """Write the pack as an artifact of the flow run; outside one there is nobody to show it to."""
    if not run_id():
        return
    from prefect.artifacts import create_markdown_artifact

    links = () if decided else _links(pack)
    create_markdown_artifact(
        markdown(pack, links), key=f"evidence-{pack.source}".replace("_", "-"), description=f"{pack.source}: {pack.headline}"
    )


def _links(pack: Pack) -> tuple[tuple[str, str], ...]:
    """The form of the review deployment for this judgement, when a server serves one."""
    from prefect.client.orchestration import get_client
    from prefect.exceptions import ObjectNotFound
    from prefect.settings import PREFECT_UI_URL

    with get_client(sync_client=True) as client:
        try:
            deployment = client.read_deployment_by_name(REVIEW_DEPLOYMENT)
        except ObjectNotFound:
            return ()
    base = (PREFECT_UI_URL.value() or "").rstrip("/")
    given = quote(json.dumps({"judgement": pack.judgement}))
    return (("Decide about this capture", f"{base}/v2/deployments/deployment/{deployment.id}/run?parameters={given}"),)
