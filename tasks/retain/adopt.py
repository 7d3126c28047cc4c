"""The first night of a root announces the policy that ships; nothing ages before its notice ran out."""

from datetime import datetime

from muniment.policies.retention import shipped
from muniment.store.root import open_root
from muniment.tasks.retain import retention
from muniment.tasks.retain.plan import more
from muniment.tasks.step import step


@step
def adopt_policy(uri: str, actor: str, at: datetime) -> None:
    """Announce the policy that ships where none was ever put in force."""
    root = open_root(uri)
    fresh = retention.latest(root) is None
    retention.adopt(root, actor, more(root, shipped(), at) if fresh else {}, at)
