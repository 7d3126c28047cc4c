"""The judgement that somebody means, and the one before it."""

from muniment.errors import NotFound
from muniment.schemas.capture import Judgement
from muniment.store.root import Root
from muniment.tasks.judge import standing


def find_judgement(root: Root, identifier: str) -> Judgement:
    """The judgement that an id names: its own, its capture's, or that of a source (the latest); raises `NotFound`."""
    for judgement in standing(root):
        if identifier in (judgement.source, judgement.id, judgement.capture):
            return judgement
    if identifier in root.manifests.ids("judgements"):
        return root.manifests.get("judgements", identifier, Judgement)
    raise NotFound(
        f"Nothing to review is called {identifier}.",
        "Give a source, a capture or a judgement; `muniment source list` shows sources.",
    )


def judged(root: Root, source: str) -> list[str]:
    """Judgements of a source in the order in which they were made, each where it was made last."""
    query = """SELECT o.id, max(e.sequence) AS made FROM entries e
               JOIN links s ON s.sequence = e.sequence AND s.role = 'subject' AND s.type = 'source' AND s.id = ?
               JOIN links o ON o.sequence = e.sequence AND o.role = 'output' AND o.type = 'judgement'
               WHERE e.kind = 'judgement.completed' GROUP BY o.id ORDER BY made"""
    return [str(row["id"]) for row in root.lineage.sql(query, parameters=[source]).to_pylist()]


def before(root: Root, judgement: Judgement) -> Judgement | None:
    """The judgement of the same source that was made before this one, if it is kept."""
    made = judged(root, judgement.source)
    earlier = made[: made.index(judgement.id)] if judgement.id in made else made
    for identifier in reversed(earlier):
        try:
            return root.manifests.get("judgements", identifier, Judgement)
        except NotFound:  # retention or an erasure of the whole source removed it
            continue
    return None
