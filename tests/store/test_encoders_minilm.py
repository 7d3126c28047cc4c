"""The default encoder: the shipped weights in a faster graph."""

import numpy as np
import pytest
from onnxruntime import InferenceSession

from muniment.schemas.canonical import sha256
from muniment.store.encoders import encoder
from muniment.store.encoders.bert import Graph, Shipped
from muniment.store.encoders.encoder import Vectors
from muniment.store.encoders.minilm import MiniLM
from muniment.store.encoders.runtime import CPU, GPU, PROBES, Runner, Session, choose, pooled

TEXTS = [
    "The reading room opens at ten; scholars sign the register and leave their bags at the desk.",
    "def area(radius):\n    return 3.14159 * radius ** 2",
    "Die Urkunde wurde im Jahre 1348 auf Pergament geschrieben.",
    "word " * 300,
]


@pytest.fixture(scope="module")
def shipped() -> Shipped:
    return Shipped(MiniLM.weights.read())


def test_the_graph_is_the_same_bytes_wherever_it_is_made(shipped: Shipped) -> None:
    assert sha256(Graph(shipped, 12, integers=True).model(384)) == MiniLM.graph


def of_the_package(texts: list[str]) -> Vectors:
    """Vectors by the graph that the package ships."""
    model = InferenceSession(MiniLM.weights.read(), providers=["CPUExecutionProvider"])
    rows = [np.array([MiniLM()._read(ids)], np.int64) for ids in MiniLM()._ids(texts)]
    feeds = [{"input_ids": row, "attention_mask": np.ones_like(row), "token_type_ids": np.zeros_like(row)} for row in rows]
    means = np.stack([model.run(None, feed)[0][0].mean(axis=0) for feed in feeds])
    return np.asarray(means / np.linalg.norm(means, axis=1, keepdims=True), np.float32)


def test_integers_are_near_the_shipped_graph_and_floats_are_it(shipped: Shipped) -> None:
    exact = of_the_package(TEXTS)
    assert (encoder("minilm").encode(TEXTS) * exact).sum(axis=1).min() >= 0.99
    floats = Session(Graph(shipped, 12, integers=False).model(384))
    rows = [MiniLM()._read(ids) for ids in MiniLM()._ids(TEXTS)]
    vectors = pooled(floats, rows, "mean")
    np.testing.assert_allclose(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), exact, atol=1e-5)


class Device:
    """A device whose vectors are those of a model, plus some noise; several texts of one length at once."""

    provider = GPU

    def __init__(self, model: Runner, noise: float) -> None:
        self._model, self._noise = model, noise
        self.batches: list[int] = []

    def states(self, rows: np.ndarray) -> Vectors:
        self.batches.append(len(rows))
        states = np.concatenate([self._model.states(row[None]) for row in rows])
        return np.asarray(states + self._noise * np.random.default_rng(0).standard_normal(states.shape), np.float32)


def probes() -> list[list[int]]:
    return [MiniLM()._read(ids) for ids in MiniLM()._ids(PROBES)]


def lost() -> Runner:
    raise RuntimeError("no driver")


def test_a_device_is_used_only_when_it_agrees_with_the_cpu(shipped: Shipped) -> None:
    cpu = Session(Graph(shipped, 12, integers=True).model(384))
    floats = Session(Graph(shipped, 12, integers=False).model(384))
    chosen, note = choose(cpu, lambda: Device(floats, 0.0), probes(), 0.98, available=True)
    assert (chosen.provider, note[: len(GPU)]) == (GPU, GPU)
    for device, reason in (
        (lambda: Device(floats, 3.0), "at least 0.98"),
        (lambda: Device(floats, float("nan")), "differ"),
        (lambda: floats, "no GPU answers"),
        (lost, "RuntimeError"),
    ):
        chosen, note = choose(cpu, device, probes(), 0.98, available=True)
        assert chosen is cpu
        assert reason in note
    assert choose(cpu, lost, probes(), 0.98, available=False).runner is cpu


def test_who_forbids_a_device_gets_the_cpu(shipped: Shipped, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUNIMENT_DEVICE", "cpu")
    cpu = Session(Graph(shipped, 12, integers=True).model(384))
    assert "MUNIMENT_DEVICE" in choose(cpu, lambda: Device(cpu, 0.0), probes(), 0.98, available=True).note


def test_a_device_runs_texts_of_one_length_together_and_keeps_their_order(shipped: Shipped) -> None:
    cpu = Session(Graph(shipped, 12, integers=False).model(384))
    device = Device(cpu, 0.0)
    rows = [[101, 2000 + number, *([2003] * (number % 3)), 102] for number in range(9)]
    np.testing.assert_allclose(pooled(device, rows, "mean"), pooled(cpu, rows, "mean"), atol=1e-5)
    assert device.batches == [3, 3, 3]
    assert cpu.provider == CPU
