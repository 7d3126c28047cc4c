"""Sets of stored queries."""

import getpass
from pathlib import Path

from muniment.schemas.query import Counted, StoredQuery
from muniment.store.root import open_root
from muniment.tasks.queries import registry, stored
from muniment.tasks.queries import show as showing


def queries_add(name: str, file: Path, user: str = "", source: str = "", root: str = "", actor: str = "") -> Counted:
    """Register a set of queries, or make its next version; `user` asks those that name nobody."""
    return registry.add_queries(root, name, file, actor or getpass.getuser(), user, source)


def queries_list(root: str = "") -> list[Counted]:
    """Every kept version of every set, as counts."""
    return stored.listed(open_root(root))


def queries_show(name: str, user: str, root: str = "") -> list[StoredQuery]:
    """The queries of a set, for a principal cleared for all that is restricted; raises `Forbidden`."""
    return showing.show_queries(root, name, user)


def queries_remove(name: str, root: str = "", actor: str = "") -> list[Counted]:
    """Remove a set (`name`) or one version of it (`name@number`)."""
    return registry.remove_queries(root, name, actor or getpass.getuser())
