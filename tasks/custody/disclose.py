"""Give an original to whoever may have it."""

import pyarrow as pa

from muniment.errors import Forbidden, NotFound
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.principal import Principal
from muniment.schemas.source import Classification, Record, Source
from muniment.store.originals.packs import Packs
from muniment.store.originals.sealing import open_original
from muniment.store.root import Root, open_root
from muniment.tasks.access.principals import principal
from muniment.tasks.erasure.withheld import unserved
from muniment.tasks.explain import identify
from muniment.tasks.step import run_id

_RANK = {level: rank for rank, level in enumerate(Classification)}


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
    asking, packs = principal(root, user), Packs(root.objects)
    for pack in packs.all():
        table = packs.keys(pack)
        for row in table.filter(pa.compute.equal(table["doc_id"], doc_id)).to_pylist():
            _may_have(root, asking, doc_id, root.registry.get(pack.source))
            sealed, key = packs.sealed(pack, row), root.keychain.source_key(pack.source)
            raw = open_original(sealed, row["size"], doc_id, row["raw_hash"], key)
            _record(root, doc_id, pack.source, asking)
            return Given(doc_id=doc_id, source=pack.source, media_type=row["media_type"], raw=raw)
    raise NotFound(
        f"No original of {doc_id} is kept.",
        "Its source must ask for that before a capture: `muniment source add --keep-originals`.",
    )


def _may_have(root: Root, asking: Principal, doc_id: str, source: Source) -> None:
    withheld = unserved(root)
    if doc_id in withheld.documents or source.id in withheld.sources:
        raise Forbidden(f"The original of {doc_id} is not given to anybody any more.", "It is withheld: `muniment receipts`.")
    answers = {source.steward, source.owner} & {asking.id, *asking.groups}
    if not answers or asking.tenant != source.tenant or _RANK[asking.clearance] < _RANK[source.classification]:
        raise Forbidden(
            f"{asking.id} may not have originals of {source.id}.",
            f"Its steward or owner may, when cleared for what is {source.classification}.",
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
