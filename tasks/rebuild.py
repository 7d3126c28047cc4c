"""Build a kept snapshot again from what its manifest names, and compare the two object by object (REP-2)."""

from collections.abc import Iterator

import polars as pl
import pyarrow as pa

from muniment import __version__
from muniment.core.rights import layers
from muniment.errors import MunimentError, NotFound
from muniment.schemas.capture import Judgement
from muniment.schemas.chunk import PROMOTED
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.rebuild import Level, Rebuilt, RebuiltPart
from muniment.schemas.review import Effect
from muniment.schemas.snapshot import Part
from muniment.schemas.source import Source
from muniment.schemas.stored import Stored
from muniment.store.root import Root, open_root
from muniment.tasks import rules
from muniment.tasks.corpus import required
from muniment.tasks.derive import frame
from muniment.tasks.fetch import source_digest
from muniment.tasks.publish.documents import Job, promoted
from muniment.tasks.review.decide import reviews_of
from muniment.tasks.step import report, step

_ORDER = tuple(Level)


@step
def rebuild(uri: str, name: str, actor: str) -> Rebuilt:
    """Build the snapshot that an id or a ref names from its captures, judgements, decisions and policy, and compare. Remembered work
    is not asked, refs are not touched, nothing is stored; raises `NotFound`."""
    root = open_root(uri)
    snapshot = required(root, name)
    parts = []
    for done, part in enumerate(snapshot.parts, start=1):
        parts.append(_compared(root, part))
        report("rebuild", done, len(snapshot.parts))
    level = max((part.level for part in parts), key=_ORDER.index, default=Level.EXACT)
    made = Rebuilt(
        snapshot=snapshot.id, revision=snapshot.revision, level=level, parts=tuple(parts), code=(snapshot.code, __version__)
    )
    root.record(
        Draft(
            kind=EntryKind.REBUILT,
            actor=actor,
            inputs=(f"snapshot:{snapshot.id}",),
            counts={"revision": snapshot.revision, "shards": made.shards, "equal": made.equal},
            reasons=(str(level).upper(),),
        )
    )
    return made


def _compared(root: Root, part: Part) -> RebuiltPart:
    try:
        again = list(_again(root, part))
    except MunimentError as missing:
        return RebuiltPart(source=part.source, level=Level.CANNOT, shards=len(part.shards), equal=0, why=str(missing))
    kept, made = {each.digest for each in part.shards}, {stored.digest for stored, _ in again}
    equal = len(kept & made)
    if kept == made:
        return RebuiltPart(source=part.source, level=Level.EXACT, shards=len(kept), equal=equal)
    before, after = (
        _rows(root, [each for each in part.shards if each.digest not in made]),
        _tables([table for stored, table in again if stored.digest not in kept]),
    )
    same = before.equals(after)
    differing = before.join(after, on=PROMOTED.names, how="anti", nulls_equal=True).height
    why = (
        "other bytes, the same rows"
        if same
        else f"{differing} documents came out otherwise or not at all, {after.height - before.height:+} in all"
    )
    return RebuiltPart(source=part.source, level=Level.ROWS if same else Level.DIFFERS, shards=len(kept), equal=equal, why=why)


def _again(root: Root, part: Part) -> Iterator[tuple[Stored, pa.Table]]:
    """Each object that this part would be made of now, and its rows."""
    judgement = root.manifests.get("judgements", part.judgement, Judgement)
    policy, source, effect = rules.policy_named(root, judgement.policy), _source(root, judgement), _effect(root, part)
    if part.pseudonym_key:
        root.vault.pseudonym_key(part.pseudonym_key)  # raises for one that was destroyed
    for evidence in judgement.shards:
        job = Job(uri=root.uri, evidence=evidence, source=source, effect=effect, key_id=part.pseudonym_key)
        for table in layers.apart(promoted(root, job, policy)):
            if table.num_rows:
                yield root.lake.named(table, PROMOTED), table


def _source(root: Root, judgement: Judgement) -> Source:
    """The registry entry that was in force, whoever approved it since."""
    for each in reversed(root.registry.history(judgement.source)):
        if source_digest(each) == judgement.source_digest:
            return each
    raise NotFound(f"The registry entry of {judgement.source} that was in force is not kept.", "Restore it from a backup.")


def _effect(root: Root, part: Part) -> Effect:
    """What the decisions did that the part rests on: later ones go over earlier ones."""
    held = [each for each in reviews_of(root, part.judgement) if each.name in part.decisions]
    return Effect(
        whole=part.decision,
        groups={code: each.decision for each in held for code in each.groups},
        documents={doc_id: each.decision for each in held for doc_id in each.documents},
    )


def _rows(root: Root, shards: list[Stored]) -> pl.DataFrame:
    return _tables([root.lake.read(each, PROMOTED) for each in shards])


def _tables(tables: list[pa.Table]) -> pl.DataFrame:
    return frame(pa.concat_tables([PROMOTED.empty_table(), *(each.select(PROMOTED.names).cast(PROMOTED) for each in tables)])).sort(
        "doc_id"
    )
