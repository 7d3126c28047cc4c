"""Capture a source: into quarantine, detect, compare, judge, and show a steward what there is to decide."""

from muniment.flows.story import Story
from muniment.schemas.review import Pack
from muniment.schemas.source import Record, Slug
from muniment.tasks.detect import detect
from muniment.tasks.duplicates.compare import compare
from muniment.tasks.fetch import fetch
from muniment.tasks.judge import judge
from muniment.tasks.pack import gather_pack
from muniment.tasks.review.decide import approve_green
from muniment.tasks.review.present import present


class Captured(Record):
    """What a capture came to. `decision` is empty while a steward must decide."""

    source: str
    capture: str
    judgement: str
    listed: int
    read: int
    detected: int
    recalled: int
    actions: dict[str, int]
    reasons: dict[str, int]
    set_aside: dict[str, int]
    decision: str
    pack: Pack


@Story
def capture(source: Slug, root: str = "", actor: str = "schedule") -> Captured:
    """Ingest a registered source into quarantine and judge it. Green-lane captures that keep the policy's shares are approved."""
    fetched = fetch(root, source, actor)
    taken = fetched.capture
    gathered = detect(root, taken)
    twins = compare(root, taken, gathered)
    judgement = judge(root, taken, gathered, twins, actor)
    review = approve_green(root, judgement)
    pack = gather_pack(root, judgement.id)
    present(root, pack, decided=review is not None)
    return Captured(
        source=source,
        capture=taken.id,
        judgement=judgement.id,
        listed=fetched.listed,
        read=fetched.read,
        detected=gathered.detected,
        recalled=gathered.recalled,
        actions=judgement.actions,
        reasons=judgement.reasons,
        set_aside=taken.set_aside_reasons,
        decision=str(review.decision) if review else "",
        pack=pack,
    )
