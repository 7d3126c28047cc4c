"""Who asks, by claims that a server verified: a trusted proxy's headers, or an OpenID Connect token."""

import re
from collections.abc import Mapping
from typing import Any

from muniment.errors import Forbidden, NotFound
from muniment.policies.claims import Claims, load_claims
from muniment.schemas.principal import Principal
from muniment.schemas.source import Classification
from muniment.store.root import Root
from muniment.tasks.access.changes import changes
from muniment.tasks.access.principals import everyone, expanded, nested

KEY = "claims.toml"
_LEVELS = list(Classification)
_BETWEEN = re.compile(r"[\s,;|]+")


def from_claims(root: Root, claims: Mapping[str, Any]) -> Principal:
    """The principal that claims speak of; nothing of it comes from `principals.toml` but which groups hold which.

    Kept are groups that the policy maps, and those that are known here by the same name. A tenant that is asked for and missing leaves
    no groups, a missing clearance the least. Raises `Forbidden` when nobody is named.
    """
    policy = in_force(root)
    user = _at(claims, policy.user)
    if not isinstance(user, str) or not user.strip():
        raise Forbidden(
            "The sign-in does not say who this is.", f"Send the claim {policy.user}, or name another: `muniment access claims`."
        )
    tenant, groups = _tenant(policy, claims), expanded(_groups(root, policy, claims), nested(root))
    return Principal(
        id=user.strip(),
        groups=groups if tenant else (),
        clearance=_clearance(policy, claims, groups) if tenant else Classification.PUBLIC,
        tenant=tenant or "default",
    )


def in_force(root: Root) -> Claims:
    """The policy that claims are read by; without a file of its own the plain one."""
    try:
        return load_claims(root.objects.read(KEY).decode())
    except NotFound:
        return Claims()


def put_in_force(root: Root, toml: str) -> Claims:
    """Check a policy for claims and put it in force at once; raises `PolicyError`."""
    parsed = load_claims(toml)
    tag = root.objects.read_tagged(KEY)[1] if root.objects.exists(KEY) else ""
    root.objects.replace(KEY, toml.encode(), tag)
    return parsed


def known_groups(root: Root) -> frozenset[str]:
    """Groups that mean something here: of principals, of sources, and of what was changed since."""
    within = nested(root)
    return frozenset(
        name
        for names in (
            *(each.groups for each in everyone(root).values()),
            *(each.acl for each in root.registry.all()),
            *(each.groups or () for each in changes(root)),
            within,
            *within.values(),
        )
        for name in names
    )


def _groups(root: Root, policy: Claims, claims: Mapping[str, Any]) -> set[str]:
    given = _at(claims, policy.groups)
    names = _BETWEEN.split(given) if isinstance(given, str) else given if isinstance(given, list | tuple) else ()
    theirs = {each for each in names if isinstance(each, str) and each}
    known = known_groups(root) if theirs - policy.group.keys() else frozenset()
    return {ours for each in theirs for ours in policy.group.get(each, (each,) if each in known else ())}


def _tenant(policy: Claims, claims: Mapping[str, Any]) -> str:
    """Ours; empty when one is asked for and none is said, or none that we know."""
    if not policy.tenant:
        return "default"
    said = _at(claims, policy.tenant)
    if not isinstance(said, str) or not said.strip():
        return ""
    return policy.tenants.get(said, "") if policy.tenants else said


def _clearance(policy: Claims, claims: Mapping[str, Any], groups: tuple[str, ...]) -> Classification:
    """The most that one of the groups is cleared for, and no more than the claim says, where one is read."""
    of_groups = [_LEVELS.index(policy.clearances[each]) for each in groups if each in policy.clearances]
    if not policy.clearance:
        return _LEVELS[max(of_groups, default=0)]
    said = _at(claims, policy.clearance)
    claimed = _LEVELS.index(Classification(said)) if said in [level.value for level in _LEVELS] else 0
    return _LEVELS[min(claimed, max(of_groups, default=0)) if policy.clearances else claimed]


def _at(claims: Mapping[str, Any], path: str) -> Any:
    """The value of a claim: under its whole name, as `https://example.org/groups` is, or by its path."""
    if path in claims:
        return claims[path]
    value: Any = claims
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
