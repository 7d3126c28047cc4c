"""Search under access control."""

from muniment.schemas.search import Answer
from muniment.tasks.search import search as searching


def search(query: str, user: str, k: int = 5, ref: str = "production", root: str = "") -> Answer:
    """The k best passages that `user` may read."""
    return searching.search(root, query, user, k, ref)
