"""Where detectors do not say the same: one place with two readings, or something that only one of two has found."""

from collections.abc import Collection, Iterable

import polars as pl
import pyarrow as pa

from muniment.policies.policy import DisagreementTest, Rule

_COLUMNS = ["doc_id", "detector", "type", "start", "end", "score"]


def hits(rules: Iterable[Rule], findings: pa.Table, ran: Collection[str]) -> pl.DataFrame:
    """One row for each document with findings, one boolean for each rule about detectors that disagree.

    ran: names of the detectors that looked at these documents, whether they found anything or not.
    """
    frame = pl.DataFrame(pl.from_arrow(findings.select(_COLUMNS)))
    tests = {rule.code: rule.disagreement for rule in rules if rule.disagreement}
    told = {code: _one_sided(frame, test, ran) if test.only_one_of else _two_readings(frame, test) for code, test in tests.items()}
    documents = frame.select(pl.col("doc_id").unique(maintain_order=True))
    return documents.with_columns(pl.col("doc_id").is_in(ids.to_list()).alias(code) for code, ids in told.items())


def _two_readings(findings: pl.DataFrame, test: DisagreementTest) -> pl.Series:
    """Documents with one place that two detectors take for two things. Which kind of secret something is, is no disagreement."""
    sure = findings.filter(pl.col("score") >= test.score).filter(pl.col("detector").n_unique().over("doc_id") > 1)
    sure = sure.with_columns(kind=pl.col("type").str.replace("^SECRET_.*", "SECRET_*"))
    shared = pl.min_horizontal("end", "end_right") - pl.max_horizontal("start", "start_right")
    whole = pl.max_horizontal("end", "end_right") - pl.min_horizontal("start", "start_right")
    pairs = sure.join_where(
        sure,
        pl.col("doc_id") == pl.col("doc_id_right"),
        pl.col("detector") < pl.col("detector_right"),
        pl.col("start") < pl.col("end_right"),
        pl.col("start_right") < pl.col("end"),
    )
    return pairs.filter(pl.col("kind") != pl.col("kind_right"), shared / whole >= test.overlap)["doc_id"].unique()


def _one_sided(findings: pl.DataFrame, test: DisagreementTest, ran: Collection[str]) -> pl.Series:
    """Documents in which one of two detectors is sure of something that the other says nothing about, however unsure.

    What a detector that did not run would have said, nobody knows: then there are none.
    """
    assert test.only_one_of is not None
    one, other = test.only_one_of
    if one not in ran or other not in ran:
        return findings["doc_id"].clear()
    named = findings.with_columns(name=pl.col("detector").str.split("@").list.first())
    return pl.concat([_alone(named, one, other, test.score), _alone(named, other, one, test.score)]).unique()


def _alone(findings: pl.DataFrame, one: str, other: str, score: float) -> pl.Series:
    """Documents of findings of `one` that share no character with any of `other`."""
    # How far everything of the other that begins before a place reaches: what is past that is touched by none of it.
    reach = pl.col("end").cum_max().over("doc_id").alias("reach")
    theirs = findings.filter(pl.col("name") == other).sort("start").select("doc_id", pl.col("start").alias("from"), reach)
    mine = findings.filter(pl.col("name") == one, pl.col("score") >= score).with_columns(last=pl.col("end") - 1).sort("last")
    beside = mine.join_asof(theirs, left_on="last", right_on="from", by="doc_id", check_sortedness=False)
    return beside.filter(pl.col("reach").is_null() | (pl.col("reach") <= pl.col("start")))["doc_id"]
