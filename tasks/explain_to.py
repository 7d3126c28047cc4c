"""The story of a document for somebody who may read it: what an answer would show of it, and why it is in the corpus.

What was found in it, whose twin it is, who decided and where its copies are stays with who runs the root: it tells of other documents,
of people, and of values that a reader may not see.
"""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from muniment.core.access import Mask
from muniment.core.identity import document_id
from muniment.errors import Forbidden, NotFound
from muniment.policies.guidance import action_of
from muniment.schemas.chunk import PROMOTED
from muniment.schemas.index import Index
from muniment.schemas.principal import Principal
from muniment.schemas.review import Section
from muniment.schemas.search import Hit
from muniment.schemas.snapshot import Snapshot
from muniment.store.root import Root, open_root
from muniment.tasks import policies
from muniment.tasks.access.readable import checking, readable
from muniment.tasks.corpus import index_of
from muniment.tasks.explain import Story
from muniment.tasks.hide import Shown, hide
from muniment.tasks.index.layout import visible
from muniment.tasks.search import audit
from muniment.tasks.search.open import Opened, open_index
from muniment.tasks.search.passages import shown

_PROMOTED = ["doc_id", "action", "reasons", "rights", "tags", "redactions"]


def explain_to(uri: str, name: str, user: str, ref: str = "production") -> Story:
    """The same for a principal of the registry; raises `Forbidden`."""
    root = open_root(uri)
    return tell(root, name, audit.known(root, user, "story", name), ref)


def tell(root: Root, name: str, asking: Principal, ref: str = "production") -> Story:
    """The story of a document that a ref serves, named by its id, by `source:native key`, or by a citation.

    Raises `Forbidden`, with the same words and after the same work, be it that there is no such document, that it waits in quarantine,
    that it is not theirs, or that it is withheld or erased. The ledger says who was told of what before they are.
    """
    found = _found(root, name, asking, ref)
    if found is None:
        audit.note_refused(root, asking.id, "story", name, "NOT_READABLE")
        raise Forbidden("Nothing that you may read is called that.", "Give an id, `source:native key`, or a citation of an answer.")
    opened, mine, passage = found
    doc_id = str(mine["doc_id"][0].as_py())
    row = _promoted(root, opened.index, passage.hit.source, doc_id)
    hit = _as_they_see_it(root, passage, asking)
    story = Story(
        doc_id=doc_id,
        source=hit.source,
        action=row["action"],
        reasons=tuple(row["reasons"]),
        sections=(_document(hit, mine, row), *_cited(mine, name), _why(root, row, hit)),
    )
    audit.note_told(root, asking.id, opened.index.id, name, doc_id)
    return story


def _found(root: Root, name: str, asking: Principal, ref: str) -> tuple[Opened, pa.Table, Shown] | None:
    """The index, the papers of the document's passages that they may read, and the first of these."""
    try:
        opened = open_index(root, visible(index_of(root, ref), asking))
    except NotFound:
        return None
    positions = np.flatnonzero(_named(root, opened.papers, name) & readable(root, opened, asking, ref))
    passage = shown(root, opened, int(positions[0]), 0.0, checking(root, opened, asking, ref)) if len(positions) else None
    return (opened, opened.papers.take(pa.array(positions)), passage) if passage else None


def _named(root: Root, papers: pa.Table, name: str) -> Mask:
    """Mask (n,) of the passages of what may be meant. Nothing is looked up, so that no way of asking takes longer than another."""
    head, _, rest = name.partition(":")
    meant = pa.array([head, document_id(root.vault.key("documents"), head, rest)])
    mask: Mask = pc.is_in(papers["doc_id"], value_set=meant).to_numpy()
    return mask


def _promoted(root: Root, index: Index, source: str, doc_id: str) -> dict[str, Any]:
    parts = root.manifests.get("snapshots", index.snapshot, Snapshot).parts
    shards = [shard for part in parts if part.source == source for shard in part.shards]
    rows = (row for shard in shards for row in root.lake.find(shard, PROMOTED, doc_id, _PROMOTED).to_pylist())
    return next(rows)


def _as_they_see_it(root: Root, passage: Shown, asking: Principal) -> Hit:
    """With what policy hides from them taken out of the title."""
    policy = policies.current(root)
    tests = policy.redaction.hidden_from(asking.groups)
    return hide(root, [passage], tests, policy.redaction, policy.detectors)[0] if tests else passage.hit


def _document(hit: Hit, mine: pa.Table, row: dict[str, Any]) -> Section:
    paper = mine.slice(0, 1).to_pylist()[0]
    rows = (
        ("doc id", paper["doc_id"]),
        ("title", hit.title),
        ("source", hit.source),
        ("owner", hit.owner),
        ("modified", f"{hit.modified:%Y-%m-%d %H:%M}" if hit.modified else "unknown"),
        ("classification", hit.classification),
        ("language", paper["language"] or "undetermined"),
        ("media type", paper["media_type"]),
        ("licence", hit.licence or "unknown"),
        ("passages", f"{mine.num_rows:,}"),
        ("values replaced in it", f"{row['redactions']:,}"),
    )
    return Section(title="Document", columns=("", ""), rows=rows)


def _cited(mine: pa.Table, name: str) -> tuple[Section, ...]:
    """Where the passage stands, if a citation was asked for."""
    found = mine.filter(pc.equal(mine["chunk_id"], name)).to_pylist()
    rows = tuple(("as promoted", f"{each['start']:,} to {each['end']:,}") for each in found)
    return (Section(title="Cited passage", columns=("Text", "Characters"), rows=rows),) if rows else ()


def _why(root: Root, row: dict[str, Any], hit: Hit) -> Section:
    rules = policies.current(root).by_code()
    rows = tuple(
        (code, action_of(rules, code), rules[code].why if code in rules else "A rule that is no longer in force.")
        for code in row["reasons"]
    )
    note = (
        f"**{row['action']}** · licence {hit.licence or 'unknown'} ({', '.join(row['tags']) or 'no tags'}) · rights {row['rights']}"
    )
    return Section(title="Why it is here", columns=("Rule", "Action", "Why"), rows=rows, note=note)
