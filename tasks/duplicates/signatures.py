"""The band index: signatures of what production holds, kept sorted on disk, so that a night costs what is new in it.

A projection, like the lineage database: brought up to date with production before it is used, and made again when it is lost.
Between two nights a source's unchanged documents keep their rows; what left has a tombstone; small segments are merged.
"""

from collections.abc import Iterator

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from muniment.core.detector import Detector
from muniment.core.twins import standing
from muniment.core.twins.kernel import Array
from muniment.core.twins.sketch import sketches
from muniment.errors import Corrupt, NotFound
from muniment.schemas.canonical import digest
from muniment.schemas.capture import Judgement
from muniment.schemas.chunk import PROMOTED
from muniment.schemas.evidence import SIGNAL, SIGNATURE
from muniment.schemas.signatures import BandIndex, Held, Home
from muniment.schemas.snapshot import Part
from muniment.schemas.stored import Stored
from muniment.store.root import Root
from muniment.store.segments import Segments
from muniment.tasks.corpus import parts_of, shown
from muniment.tasks.derive import frame
from muniment.tasks.detectors import detector
from muniment.tasks.duplicates import subjects
from muniment.tasks.duplicates.segments import (
    FACTS,
    KEY,
    ROW,
    SAME,
    TRAITS,
    columns,
    merged,
    open_rows,
    taken,
    with_rows,
    write_segments,
)
from muniment.tasks.evidence import evidence_by

REF, DETECTOR = "signatures/production", "twins"


def state(root: Root) -> dict[str, str]:
    """What production holds, as a digest a source: equal states have equal indexes."""
    return {part.source: digest([part.judgement, part.shards]) for part in parts_of(root, shown(root, "production"))}


def current(root: Root, signer: Detector | None = None) -> BandIndex:
    """The band index, brought up to date; raises `StaleRef` when somebody else did that at the same time.

    By another `signer` than that of the policy in force it is made for this once: `tidy` removes it.
    """
    in_force, wanted = detector(root.uri, DETECTOR), state(root)
    signer = signer or in_force
    if signer.digest != in_force.digest:
        return _updated(root, BandIndex(signer=signer.digest), wanted, signer)
    held, tag = _held(root)
    if held is None or held.signer != signer.digest:
        held = BandIndex(signer=signer.digest)
    if tag and held.parts == wanted:
        return held
    made = _updated(root, held, wanted, signer)
    root.refs.move(REF, made, tag)
    _sweep(root, made)
    return made


def tidy(root: Root) -> None:
    """Remove the segments that the index does not name."""
    _sweep(root, root.refs.read(REF, BandIndex)[0] or BandIndex(signer=""))


def forget(root: Root) -> None:
    """Let go of the whole index: the next use makes it from what production holds."""
    _, tag = root.refs.read(REF, BandIndex)
    if tag:
        root.refs.move(REF, BandIndex(signer=""), tag)
        _sweep(root, BandIndex(signer=""))


def partners(
    root: Root, index: BandIndex, signatures: pa.Table, level: float, but: str
) -> tuple[pa.Table, list[tuple[Home, pa.Array]]]:
    """Signature and traits of the documents, of other sources than `but`, that one of `signatures` may duplicate at `level`; and in
    which shards their texts are."""
    needles = sketches(signatures)[signatures["tokens"].to_numpy() > 0]
    found, homes = [ROW.empty_table()], dict[int, list[pa.Array]]()
    others = np.array([each.source != but for each in index.homes] + [False])  # the last stands for -1
    for held in index.segments:
        segment, rows = open_rows(root, held)
        chosen = standing.partners(needles, columns(segment), others[rows], level, segment.release)
        table = taken(segment, chosen)
        found.append(table)
        for place in np.unique(rows[chosen]).tolist():
            homes.setdefault(place, []).append(table["doc_id"].filter(pa.array(rows[chosen] == place)).combine_chunks())
    return pa.concat_tables(found), [(index.homes[place], pa.concat_arrays(ids)) for place, ids in sorted(homes.items())]


