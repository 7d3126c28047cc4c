"""How risky a capture is: named factors, measured from its evidence, weighed by the policy's table (QUA-3)."""

from collections.abc import Mapping

import polars as pl

from muniment.policies.lanes import Factor, Risk
from muniment.policies.policy import Policy
from muniment.schemas.canonical import digest
from muniment.schemas.capture import Capture, Judgement
from muniment.schemas.review import Assessment, Contribution, Section
from muniment.schemas.source import Classification, Lane, Source
from muniment.schemas.verdict import VERDICT
from muniment.store.root import Root
from muniment.tasks import policies
from muniment.tasks.derive import frame

_STRICTER = (Lane.GREEN, Lane.STANDARD, Lane.RESTRICTED, Lane.BLOCKED)
_SENSITIVE = tuple(Classification)
_WHAT = {
    "new_source": "no capture of it was approved before",
    "classification": "how sensitive the source is",
    "licence_unknown": "share of documents without a concluded licence",
    "personal_density": "findings of personal data a document",
    "held": "share of documents that are held",
    "change": "documents added, changed or gone since the last capture, by documents",
    "set_aside": "share of records that could not be taken in",
    "disagreement": "share of documents about which detectors disagree",
    "opt_outs": "share of documents whose publisher reserved a use",
    "tool_failures": "detectors that failed",
}


def assess(root: Root, judgement: Judgement) -> Assessment:
    """The risk of a judgement under the policy in force. What was assessed once stays: later decisions do not change it."""
    policy, source = policies.current(root), root.registry.get(judgement.source)
    key = digest([judgement.id, judgement.revision, policy.risk, source.lane])
    if known := root.work.recall("risk", key, Assessment):
        return known
    found = scored(measured(root, judgement, source, policy), policy.risk, source.lane)
    root.work.keep("risk", key, found)
    return found


def scored(values: Mapping[str, float], table: Risk, lane: Lane) -> Assessment:
    """Measured values as points, and the lane that their sum needs."""
    rows = tuple(_contribution(name, factor, values[name]) for name, factor in table.factors().items())
    score = round(sum(row.points for row in rows), 2)
    needs = Lane.GREEN if score < table.green_below else Lane.STANDARD if score < table.standard_below else Lane.RESTRICTED
    return Assessment(score=score, contributions=rows, needs=needs, lane=max(lane, needs, key=_STRICTER.index))


def measured(root: Root, judgement: Judgement, source: Source, policy: Policy) -> dict[str, float]:
    """Every factor's value, from the manifests of capture and judgement and three columns of the verdicts."""
    capture = root.manifests.get(f"captures/{source.id}", judgement.capture, Capture)
    columns = ["action", "licence", "reserved"]
    verdicts = frame(root.lake.read_all([each.verdicts for each in judgement.shards], VERDICT, columns))
    total, counts = max(verdicts.height, 1), capture.counts
    shares = verdicts.select(
        licence_unknown=pl.col("licence").is_null().mean().fill_null(0.0),
        held=(pl.col("action") == "hold").mean().fill_null(0.0),
        opt_outs=(pl.col("reserved").list.len() > 0).mean().fill_null(0.0),
    ).row(0, named=True)
    found = sum(each.evidence["personal"].rows for each in judgement.shards if "personal" in each.evidence)
    changed = sum(counts.get(name, 0) for name in ("added", "changed", "vanished"))
    disputed = sum(judgement.reasons.get(rule.code, 0) for rule in policy.rule if rule.disagreement)
    return {
        "new_source": float(not _approved_before(root, judgement)),
        "classification": _SENSITIVE.index(source.classification) / (len(_SENSITIVE) - 1),
        "personal_density": found / total,
        "change": 0.0 if counts.get("added", 0) >= total else changed / total,
        "set_aside": counts.get("set_aside", 0) / max(total + counts.get("set_aside", 0), 1),
        "disagreement": min(disputed / total, 1.0),
        "tool_failures": float(len(judgement.failed)),
        **{name: float(value) for name, value in shares.items()},
    }


def section(root: Root, judgement: Judgement) -> Section:
    """The score with its factors, for the evidence pack and for explanations."""
    found = assess(root, judgement)
    rows = tuple(
        (row.factor.replace("_", " "), _WHAT[row.factor], f"{row.measured:.3g}", f"{row.points:.1f}", f"{row.limit:.0f}")
        for row in sorted(found.contributions, key=lambda row: -row.points)
    )
    note = f"Risk **{found.score:.1f}**: it needs the {found.needs} lane at least, and takes the **{found.lane}** one."
    return Section(title="Risk", columns=("Factor", "Measured", "Value", "Points", "At most"), rows=rows, note=note)


def _contribution(name: str, factor: Factor, value: float) -> Contribution:
    points = factor.weight * min(value, factor.cap) / factor.cap
    return Contribution(factor=name, measured=round(value, 4), points=round(points, 2), limit=factor.weight)


def _approved_before(root: Root, judgement: Judgement) -> bool:
    """Whether another judgement of the source was approved before."""
    query = """SELECT count(*) AS n FROM entries e JOIN links s ON s.sequence = e.sequence JOIN links j ON j.sequence = e.sequence
               WHERE e.kind = 'review.decided' AND s.type = 'source' AND s.id = ? AND j.type = 'judgement' AND j.id <> ?
                 AND (list_contains(e.reasons, 'APPROVE') OR list_contains(e.reasons, 'APPROVE_REDACTED'))"""
    return bool(root.lineage.sql(query, parameters=[judgement.source, judgement.id])["n"][0].as_py())
