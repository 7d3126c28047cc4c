"""Look for duplicates anew in everything that was captured: what nights decided one after the other, decided again."""

from muniment.flows.story import Story
from muniment.schemas.source import Record
from muniment.tasks.detect import detect
from muniment.tasks.duplicates.compare import compare
from muniment.tasks.judge import judge
from muniment.tasks.pack import gather_pack
from muniment.tasks.rescan import forget_comparisons
from muniment.tasks.review.decide import approve_green
from muniment.tasks.review.present import present


class Rescanned(Record):
    """What a rescan came to: by source, the judgement that stands, and which sources have a new one."""

    judgements: dict[str, str]
    changed: tuple[str, ...]


@Story
def rescan(root: str = "", actor: str = "schedule") -> Rescanned:
    """No source is read and nothing is promoted; a source whose duplicates come out differently has a new judgement to review."""
    judgements, changed = dict[str, str](), list[str]()
    for each in forget_comparisons(root):
        gathered = detect(root, each.capture)
        judgement = judge(root, each.capture, gathered, compare(root, each.capture, gathered), actor)
        judgements[judgement.source] = judgement.id
        if judgement.id != each.judgement:
            changed.append(judgement.source)
            review = approve_green(root, judgement)
            present(root, gather_pack(root, judgement.id), decided=review is not None)
    return Rescanned(judgements=judgements, changed=tuple(changed))