def purge(root: Root, doc_ids: pa.Array, replaced: set[str]) -> int:
    """Rewrite every segment that has a row about these documents, whether it is a tombstone or not, and give how many bytes that took.
    Sources whose shards were replaced are looked through again at the next use."""
    held, tag = _held(root)
    if held is None:
        return 0
    segments = []
    for each in held.segments:
        table, rows = open_rows(root, each)
        hit = pc.is_in(table.table["doc_id"], value_set=doc_ids).to_numpy()
        segments += write_segments(root, [(table.table, np.where(hit, -1, rows))]) if hit.any() else [each]
    stale = {home.source for home in held.homes if home.shard.digest in replaced}
    homes = tuple(_without(home, replaced) for home in held.homes)
    parts = {source: "" if source in stale else part for source, part in held.parts.items()}
    made = held.model_copy(update={"segments": tuple(segments), "homes": homes, "parts": parts})
    root.refs.move(REF, made, tag)
    _sweep(root, made)
    return sum(each.segment.bytes + each.rows.bytes for each in segments if each not in held.segments)


def holding(root: Root, doc_ids: pa.Array) -> Iterator[tuple[Stored, int]]:
    """(segment, rows) of every segment with rows about these documents; none when the index cannot be read and will be made anew."""
    held, _ = root.refs.read(REF, BandIndex)
    for each in held.segments if held and _whole(root, held) else ():
        rows = int(pc.sum(pc.is_in(open_rows(root, each)[0].table["doc_id"], value_set=doc_ids)).as_py() or 0)
        if rows:
            yield each.segment, rows


def _without(home: Home, replaced: set[str]) -> Home:
    """A home whose shard was replaced holds nothing until it is looked at again; its name must not stay."""
    return home.model_copy(update={"shard": home.shard.model_copy(update={"digest": "", "rows": 0, "bytes": 0})}) if (
        home.shard.digest in replaced
    ) else home  # fmt: skip


def _updated(root: Root, held: BandIndex, wanted: dict[str, str], signer: Detector) -> BandIndex:
    changed = {source for source in {*wanted, *held.parts} if wanted.get(source) != held.parts.get(source)}
    parts = [part for part in parts_of(root, shown(root, "production")) if part.source in changed]
    kept = [each for each in held.homes if each.source not in changed and each.shard.digest]
    judged = {part.source: _judged(root, part, signer) for part in parts}
    homes = tuple(kept + [Home(source=name, shard=each.shard) for name, judgement in judged.items() for each in judgement.shards])
    place = {(home.source, home.shard.digest): number for number, home in enumerate(homes)}
    now = pl.concat([_standing(root, part, judged[part.source], place) for part in parts] or [_nothing()])
    segments, found = _rehomed(root, held, changed, place, now)
    new = now.join(found, on=SAME, how="anti", nulls_equal=True)
    added = write_segments(root, _signed(root, parts, judged, new))
    return BandIndex(signer=held.signer, parts=wanted, homes=homes, segments=tuple(merged(root, [*segments, *added])))


def _judged(root: Root, part: Part, signer: Detector) -> Judgement:
    """The judgement that production shows, with signatures by this signer: other shingles may have been asked for when it was made."""
    judgement = root.manifests.get("judgements", part.judgement, Judgement)
    shards = (
        each.model_copy(update={"evidence": each.evidence | {DETECTOR: evidence_by(root, each.shard, signer)}})
        for each in judgement.shards
        if DETECTOR in each.evidence
    )
    return judgement.model_copy(update={"shards": tuple(shards)})


def _nothing() -> pl.DataFrame:
    empty = frame(ROW.empty_table()).select(SAME)
    return empty.with_columns(home=pl.lit(0, pl.Int32))


