"""An erasure from indexes of every kind: what it touches is trained anew, nothing else is written, and nothing is left."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.stories import LICENCE, prose, write

from muniment import flows
from muniment.schemas.erasure import Selector
from muniment.schemas.index import Index
from muniment.schemas.review import Decision
from muniment.schemas.source import Source
from muniment.store.root import open_root
from muniment.store.vectors import KINDS
from muniment.store.vectors.kinds import Kind
from muniment.tasks.erasure.requests import request_erasure
from muniment.tasks.explain import explain
from muniment.tasks.index import segments
from muniment.tasks.index.opening import opened
from muniment.tasks.index.variants import build_variant
from muniment.tasks.review.decide import decide
from muniment.tasks.search.search import search

VARIANTS = tuple(name for name in KINDS if name != "exact")
OUTLIER = "Zanzibarian quarries of Ottokar, violet ink, guards and their eleven names. " * 3


@pytest.fixture
def small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of every kind also for a handful of passages."""
    for name in VARIANTS:
        monkeypatch.setitem(KINDS, name, Kind(KINDS[name].recipe, 0, KINDS[name].refine))
        monkeypatch.setitem(segments.BUILDERS, name, segments.BUILDERS[name]._replace(least=0))


@pytest.mark.slow
def test_an_erasure_reaches_every_kind_and_touches_no_other_segment(
    uri: str, tmp_path: Path, register: Callable[..., Source], people: None, small_segments: None
) -> None:
    for source in ("handbook", "notes"):
        folder = tmp_path / source
        folder.mkdir()
        for number in range(24):
            write(folder / f"page-{number}.md", prose(100 * (source == "notes") + number))
        register(folder, source)
    write(tmp_path / "handbook" / "ottokar.md", LICENCE + OUTLIER)
    for source in ("handbook", "notes"):
        flows.capture(source, root=uri)
        decide(uri, source, Decision.APPROVE, "fine", "dana")
    flows.promote(root=uri)
    exact = flows.index(root=uri)
    root = open_root(uri)
    before = [exact, *(build_variant(uri, "production", name, "cpu") for name in VARIANTS)]
    files = set(root.objects.list("derived/"))
    erased = explain(uri, "handbook:ottokar.md").doc_id

    receipt = flows.erase(request_erasure(uri, Selector(documents=(erased,)), "asked for", "dana").id, root=uri)

    assert receipt.proven, receipt.checks
    after = [root.manifests.get("indexes", each.id, Index) for each in before]
    touched = [number for number, each in enumerate(exact.segments) if after[0].segments[number] != each]
    assert len(touched) == 1 and len(exact.segments) == 2
    for then, now in zip(before, after, strict=True):
        assert now.revision == 1 and now.count == then.count - 1 and now.variant == then.variant
        assert now.segments[1 - touched[0]] == then.segments[1 - touched[0]]
        lost, left = then.segments[touched[0]].file(then.variant), now.segments[touched[0]].file(then.variant)
        assert left.count == lost.count - 1 and not root.objects.exists(lost.key)
        assert opened(root, now).count == now.count
    # exact, words and four compressed files of one segment were made anew, in the place of as many
    assert len(set(root.objects.list("derived/")) - files) == len(files - set(root.objects.list("derived/"))) == 2 + len(VARIANTS)
    assert all(erased not in hit.citation for hit in search(uri, "Ottokar violet ink quarries", "dana", k=20).hits)
