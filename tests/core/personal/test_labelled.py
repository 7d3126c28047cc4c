"""Floors on labelled data that no change may fall below."""

import pytest
from tests.personal import LABELLED, needs_labelled

from muniment.evaluate.personal import score
from muniment.evaluate.report import Options

# Span F1 of structured types at threshold 0.4; the sections of the type map.
FLOORS = {"presidio_synth_v2": 0.97, "presidio_generated_large": 0.98, "meddocan_dev_es": 0.97}


@needs_labelled
@pytest.mark.parametrize("name", FLOORS)
def test_structured_types_of_labelled_data_stay_above_their_floor(name: str) -> None:
    outcome = score([LABELLED / f"{name}.jsonl.gz"], Options(types=f"{LABELLED / 'types.toml'}:{name}"))
    assert outcome.metrics["structured.f1"].value >= FLOORS[name]