def _standing(root: Root, part: Part, judgement: Judgement, place: dict[tuple[str, str], int]) -> pl.DataFrame:
    """`SAME` and home of every signature of a source's promoted documents."""
    names = ["doc_id", "source_id", "native_key", "project", "media_type", "language", "modified", "tags"]
    promoted = subjects.placed(frame(root.lake.read_all(part.shards, PROMOTED, names))).select("doc_id", *TRAITS)
    frames = [_nothing()]
    for each in judgement.shards:
        facts = frame(root.lake.read(each.evidence[DETECTOR], SIGNATURE, [*KEY, "sequence"]))
        own = facts.join(promoted, on="doc_id", how="inner").select(SAME)
        frames.append(own.with_columns(home=pl.lit(place[part.source, each.shard.digest], pl.Int32)))
    return pl.concat(frames)


def _rehomed(
    root: Root, held: BandIndex, changed: set[str], place: dict[tuple[str, str], int], now: pl.DataFrame
) -> tuple[list[Held], pl.DataFrame]:
    """The segments with their rows' homes as they are now, and which rows were found in them."""
    moved = np.array(
        [place.get((each.source, each.shard.digest), -1) if each.source not in changed else -1 for each in held.homes] + [-1]
    )
    suspects = np.array([each.source in changed for each in held.homes] + [False])
    segments, found = [], [_nothing().select(SAME)]
    for each in held.segments:
        segment, rows = open_rows(root, each)
        homes, asked = moved[rows], np.flatnonzero(suspects[rows])
        if len(asked):
            own = frame(segment.table.select(SAME).take(pa.array(asked)).cast(pa.schema([ROW.field(name) for name in SAME])))
            own = own.with_columns(row=pl.Series(asked)).join(now, on=SAME, how="inner", nulls_equal=True)
            homes[own["row"].to_numpy()] = own["home"].to_numpy()
            found.append(own.select(SAME))
        segments.append(each if np.array_equal(homes, rows) else with_rows(root, each, homes))
        segment.release()
    return [each for each in segments if each.alive], pl.concat(found)


def _signed(root: Root, parts: list[Part], judged: dict[str, Judgement], new: pl.DataFrame) -> Iterator[tuple[pa.Table, Array]]:
    """Tables of `ROW`, a shard at a time, of the signatures in `new`, with their homes."""
    for part in parts:
        for each in judged[part.source].shards if len(new) else ():
            ids = frame(root.lake.read(each.evidence[DETECTOR], SIGNATURE, ["doc_id"]))
            if ids.join(new, on="doc_id", how="semi").is_empty():
                continue
            facts = frame(root.lake.read(each.evidence[DETECTOR], SIGNATURE, [*FACTS, "sketch"]))
            said = _quality(root, each.evidence.get("quality"))
            own = facts.join(new, on=[*KEY, "sequence"], how="inner").join(said, on="doc_id", how="left", maintain_order="left")
            yield own.select(ROW.names).to_arrow().cast(ROW), own["home"].to_numpy()


def _quality(root: Root, stored: Stored | None) -> pl.DataFrame:
    return subjects.quality(frame(root.lake.read(stored, SIGNAL, ["doc_id", "name", "value"]) if stored else SIGNAL.empty_table()))


def _held(root: Root) -> tuple[BandIndex | None, str]:
    """The index as it is kept, and its tag. One with a segment that cannot be read is forgotten first: what is made anew
    may have the same bytes, and so the name that the damaged file has."""
    held, tag = root.refs.read(REF, BandIndex)
    if held and not _whole(root, held):
        forget(root)
        held, tag = root.refs.read(REF, BandIndex)
    return held, tag


def _whole(root: Root, held: BandIndex) -> bool:
    """Whether every segment can be read."""
    try:
        for each in held.segments:
            open_rows(root, each)
    except (NotFound, Corrupt):
        return False
    return True


def _sweep(root: Root, index: BandIndex) -> None:
    """Remove what the index does not name, also what a crashed update left."""
    segments = Segments(root.objects)
    named = {stored.digest for each in index.segments for stored in (each.segment, each.rows)}
    for each in set(segments.names()) - named:
        segments.remove(each)
