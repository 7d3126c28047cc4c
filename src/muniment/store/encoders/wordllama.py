"""Static token embeddings: for smoke tests, and where speed is everything."""

from collections.abc import Sequence

import numpy as np
from safetensors.numpy import load

from muniment.schemas.canonical import digest
from muniment.store.encoders.encoder import Reading, Vectors, tokenizer
from muniment.store.encoders.part import Part


class WordLlama(Reading):
    """Static token embeddings: 256 components, thousands of passages a second and core (WordLlama)."""

    name = "wordllama"
    version = "1"
    licence = "MIT AND LicenseRef-scancode-llama-2-license-2023"
    dimension = 256
    limit: int | None = None
    special = False
    weights = Part(
        "wordllama",
        "weights/l2_supercat_256.safetensors",
        "64b47a2dc493cb8e85944076601189739852d7b64e0e1eedcb1937a251cd9fd5",
    )
    tokens = Part(
        "wordllama",
        "tokenizers/l2_supercat_tokenizer_config.json",
        "93248f2a9ec36c7b35f700a033d5f36228aae48db61aee31007fa49062cdeb68",
    )

    def __init__(self) -> None:
        self._tokenizer = tokenizer(self.tokens.read())
        self._table: Vectors = load(self.weights.read())["embedding.weight"].astype(np.float32)

    @property
    def digest(self) -> str:
        """See `Encoder`."""
        return digest([self.name, self.version, self.weights.sha256, self.tokens.sha256])

    def _pooled(self, rows: Sequence[list[int]]) -> Vectors:
        pooled = np.zeros((len(rows), self.dimension), np.float32)
        for place, ids in enumerate(rows):
            if ids:
                pooled[place] = self._table[ids].mean(axis=0)
        return pooled
