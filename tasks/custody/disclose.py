"""Give an original to whoever may have it."""

import pyarrow.compute as pc

from muniment.core.access import Access
from muniment.core.standing import standing
from muniment.errors import Forbidden, NotFound
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.principal import Principal
from muniment.schemas.source import Classification, Record, Source
from muniment.store.originals.packs import Packs
from muniment.store.originals.sealing import open_original
from muniment.store.root import Root, open_root
from muniment.tasks.access.changes import changed
from muniment.tasks.erasure.withheld import unserved
from muniment.tasks.explain import identify
from muniment.tasks.search import audit
from muniment.tasks.step import run_id

_LEVELS = [str(level) for level in Classification]


class Given(Record):
    """An original that was given to somebody."""

    doc_id: str
    source: str
    media_type: str
    raw: bytes


def disclose(uri: str, name: str, user: str) -> Given:
    """A document's bytes as fetched, for the steward or owner of its source who is cleared for it; raises `Forbidden`, `NotFound`.

    The ledger says so before they are given: who, which document, of which source."""
    root = open_root(uri)
    doc_id = identify(root, name)
    asking, packs = audit.known(root, user, "original", doc_id), Packs(root.objects)
    for pack in packs.all():
        table = packs.keys(pack)
        for row in table.filter(pc.equal(table["doc_id"], doc_id)).to_pylist():
            _require(root, asking, doc_id, root.registry.get(pack.source))
            sealed, key = packs.sealed(pack, row), root.keychain.source_key(pack.source)
            raw = open_original(sealed, row["size"], doc_id, row["raw_hash"], key)
            _record(root, doc_id, pack.source, asking)
            return Given(doc_id=doc_id, source=pack.source, media_type=row["media_type"], raw=raw)
    raise NotFound(
        f"No original of {doc_id} is kept.",
        "Its source must ask for that before a capture: `muniment source add --keep-originals`.",
    )


def _require(root: Root, asking: Principal, doc_id: str, source: Source) -> None:
    try:
        _may_have(root, asking, doc_id, source)
    except Forbidden:
        audit.note_refused(root, asking.id, "original", doc_id, "NOT_READABLE")
        raise


def _may_have(root: Root, asking: Principal, doc_id: str, source: Source) -> None:
    withheld = unserved(root)
    if doc_id in withheld.documents or source.id in withheld.sources:
        raise Forbidden(f"The original of {doc_id} is not given to anybody any more.", "It is withheld: `muniment receipts`.")
    answers = {source.steward, source.owner} & {asking.id, *asking.groups}
    frozen = Access(source.tenant, str(source.classification), frozenset(source.acl), source.id)
    now = standing(frozen, changed(root).about(source.id, doc_id))
    if not answers or asking.tenant != now.tenant or _LEVELS.index(asking.clearance) < _LEVELS.index(now.classification or ""):
        raise Forbidden(
            f"{asking.id} may not have originals of {source.id}.",
            "Its steward or owner may, when cleared for what it is.",
        )


def _record(root: Root, doc_id: str, source: str, asking: Principal) -> None:
    root.record(
        Draft(
            kind=EntryKind.ORIGINAL_GIVEN,
            actor=asking.id,
            run=run_id(),
            subjects=(f"source:{source}",),
            outputs=(f"document:{doc_id}",),
            counts={"originals": 1},
        )
    )
