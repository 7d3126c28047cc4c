"""The policy in force under a root: `policy.toml` there, or the one that ships with Muniment."""

from muniment.errors import NotFound
from muniment.policies.policy import Policy, default, parse
from muniment.store.root import Root

KEY = "policy.toml"


def current(root: Root) -> Policy:
    """The policy in force; raises `PolicyError` when it is wrong."""
    return parse(text(root), KEY)


def text(root: Root) -> str:
    """Its text, as people wrote it."""
    try:
        return root.objects.read(KEY).decode()
    except NotFound:
        return default()


def put_in_force(root: Root, toml: str) -> Policy:
    """Check a policy and put it in force; captures are judged by it from their next run on."""
    policy = parse(toml)
    tag = root.objects.read_tagged(KEY)[1] if root.objects.exists(KEY) else ""
    root.objects.replace(KEY, toml.encode(), tag)
    return policy
