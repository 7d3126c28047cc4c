"""What a snapshot may be used for: the check, the proof, the layer, the manifest of attributions."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.stories import write

from muniment import flows
from muniment.schemas.review import Decision
from muniment.schemas.source import Source, Terms
from muniment.store.root import open_root
from muniment.tasks import rights
from muniment.tasks.corpus import required
from muniment.tasks.review import decide

Register = Callable[..., Source]
TOPICS = ["boats", "horses", "lanterns", "bridges", "orchards", "clocks", "kilns", "wells"]


def page(licence: str, number: int) -> str:
    topic = TOPICS[number]
    body = f"The {topic} of the valley are counted in spring, and number {number} of the keepers writes them into the book of {topic}. "
    return f"SPDX-License-Identifier: {licence}\n\n# About {topic}\n\n" + body * 3


def promote(uri: str, *sources: str) -> str:
    for source in sources:
        flows.capture(source, root=uri)
        decide(uri, source, Decision.APPROVE, "read the sample", "dana")
    return flows.promote(root=uri).snapshot


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six documents: four permissive, two share-alike."""
    place = tmp_path / "pages"
    for number, licence in enumerate(["MIT", "Apache-2.0", "CC-BY-SA-4.0", "CC-BY-4.0", "GPL-3.0-only", "MIT OR GPL-2.0-only"]):
        write(place / f"{TOPICS[number]}.md", page(licence, number))
    return place


def test_a_use_that_refuses_share_alike_fails_and_passes_without_the_layer(uri: str, folder: Path, register: Register) -> None:
    register(folder)
    promote(uri, "handbook")
    failed = rights.check(uri, "production", "open-weights")
    assert not failed.passed and (failed.documents, failed.violating) == (6, 2)
    [breach] = failed.breaches
    assert breach.clause == "SHAREALIKE" and breach.licences == {"CC-BY-SA-4.0": 1, "GPL-3.0-only": 1}
    assert {each.native_key for each in breach.first} == {"lanterns.md", "orchards.md"}
    passed = rights.check(uri, "production", "open-weights", without=("share-alike",))
    assert passed.passed and (passed.documents, passed.left_out) == (4, 2)
    assert rights.check(uri, "production", "internal-retrieval").passed
