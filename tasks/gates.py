"""Promotion checks: metrics of the next snapshot from Parquet, judged by a Great Expectations suite."""

import logging
import os
import re
from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

import polars as pl

from muniment.errors import GateFailed
from muniment.policies.policy import Policy
from muniment.schemas.canonical import canonical_json, sha256
from muniment.schemas.chunk import PROMOTED
from muniment.schemas.snapshot import Part, Snapshot
from muniment.schemas.source import Record
from muniment.store.root import Root
from muniment.tasks import drift
from muniment.tasks.derive import frame

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")  # read when the library is imported

_EXTERNAL = re.compile(
    r"<link[^>]+https?:[^>]*>|<script[^>]+src=\"https?:[^>]*>\s*</script>|<img[^>]+https?:[^>]*>|<a[^>]+https?:[^>]*>.*?</a>",
    re.DOTALL,
)
_STYLE = "<style>body{font:15px/1.5 system-ui;margin:2rem auto;max-width:60rem}table{border-collapse:collapse}td,th{border:1px solid #ccc;padding:.3rem .6rem}</style>"

_RIGHTS = ("verified", "partial", "unverified")  # how well the right to a document is established (LIC-7)

_SHIFTS = {"source_id": "source", "licence": "licence", "language": "language"}


class Check(Record):
    """One expectation about one metric, and what came of it."""

    metric: str
    expectation: str
    limits: dict[str, float]
    observed: float
    passed: bool


class Checks(Record):
    """All checks of a promotion, as they are kept beside the snapshot."""

    checks: tuple[Check, ...]

    @property
    def failed(self) -> list[Check]:
        """The checks that did not hold."""
        return [check for check in self.checks if not check.passed]


def metrics(root: Root, parts: tuple[Part, ...], before: Snapshot | None, left: Collection[str] = ()) -> dict[str, float]:
    """One number a metric, over all documents of the parts; one object is in memory at a time. Sources that `left` on purpose do not
    count as loss."""
    columns = [name for name in PROMOTED.names if name not in ("text", "text_hash")]
    seen = [_shard_metrics(frame(root.lake.read(shard, PROMOTED, columns))) for part in parts for shard in part.shards]
    total = (
        pl.DataFrame(seen).sum().to_dicts()[0]
        if seen
        else dict.fromkeys(_shard_metrics(pl.DataFrame(schema=dict.fromkeys(columns, pl.Null))), 0)
    )
    ids = pl.concat(
        [
            pl.Series("doc_id", dtype=pl.String),
            *(frame(root.lake.read(shard, PROMOTED, ["doc_id"]))["doc_id"] for part in parts for shard in part.shards),
        ]
    )
    stayed = [part for part in before.parts if part.source not in left] if before else []
    previous = float(sum(shard.rows for part in stayed for shard in part.shards))
    documents = max(float(total["documents"]), 1.0)
    return {
        **{name: float(value) for name, value in total.items()},
        "repeated_ids": float(len(ids) - ids.n_unique()),
        "unknown_licence_share": float(total["unknown_licence"]) / documents,
        **{f"{name}_rights_share": float(total[f"{name}_rights"]) / documents for name in _RIGHTS},
        "shrink_share": max(0.0, 1 - float(total["documents"]) / previous) if previous else 0.0,
        **_shifts(root, parts, stayed),
    }


def _shifts(root: Root, parts: Sequence[Part], stayed: Sequence[Part]) -> dict[str, float]:
    """How far the documents moved since the snapshot before, whose sources that were taken out on purpose do not count."""
    before, after = (drift.counts(root, [shard for part in each for shard in part.shards], drift.GATED) for each in (stayed, parts))
    return {f"{_SHIFTS[name]}_shift": shift.divergence for name, shift in drift.shifts(before, after).items()}


def _shard_metrics(documents: pl.DataFrame) -> dict[str, Any]:
    if not documents.width or documents.schema["doc_id"] == pl.Null:
        return dict.fromkeys(
            (
                "documents",
                "redacted",
                "redactions",
                "unknown_licence",
                *(f"{name}_rights" for name in _RIGHTS),
                "without_title",
                "without_owner",
                "without_classification",
                "not_promotable",
            ),
            0,
        )
    blank = [
        (pl.col(name).is_null() | (pl.col(name).str.strip_chars() == "")).sum().alias(f"without_{name}")
        for name in ("title", "owner", "classification")
    ]
    return documents.select(
        pl.len().alias("documents"),
        (pl.col("action") == "redact").sum().alias("redacted"),
        pl.col("redactions").sum().alias("redactions"),
        pl.col("licence").is_null().sum().alias("unknown_licence"),
        *((pl.col("rights") == name).sum().alias(f"{name}_rights") for name in _RIGHTS),
        *blank,
        pl.col("action").is_in(["hold", "reject"]).sum().alias("not_promotable"),
    ).to_dicts()[0]  # fmt: skip


