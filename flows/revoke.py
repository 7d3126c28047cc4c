"""A licence was taken back: erase what hangs on it, and prove it."""

from muniment.flows.erase import erase
from muniment.flows.story import Story
from muniment.schemas.erasure import Receipt
from muniment.tasks.erasure.requests import request_revoked


@Story
def revoke(revocation: str, root: str = "") -> Receipt:
    """Carry out a revocation that was written down before; raises `NotFound` when nothing hangs on the licence."""
    return erase(request_revoked(root, revocation).id, root=root)
