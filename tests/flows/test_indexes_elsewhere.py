"""Variants, layouts, changes of who may read and encoders of one's own, where a root is not a plain folder: in S3, and encrypted."""

import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from tests.leaks import world
from tests.leaks.world import Doc, id_of, question_of
from tests.store import onnx_models

import muniment
from muniment.schemas.erasure import Selector
from muniment.schemas.index import Index, Layout
from muniment.store.root import Root, open_root
from muniment.store.vectors import KINDS
from muniment.tasks.audit.verify import verify_root
from muniment.tasks.custody import encryption
from muniment.tasks.erasure.prove import prove
from muniment.tasks.erasure.requests import request_erasure
from muniment.tasks.erasure.rewrite import rewrite_copies
from muniment.tasks.erasure.survey import plan_erasure
from muniment.tasks.index import gate, segments, shadow
from muniment.tasks.index.build import build_index
from muniment.tasks.index.embed import embed
from muniment.tasks.index.gate import gate_index
from muniment.tasks.index.opening import opened
from muniment.tasks.index.use import fall_back, use_index
from muniment.tasks.index.variants import build_variant
from muniment.tasks.search.search import search

ELSEWHERE = ("sealed folder", pytest.param("s3", marks=pytest.mark.s3))
KEK = "env:TEST_KEK"
VARIANTS = ("ivf-sq8", "ivf-rabitq4", "hnsw")
GONE = world.secret(900, ("staff",), "internal")
OPEN = world.secret(901, ("staff",), "internal")


@pytest.fixture(params=ELSEWHERE)
def uri(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Address of an empty root in S3, or encrypted, or both."""
    monkeypatch.setenv("TEST_KEK", "11" * 32)
    monkeypatch.setenv("MUNIMENT_KEYRING", str(tmp_path / "keyring.json"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    in_s3 = request.param.endswith("s3")
    made = f"s3://{request.getfixturevalue('shared_bucket')}/{uuid4().hex}" if in_s3 else str(tmp_path / "root")
    if request.param.startswith("sealed"):
        encryption.encrypt(made, KEK, "dana")
    return made


def found(root: Root, user: str, document: Doc) -> bool:
    return any(hit.title == document.key for hit in search(root.uri, question_of(document), user, k=5).hits)


def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of these kinds also for few passages, and a gate that asks little."""
    for name in VARIANTS:
        monkeypatch.setitem(KINDS, name, KINDS[name]._replace(least=0))
        monkeypatch.setitem(segments.BUILDERS, name, segments.BUILDERS[name]._replace(least=0))
    monkeypatch.setattr(gate, "_MOST", 25)
    monkeypatch.setattr(gate, "_TIMED", 3)
    monkeypatch.setattr(shadow, "SHARES", (0.5,))


@pytest.mark.parametrize("uri", [*ELSEWHERE, pytest.param("sealed s3", marks=pytest.mark.s3)], indirect=True)
def test_a_variant_is_built_gated_served_and_erased_from(uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    small(monkeypatch)
    exact = world.build(uri, [*world.ordinary(100), GONE, OPEN])
    root = open_root(uri)
    made = [build_variant(uri, "production", name, "cpu") for name in VARIANTS]
    assert gate_index(uri, made[0].id, "dana").asked == 25
    assert use_index(uri, made[0].id, "production", "dana").variant == "ivf-sq8"
    assert found(root, "robin", GONE) and found(root, "robin", OPEN)

    plan = plan_erasure(uri, request_erasure(uri, Selector(documents=(id_of(root, GONE),)), "asked for", "dana").id)
    rewrite_copies(uri, plan)
    receipt = prove(uri, plan)

    assert receipt.proven, receipt.checks
    for before in (exact, *made):
        left = root.manifests.get("indexes", before.id, Index)
        assert (left.revision, left.count, opened(root, left).count) == (1, before.count - 1, before.count - 1)
        changed = [one.files != other.files for one, other in zip(before.segments, left.segments, strict=True)]
        assert changed.count(True) == 1
        lost = before.segments[changed.index(True)].files
        assert not any(root.objects.exists(file.key) for file in lost)
    assert not found(root, "robin", GONE) and found(root, "robin", OPEN)
    assert fall_back(uri, "production", "dana").id == exact.id
    assert verify_root(uri, "auditor").problems == ()


def test_a_layout_keeps_apart_and_a_change_by_another_process_holds_at_the_next_question(uri: str) -> None:
    documents = [*world.ordinary(12), OPEN]
    for layout, partitions in (
        (Layout.TENANT, {"default", "acme"}),
        (Layout.TIERED, {"public", "internal", "confidential"}),
    ):
        assert {each.partition for each in world.build(uri, documents, layout).segments} == partitions
        root = open_root(uri)
        assert found(root, "robin", OPEN) and not found(root, "guest", OPEN) and not found(root, "alien", OPEN)
    change = "import sys, muniment; muniment.access_set('a test', document=[sys.argv[2]], groups=['legal'], root=sys.argv[1], actor='dana')"
    subprocess.run([sys.executable, "-c", change, uri, id_of(root, OPEN)], check=True)
    assert found(root, "dana", OPEN) and not found(root, "robin", OPEN)


def test_an_encoder_of_ones_own_is_admitted_and_an_index_built_with_it(uri: str, tmp_path: Path) -> None:
    muniment.encoder_add("words", onnx_models.folder(tmp_path / "model", ["en"]), "MIT", root=uri, actor="dana")
    admitted = muniment.encoder_admit("words", onnx_models.collection(tmp_path / "asked", ["en"]), root=uri)
    assert [each.language for each in admitted.languages] == ["en"]
    court = Doc("internal-default", "court.md", "The court heard the appeal, and the train was late. " * 3, ("staff",))
    world.build(uri, [court, *world.ordinary(4)])
    assert build_index(uri, "production", embed(uri, "production", "words"), "dana").dimension == 16
    assert search(uri, "court", "robin", k=1).hits[0].title == "court.md"
