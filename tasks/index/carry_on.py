"""What a ref served before goes on: the same variant of what it shows now, when that passes its gate too."""

from muniment.errors import NotFound
from muniment.schemas.index import EXACT, Index
from muniment.store.root import Root, open_root
from muniment.tasks.corpus import target
from muniment.tasks.index.gate import gate_index
from muniment.tasks.index.use import use_index
from muniment.tasks.index.variants import build_variant


def served_variant(uri: str, ref: str) -> str:
    """The variant that a ref serves, of whatever snapshot; exact when it serves nothing."""
    root = open_root(uri)
    held, _ = target(root, ref)
    if held is None or not held.index:
        return EXACT
    try:
        return root.manifests.get("indexes", held.index, Index).variant
    except NotFound:
        return EXACT


def carried_on(uri: str, ref: str, built: Index, variant: str, actor: str) -> Index:
    """The index that the ref serves in the end: of the variant when there is one and it passes, else the exact one that was built."""
    root = open_root(uri)
    if variant == EXACT or not _serves(root, ref, built):
        return built
    candidate = build_variant(uri, ref, variant)
    return use_index(uri, candidate.id, ref, actor) if gate_index(uri, candidate.id, actor).passed else built


def _serves(root: Root, ref: str, index: Index) -> bool:
    held, _ = target(root, ref)
    return held is not None and held.index == index.id
