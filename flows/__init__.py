"""What happens, in what order, who approves: a file a story."""

from muniment.flows.capture import capture
from muniment.flows.erase import erase
from muniment.flows.index import index
from muniment.flows.nightly import nightly
from muniment.flows.promote import promote, rollback
from muniment.flows.reconcile import reconcile
from muniment.flows.relevance import relevance
from muniment.flows.remind import remind
from muniment.flows.rescan import rescan
from muniment.flows.retain import retain
from muniment.flows.review import review
from muniment.flows.revoke import revoke

__all__ = [
    "capture",
    "erase",
    "index",
    "nightly",
    "promote",
    "reconcile",
    "relevance",
    "remind",
    "rescan",
    "retain",
    "review",
    "revoke",
    "rollback",
]