def limits(policy: Policy, first: bool) -> dict[str, dict[str, float]]:
    """Metric → least and largest value that a snapshot may have."""
    zero = {"max_value": 0.0}
    return {
        "documents": {"min_value": float(policy.gates.min_documents)},
        "unknown_licence_share": {"max_value": policy.gates.max_unknown_licence_share},
        "unverified_rights_share": {"max_value": policy.gates.max_unverified_rights_share},
        "partial_rights_share": {"max_value": policy.gates.max_partial_rights_share},
        "repeated_ids": zero,
        "without_title": zero,
        "without_owner": zero,
        "without_classification": zero,
        "not_promotable": zero,
        **({} if first else {"shrink_share": {"max_value": policy.gates.max_shrink_share}}),
        **(
            {}
            if first
            else {f"{name}_shift": {"max_value": getattr(policy.gates, f"max_{name}_shift")} for name in _SHIFTS.values()}
        ),
    }


def check(root: Root, measured: dict[str, float], policy: Policy, first: bool) -> str:
    """Validate metrics, keep results and data docs under their digest, and give it; raises `GateFailed` with every failure."""
    result = _validate(measured, limits(policy, first))
    checks = Checks(checks=tuple(_check(each, measured) for each in result.results))
    payload = canonical_json(checks)
    name = sha256(payload)
    root.objects.put(f"checks/{name}.json", payload)
    root.objects.put(f"checks/{name}.html", _data_docs(result).encode())
    if failed := checks.failed:
        said = "; ".join(f"{each.metric} is {each.observed:g}, allowed {each.limits}" for each in failed)
        raise GateFailed(
            f"The snapshot fails {len(failed)} of {len(checks.checks)} checks: {said}.",
            "Nothing was promoted. Correct the sources, or the gates in the policy.",
        )
    return name


def _validate(measured: dict[str, float], allowed: dict[str, dict[str, float]]) -> Any:
    """Run the suite on a one-row frame: the library works on pandas, so the rows of the corpus never reach it."""
    logging.getLogger("great_expectations.data_context.types.base").setLevel(logging.WARNING)  # it announces its temporary folders
    import great_expectations as gx
    import pandas
    from great_expectations import expectations as gxe

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    suite = gx.ExpectationSuite(
        name="promotion",
        expectations=[gxe.ExpectColumnValuesToBeBetween(column=metric, **limit) for metric, limit in sorted(allowed.items())],
    )
    batch = (
        context.data_sources.add_pandas("snapshot").add_dataframe_asset("metrics").add_batch_definition_whole_dataframe("metrics")
    )
    definition = gx.ValidationDefinition(name="promotion", data=batch, suite=context.suites.add(suite))
    context.validation_definitions.add(definition)
    return definition.run(
        batch_parameters={"dataframe": pandas.DataFrame([measured])},
        result_format={"result_format": "SUMMARY", "exclude_unexpected_values": True},
    )


def _check(result: Any, measured: dict[str, float]) -> Check:
    given = result.expectation_config.kwargs
    bounds = {name: float(given[name]) for name in ("min_value", "max_value") if given.get(name) is not None}
    return Check(
        metric=given["column"],
        expectation=result.expectation_config.type,
        limits=bounds,
        observed=measured[given["column"]],
        passed=bool(result.success),
    )


def _data_docs(result: Any) -> str:
    """The library's data docs as one page that loads nothing from elsewhere: it must open at an air-gapped site."""
    from great_expectations.render.renderer import ValidationResultsPageRenderer

    page = _view().render(ValidationResultsPageRenderer().render(result))
    return _EXTERNAL.sub("", str(page)).replace("</head>", f"{_STYLE}</head>", 1)


@cache
def _view() -> Any:
    """It compiles its templates when they are first used, which takes longer than all else of a page."""
    from great_expectations.render.view import DefaultJinjaPageView

    return DefaultJinjaPageView()
