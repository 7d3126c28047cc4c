"""Judging: evidence and policy in, one verdict a document out. One vectorised expression built from the policy."""

from collections.abc import Collection, Mapping

import polars as pl
import pyarrow as pa

from muniment.core import disagreements
from muniment.policies.findings import FindingTest
from muniment.policies.policy import Policy, Rule, TwinTest
from muniment.schemas.source import Kind, Source
from muniment.schemas.tombstone import RESEMBLANCE
from muniment.schemas.verdict import SEVERITY, VERDICT, Action

MISSING = "EVIDENCE_MISSING"


def judge(
    documents: pa.Table,
    evidence: Mapping[str, pa.Table],
    rights: pa.Table,
    source: Source,
    policy: Policy,
    missing: bool = False,
    ran: Collection[str] = (),
) -> pa.Table:
    """One row of `VERDICT` for each of n documents, in their order.

    documents: doc_id, media_type. evidence: tables `findings`, `signals`, `twins`, `hits` of the evidence schemas,
    `resemblance` where any was looked for, and `columns` of a structured source.
    rights: doc_id, licence, status, rights, tags, reserved, as concluded. missing: evidence of a required detector is not there, so all is held.
    ran: names of the detectors that looked at these documents.
    """
    frame = pl.from_arrow(documents.select(["doc_id", "media_type"]))
    assert isinstance(frame, pl.DataFrame)
    rules = [rule for rule in policy.rule if _applies(rule, source)]
    for hits in (
        _finding_hits(rules, evidence["findings"]),
        disagreements.hits(rules, evidence["findings"], ran),
        _signal_hits(rules, evidence["signals"], source),
        _twin_hits(rules, evidence["twins"]),
        _eval_hits(rules, evidence["hits"]),
        _licence_hits(rules, rights),
        _resemblance_hits(rules, evidence.get("resemblance", RESEMBLANCE.empty_table())),
    ):
        frame = frame.join(hits, on="doc_id", how="left", maintain_order="left")
    frame = frame.with_columns(**_column_hits(rules, evidence.get("columns"), source))
    flags = {rule.code: _scoped(rule) for rule in rules}
    if missing:
        flags[MISSING] = pl.lit(True)
    return _rows(frame.with_columns(**flags), rules, list(flags))


def matches(test: FindingTest) -> pl.Expr:
    """Which rows of a findings frame a test is about."""
    hit = pl.col("score") >= test.score
    if test.below is not None:
        hit &= pl.col("score") < test.below
    if test.types:
        hit &= _named("type", test.types)
    if test.rules:
        hit &= _named("rule", test.rules)
    return hit & pl.col("category").is_in(list(test.categories)) if test.categories else hit


def _named(column: str, names: tuple[str, ...]) -> pl.Expr:
    """Whether a column is one of the names, or of a family that ends in `*`."""
    families = (pl.col(column).str.starts_with(name[:-1]) for name in names if name.endswith("*"))
    return pl.any_horizontal(pl.col(column).is_in([name for name in names if not name.endswith("*")]), *families)


def _applies(rule: Rule, source: Source) -> bool:
    only = rule.only
    return (
        (not only.sources or source.id in only.sources)
        and (not only.classifications or source.classification in only.classifications)
        and (not only.lanes or source.lane in only.lanes)
    )


def _scoped(rule: Rule) -> pl.Expr:
    """A rule's flag: did its test hit, and is the document's media type in scope."""
    hit = pl.lit(True) if rule.always else pl.col(rule.code).fill_null(False)
    return hit & pl.col("media_type").is_in(list(rule.only.media_types)) if rule.only.media_types else hit


def _grouped(table: pa.Table, flags: dict[str, pl.Expr]) -> pl.DataFrame:
    """One row a document with one boolean a rule."""
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame.group_by("doc_id").agg(**flags) if flags else frame.select("doc_id").clear()


def _finding_hits(rules: list[Rule], findings: pa.Table) -> pl.DataFrame:
    return _grouped(findings, {rule.code: matches(rule.finding).sum() >= rule.finding.count for rule in rules if rule.finding})


def _signal_hits(rules: list[Rule], signals: pa.Table, source: Source) -> pl.DataFrame:
    flags = {rule.code: _signal(rule).any() for rule in rules if rule.signal}
    for rule in rules:
        if rule.unexpected_language:
            other = (pl.col("name") == "language") & (pl.col("label") != source.language) & bool(source.language)
            flags[rule.code] = (other & (pl.col("value") >= rule.unexpected_language.confidence)).any()
    language = pl.col("label").filter(pl.col("name") == "language").first()
    return _grouped(signals, {**flags, "language": language})


