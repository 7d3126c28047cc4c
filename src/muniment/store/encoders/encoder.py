"""What every encoder has, and what those that read tokens share."""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

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

    @property
    def note(self) -> str:
        """Where it runs here, and why."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of passages, n × dimension; a zero vector for a text without a single token."""

    def asked(self, queries: Sequence[str]) -> Vectors:
        """Unit vectors of queries, n × dimension: some models read a query otherwise than a passage."""

    def lengths(self, texts: Sequence[str]) -> npt.NDArray[np.int64]:
        """Tokens of each text (n,), before anything is cut: those above `limit` are not read to their end."""


class Reading:
    """An encoder that reads a text's tokens: cuts them to its limit, pools their states, and makes the result one long."""

    name: str
    version: str
    licence: str
    dimension: int
    limit: int | None
    special: bool  # whether tokens that open and close a text are added
    note = "CPU"
    query_prefix = ""
    passage_prefix = ""
    _tokenizer: Tokenizer

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See `Encoder`."""
        return self._encoded([self.passage_prefix + text for text in texts] if self.passage_prefix else texts)

    def asked(self, queries: Sequence[str]) -> Vectors:
        """See `Encoder`."""
        return self._encoded([self.query_prefix + text for text in queries] if self.query_prefix else queries)

    def lengths(self, texts: Sequence[str]) -> npt.NDArray[np.int64]:
        """See `Encoder`."""
        lengths = np.fromiter((len(ids) for ids in self._ids(texts)), np.int64, len(texts))
        return lengths + self._prefix_tokens()

    def _encoded(self, texts: Sequence[str]) -> Vectors:
        pooled = np.empty((len(texts), self.dimension), np.float32)
        for first in range(0, len(texts), _BATCH):
            rows = [self._read(ids) for ids in self._ids(texts[first : first + _BATCH])]
            pooled[first : first + len(rows)] = self._pooled(rows)
        length = np.linalg.norm(pooled, axis=1, keepdims=True)
        pooled /= np.where(length > 0, length, 1)
        return pooled

    def _ids(self, texts: Sequence[str]) -> Iterator[list[int]]:
        for first in range(0, len(texts), _BATCH):
            batch = list(texts[first : first + _BATCH])
            yield from (each.ids for each in self._tokenizer.encode_batch_fast(batch, add_special_tokens=self.special))

    def _read(self, ids: list[int]) -> list[int]:
        """What is read of a text: its first tokens, and the one that closes it."""
        return ids if self.limit is None or len(ids) <= self.limit else [*ids[: self.limit - 1], ids[-1]]

    def _prefix_tokens(self) -> int:
        return len(self._tokenizer.encode(self.passage_prefix, add_special_tokens=False).ids) if self.passage_prefix else 0

    @abstractmethod
    def _pooled(self, rows: Sequence[list[int]]) -> Vectors:
        """One vector of each row of tokens, of any length: n × dimension; zero for a row without tokens."""


def tokenizer(definition: bytes) -> Tokenizer:
    """The tokenizer of a `tokenizer.json`, that neither cuts nor pads."""
    made = Tokenizer.from_buffer(definition)
    made.no_truncation()
    made.no_padding()
    return made
