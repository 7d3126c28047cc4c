"""The rules that a snapshot was made under, kept by their digests: what was in force then stays answerable."""

from muniment.policies.licences import Terms
from muniment.policies.policy import Policy
from muniment.schemas.canonical import canonical_json
from muniment.schemas.snapshot import Snapshot
from muniment.store.root import Root
from muniment.tasks.rights.tools import recorded


def keep(root: Root, policy: Policy) -> tuple[str, str]:
    """Keep a policy, the table of licences under it, and the tools of this pipeline; gives the digests of these two."""
    table, (tools, payload) = policy.rights.table(), recorded()
    root.objects.put(_key("policy", policy.digest), canonical_json(policy))
    root.objects.put(_key("licences", table.digest), canonical_json(table))
    root.objects.put(_key("tools", tools), payload)
    return table.digest, tools


def policy_of(root: Root, snapshot: Snapshot) -> Policy:
    """The policy that was in force when a snapshot was made; raises `NotFound`."""
    return policy_named(root, snapshot.policy)


def policy_named(root: Root, digest: str) -> Policy:
    """The policy of that digest, when something was promoted under it; raises `NotFound`."""
    return root.manifests.record(_key("policy", digest), Policy)


def table_of(root: Root, snapshot: Snapshot) -> Terms:
    """The table of licences that was in force when a snapshot was made; raises `NotFound`."""
    return root.manifests.record(_key("licences", snapshot.licences), Terms)


def _key(what: str, digest: str) -> str:
    return f"rules/{what}-{digest}.json"
