"""Thirty nights that each capture a little: few segments, an erasure from a merged one, and nights after it."""

from pathlib import Path

import pytest
from tests import reviewed
from tests.stories import PEOPLE, prose, write

from muniment import flows
from muniment.policies.policy import default
from muniment.schemas.chunk import CHUNK
from muniment.schemas.erasure import Selector
from muniment.schemas.index import Index
from muniment.schemas.review import Decision
from muniment.store.root import open_root
from muniment.tasks import policies
from muniment.tasks.access import principals
from muniment.tasks.erasure import copies
from muniment.tasks.erasure.requests import request_erasure
from muniment.tasks.explain import identify
from muniment.tasks.index.opening import opened
from muniment.tasks.retain import unnamed
from muniment.tasks.review.decide import decide
from muniment.tasks.search.search import search

SLIM = (
    default()
    .replace(
        '"personal", "secrets", "language", "quality", "licences", "optouts", "twins", "contamination"', '"quality", "licences"'
    )
    .replace('"personal", "secrets", "language", "quality", "licences", "optouts"', '"quality", "licences"')
)
OUTLIER = " Zanzibarian quarries of Ottokar, violet ink, guards and their eleven names."


def night(uri: str, number: int, folder: Path, text: str = "") -> Index:
    """What a night does after somebody put one more document there."""
    write(folder / f"{number}.txt", prose(number, 100) + text, 1_700_000_000 + number)
    flows.capture("papers", root=uri)
    decide(uri, "papers", Decision.APPROVE, "read it", "dana")
    flows.promote(root=uri)
    return flows.index(root=uri)


@pytest.mark.slow
def test_thirty_nights_lie_in_few_segments_and_an_erasure_reaches_what_is_merged(uri: str, tmp_path: Path) -> None:
    root = open_root(uri)
    policies.put_in_force(root, SLIM)
    principals.put_in_force(root, PEOPLE)
    folder = tmp_path / "papers"
    folder.mkdir()
    reviewed.register(uri, folder, "papers", acl=("staff",))
    made = [night(uri, number, folder, OUTLIER if number == 3 else "") for number in range(30)]
    last = made[-1]
    assert len(last.segments) <= 6 and sum(len(each.of) for each in last.segments) == 30
    assert last.count == 30 == opened(root, last).count

    erased = identify(root, "papers:3.txt")
    [merged] = [each for each in last.segments if erased in root.lake.read(each.chunks, CHUNK, ["doc_id"])["doc_id"].to_pylist()]
    assert len(merged.of) > 1
    named = set().union(*(copies.named(manifest) for _, manifest in copies.manifests(root)))
    assert {each.digest for each in (merged.chunks, merged.vectors, *merged.of)} <= named

    receipt = flows.erase(request_erasure(uri, Selector(documents=(erased,)), "asked for", "dana").id, root=uri)

    assert receipt.proven, receipt.checks
    after = root.manifests.get("indexes", last.id, Index)
    assert sum(each in last.segments for each in after.segments) == len(last.segments) - 1
    assert after.count == 29 == opened(root, after).count
    assert all(root.lake.exists(shard) for each in after.segments for shard in each.of)
    assert not {file.key for file in merged.files} & set(root.objects.list("derived/"))
    assert all(erased not in hit.citation for hit in search(uri, "Ottokar violet ink quarries", "dana", k=20).hits)

    (folder / "3.txt").unlink()
    again = night(uri, 30, folder)
    assert again.count == 30 and again.count == opened(root, again).count
    assert sum(each in after.segments for each in again.segments) >= 1
    assert not {key for key in unnamed.unnamed(root) if key.removeprefix("derived/") in {file.digest for file in again.files}}
