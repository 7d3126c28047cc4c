"""Links to the forms of the review deployment, filled in with what is to be decided about."""

import json
from urllib.parse import quote

from muniment.schemas.source import Record

REVIEW_DEPLOYMENT = "review/steward"


class Forms(Record):
    """Where the review form is, and which of its fields there are. Without a server that serves it, there are no links."""

    address: str = ""
    fields: frozenset[str] = frozenset()

    def review(self, judgement: str, **given: object) -> str:
        """Address of the form for a judgement; empty when there is none, or when it does not know a field that is given."""
        if not self.address or not self.fields.issuperset(given):
            return ""
        return f"{self.address}?parameters={quote(json.dumps({'judgement': judgement, **given}))}"


def forms() -> Forms:
    """The form as the server that we run under serves it."""
    from prefect.client.orchestration import get_client
    from prefect.exceptions import ObjectNotFound
    from prefect.settings import PREFECT_UI_URL

    with get_client(sync_client=True) as client:
        try:
            deployment = client.read_deployment_by_name(REVIEW_DEPLOYMENT)
        except ObjectNotFound:
            return Forms()
    base = (PREFECT_UI_URL.value() or "").rstrip("/")
    fields = (deployment.parameter_openapi_schema or {}).get("properties", {})
    return Forms(address=f"{base}/v2/deployments/deployment/{deployment.id}/run", fields=frozenset(fields))