def _signal(rule: Rule) -> pl.Expr:
    test = rule.signal
    assert test is not None
    hit = pl.col("name") == test.name
    if test.below is not None:
        hit &= pl.col("value") < test.below
    if test.above is not None:
        hit &= pl.col("value") > test.above
    return hit & pl.col("label").is_in(list(test.labels)) if test.labels else hit


def _twin_hits(rules: list[Rule], twins: pa.Table) -> pl.DataFrame:
    tests = {rule.code: rule.twin for rule in rules if rule.twin}
    return _grouped(twins, {code: _twin(test).any() for code, test in tests.items()})


def _twin(test: TwinTest) -> pl.Expr:
    spared = pl.col("spared")
    why = spared.is_in(list(test.spared)) if test.spared else spared.is_null()
    return (pl.col("kind") == test.kind) & (pl.col("jaccard") >= test.jaccard) & why


def _eval_hits(rules: list[Rule], hits: pa.Table) -> pl.DataFrame:
    tests = {rule.code: rule.evaluation for rule in rules if rule.evaluation}
    return _grouped(
        hits, {code: ((pl.col("kind") == test.kind) & (pl.col("overlap") >= test.overlap)).any() for code, test in tests.items()}
    )


def _resemblance_hits(rules: list[Rule], resemblance: pa.Table) -> pl.DataFrame:
    tests = {rule.code: rule.resembles for rule in rules if rule.resembles}
    return _grouped(resemblance, {code: (pl.col("bands") >= test.bands).any() for code, test in tests.items()})


def _column_hits(rules: list[Rule], columns: pa.Table | None, source: Source) -> dict[str, pl.Expr]:
    """One flag a rule, the same for all documents. In a folder's file all columns are the text, which detectors read whole."""
    flags: dict[str, pl.Expr] = {}
    for rule in rules:
        if rule.columns:
            test, hit = rule.columns, False
            if columns is not None and source.kind is Kind.TABLE:
                found = pl.DataFrame(pl.from_arrow(columns)).filter(pl.col("score") >= test.score)
                used = pl.col("uses").list.set_intersection(list(test.uses)).list.len() > 0
                hit = bool(found.filter(used & (_named("type", test.types) | _named("quasi", test.quasi)).fill_null(False)).height)
            flags[rule.code] = pl.lit(hit)
    return flags


def _licence_hits(rules: list[Rule], rights: pa.Table) -> pl.DataFrame:
    frame = pl.from_arrow(rights)
    assert isinstance(frame, pl.DataFrame)
    tests = {rule.code: rule.licence for rule in rules if rule.licence}
    # Tags speak about a licence that is known: the unknown and the conflicting have rules of their own.
    known, common = pl.col("licence").is_not_null(), pl.col("tags").list.set_intersection
    flags = {
        code: pl.col("status").is_in(list(test.status))
        | (known & (common(list(test.tags)).list.len() > 0) if test.tags else pl.lit(False))
        for code, test in tests.items()
    }
    reserved = pl.col("reserved").list
    flags |= {
        rule.code: reserved.set_intersection(list(rule.opt_out.uses)).list.len() > 0 for rule in rules if rule.opt_out is not None
    }
    return frame.select("doc_id", "licence", "rights", "tags", "reserved", **flags)


def _rows(frame: pl.DataFrame, rules: list[Rule], codes: list[str]) -> pa.Table:
    """Flags to verdicts: the strictest enforced action, and the codes of all that hit, in policy order."""
    severity = {rule.code: SEVERITY[rule.action] if rule.enforced else SEVERITY[Action.ACCEPT] for rule in rules}
    severity[MISSING] = SEVERITY[Action.HOLD]
    rank = pl.max_horizontal([pl.lit(0), *(pl.when(pl.col(code)).then(severity[code]).otherwise(0) for code in codes)])
    reasons = (
        pl.concat_list([pl.when(pl.col(code)).then(pl.lit(code)) for code in codes]).list.drop_nulls() if codes else pl.lit([])
    )
    names = {rank: str(action) for action, rank in SEVERITY.items()}
    verdicts = frame.select(
        "doc_id",
        rank.replace_strict(names, return_dtype=pl.String).alias("action"),
        reasons.cast(pl.List(pl.String)).alias("reasons"),
        "licence",
        pl.col("rights").fill_null("unverified"),
        pl.col("tags").fill_null(["UNKNOWN"]),
        pl.col("reserved").fill_null([]),
        "language" if "language" in frame.columns else pl.lit(None, pl.String).alias("language"),
    )
    return verdicts.to_arrow().cast(VERDICT)
