"""How a ref is searched: as it was tuned on labelled queries, else by words alone."""

from typing import NamedTuple

from muniment.errors import NotFound
from muniment.policies.retrieval import Retrieval
from muniment.schemas.index import Index
from muniment.schemas.ranking import DENSE, HYBRID, LEXICAL, Recipe, Weighting
from muniment.schemas.search import Mode
from muniment.store.root import Root

OTHER_INDEX = "RECIPE_OF_ANOTHER_INDEX"  # an answer's note: the ref was tuned with another encoder or chunker
_PLAIN = {Mode.AUTO: LEXICAL, Mode.LEXICAL: LEXICAL, Mode.DENSE: DENSE, Mode.HYBRID: HYBRID}


class Way(NamedTuple):
    """How a question is answered: `low` is the evidence under which an answer is marked, None where the policy says."""

    weighting: Weighting
    tuned: bool
    low: float | None
    notes: tuple[str, ...]


def way(root: Root, index: Index, ref: str, asked: Mode) -> Way:
    """How a question with this mode is answered. What was tuned answers `auto`, and its own mode."""
    recipe = recipe_of(root, ref)
    if recipe is None or asked not in (Mode.AUTO, recipe.weighting.mode):
        return Way(_PLAIN[asked], False, None, ())
    if (recipe.encoder_digest, recipe.chunker) != (index.encoder_digest, index.chunker):
        return Way(_PLAIN[asked], False, None, (OTHER_INDEX,))
    return Way(recipe.weighting, True, recipe.low_evidence, ())


def low(policy: Retrieval, mode: Mode) -> float:
    """The evidence under which the policy says that it is low."""
    limits = {Mode.LEXICAL: policy.low_evidence_words, Mode.HYBRID: policy.low_evidence_both}
    return limits.get(mode, policy.low_evidence)


def recipe_of(root: Root, ref: str) -> Recipe | None:
    """What a ref was tuned to; None when it was not."""
    try:
        return root.manifests.record(_key(ref), Recipe)
    except NotFound:
        return None


def keep(root: Root, recipe: Recipe) -> None:
    """Let a ref be searched so from now on."""
    root.manifests.keep(_key(recipe.ref), recipe)


def forget(root: Root, ref: str) -> None:
    """Search a ref by words alone again."""
    root.objects.delete(_key(ref))


def _key(ref: str) -> str:
    return f"recipes/{ref}.json"
