"""Show an evidence pack in the Prefect UI, with links that open the steward's form filled in."""

from collections.abc import Iterator

from muniment.core.packs import markdown
from muniment.schemas.review import Pack
from muniment.store.root import open_root
from muniment.tasks.review.forms import Forms, forms
from muniment.tasks.review.handles import without_ids
from muniment.tasks.step import run_id, step

_SIDE_BY_SIDE = 2  # charts of a picture


@step
def present(uri: str, pack: Pack, decided: bool) -> None:
    """Write the pack as an artifact of the flow run; outside one there is nobody to show it to."""
    if not run_id():
        return
    from prefect.artifacts import create_markdown_artifact

    pack, opened = without_ids(open_root(uri), pack), Forms() if decided else forms()
    shown = markdown(pack, opened.review(pack.judgement), _about(pack, opened), list(_pictures(pack)))
    create_markdown_artifact(shown, key=f"evidence-{pack.source}".replace("_", "-"), description=f"{pack.source}: {pack.headline}")


def _about(pack: Pack, opened: Forms) -> dict[str, str]:
    """The form for each reason group and each document that the pack names."""
    links = dict[str, str]()
    for section in pack.sections:
        field = {"Reasons": "groups", "Worth reading first": "documents"}.get(section.title)
        for row in section.rows if field else ():
            name = row[0].strip("`")
            if link := opened.review(pack.judgement, **{str(field): [name]}):
                links[name] = link
    return links


def _pictures(pack: Pack) -> Iterator[tuple[str, bytes]]:
    from muniment.core.pictures import picture  # matplotlib takes a second to import, and most commands draw nothing

    for start in range(0, len(pack.charts), _SIDE_BY_SIDE):
        charts = pack.charts[start : start + _SIDE_BY_SIDE]
        yield ", ".join(chart.title for chart in charts), picture(charts)
