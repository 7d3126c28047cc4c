"""A steward is told whose names were searched, and whose were not."""

from pathlib import Path

import pyarrow as pa
import pytest

from muniment.errors import NotFound
from muniment.schemas.capture import Judgement, ShardEvidence
from muniment.schemas.evidence import FINDING, SIGNAL
from muniment.schemas.stored import Stored
from muniment.store import models
from muniment.store.root import Root, open_root
from muniment.tasks import names as told
from muniment.tasks.detectors import FINDERS, detector

MODELS = (models.NameModel("en", "some_model", "1", ""), models.NameModel("fr", "another", "1", ""))


def _judgement(root: Root, **evidence: Stored) -> Judgement:
    stored = root.lake.write(FINDING.empty_table(), FINDING)
    shard = ShardEvidence(shard=stored, evidence=evidence, verdicts=stored)
    return Judgement(id="j", capture="c", source="s", source_digest="d", policy="p", shards=(shard,), actions={}, reasons={})


def test_a_pack_without_the_detector_says_that_names_were_not_searched(tmp_path: Path) -> None:
    root = open_root(str(tmp_path))
    assert told.searched(root, _judgement(root)).startswith("Names of people were not searched")


def test_a_pack_counts_the_documents_that_no_model_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(told, "installed", lambda: MODELS)
    root = open_root(str(tmp_path))
    labels = [("en", 0.9), ("en", 0.8), ("fr", 0.4), ("de", 0.95), (None, 0.0), ("it", 0.3)]
    rows = [
        {"doc_id": f"{place}", "detector": "language@1", "name": "language", "value": value, "label": label}
        for place, (label, value) in enumerate(labels)
    ]
    signals = root.lake.write(pa.Table.from_pylist(rows, SIGNAL), SIGNAL)
    line = told.searched(root, _judgement(root, names=root.lake.write(FINDING.empty_table(), FINDING), language=signals))
    assert "in 5 documents (en 4, fr 1)" in line and "no model reads 1 document (de 1)" in line


def test_names_are_findings_like_any_other() -> None:
    assert FINDERS == ("personal", "secrets", "scanner", "names")


def test_a_policy_with_names_and_no_model_is_told_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "KNOWN", (models.NameModel("en", "no_such_model_of_names", "1", ""),))
    with pytest.raises(NotFound, match="make ner"):
        detector(str(tmp_path), "names")
