"""Who may read and change a registered set: principals of its group, and nobody else."""

from muniment.errors import Forbidden
from muniment.schemas.evalset import EvalSet
from muniment.store.root import Root
from muniment.tasks.access.principals import principal


def require_evaluator(root: Root, held: EvalSet, who: str) -> None:
    """Raise `Forbidden` for somebody unknown, or in another group."""
    if held.group not in principal(root, who).groups:
        raise Forbidden(
            f"{who} may neither read nor change the evaluation set {held.id}.",
            f"Members of the group {held.group} may: `muniment access use FILE` puts principals in force.",
        )
