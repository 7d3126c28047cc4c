"""Who may read: what is changed over every index at once, and passages by citation."""

import getpass
from collections.abc import Sequence

from muniment.policies.claims import Claims
from muniment.schemas.access import Change
from muniment.schemas.principal import Principal
from muniment.schemas.source import Classification
from muniment.store.root import open_root
from muniment.tasks.access import changes, claims, principals
from muniment.tasks.access import set as setting
from muniment.tasks.search import give


def access_show(root: str = "") -> list[Principal]:
    """All principals."""
    return list(principals.everyone(open_root(root)).values())


def access_use(toml: str, root: str = "") -> dict[str, Principal]:
    """Put principals in force, at once and for every index."""
    return principals.put_in_force(open_root(root), toml)


def access_claims(toml: str = "", root: str = "") -> Claims:
    """How a sign-in is read; with a TOML text, from now on."""
    return claims.put_in_force(open_root(root), toml) if toml else claims.in_force(open_root(root))


def access_set(
    reason: str,
    source: Sequence[str] = (),
    document: Sequence[str] = (),
    groups: Sequence[str] | None = None,
    classification: Classification | None = None,
    tenant: str | None = None,
    root: str = "",
    actor: str = "",
) -> Change:
    """Change who may read, at once and in every index. Anybody may narrow; only who answers for the source widens."""
    return setting.set_access(root, reason, actor or getpass.getuser(), source, document, groups, classification, tenant)


def access_clear(reason: str, source: Sequence[str] = (), document: Sequence[str] = (), root: str = "", actor: str = "") -> Change:
    """Let what was promoted hold again."""
    return setting.clear_access(root, reason, actor or getpass.getuser(), source, document)


def access_changes(root: str = "") -> list[Change]:
    """Every change of who may read, the first one first."""
    return changes.changes(open_root(root))


def cite(citation: str, user: str, ref: str = "production", index: str = "", root: str = "") -> give.Cited:
    """The passage of a citation, for whoever may read it now."""
    return give.cite(root, citation, user, ref, index)
