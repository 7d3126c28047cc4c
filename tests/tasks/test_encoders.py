"""Encoders from a folder: their papers, their figures by language, and an index that is built with one."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from tests import reviewed
from tests.leaks.world import Doc, promote
from tests.retention import enforce, windows
from tests.store import onnx_models
from tests.stories import PEOPLE, prose, write
from typer.testing import CliRunner

import muniment
from muniment import flows
from muniment.cli import app
from muniment.errors import Corrupt, Forbidden, GateFailed, NotFound, Superseded
from muniment.policies.policy import default
from muniment.schemas.encoder import Pooling
from muniment.schemas.index import Index
from muniment.schemas.ledger import EntryKind
from muniment.schemas.review import Decision
from muniment.schemas.search import Mode
from muniment.store.encoders import encoder
from muniment.store.encoders.registered import digest_of
from muniment.store.root import open_root
from muniment.tasks import models, policies
from muniment.tasks.access import principals
from muniment.tasks.retain import unnamed
from muniment.tasks.retain.enforce import remove_due
from muniment.tasks.retain.plan import plan_retention
from muniment.tasks.review.decide import decide
from muniment.tasks.search import open as opening
from muniment.tasks.search.search import search


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return onnx_models.folder(tmp_path / "model", ["en"])


def test_an_encoder_is_brought_in_with_its_papers(uri: str, model: Path) -> None:
    added = muniment.encoder_add("words", model, "mit", query_prefix="query ", root=uri, actor="dana")
    assert (added.licence, added.dimension, added.limit) == ("MIT", 16, 64)
    for file in ("model.onnx", "tokenizer.json"):
        (model / file).unlink()  # what was registered lies under the root
    opened = open_root(uri).encoders.open("words")
    assert opened.encode(["bread", "moon tide"]).shape == (2, 16)
    assert opened.lengths(["moon tide"]).tolist() == [4]
    assert not np.array_equal(opened.asked(["bread"]), opened.encode(["bread"]))
    assert [each.name for each in muniment.encoder_list(uri)] == ["wordllama", "minilm", "words"]


@pytest.mark.parametrize("licence", ["", "unknown", "NOASSERTION", "LicenseRef-mine", "CC-BY-NC-4.0"])
def test_a_model_without_a_licence_that_allows_its_use_is_refused(uri: str, model: Path, licence: str) -> None:
    with pytest.raises(Forbidden, match=r"licence|may not be used"):
        muniment.encoder_add("words", model, licence, root=uri)
    assert open_root(uri).encoders.all() == []


def test_what_is_no_model_is_refused(uri: str, model: Path, tmp_path: Path) -> None:
    with pytest.raises(Forbidden, match="ships with Muniment"):
        muniment.encoder_add("minilm", model, "MIT", root=uri)
    with pytest.raises(Corrupt, match="wants pixels"):
        muniment.encoder_add("words", onnx_models.folder(tmp_path / "odd", ["en"], wants=("pixels",)), "MIT", root=uri)
    (model / "model.onnx").write_bytes(b"no model")
    with pytest.raises(Corrupt, match="cannot load"):
        muniment.encoder_add("words", model, "MIT", root=uri)
    (model / "model.onnx").unlink()
    with pytest.raises(NotFound, match=r"no model\.onnx"):
        muniment.encoder_add("words", model, "MIT", root=uri)


def test_a_file_that_was_swapped_is_refused(uri: str, model: Path) -> None:
    added = muniment.encoder_add("words", model, "MIT", root=uri)
    root = open_root(uri)
    root.objects.delete(f"models/{added.model}")
    root.objects.put(f"models/{added.model}", b"another")
    with pytest.raises(Corrupt, match="does not match its name"):
        root.encoders.open("words")


def test_pooling_and_prefixes_are_part_of_what_an_encoder_is(uri: str, model: Path) -> None:
    digests, vectors = set(), set()
    for number, how in enumerate(({}, {"pooling": Pooling.CLS}, {"passage_prefix": "passage "}, {"limit": 3})):
        muniment.encoder_add(f"words{number}", model, "MIT", root=uri, **how)
        opened = open_root(uri).encoders.open(f"words{number}")
        digests.add(opened.digest)
        vectors.add(opened.encode(["bread moon train"]).tobytes())
    assert len(digests) == len(vectors) == 4


def test_an_encoder_is_measured_in_each_language(uri: str, model: Path, tmp_path: Path) -> None:
    data = onnx_models.collection(tmp_path / "asked", ["en", "de"])
    muniment.encoder_add("english", model, "MIT", root=uri)
    muniment.encoder_add("both", onnx_models.folder(tmp_path / "two", ["en", "de"]), "MIT", root=uri)
    figures = {
        name: {each.language: each for each in muniment.encoder_admit(name, data, root=uri).languages}
        for name in ("english", "both")
    }
    assert figures["both"]["de"].ndcg10 > 0.9 > figures["english"]["de"].ndcg10
    assert figures["english"]["en"].ndcg10 > 0.9
    for each in (each for found in figures.values() for each in found.values()):
        assert each.low <= each.ndcg10 <= each.high
        assert (each.queries, each.documents) == (4, 4)
    assert {each.language for each in muniment.encoder_show("both", uri).languages} == {"en", "de"}
    result = CliRunner().invoke(app, ["encoder", "show", "both", "--root", uri])
    assert "de" in result.output


def test_a_changed_model_has_to_be_measured_again(uri: str, model: Path, tmp_path: Path) -> None:
    muniment.encoder_add("words", model, "MIT", root=uri)
    muniment.encoder_admit("words", onnx_models.collection(tmp_path / "asked", ["en"]), root=uri)
    muniment.encoder_add("words", model, "MIT", pooling=Pooling.CLS, root=uri)
    assert muniment.encoder_show("words", uri).languages == ()


@pytest.mark.parametrize("file", ["corpus.jsonl", "queries.jsonl", "qrels.tsv"])
def test_a_collection_that_lacks_a_file_or_a_language_is_refused(uri: str, model: Path, tmp_path: Path, file: str) -> None:
    muniment.encoder_add("words", model, "MIT", root=uri)
    data = onnx_models.collection(tmp_path / "asked", ["en"])
    (data / file).write_text('{"_id": "x", "text": "no language"}\n')
    with pytest.raises(Corrupt):
        muniment.encoder_admit("words", data, root=uri)
    (data / file).unlink()
    with pytest.raises(NotFound, match=file):
        muniment.encoder_admit("words", data, root=uri)


def test_an_index_is_built_and_searched_with_a_registered_encoder_once_it_is_admitted(
    uri: str, model: Path, tmp_path: Path
) -> None:
    strict = default().replace("low_evidence = 0.35", "low_evidence = 0.35\nrequire_admitted = true")
    policies.put_in_force(
        open_root(uri),
        strict.replace(
            '"personal", "secrets", "language", "quality", "licences", "optouts", "twins", "contamination"',
            '"language", "quality", "licences"',
        ).replace('"personal", "secrets", "language", "quality", "licences", "optouts"', '"language", "quality", "licences"'),
    )
    principals.put_in_force(open_root(uri), PEOPLE)
    write(tmp_path / "papers" / "one.txt", prose(1) + " The court heard the appeal, and the train was late. " * 3)
    reviewed.register(uri, tmp_path / "papers", "papers", acl=("staff",))
    flows.capture("papers", root=uri)
    decide(uri, "papers", Decision.APPROVE, "read it", "dana")
    flows.promote(root=uri)
    muniment.encoder_add("words", model, "MIT", root=uri)
    with pytest.raises(GateFailed, match="never measured in en"):
        flows.index(encoder="words", root=uri)
    muniment.encoder_admit("words", onnx_models.collection(tmp_path / "asked", ["en"]), root=uri)
    assert flows.index(encoder="words", root=uri).encoder_digest == open_root(uri).encoders.open("words").digest
    assert search(uri, "court", "dana").hits
    policies.put_in_force(
        open_root(uri), open_root(uri).objects.read("policy.toml").decode().replace("require_admitted = true", "")
    )
    said = [CliRunner().invoke(app, ["index", "build", "--encoder", name, "--root", uri]).output for name in ("words", "wordllama")]
    assert "not measured" not in said[0]
    plain = " ".join(said[1].split())
    assert "1 document is in a language in which wordllama was never measured here: en 1." in plain
    assert "muniment encoder admit wordllama" in plain


def test_shipped_encoders_are_the_same_under_a_root(uri: str) -> None:
    assert open_root(uri).encoders.open("wordllama") is encoder("wordllama")


def _later(days: float) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)


def night(uri: str, at: datetime) -> list[str]:
    """What a night takes away."""
    found = plan_retention(uri, at)
    remove_due(uri, found)
    unnamed.notice(open_root(uri), at)
    return [each.reason for each in found.things]


@pytest.fixture
def indexed(uri: str, model: Path, tmp_path: Path) -> str:
    """A root that serves an index of the encoder `words`."""
    open_root(uri).objects.put(principals.KEY, PEOPLE.encode())
    muniment.encoder_add("words", model, "MIT", root=uri)
    made = [Doc("notes", f"{number}.md", prose(number), ("staff",)) for number in range(3)]
    promote(open_root(uri), made)
    flows.index(encoder="words", root=uri)
    return uri


def test_an_index_is_searched_with_the_model_that_it_was_built_with(indexed: str, model: Path) -> None:
    root, before = open_root(indexed), muniment.search("page", "dana", root=indexed, mode=Mode.DENSE)
    muniment.encoder_add("words", model, "MIT", pooling=Pooling.CLS, root=indexed)
    opening._opened.cache_clear()
    after = muniment.search("page", "dana", root=indexed, mode=Mode.DENSE)
    assert [hit.score for hit in after.hits] == [hit.score for hit in before.hits] and before.hits
    [index] = root.manifests.all("indexes", Index)
    old = digest_of(root.encoders.get("words", index.encoder_digest))
    root.objects.delete(f"encoders/words/{old}.json")
    opening._opened.cache_clear()
    with pytest.raises(Superseded, match="another model now"):
        muniment.search("page", "dana", root=indexed, mode=Mode.DENSE)


def test_an_encoder_is_removed_with_its_files_once_no_index_was_built_with_it(
    indexed: str, uri: str, model: Path, tmp_path: Path
) -> None:
    root, run = open_root(indexed), CliRunner()
    with pytest.raises(Forbidden, match="kept indexes are searched with"):
        muniment.encoder_remove("words", root=indexed)
    with pytest.raises(Forbidden, match="ships with Muniment"):
        muniment.encoder_remove("minilm", root=indexed)
    shared = muniment.encoder_add("other", model, "MIT", pooling=Pooling.CLS, root=indexed)
    muniment.encoder_add("other", onnx_models.folder(tmp_path / "two", ["en", "de"]), "MIT", root=indexed)
    muniment.encoder_admit("other", onnx_models.collection(tmp_path / "asked", ["en"]), root=indexed)
    files = set(root.objects.list("models/"))
    done = run.invoke(app, ["encoder", "remove", "other", "--root", indexed, "--actor", "dana", "--json"])
    gone = json.loads(done.output)
    assert len(gone["versions"]) == 2 and shared.model not in gone["files"]
    assert set(root.objects.list("models/")) == files - {f"models/{each}" for each in gone["files"]} != files
    assert [key for key in root.objects.list("") if "other" in key] == []
    [entry] = [each for each in root.ledger.since(0) if each.kind is EntryKind.ENCODER_REMOVED]
    assert entry.actor == "dana" and entry.counts == {"versions": 2}
    assert muniment.search("page", "dana", root=indexed).hits
    with pytest.raises(NotFound):
        muniment.encoder_remove("other", root=indexed)


def test_what_a_replaced_encoder_leaves_goes_when_no_index_needs_it(indexed: str, model: Path, tmp_path: Path) -> None:
    enforce(indexed, windows(unnamed=2, indexes=5))
    root = open_root(indexed)
    old = root.encoders.get("words")
    muniment.encoder_add("words", onnx_models.folder(tmp_path / "two", ["en", "de"]), "MIT", root=indexed)
    assert night(indexed, _later(3)) == [] and root.objects.exists(f"models/{old.model}")  # the index that is served needs it
    flows.index(encoder="words", root=indexed)
    assert "REPLACED" in night(indexed, _later(6))
    assert "NO_INDEX" in night(indexed, _later(7)) and root.objects.exists(f"models/{old.model}")
    night(indexed, _later(10))
    assert not root.objects.exists(f"models/{old.model}")
    now = root.encoders.get("words")
    assert root.objects.exists(f"models/{now.model}") and muniment.search("page", "dana", root=indexed).hits


def test_trained_models_are_told_from_files_of_encoders(indexed: str) -> None:
    made = models.register(indexed, "writer", "1", ["production"], "open-weights", "dana", "dana")
    assert models.registered(open_root(indexed)) == [made]
    enforce(indexed, windows(unnamed=0))
    night(indexed, _later(1))
    night(indexed, _later(2))
    assert models.registered(open_root(indexed)) == [made] and open_root(indexed).encoders.open("words")
