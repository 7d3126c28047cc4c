"""The registry of evaluation sets."""

import getpass
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from muniment.schemas.evalset import EvalSet, Item, Listed, Removed, Screened
from muniment.store.root import open_root
from muniment.tasks import evalsets
from muniment.tasks.evaluation import remove as removing
from muniment.tasks.evaluation import screened, versions
from muniment.tasks.evaluation import show as showing


def evalset_add(name: str, file: Path, group: str = "", root: str = "", actor: str = "") -> EvalSet:
    """Register an evaluation set, or make its next version; `group` may read and change it."""
    return versions.add_evalset(root, name, file, actor or getpass.getuser(), group)


def evalset_rotate(
    name: str,
    file: Path,
    retire: Sequence[str] = (),
    on: date | None = None,
    until: date | None = None,
    root: str = "",
    actor: str = "",
) -> EvalSet:
    """Bring new items in and retire others, by default all that the file does not hold; they are screened for before the day `until`."""
    return versions.rotate_evalset(root, name, file, actor or getpass.getuser(), retire, on, until)


def evalset_list(root: str = "") -> list[Listed]:
    """Every registered evaluation set, as counts and keyed hashes."""
    return evalsets.listed(open_root(root))


def evalset_show(name: str, user: str, version: int = 0, root: str = "") -> list[Item]:
    """The items of a set, for a principal of its group; raises `Forbidden`."""
    return showing.show_items(root, name, user, version)


def evalset_history(name: str, root: str = "") -> list[Screened]:
    """The versions of a set, and which captures each of them screened."""
    return screened.history(root, name)


def evalset_remove(name: str, root: str = "", actor: str = "") -> Removed:
    """Remove a set for good: its items, and what evidence says of them."""
    return removing.remove_evalset(root, name, actor or getpass.getuser())
