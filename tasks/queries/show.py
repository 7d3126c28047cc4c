"""Show stored queries to whoever may read them."""

from muniment.errors import Forbidden
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.principal import Principal
from muniment.schemas.query import StoredQuery
from muniment.schemas.source import Classification
from muniment.store.root import open_root
from muniment.tasks.access.principals import principal
from muniment.tasks.queries.stored import FOLDER, stored_queries, version
from muniment.tasks.step import run_id


def show_queries(uri: str, name: str, user: str) -> list[StoredQuery]:
    """The queries of a version; raises `Forbidden`, `NotFound`. The ledger says who was shown them before they are."""
    root = open_root(uri)
    held = version(root, name)
    require_cleared(principal(root, user))
    root.record(
        Draft(
            kind=EntryKind.QUERIES_SHOWN,
            actor=user,
            run=run_id(),
            subjects=(f"{FOLDER}:{held.id}",),
            counts={"queries": held.queries.rows},
        )
    )
    return stored_queries(root, held.id)


def require_cleared(asking: Principal) -> None:
    """What people ask can name people, so it is for those who are cleared for everything; raises `Forbidden`."""
    if asking.clearance != Classification.RESTRICTED:
        raise Forbidden(f"{asking.id} may not read stored queries.", "Ask somebody who is cleared for what is restricted.")
