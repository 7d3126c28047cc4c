"""Begin again with duplicates: nothing that was compared before is taken for granted."""

from muniment.schemas.capture import Capture
from muniment.schemas.source import Record
from muniment.store.root import open_root
from muniment.tasks.duplicates import signatures
from muniment.tasks.judge import standing
from muniment.tasks.step import step


class Standing(Record):
    """A capture, and the judgement of it that stands."""

    capture: Capture
    judgement: str


@step
def forget_comparisons(uri: str) -> list[Standing]:
    """Let go of the band index and of remembered comparisons; gives the captures that stand, by source."""
    root = open_root(uri)
    signatures.forget(root)
    for key in list(root.objects.list("work/compare/")):
        root.objects.delete(key)
    held = ((root.manifests.get(f"captures/{each.source}", each.capture, Capture), each.id) for each in standing(root))
    return [Standing(capture=capture, judgement=judgement) for capture, judgement in held]
