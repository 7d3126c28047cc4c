"""Promote what was approved: a part of the next snapshot for every source that has an approved judgement."""

from collections.abc import Iterator
from datetime import UTC, datetime

from muniment import __version__
from muniment.errors import NotApproved, RegistryError
from muniment.schemas.capture import Judgement
from muniment.schemas.review import Standing
from muniment.schemas.snapshot import SCHEMA_VERSION, Part
from muniment.schemas.source import Record, Source
from muniment.store.root import Root, open_root
from muniment.tasks import policies
from muniment.tasks.corpus import parts_of, shown
from muniment.tasks.judge import standing
from muniment.tasks.pool import spread
from muniment.tasks.publish.documents import Job
from muniment.tasks.publish.shard import Layers, publish_shard
from muniment.tasks.publish.standing import end_lapsed, narrowed, require_lane, stands, without_items
from muniment.tasks.redact import key_in_use
from muniment.tasks.review.decide import approval
from muniment.tasks.step import step


class Published(Record):
    """Parts of the next snapshot, and why each of the other sources waits."""

    parts: tuple[Part, ...]
    waiting: dict[str, str]
    fresh: tuple[str, ...]  # sources whose part differs from the one before
    left: tuple[str, ...] = ()  # sources that were taken out on purpose: withdrawn, suspended, blocked, in quarantine


@step
def publish(uri: str, ref: str, now: datetime | None = None) -> Published:
    """Publish every approved judgement; other sources keep the part that the ref has, without what no decision admits any more.
    Raises `NotApproved` when nothing is approved."""
    root, now = open_root(uri), now or datetime.now(UTC)
    snapshot = shown(root, ref)
    had = {part.source: part for part in parts_of(root, snapshot)}
    before = {name: without_items(root, part) for name, part in had.items() if stands(root, part, ref, now)}
    made_alike = snapshot is not None and (snapshot.code, snapshot.schema_version) == (__version__, SCHEMA_VERSION)
    key_id = key_in_use(root, policies.current(root).redaction)
    parts, waiting = dict(before), dict[str, str]()
    for judgement in standing(root):
        end_lapsed(root, judgement.source, judgement.id, now)
        try:
            source = root.registry.approved(judgement.source)
            require_lane(root, source, ref)
            held, whole = approval(root, judgement, now), before.get(source.id)
            if not (made_alike and whole and _made_from(whole) == (judgement.id, held.name, key_id)):
                parts[source.id] = _part(root, judgement, source, held, key_id)
        except (NotApproved, RegistryError) as refusal:
            waiting[judgement.source] = str(refusal)
            if judgement.source in before:
                parts[judgement.source] = narrowed(root, before[judgement.source], now)
    if not parts:
        raise NotApproved(
            "Nothing is approved.", " ".join(waiting.values()) or "Capture a source first: `muniment capture SOURCE`."
        )
    fresh = tuple(sorted(name for name, part in parts.items() if name not in before or part != had[name]))
    left = tuple(sorted(set(had) - set(parts)))
    return Published(parts=tuple(parts[name] for name in sorted(parts)), waiting=waiting, fresh=fresh, left=left)


def _part(root: Root, judgement: Judgement, source: Source, held: Standing, key_id: str) -> Part:
    jobs = [Job(uri=root.uri, evidence=each, source=source, effect=held.effect, key_id=key_id) for each in judgement.shards]
    made = list(_spread(source.id, jobs))
    return Part(
        source=source.id,
        capture=judgement.capture,
        judgement=judgement.id,
        decision=held.effect.whole,
        review=held.name,
        decisions=held.decisions,
        pseudonym_key=key_id,
        shards=tuple(shard for each in made for shard in each.shards),
        share_alike=tuple(shard for each in made for shard in each.share_alike),
    )


def _made_from(part: Part) -> tuple[str, str, str]:
    """What a part depends on, beside the code."""
    return part.judgement, part.review, part.pseudonym_key


def _spread(source: str, jobs: list[Job]) -> Iterator[Layers]:
    return spread(f"publish {source}", publish_shard, jobs)
