"""Show an evidence pack in the Prefect UI, with a link that opens the steward's form prefilled."""

from muniment.core.packs import markdown
from muniment.schemas.review import Pack
from muniment.tasks.forms import forms
from muniment.tasks.step import run_id, step


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
    address = forms().review(pack.judgement)
    return (("Decide about this capture", address),) if address else ()
