"""Build a search index from what a ref shows, and let the ref serve it."""

from muniment.flows.story import Story
from muniment.schemas.index import Index, Layout
from muniment.tasks.encoders.default import default
from muniment.tasks.index.build import build_index
from muniment.tasks.index.carry_on import carried_on, served_variant
from muniment.tasks.index.embed import embed
from muniment.tasks.index.layout import lay_out
from muniment.tasks.index.variants import build_variant
from muniment.tasks.review.readmit import readmit


@Story
def index(
    ref: str = "production",
    encoder: str = "",
    root: str = "",
    actor: str = "schedule",
    without: tuple[str, ...] = (),
    layout: Layout = Layout.SHARED,
    variant: str = "",
    device: str = "auto",
) -> Index:
    """Chunk, embed, build, switch. Passages that stand are not embedded again; layers can be left out, and what
    not everybody may see kept apart; `encoder`: see `default`.

    With a `variant`, gives a candidate of that kind beside the exact index, which is served by nobody yet. Without one, the
    variant that the ref served is built again for what it shows now, and served once more if it passes its gate.
    """
    served = served_variant(root, ref)
    passages = embed(root, ref, encoder or default(), without)
    built = build_index(root, ref, lay_out(root, passages, layout), actor)
    readmit(root)
    if variant:
        return build_variant(root, ref, variant, device)
    return carried_on(root, ref, built, served, actor)
