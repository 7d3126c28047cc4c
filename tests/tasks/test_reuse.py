"""Vectors of passages whose text did not change: taken from kept indexes, and from nowhere else."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from tests import reviewed
from tests.stories import PEOPLE, prose, write

from muniment import flows
from muniment.policies.policy import default
from muniment.schemas.chunk import CHUNK, vectors
from muniment.schemas.erasure import Selector
from muniment.schemas.index import Index
from muniment.schemas.review import Decision
from muniment.schemas.stored import Stored
from muniment.store.encoders.encoder import Vectors
from muniment.store.encoders.wordllama import WordLlama
from muniment.store.root import Root, open_root
from muniment.tasks import policies
from muniment.tasks.access import principals
from muniment.tasks.erasure.requests import request_erasure
from muniment.tasks.explain import identify
from muniment.tasks.index.reuse import donors, given
from muniment.tasks.review.decide import decide

SLIM = (
    default()
    .replace(
        '"personal", "secrets", "language", "quality", "licences", "optouts", "twins", "contamination"', '"quality", "licences"'
    )
    .replace('"personal", "secrets", "language", "quality", "licences", "optouts"', '"quality", "licences"')
)


@pytest.fixture
def night(uri: str, tmp_path: Path) -> Root:
    """A root whose index holds six documents."""
    policies.put_in_force(open_root(uri), SLIM)
    principals.put_in_force(open_root(uri), PEOPLE)
    for number in range(6):
        write(tmp_path / "papers" / f"{number}.txt", prose(number, 400))
    reviewed.register(uri, tmp_path / "papers", "papers", acl=("staff",))
    indexed(uri)
    return open_root(uri)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every passage that is encoded."""
    texts: list[str] = []
    encode = WordLlama.encode

    def noted(self: WordLlama, passages: Sequence[str]) -> Vectors:
        texts.extend(passages)
        return encode(self, passages)

    monkeypatch.setattr(WordLlama, "encode", noted)
    return texts


def indexed(uri: str) -> Index:
    flows.capture("papers", root=uri)
    decide(uri, "papers", Decision.APPROVE, "read it", "dana")
    flows.promote(root=uri)
    return flows.index(root=uri)


def passages(root: Root, index: Index) -> pl.DataFrame:
    return pl.DataFrame(pl.from_arrow(root.lake.read_all(index.chunks, CHUNK)))


def test_a_night_encodes_the_passages_that_changed_and_no_others(night: Root, tmp_path: Path, read: list[str]) -> None:
    write(tmp_path / "papers" / "0.txt", prose(0, 400).replace("journal", "diary"), 1_700_000_100)
    index = indexed(night.uri)
    rows = passages(night, index)
    assert 0 < len(read) <= rows.filter(doc_id=identify(night, "papers:0.txt")).height
    assert all("diary" in text for text in read)
    held = night.lake.read_all(index.vectors, vectors(256), ["vector"])["vector"].combine_chunks().flatten().to_numpy()
    assert held.tobytes() == WordLlama().encode(rows["text"].to_list()).tobytes()


def test_what_was_erased_lends_no_vector(night: Root) -> None:
    doc_id = identify(night, "papers:3.txt")
    [index] = night.manifests.all("indexes", Index)
    rows = passages(night, index)
    gone, stays = rows.filter(doc_id=doc_id), rows.filter(pl.col("doc_id") != doc_id)
    wanting = [stored(night, gone), stored(night, stays)]
    assert all(donors(night, index.encoder_digest, wanting))
    flows.erase(
        request_erasure(night.uri, Selector.model_validate({"documents": [doc_id]}), "asked for", "dana").id, root=night.uri
    )
    left, [kept] = donors(night, index.encoder_digest, [stored(night, gone), stored(night, stays)])
    assert left == ()
    found, filled = given(night, pl.concat([gone, stays])["text_hash"], 256, [kept])
    assert filled.tolist() == [False] * gone.height + [True] * stays.height
    assert not found[: gone.height].any()


def test_the_vectors_of_another_encoder_are_not_taken(night: Root) -> None:
    [index] = night.manifests.all("indexes", Index)
    assert donors(night, "0" * 64, list(index.chunks)) == [()] * len(index.chunks)


def test_a_segment_that_gives_nothing_new_is_not_asked(night: Root) -> None:
    [index] = night.manifests.all("indexes", Index)
    night.manifests.put("indexes", index.model_copy(update={"id": "f" * 20, "segments": index.segments * 2}))
    [found] = donors(night, index.encoder_digest, [index.chunks[0]])
    assert len(found) == 1
    vector, filled = given(night, passages(night, index)["text_hash"], 256, found)
    assert filled.all()
    np.testing.assert_allclose(np.linalg.norm(vector, axis=1), 1, atol=1e-6)


def stored(root: Root, rows: pl.DataFrame) -> Stored:
    return root.lake.write(pa.table(rows.to_arrow()).cast(CHUNK), CHUNK)
