"""What every part of a pack is told from, read once."""

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from muniment.policies.policy import Policy
from muniment.schemas.capture import Capture, Judgement
from muniment.schemas.evidence import FINDING, SIGNAL
from muniment.schemas.source import Source
from muniment.schemas.verdict import PROMOTABLE, VERDICT
from muniment.store.root import Root
from muniment.tasks import policies
from muniment.tasks.derive import frame
from muniment.tasks.detectors import FINDERS
from muniment.tasks.pack.find import before

KEPT = pl.col("action").is_in([str(action) for action in PROMOTABLE])
_MEASURES = ("characters", "duplicate_line_ratio", "mean_word_length")


@dataclass(frozen=True)
class Facts:
    """One judgement with what it is about. Tables are read when they are first asked for."""

    root: Root
    judgement: Judgement
    capture: Capture
    source: Source

    @property
    def total(self) -> int:
        """Documents."""
        return sum(self.judgement.actions.values())

    @cached_property
    def policy(self) -> Policy:
        """The policy in force."""
        return policies.current(self.root)

    @cached_property
    def verdicts(self) -> pl.DataFrame:
        """Columns of VERDICT, a row a document."""
        return verdicts(self.root, self.judgement)

    @cached_property
    def signals(self) -> pl.DataFrame:
        """`doc_id` and a column for each of a few measures of quality; empty where the detector did not run."""
        return signals(self.root, self.judgement)

    @cached_property
    def findings(self) -> pl.DataFrame:
        """Columns of FINDING."""
        found = [each.evidence[name] for each in self.judgement.shards for name in FINDERS if name in each.evidence]
        return frame(self.root.lake.read_all(found, FINDING))

    @cached_property
    def past(self) -> Judgement | None:
        """The judgement of this source that was made before."""
        return before(self.root, self.judgement)


def verdicts(root: Root, judgement: Judgement) -> pl.DataFrame:
    """Columns of VERDICT, a row a document."""
    return frame(root.lake.read_all([each.verdicts for each in judgement.shards], VERDICT))


def signals(root: Root, judgement: Judgement) -> pl.DataFrame:
    """`doc_id` and a column for each measure. Read a shard at a time: there are many more signals than are looked at."""
    empty = pl.DataFrame(schema={"doc_id": pl.String, "name": pl.String, "value": pl.Float64})
    read = [empty]
    for each in judgement.shards:
        if "quality" in each.evidence:
            rows = frame(root.lake.read(each.evidence["quality"], SIGNAL, ["doc_id", "name", "value"]))
            read.append(rows.filter(pl.col("name").is_in(_MEASURES)))
    named = pl.concat(read, how="vertical_relaxed")
    return named.pivot("name", index="doc_id", values="value") if named.height else pl.DataFrame(schema={"doc_id": pl.String})
