"""Where a model runs: on one thread of the CPU, or on a GPU when there is one that says the same.

A GPU is used when onnxruntime's build for it is installed, a device answers, and its vectors of a few probes agree with those of the
CPU. Whatever is missing, the CPU is used and `note` says why: a wrong vector is worse than a slow one.
"""

import os
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as errors

from muniment.errors import Corrupt
from muniment.store.encoders.encoder import Vectors

CPU, GPU = "CPUExecutionProvider", "CUDAExecutionProvider"
DEVICES = ("auto", "cpu")
AGREEMENT = 0.999  # least cosine of each probe, of one graph on both sides
# What a device is tried with: short, middling and long.
PROBES = (
    "Nothing enters without its papers.",
    "The reading room opens at ten. Readers sign the register, leave their bags at the desk and ask for what they want by its mark.",
    " ".join("Every charter was copied into the roll, then sealed, folded and laid into the chest of its year." for _ in range(9)),
)
_AT_ONCE = 16_384  # tokens of one batch on a device
_WITHOUT = {"attention_mask": 1, "token_type_ids": 0}  # what a model may ask for beside the ids, of texts that are not padded

# What onnxruntime raises: it has no class for all of them.
_FAILURES: tuple[type[Exception], ...] = (
    RuntimeError,
    ValueError,
    *(each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, Exception)),
)

Rows = Sequence[list[int]]


class Runner(Protocol):
    """What gives the states of tokens."""

    provider: str

    def states(self, rows: npt.NDArray[np.int64]) -> Vectors:
        """Of texts × tokens, all texts as long: texts × tokens × dimension, or texts × dimension of a model that pools by itself."""


class Chosen(NamedTuple):
    """What runs a model, and in words why it is this."""

    runner: Runner
    note: str


class Session:
    """A model in onnxruntime. Raises `Corrupt` when it is no model, or wants what is not known here."""

    def __init__(self, model: bytes, provider: str = CPU) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 4
        try:
            self._session = onnxruntime.InferenceSession(model, options, providers=[provider])
        except _FAILURES as error:
            raise Corrupt(
                f"onnxruntime cannot load the model: {type(error).__name__}.", "Export it again as one ONNX file."
            ) from None
        self.provider = self._session.get_providers()[0]
        self._reads = [each.name for each in self._session.get_inputs()]
        if unknown := set(self._reads) - {"input_ids", *_WITHOUT}:
            raise Corrupt(f"The model wants {', '.join(sorted(unknown))}.", "Export one that reads input_ids and attention_mask.")

    def states(self, rows: npt.NDArray[np.int64]) -> Vectors:
        """See `Runner`."""
        feeds = {name: rows if name == "input_ids" else np.full_like(rows, _WITHOUT[name]) for name in self._reads}
        states: Vectors = self._session.run(None, feeds)[0]
        return states


def choose(
    cpu: Runner, device: Callable[[], Runner], probes: Rows, agreement: float = AGREEMENT, available: bool | None = None
) -> Chosen:
    """The device's runner when one is available and agrees with the CPU's on every row of tokens, else the CPU's, with the reason."""
    if os.environ.get("MUNIMENT_DEVICE", "auto") == "cpu":
        return Chosen(cpu, "CPU: MUNIMENT_DEVICE says so.")
    if not (GPU in onnxruntime.get_available_providers() if available is None else available):
        return Chosen(cpu, "CPU: the installed onnxruntime has no support for a GPU.")
    try:
        other = device()
        if other.provider == CPU:
            return Chosen(cpu, "CPU: no GPU answers.")
        least = min(_cosine(pooled(cpu, [row], "mean"), pooled(other, [row], "mean")) for row in probes)
    except _FAILURES as error:
        return Chosen(cpu, f"CPU: the GPU cannot run this model ({type(error).__name__}).")
    if not least >= agreement:
        return Chosen(cpu, f"CPU: the GPU's vectors differ (cosine {least:.4f}, at least {agreement} is wanted).")
    return Chosen(other, f"{other.provider}: agrees with the CPU (cosine {least:.4f}).")


def pooled(runner: Runner, rows: Rows, pooling: str) -> Vectors:
    """One vector of each row of tokens (mean of its states, or the first one): n × dimension.

    On the CPU a row is run by itself, so that its vector depends on nothing else. On a device rows of one length are run together.
    """
    groups = _together(rows) if runner.provider != CPU else ([place] for place in range(len(rows)))
    found: dict[int, Vectors] = {}
    for places in groups:
        states = runner.states(np.array([rows[place] for place in places], np.int64))
        vectors = states if states.ndim == 2 else states.mean(axis=1) if pooling == "mean" else states[:, 0]
        found |= dict(zip(places, vectors, strict=True))
    return np.stack([found[place] for place in range(len(rows))])


def _together(rows: Rows) -> list[list[int]]:
    """Places of rows of one length, not too many tokens at once: nothing is padded."""
    by_length: dict[int, list[int]] = {}
    for place, row in enumerate(rows):
        by_length.setdefault(len(row), []).append(place)
    return [
        places[first : first + step]
        for length, places in by_length.items()
        for step in [max(1, _AT_ONCE // max(length, 1))]
        for first in range(0, len(places), step)
    ]


def _cosine(one: Vectors, other: Vectors) -> float:
    return float((one * other).sum() / (np.linalg.norm(one) * np.linalg.norm(other)))
