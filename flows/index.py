"""Build a search index from what a ref shows, and let the ref serve it."""

from muniment.flows.story import Story
from muniment.schemas.index import Index
from muniment.tasks.index.build import build_index
from muniment.tasks.index.embed import embed
from muniment.tasks.review.readmit import readmit

DEFAULT_ENCODER = "wordllama"


@Story
def index(
    ref: str = "production", encoder: str = DEFAULT_ENCODER, root: str = "", actor: str = "schedule", without: tuple[str, ...] = ()
) -> Index:
    """Chunk, embed, build, switch. Passages of unchanged documents are not embedded again; layers can be left out."""
    passages = embed(root, ref, encoder, without)
    built = build_index(root, ref, passages, actor)
    readmit(root)
    return built
