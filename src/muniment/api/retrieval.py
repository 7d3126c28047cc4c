"""Search under access control, and how it ranks."""

from muniment.schemas.ranking import Recipe
from muniment.schemas.search import Answer, Filters, Mode
from muniment.tasks.search import search as searching
from muniment.tasks.search import tune


def search(
    query: str,
    user: str,
    k: int = 5,
    ref: str = "production",
    root: str = "",
    mode: Mode | str = Mode.AUTO,
    filters: Filters | None = None,
    per_document: int = 3,
) -> Answer:
    """The k best passages that `user` may read."""
    return searching.search(root, query, user, k, ref, Mode(mode), filters, per_document)


def index_tune(queries: str, actor: str, ref: str = "production", user: str = "", root: str = "") -> Recipe:
    """Choose on a set of labelled queries how a ref is searched."""
    return tune.tune_index(root, queries, actor, ref, user)
