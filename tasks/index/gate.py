"""Measure a variant against the exact index that it was built beside, slice by slice, and write down whether it may be served."""

from datetime import UTC, datetime

import numpy as np

from muniment.core import gating
from muniment.errors import NotFound
from muniment.schemas.canonical import digest
from muniment.schemas.gate import GateReport, Recall, Timing
from muniment.schemas.index import EXACT, Index
from muniment.schemas.ledger import Draft, EntryKind
from muniment.store.root import Root, open_root
from muniment.store.vectors import VectorIndex
from muniment.tasks.index import shadow
from muniment.tasks.index.machine import machine, measured
from muniment.tasks.index.opening import unplanned
from muniment.tasks.index.questions import Query, queries
from muniment.tasks.step import run_id, step

_MOST = 400  # queries that are asked
_TIMED = 60  # of them under each access pattern
_MEMORY = 1.1  # of the size of the exact files is what the others may take at most: whole vectors with their ids still fit


@step
def gate_index(uri: str, identifier: str, actor: str, name: str = "") -> GateReport:
    """The report on a variant, which is kept and recorded; `name`: a set of stored queries, by default all. Raises `NotFound`, `Corrupt`."""
    root = open_root(uri)
    index = root.manifests.get("indexes", identifier, Index)
    if index.variant == EXACT:
        raise NotFound(
            f"Index {identifier} is exact: there is nothing to gate.", "Build a variant: `muniment index build --variant`."
        )
    report = measure(root, index, actor, name)
    root.manifests.keep(_key(identifier), report)
    root.record(
        Draft(
            kind=EntryKind.INDEX_GATED,
            actor=actor,
            run=run_id(),
            key=digest(report),
            inputs=(f"index:{report.baseline}",),
            outputs=(f"index:{identifier}",),
            counts={"queries": report.asked, "slices": len(report.recalls), "failed": len(report.reasons)},
            reasons=report.reasons,
        )
    )
    return report


def report_of(root: Root, identifier: str) -> GateReport | None:
    """What the gate said last of an index."""
    return root.manifests.record(_key(identifier), GateReport) if root.objects.exists(_key(identifier)) else None


def measure(root: Root, index: Index, actor: str, name: str = "") -> GateReport:
    """Ask both indexes the same. Recall is judged with compressed files asked wherever they may be, time as the planner answers."""
    baseline = root.manifests.get("indexes", index.baseline, Index)
    plain = unplanned(root, index)
    costs = measured(root, index, plain)
    planned = VectorIndex(plain.parts, index.parameters, costs)
    asked, origin = queries(root, index, name, _MOST)
    vectors = np.ascontiguousarray(
        root.encoders.open(index.encoder, index.encoder_digest).asked([each.text for each in asked]), np.float32
    )
    recalls, timings = _measured(root, index, plain, planned, asked, vectors)
    exact, compressed = (sum(file.bytes for file in index.files if file.kind == kind) for kind in (EXACT, index.variant))
    reasons = [f"RECALL {each.slice}" for each in recalls if not each.passed]
    reasons += [f"LATENCY {each.pattern}" for each in timings if each.p95 > max(gating.SLOWEST, 1.1 * each.exact_p95)]
    reasons += ["MEMORY"] * (compressed > _MEMORY * exact)
    return GateReport(
        index=index.id,
        revision=index.revision,
        variant=index.variant,
        baseline=baseline.id,
        baseline_revision=baseline.revision,
        queries=origin,
        asked=len(asked),
        recalls=tuple(recalls),
        timings=tuple(timings),
        bytes=compressed,
        exact_bytes=exact,
        parameters=index.parameters,
        costs=costs,
        machine=machine(),
        actor=actor,
        at=datetime.now(UTC),
        passed=not reasons,
        reasons=tuple(reasons),
    )


def _measured(
    root: Root, index: Index, plain: VectorIndex, planned: VectorIndex, asked: list[Query], vectors: np.ndarray
) -> tuple[list[Recall], list[Timing]]:
    recalls, timings, compressed = list[Recall](), list[Timing](), plain.compressed()
    for pattern, mask in shadow.patterns(plain).items():
        due, got = shadow.ask(plain, vectors, mask), shadow.ask(compressed, vectors, mask)
        each = np.array([gating.recall(*pair) for pair in zip(got.scores, due.scores, strict=True)])
        allowed = index.count if mask is None else int(mask.sum())
        recalls.append(gating.judged(pattern, each, gating.BAR if 2 * allowed >= index.count else gating.FILTERED_BAR))
        if mask is None:
            recalls += gating.slices(shadow.members(root, index, asked, due.positions[:, 0]), each)
        taken = shadow.ask(planned, vectors[:_TIMED], mask).milliseconds
        timings.append(_timing(pattern, allowed, taken, due.milliseconds))
    return recalls, timings


def _timing(pattern: str, allowed: int, taken: np.ndarray, exactly: np.ndarray) -> Timing:
    p50, p95, exact_p50, exact_p95 = (round(float(np.percentile(each, part)), 3) for each in (taken, exactly) for part in (50, 95))
    return Timing(pattern=pattern, allowed=allowed, p50=p50, p95=p95, exact_p50=exact_p50, exact_p95=exact_p95)


def _key(identifier: str) -> str:
    return f"gates/{identifier}.json"
