"""Which documents a selector names."""

import pyarrow as pa

from muniment.errors import NotFound
from muniment.schemas.erasure import Selector
from muniment.store.root import Root
from muniment.tasks import copies


def selected(root: Root, selector: Selector) -> pa.Array:
    """Ids of the documents that a selector names, sorted."""
    doc_ids = set(selector.documents)
    if selector.source or selector.licence:
        doc_ids |= copies.selected(root, selector.source, selector.licence)
    if not doc_ids:
        named = " and ".join(filter(None, (selector.source and f"source {selector.source}", selector.licence)))
        raise NotFound(f"No kept document is of {named}.", "Check the name: `muniment source list`, `muniment diff`.")
    return pa.array(sorted(doc_ids), pa.string())
