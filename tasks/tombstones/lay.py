"""Laying a tombstone: before anything is removed, so that no capture brings it back meanwhile, and from what is still there."""

from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from muniment.core.resemblance import bands
from muniment.core.resemblance.marks import mark, sorted_marks
from muniment.core.resemblance.siphash import key_of
from muniment.core.twins.bands import BANDS
from muniment.core.twins.kernel import Array
from muniment.core.twins.sketch import NGRAM, sketches
from muniment.policies.tombstones import Tombstones
from muniment.schemas.canonical import digest, sha256
from muniment.schemas.chunk import PROMOTED
from muniment.schemas.document import DOCUMENT
from muniment.schemas.erasure import Plan, Purpose, Request
from muniment.schemas.stored import Stored
from muniment.schemas.tombstone import Tombstone
from muniment.store.root import Root
from muniment.tasks.detectors import signer
from muniment.tasks.erasure.reelect import duplicates_of
from muniment.tasks.retain.retention import in_force
from muniment.tasks.tombstones import records

_NOTHING = sha256(b"")  # says nothing: one empty document must not bar all others
_NAMED = ["doc_id", "source_id", "text_hash"]
# Kinds of objects that hold whole texts, and what of them is barred.
_PLACES = {"document": (DOCUMENT, [*_NAMED, "raw_hash", "entry"]), "promoted document": (PROMOTED, _NAMED)}


def lay(root: Root, asked: Request, plan: Plan, terms: Tombstones | None = None) -> None:
    """Bar what a request erases from being captured again. Written once for what a plan names: a resumed erasure has it already, one
    that found more bars that too.

    What is under a legal hold is kept, so it is not barred. The same content, and what resembles it, is barred everywhere when somebody
    asked for it to go; when time, a contract or a licence ran out it is only barred from the source that had it.
    """
    now, columns = datetime.now(UTC), records.columns_of(root)
    gone = pa.array(sorted({*plan.documents} - {*plan.held}), pa.string())
    texts = sorted(copy.name for copy in plan.copies if copy.place in _PLACES)
    identifier = f"{asked.id}-{digest([gone.to_pylist(), texts])[:12]}"
    if not len(gone) or records.exists(root, identifier):
        return
    marks, hashes = _marks(root, asked, plan, gone), np.empty((0, BANDS), np.uint32)
    if everywhere := asked.purpose is Purpose.REQUEST:
        hashes = np.unique(np.concatenate([hashes, *_hashes(root, plan, gone)]), axis=0)
    records.keep(
        root,
        Tombstone(
            id=identifier,
            request=asked.id,
            purpose=asked.purpose,
            created=now,
            expires=(terms or in_force(root, now).tombstones).expiries(now),
            everywhere=everywhere,
            marks=columns.write(pa.table(sorted_marks(marks))),
            bands=columns.write(pa.table(bands.sorted_bands(hashes, np.zeros(len(hashes), np.uint32)))) if len(hashes) else None,
            documents=len(gone),
        ),
    )


def _marks(root: Root, asked: Request, plan: Plan, gone: pa.Array) -> set[bytes]:
    """Of ids, listed entries, bytes and texts; and of the duplicates that stay, which the request does not speak of."""
    key, everywhere = root.vault.key(records.MARKS), asked.purpose is Purpose.REQUEST
    made = {mark(key, "key", "", each) for each in gone.to_pylist()}
    if not asked.selector.about_content:
        made |= {mark(key, "spared", asked.id, each) for each in duplicates_of(root, gone).to_pylist()}
    for place, (_, names) in _PLACES.items():
        for table in _about(root, plan, place, gone, names):
            sources = table["source_id"].to_pylist()
            for name in {"raw_hash", "text_hash"} & {*names}:
                pairs = {*zip(sources, table[name].to_pylist(), strict=True)}
                made |= {mark(key, "content", "" if everywhere else source, each) for source, each in pairs if each != _NOTHING}
            if "entry" in names:
                pairs = {*zip(sources, table["entry"].to_pylist(), strict=True)}
                made |= {mark(key, "entry", source, entry) for source, entry in pairs}
    return made


def _hashes(root: Root, plan: Plan, gone: pa.Array) -> Iterator[Array]:
    """Keyed bands of the captured texts, signed anew: an erasure reads these row groups in any case."""
    key, sign = key_of(root.vault.key(records.BANDS)), signer((NGRAM,)).detect
    for table in _about(root, plan, "document", gone, ["doc_id", "text"]):
        signed = sign(table)
        yield bands.keyed(sketches(signed.filter(pc.greater_equal(signed["tokens"], bands.TOKENS))), key)


def _about(root: Root, plan: Plan, place: str, gone: pa.Array, names: list[str]) -> Iterator[pa.Table]:
    """Of the objects of a kind that hold the documents; those that an interrupted run rewrote were read by it."""
    for copy in plan.copies:
        stored = Stored(digest=copy.name, rows=0, bytes=0)
        if copy.place == place and root.lake.exists(stored):
            yield from root.lake.about(stored, _PLACES[place][0], gone, names)
