"""Sample audits: people look at what gates let through and stopped; their labels give measured rates, and can close the green lane."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import polars as pl

from muniment.core.sampling import allocate, rate, systematic
from muniment.errors import NotFound
from muniment.policies.policy import Policy
from muniment.schemas.canonical import canonical_json, digest
from muniment.schemas.capture import Judgement
from muniment.schemas.ledger import Draft, EntryKind
from muniment.schemas.sample import Audited, Item, Label, Measured, Opinion, Sample
from muniment.schemas.source import Record
from muniment.schemas.verdict import PROMOTABLE, VERDICT
from muniment.store.root import Root, open_root
from muniment.tasks import policies
from muniment.tasks.derive import frame
from muniment.tasks.judge import standing
from muniment.tasks.review import approvers
from muniment.tasks.step import run_id

ALL = "all"


class Automation(Record):
    """What `refs/automation/<source>` holds: why the green lane of a source is closed (empty: open), since when, by whom."""

    closed: str
    actor: str
    at: datetime
    serial: int = 1


def draw(uri: str, source: str, size: int, actor: str, seed: str = "") -> Sample:
    """Draw a sample of a source's standing judgement, or give the one that was drawn before; raises `NotFound`."""
    root = open_root(uri)
    judgement = next((each for each in standing(root) if each.source == source), None)
    if judgement is None:
        raise NotFound(f"Nothing was captured from {source}.", f"Capture it first: `muniment capture {source}`.")
    identifier = digest([judgement.id, size, seed])[:16]
    key = _key(identifier)
    if not root.objects.exists(key):
        root.objects.put(key, canonical_json(_drawn(root, identifier, judgement, size, seed, actor)))
    made = sample(root, identifier)
    root.record(
        Draft(
            kind=EntryKind.SAMPLED,
            actor=made.actor,
            key=identifier,
            run=run_id(),
            subjects=(f"source:{source}",),
            inputs=(f"judgement:{judgement.id}",),
            outputs=(f"sample:{identifier}",),
            counts={"drawn": len(made.items), "documents": sum(count for count, _ in made.strata.values())},
        )
    )
    return made


def sample(root: Root, identifier: str) -> Sample:
    """A sample by its id; raises `NotFound`."""
    if not root.objects.exists(_key(identifier)):
        raise NotFound(f"No sample is called {identifier}.", "List them: `muniment samples list`.")
    return root.manifests.record(_key(identifier), Sample)


def samples(root: Root, source: str = "") -> list[Sample]:
    """All samples, the earliest first; of one source when it is named."""
    keys = [key for key in root.objects.list("samples/") if key.count("/") == 1]
    found = [root.manifests.record(key, Sample) for key in keys]
    return sorted((each for each in found if source in ("", each.source)), key=lambda each: (each.at, each.id))


def label(uri: str, identifier: str, document: str, opinion: Opinion, actor: str, code: str = "") -> Audited:
    """Keep what somebody says about a drawn document and measure the source anew; a later label of a document replaces the earlier one.

    Raises `NotFound` for a document that was not drawn or a code that no rule has, `Forbidden` for who may not decide about the source.
    """
    root = open_root(uri)
    drawn, policy = sample(root, identifier), policies.current(root)
    approvers.require_entitled(root, root.registry.get(drawn.source), policy, actor)
    item = next((each for each in drawn.items if each.doc_id == document), None)
    if item is None:
        raise NotFound(f"{document} is not in sample {identifier}.", f"See what is: `muniment samples show {identifier}`.")
    if code and code not in policy.by_code() and code not in item.reasons:
        raise NotFound(f"No rule is called {code}.", "`muniment policy show` lists the rules.")
    made = Label(sample=identifier, doc_id=document, opinion=opinion, code=code, actor=actor, at=datetime.now(UTC))
    number = _keep(root, made)
    root.record(
        Draft(
            kind=EntryKind.LABELLED,
            actor=actor,
            key=f"{identifier}/{document}#{number}",
            subjects=(f"source:{drawn.source}",),
            inputs=(f"sample:{identifier}",),
            outputs=(f"document:{document}",),
            reasons=(str(opinion).upper(), *((code,) if code else ())),
        )
    )
    found = audited(root, drawn.source)
    if not found.closed and (why := _over(found, policy)):
        _turn(root, drawn.source, why, actor, "GREEN_CLOSED")
        return found.model_copy(update={"closed": why})
    return found


def reopen(uri: str, source: str, actor: str) -> Audited:
    """Open a source's green lane to automation again: labels from before do not count any more. Raises `Forbidden`."""
    root = open_root(uri)
    approvers.require_entitled(root, root.registry.get(source), policies.current(root), actor)
    if closed(root, source):
        _turn(root, source, "", actor, "GREEN_REOPENED")
    return audited(root, source)


def closed(root: Root, source: str) -> str:
    """Why a source's green lane is closed to automation; empty while it is open."""
    held, _ = root.refs.read(_ref(source), Automation)
    return held.closed if held else ""


def audited(root: Root, source: str) -> Audited:
    """What the labels since the lane was last opened say about each gate of a source, and about all together."""
    held, _ = root.refs.read(_ref(source), Automation)
    since = held.at if held and not held.closed else None
    drawn = [each for each in samples(root, source) if since is None or each.at > since]
    pairs = [pair for each in drawn for pair in _labelled(root, each)]
    codes = sorted({code for item, _ in pairs for code in item.reasons} | {mark.code for _, mark in pairs if mark.code})
    return Audited(
        source=source,
        samples=len(drawn),
        drawn=sum(len(each.items) for each in drawn),
        labelled=len(pairs),
        gates=tuple(_measured(gate, pairs) for gate in (ALL, *codes)),
        closed=held.closed if held else "",
    )


