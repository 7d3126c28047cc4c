"""When a kept document is gone, the duplicates that it suppressed are looked at again: they alone. Every decision whose canonical lives
stands until its source is captured again."""

import numpy as np
import polars as pl
import pyarrow as pa

from muniment.core.twins import standing
from muniment.core.twins.sketch import sketches
from muniment.policies.policy import Policy
from muniment.schemas.capture import Capture, Judgement
from muniment.schemas.erasure import Plan
from muniment.schemas.evidence import SIGNATURE, SUBJECT, TWIN
from muniment.schemas.verdict import VERDICT
from muniment.store.root import Root, open_root
from muniment.tasks import policies
from muniment.tasks.derive import frame
from muniment.tasks.detect import Gathered
from muniment.tasks.duplicates.compare import captured, decide, reach, signatures_of
from muniment.tasks.judge import judge
from muniment.tasks.judge import standing as judgements
from muniment.tasks.step import step


def orphans(root: Root, doc_ids: pa.Array) -> dict[str, tuple[str, ...]]:
    """By source, the documents, not among these, that are removed as duplicates of one of them, or in a cluster named after one:
    an erasure takes what is known of either."""
    gone = pl.Series("doc_id", doc_ids, dtype=pl.String).implode()
    found = {}
    for judgement in judgements(root):
        if judgement.twins:
            rows = frame(root.lake.read(judgement.twins, TWIN, ["doc_id", "canonical_id", "cluster", "spared"]))
            names_one = pl.any_horizontal(pl.col("canonical_id", "cluster").is_in(gone))
            left = rows.filter(names_one, ~pl.col("doc_id").is_in(gone), pl.col("spared").is_null())
            found[judgement.source] = tuple(left["doc_id"].sort())
    return {source: each for source, each in found.items() if each}


def with_duplicates(root: Root, doc_ids: pa.Array) -> pa.Array:
    """These documents, and with each its duplicates: those it suppressed, the one that suppressed it, and what that one suppressed,
    exact and near, in every source and every kept judgement. Sorted."""
    pairs = _pairs(root, pl.col("spared").is_null() & pl.col("kind").is_in(["exact", "near"])).select("doc_id", "canonical_id")
    both = pl.concat([pairs, pairs.select(doc_id="canonical_id", canonical_id="doc_id")])
    found = new = pl.DataFrame({"doc_id": pl.Series(doc_ids, dtype=pl.String)}).unique()
    while new.height:  # a canonical can have become the duplicate of another source's document since
        reached = both.join(new, on="doc_id", how="semi").select(doc_id="canonical_id").unique()
        new = reached.join(found, on="doc_id", how="anti")
        found = pl.concat([found, new])
    return found["doc_id"].sort().to_arrow().cast(pa.string())


def duplicates_of(root: Root, doc_ids: pa.Array) -> pa.Array:
    """Documents that stand beside one of these in a row of `TWIN`, spared ones too, and are not among them."""
    gone = pl.Series("doc_id", doc_ids, dtype=pl.String).implode()
    names = ("doc_id", "canonical_id", "cluster")
    rows = _pairs(root, pl.any_horizontal(pl.col(*names).is_in(gone)))
    beside = pl.concat([rows[name].alias("doc_id") for name in names]).unique().sort()
    return beside.filter(~beside.is_in(gone)).to_arrow().cast(pa.string())


def _pairs(root: Root, which: pl.Expr) -> pl.DataFrame:
    """Rows of `TWIN` in every kept judgement, each once."""
    names = ["doc_id", "canonical_id", "cluster", "kind", "spared"]
    stored = {each.twins.digest: each.twins for each in root.manifests.all("judgements", Judgement) if each.twins}
    tables = (frame(root.lake.read(each, TWIN, names)).filter(which) for each in stored.values())
    return pl.concat([frame(TWIN.empty_table().select(names)), *tables]).unique()


@step
def reelect(uri: str, plan: Plan, actor: str) -> list[Judgement]:
    """Judge the orphans of an erasure anew; the new judgements wait for their stewards. Nothing happens to what was done already."""
    root = open_root(uri)
    held = {judgement.source: judgement for judgement in judgements(root)}
    return [_rejudged(root, held[source], each, actor) for source, each in sorted(plan.orphans.items()) if source in held]


def _rejudged(root: Root, judgement: Judgement, orphaned: tuple[str, ...], actor: str) -> Judgement:
    capture = root.manifests.get(f"captures/{judgement.source}", judgement.capture, Capture)
    evidence = {each.shard.digest: dict(each.evidence) for each in judgement.shards}
    source, policy = root.registry.get(judgement.source), policies.current(root)
    before = root.lake.read(judgement.twins, TWIN) if judgement.twins else TWIN.empty_table()
    decided = frame(before)
    open_ = pl.Series("doc_id", orphaned, dtype=pl.String).to_frame().join(decided, on="doc_id", how="anti")
    removed = decided.filter(pl.col("spared").is_null())
    subjects = frame(captured(root, capture, evidence, source, policy)).join(removed, on="doc_id", how="anti")
    signed = frame(signatures_of(root, capture, evidence)).join(subjects, on="doc_id", how="semi")
    near = _near(signed, open_, reach(policy.duplicates))
    chosen = subjects.join(near, on="doc_id", how="semi").with_columns(settled=~pl.col("doc_id").is_in(open_["doc_id"].implode()))
    own = signed.join(near, on="doc_id", how="semi").to_arrow().cast(SIGNATURE)
    found = decide(root, capture, chosen.to_arrow().cast(SUBJECT), own, source, policy)
    twins = root.lake.write(pa.concat_tables([before, found]).sort_by("doc_id"), TWIN)
    gathered = Gathered(evidence=evidence, failed=judgement.failed, detected=0, recalled=0)
    return judge(root.uri, capture, gathered, twins, actor, anew=_refused(root, judgement, open_, policy))


def _refused(root: Root, judgement: Judgement, open_: pl.DataFrame, policy: Policy) -> bool:
    """Whether the judgement calls one of the open documents a duplicate."""
    verdicts = frame(root.lake.read_all([each.verdicts for each in judgement.shards], VERDICT, ["doc_id", "reasons"]))
    codes = [rule.code for rule in policy.rule if rule.twin and not rule.twin.spared]
    reasons = verdicts.join(open_, on="doc_id", how="semi")["reasons"].explode()
    return bool(reasons.is_in(codes).any())


def _near(signed: pl.DataFrame, open_: pl.DataFrame, level: float) -> pl.DataFrame:
    """Ids of the open documents and of those of their own source that may be close to them."""
    packed = sketches(signed.to_arrow().cast(SIGNATURE))
    asked = signed.with_row_index("row").join(open_, on="doc_id", how="semi")["row"].to_numpy()
    rows = standing.partners(packed[asked], standing.banded(packed) | {"sketch": packed}, np.ones(len(packed), np.bool_), level)
    return pl.concat([signed["doc_id"].gather(rows), open_["doc_id"]]).unique().to_frame()
