"""Scoped decisions, overrides, samples and a quarantine with everything in S3, on a real server."""

from pathlib import Path
from uuid import uuid4

import pytest
from tests.reviewed import PEOPLE, approve, id_of, later, promoted, register
from tests.stories import GARDEN, LICENCE, TRAVEL, write

from muniment import flows
from muniment.errors import NotApproved
from muniment.schemas.review import Decision
from muniment.schemas.sample import Opinion
from muniment.store.root import open_root
from muniment.tasks import policies
from muniment.tasks.access import principals
from muniment.tasks.erasure.withheld import unserved
from muniment.tasks.publish.publish import publish
from muniment.tasks.review.decide import decide
from muniment.tasks.review.pending import pending
from muniment.tasks.review.quarantine import quarantine_source, release_source
from muniment.tasks.review.samples import draw, label

pytestmark = pytest.mark.s3


def test_the_same_on_s3(shared_bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUNIMENT_KEYRING", str(tmp_path / "keyring.json"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    uri = f"s3://{shared_bucket}/{uuid4().hex}"
    root = open_root(uri)
    text = (
        policies.default()
        .replace("_licence_share = 0.05", "_licence_share = 0.9")
        .replace("_rights_share = 0.05", "_rights_share = 0.9")
    )
    lines = ['detectors = ["quality", "licences"]' if line.startswith("detectors") else line for line in text.splitlines()]
    policies.put_in_force(root, "\n".join('required = ["quality"]' if line.startswith("required") else line for line in lines))
    principals.put_in_force(root, PEOPLE)
    write(tmp_path / "corpus" / "travel.md", LICENCE + TRAVEL * 3)
    write(tmp_path / "corpus" / "garden.md", GARDEN * 3)
    register(uri, tmp_path / "corpus")
    flows.capture("handbook", root=uri)
    approve(uri)
    assert approve(uri, groups=["LICENCE_UNKNOWN"]) == approve(uri, groups=["LICENCE_UNKNOWN"])
    flows.promote(root=uri)
    assert {name: action for name, (action, _) in promoted(uri).items()} == {"travel.md": "accept", "garden.md": "known-risk"}
    assert sum(shard.rows for part in publish(uri, "production", later(31)).parts for shard in part.shards) == 1
    decide(uri, "handbook", Decision.REJECT, "an old version", "robin", documents=[id_of(uri, "garden.md")])
    flows.promote(root=uri)
    assert set(promoted(uri)) == {"travel.md"}
    drawn = draw(uri, "handbook", 2, "dana")
    assert label(uri, drawn.id, drawn.items[0].doc_id, Opinion.OK, "dana").labelled == 1
    quarantine_source(uri, "handbook", "the export was wrong", "dana")
    assert "handbook" in unserved(root).sources
    with pytest.raises(NotApproved):
        flows.promote(root=uri)
    release_source(uri, "handbook", "right again", "dana")
    assert [each.why for each in pending(uri)] == ["nobody has decided"]
