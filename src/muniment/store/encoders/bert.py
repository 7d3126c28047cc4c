"""A BERT encoder's graph, made anew of the weights that a package ships: the same sums in fewer and faster steps.

The shipped graph keeps its weights as int8, one scale for each output, and multiplies in float32. Here the very same int8 weights are
multiplied as integers: activations are quantised as they come (Jacob et al. 2018, section 2; unsigned, one scale a matrix). What belongs
together is one step (attention, residual with normalisation, bias with GELU), and there is no mask, since texts are never padded.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from muniment.store.encoders.encoder import Vectors

_FUSED = "com.microsoft"  # onnxruntime's own operators
_EPSILON = 1e-12
_QKV = ("query", "key", "value")


class Weight(NamedTuple):
    """A matrix of int8 with what each of its rows or columns is multiplied with."""

    values: npt.NDArray[np.int8]
    scale: Vectors

    @property
    def floats(self) -> Vectors:
        """What it stands for."""
        product: Vectors = self.values * self.scale
        return product


class Shipped:
    """The weights of a model as its package ships them."""

    def __init__(self, model: bytes) -> None:
        graph = onnx.load_model_from_string(model).graph
        tensors = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
        halves = {name.removesuffix("_q"): array for name, array in tensors.items() if name.endswith("_q")}
        self.weights = {name: Weight(array, tensors[f"{name}_scale"]) for name, array in halves.items()}
        self.plain: Mapping[str, Vectors] = tensors
        products = [node.input[1] for node in graph.node if node.op_type == "MatMul" and node.input[1] in self.weights]
        self.layers = [products[first : first + 6] for first in range(0, len(products), 6)]  # q, k, v, out, up, down


class Graph:
    """A graph that is being written: `integers` says whether products are of int8."""

    def __init__(self, shipped: Shipped, heads: int, integers: bool) -> None:
        self._shipped, self._heads, self._integers = shipped, heads, integers
        self._nodes: list[onnx.NodeProto] = []
        self._tensors: dict[str, onnx.TensorProto] = {}

    def model(self, dimension: int) -> bytes:
        """The model: `input_ids` (texts × tokens, all texts as long) to `last_hidden_state` (texts × tokens × dimension)."""
        state = self._embeddings()
        for number, products in enumerate(self._shipped.layers):
            state = self._layer(number, products, state)
        self._step("Identity", [state], "last_hidden_state")
        reads = helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["texts", "tokens"])
        gives = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["texts", "tokens", dimension])
        graph = helper.make_graph(self._nodes, "bert", [reads], [gives], list(self._tensors.values()))
        versions = [helper.make_opsetid("", 17), helper.make_opsetid(_FUSED, 1)]
        model = helper.make_model(graph, opset_imports=versions, ir_version=9)
        return bytes(model.SerializeToString(deterministic=True))

    def _embeddings(self) -> str:
        prefix = "inner.embeddings"
        words, places = (self._shipped.weights[f"{prefix}.{name}_embeddings.weight"] for name in ("word", "position"))
        kinds = self._shipped.plain[f"{prefix}.token_type_embeddings.weight"]
        zero, values, scale = self._tensor("zero", np.array([0])), self._tensor("words", words.values), words.scale
        picked = self._step("Cast", [self._step("Gather", [values, "input_ids"], "picked")], "floats", to=TensorProto.FLOAT)
        sizes = self._step("Gather", [self._tensor("word_scale", scale), "input_ids"], "sizes")
        count = self._step("Shape", ["input_ids"], "count", start=1, end=2)
        first = self._step("Slice", [self._tensor("places", places.floats + kinds[0]), zero, count, zero], "first")
        both = self._step("Add", [self._step("Mul", [picked, sizes], "word"), first], "embedded")
        return self._step("LayerNormalization", [both, *self._norm(f"{prefix}.LayerNorm")], "state", epsilon=_EPSILON)

    def _layer(self, number: int, products: list[str], state: str) -> str:
        prefix = f"inner.encoder.layer.{number}"
        attended = self._attention(number, prefix, products[:3], state)
        out = self._product(products[3], attended)
        middle = self._added(out, state, f"{prefix}.attention.output")
        up = self._product(products[4], middle)
        active = self._step("BiasGelu", [up, self._bias(f"{prefix}.intermediate.dense.bias")], f"active{number}", fused=True)
        return self._added(self._product(products[5], active), middle, f"{prefix}.output")

    def _attention(self, number: int, prefix: str, products: list[str], state: str) -> str:
        parts = [self._shipped.weights[name] for name in products]
        bias = np.concatenate([self._shipped.plain[f"{prefix}.attention.self.{each}.bias"] for each in _QKV])
        weight = Weight(np.concatenate([each.values for each in parts], 1), np.concatenate([each.scale for each in parts], 1))
        name = f"qkv{number}"
        biases = self._tensor(f"{name}_bias", bias)
        if not self._integers:
            return self._step(
                "Attention",
                [state, self._tensor(name, weight.floats), biases],
                f"attended{number}",
                fused=True,
                num_heads=self._heads,
            )
        small, size, zero = (f"{name}_{each}" for each in ("small", "size", "zero"))
        self._nodes.append(helper.make_node("DynamicQuantizeLinear", [state], [small, size, zero]))
        values, scales = self._tensor(name, weight.values), self._tensor(f"{name}_scale", weight.scale[0])
        reads = [small, values, biases, size, scales, "", zero]
        return self._step("QAttention", reads, f"attended{number}", fused=True, num_heads=self._heads)

    def _product(self, name: str, state: str) -> str:
        weight = self._shipped.weights[name]
        if not self._integers:
            return self._step("MatMul", [state, self._tensor(name, weight.floats)], f"{name}_product")
        reads = [state, self._tensor(name, weight.values), self._tensor(f"{name}_scale", weight.scale[0])]
        return self._step("DynamicQuantizeMatMul", reads, f"{name}_product", fused=True)

    def _added(self, out: str, residual: str, prefix: str) -> str:
        """The normalised sum of a product, its bias, and what went in before."""
        reads = [out, residual, *self._norm(f"{prefix}.LayerNorm"), self._bias(f"{prefix}.dense.bias")]
        return self._step("SkipLayerNormalization", reads, f"{prefix}.sum", fused=True, epsilon=_EPSILON)

    def _norm(self, prefix: str) -> list[str]:
        return [self._bias(f"{prefix}.weight"), self._bias(f"{prefix}.bias")]

    def _bias(self, name: str) -> str:
        return self._tensor(name, self._shipped.plain[name])

    def _tensor(self, name: str, values: npt.NDArray[np.generic]) -> str:
        self._tensors[name] = numpy_helper.from_array(values, name)
        return name

    def _step(self, operator: str, reads: list[str], gives: str, fused: bool = False, **settings: float) -> str:
        node = helper.make_node(operator, reads, [gives], domain=_FUSED if fused else "")
        node.attribute.extend(helper.make_attribute(name, value) for name, value in sorted(settings.items()))
        self._nodes.append(node)
        return gives
