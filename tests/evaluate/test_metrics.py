"""Metrics against their definitions, and intervals against what they promise."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.evaluate import metrics

COUNTS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3)).map(lambda row: (row[0], row[0] + row[1], row[0] + row[2])),
    min_size=1,
    max_size=30,
)


@settings(deadline=None, max_examples=40)
@given(COUNTS)
def test_detection_follows_its_definitions(rows: list[tuple[int, int, int]]) -> None:
    right, predicted, expected = (sum(column) for column in zip(*rows, strict=True))
    found = metrics.detection(*zip(*rows, strict=True))
    assert (found["right"].value, found["predicted"].value, found["expected"].value) == (right, predicted, expected)
    assert ("precision" in found) == (predicted > 0) and ("recall" in found) == (expected > 0)
    if predicted and expected:
        precision, recall = right / predicted, right / expected
        assert found["precision"].value == pytest.approx(precision) and found["recall"].value == pytest.approx(recall)
        for beta, name in ((1, "f1"), (2, "f2")):
            down = beta**2 * precision + recall
            assert found[name].value == pytest.approx((1 + beta**2) * precision * recall / down if down else 0)
    for metric in found.values():
        assert metric.low is None or metric.high is None or 0 <= metric.low <= metric.high <= 1


def test_an_interval_is_as_wide_as_theory_says_and_the_same_each_time() -> None:
    hits = np.arange(1000) < 700
    found = metrics.share(hits)
    assert found == metrics.share(hits)
    deviation = (0.7 * 0.3 / 1000) ** 0.5
    assert found.low == pytest.approx(0.7 - 1.96 * deviation, abs=0.004)
    assert found.high == pytest.approx(0.7 + 1.96 * deviation, abs=0.004)


def test_documents_are_resampled_and_not_findings() -> None:
    together = metrics.detection([50, 0], [50, 50], [50, 50])["recall"]
    apart = metrics.detection([1] * 50 + [0] * 50, [1] * 100, [1] * 100)["recall"]
    assert together.value == apart.value
    assert (together.low, together.high) == (0, 1)
    assert apart.low is not None and apart.low > 0.35


def test_a_share_may_weigh_documents() -> None:
    assert metrics.share([1, 3], [2, 4]).value == pytest.approx(4 / 6)
    with pytest.raises(ValueError, match="nothing"):
        metrics.share([])


def test_auc_counts_pairs_and_half_of_the_ties() -> None:
    assert metrics.auc([1, 1, 0, 0], [3, 2, 1, 0]).value == 1
    assert metrics.auc([1, 0, 1, 0], [1, 1, 2, 0]).value == pytest.approx((0.5 + 1 + 1 + 1) / 4)
    with pytest.raises(ValueError, match="positive and negative"):
        metrics.auc([1, 1], [0, 1])


def test_names_go_under_a_prefix() -> None:
    assert metrics.under("lang.de", {"f1": metrics.count(1)}) == {"lang.de.f1": metrics.Metric(1.0)}