def labels(root: Root, identifier: str) -> dict[str, Label]:
    """The last label of each document of a sample."""
    keys = sorted(root.objects.list(f"samples/{identifier}/labels/"))
    return {each.doc_id: each for each in (root.manifests.record(key, Label) for key in keys)}


def _drawn(root: Root, identifier: str, judgement: Judgement, size: int, seed: str, actor: str) -> Sample:
    columns = ["doc_id", "action", "reasons"]
    verdicts = frame(root.lake.read_all([each.verdicts for each in judgement.shards], VERDICT, columns)).sort("doc_id")
    named = verdicts.with_columns(stratum=pl.concat_str(pl.col("action"), pl.col("reasons").list.join("+"), separator=" "))
    strata = {str(name[0]): rows for name, rows in named.partition_by("stratum", as_dict=True).items()}
    counts = allocate({name: rows.height for name, rows in strata.items()}, size)
    items = [item for name in sorted(counts) for item in _items(strata[name], counts[name], f"{judgement.id}{seed}{name}")]
    return Sample(
        id=identifier,
        source=judgement.source,
        judgement=judgement.id,
        size=size,
        seed=seed,
        strata={name.strip(): (strata[name].height, count) for name, count in counts.items()},
        items=tuple(items),
        actor=actor,
        at=datetime.now(UTC),
    )


def _items(rows: pl.DataFrame, size: int, seed: str) -> Iterator[Item]:
    for row in rows[systematic(rows.height, size, seed)].to_dicts():
        yield Item(doc_id=row["doc_id"], action=row["action"], reasons=tuple(row["reasons"]), weight=rows.height / size)


def _labelled(root: Root, drawn: Sample) -> Iterator[tuple[Item, Label]]:
    known = labels(root, drawn.id)
    return ((item, known[item.doc_id]) for item in drawn.items if item.doc_id in known)


def _measured(gate: str, pairs: Sequence[tuple[Item, Label]]) -> Measured:
    """A gate hit a document when its code is among the reasons; all gates together, when the document was not let through."""
    hits = [(item, mark) for item, mark in pairs if _hit(gate, item)]
    passes = [(item, mark) for item, mark in pairs if not _hit(gate, item)]
    wrong = rate([_wrongly_hit(gate, *pair) for pair in hits], [item.weight for item, _ in hits])
    missed = rate([_missed(gate, *pair) for pair in passes], [item.weight for item, _ in passes])
    return Measured(gate=gate, hit=len(hits), false_positives=wrong[:3], passed=len(passes), false_negatives=missed[:3])


def _hit(gate: str, item: Item) -> bool:
    return gate in item.reasons if gate != ALL else item.action not in PROMOTABLE


def _wrongly_hit(gate: str, item: Item, mark: Label) -> bool:
    """Wrong without a code blames every gate that hit; with the code of a gate that hit, that one alone; of one that did not, none."""
    return mark.opinion is Opinion.WRONG and (
        mark.code in ("", gate) if gate != ALL else mark.code == "" or mark.code in item.reasons
    )


def _missed(gate: str, item: Item, mark: Label) -> bool:
    """All gates together missed what was let through and should not have been; one gate, what names it."""
    if mark.opinion is not Opinion.WRONG:
        return False
    return mark.code == gate if gate != ALL else mark.code == "" or mark.code not in item.reasons


def _over(found: Audited, policy: Policy) -> str:
    """Why the green lane must be closed: the rate may be over the limit, or certainly is although few labels are there."""
    whole, limit = found.gates[0], policy.audits.max_false_negatives
    share, low, high = whole.false_negatives
    if whole.passed and (low > limit or (whole.passed >= policy.audits.min_labelled and high > limit)):
        return (
            f"Of what was let through, {share:.1%} should not have been (95%: {low:.1%} to {high:.1%}); the limit is {limit:.1%}."
        )
    return ""


def _turn(root: Root, source: str, why: str, actor: str, reason: str) -> None:
    held, tag = root.refs.read(_ref(source), Automation)
    moved = Automation(closed=why, actor=actor, at=datetime.now(UTC), serial=held.serial + 1 if held else 1)
    root.refs.move(_ref(source), moved, tag)
    root.record(
        Draft(
            kind=EntryKind.LABELLED, actor=actor, key=f"{source}#{moved.serial}", subjects=(f"source:{source}",), reasons=(reason,)
        )
    )


def _keep(root: Root, made: Label) -> int:
    """Write a label behind those that are there; the same one again is the same."""
    folder = f"samples/{made.sample}/labels/{made.doc_id}"
    while True:
        known = [root.manifests.record(key, Label) for key in sorted(root.objects.list(f"{folder}/"))]
        if known and known[-1].model_copy(update={"at": made.at}) == made:
            return len(known) - 1
        if root.objects.put(f"{folder}/{len(known):06d}.json", canonical_json(made)):
            return len(known)


def _key(identifier: str) -> str:
    return f"samples/{identifier}.json"


def _ref(source: str) -> str:
    return f"automation/{source}"
