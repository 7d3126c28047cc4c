"""Give a passage by its citation, to whoever may read it now."""

from datetime import datetime

import numpy as np
import pyarrow.compute as pc

from muniment.errors import Forbidden, NotFound, Superseded
from muniment.schemas.index import Index
from muniment.schemas.principal import Principal
from muniment.schemas.source import Record
from muniment.store.root import Root, open_root
from muniment.tasks import policies
from muniment.tasks.access.readable import checking, readable
from muniment.tasks.corpus import index_of, target
from muniment.tasks.hide import Shown, hide
from muniment.tasks.index.layout import visible
from muniment.tasks.search import audit
from muniment.tasks.search.open import open_index
from muniment.tasks.search.passages import shown


class Cited(Record):
    """A passage with its papers, as somebody may read it now."""

    citation: str
    title: str
    source: str
    owner: str
    modified: datetime | None
    classification: str
    licence: str | None
    text: str
    redactions: int
    snapshot: str
    index: str
    stale: bool


def cite(uri: str, citation: str, user: str, ref: str = "production", index: str = "", revision: int | None = None) -> Cited:
    """The passage of a citation, in what a ref serves or in another kept index, for a principal of the registry; raises `Forbidden`."""
    root = open_root(uri)
    return give(root, citation, audit.known(root, user, "citation", citation), ref, index, revision)


def give(
    root: Root, citation: str, asking: Principal, ref: str = "production", index: str = "", revision: int | None = None
) -> Cited:
    """The passage, by what holds now, whatever the index was built from.

    Raises `Forbidden`, with the same words and after the same work, be it that nothing has this citation, that it is not theirs, that
    it is withheld or erased, or that the index or its revision is gone.
    """
    found = _found(root, citation, asking, ref, index, revision)
    if found is None:
        audit.note_refused(root, asking.id, "citation", citation, "NOT_READABLE")
        raise Forbidden("Nothing that you may read has this citation.", "Search again: `muniment search`.")
    cited = _hidden(root, found[0], asking, found[1], ref)
    audit.note_cited(root, asking.id, cited.index, citation, cited.redactions)
    return cited


def _found(root: Root, citation: str, asking: Principal, ref: str, index: str, revision: int | None) -> tuple[Shown, Index] | None:
    try:
        held = root.manifests.get("indexes", index, Index, revision) if index else index_of(root, ref)
    except (NotFound, Superseded):
        return None
    opened = open_index(root, visible(held, asking))
    same = pc.equal(opened.papers["chunk_id"], citation).to_numpy()
    positions = np.flatnonzero(same & readable(root, opened, asking, ref))
    passage = shown(root, opened, int(positions[0]), 0.0, checking(root, opened, asking, ref)) if len(positions) else None
    return (passage, held) if passage else None


def _hidden(root: Root, passage: Shown, asking: Principal, index: Index, ref: str) -> Cited:
    policy = policies.current(root)
    tests = policy.redaction.hidden_from(asking.groups)
    hit = hide(root, [passage], tests, policy.redaction, policy.detectors)[0] if tests else passage.hit
    held, _ = target(root, ref)
    papers = {name: value for name, value in hit.model_dump().items() if name in Cited.model_fields}
    return Cited(**papers, snapshot=index.snapshot, index=index.id, stale=held is None or held.snapshot != index.snapshot)
