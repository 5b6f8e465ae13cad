"""What the graph of an ONNX model says of its weights: their scales, and what to call them.

Exporters fold the transposes of linear layers into their weights, which lose their names
(``onnx::MatMul_470``, ``val_49``), and quantisers put a scale and a zero point beside each. Where a
weight is used says what it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from hartonomous.readers.models.onnx_graph import Graph, Node
from hartonomous.readers.models.onnx_weight import OnnxWeight

#: Names that modules give: parts with dots between them.
_OF_A_MODULE = re.compile(r"[A-Za-z_]\w*(?:\.\w+)+")
#: What quantisers write behind the name of a weight.
_QUANTISED = re.compile(r"_(?:q|quantized)$")
_EIGHT_BITS = frozenset({"I8", "U8"})
_FLOATS = frozenset({"F32", "F16", "F64"})

#: Of products with a weight: the places of weight, scale, zero point and bias among the inputs.
_PRODUCTS = {
    "MatMul": (1, None, None, None),
    "Gemm": (1, None, None, 2),
    "MatMulInteger": (1, None, 3, None),
    "DynamicQuantizeMatMul": (1, 2, 3, 4),
    "MatMulIntegerToFloat": (1, 3, 5, 6),
}


@dataclass(frozen=True)
class _Use:
    """How a weight is multiplied: the module that does it, as stored or turned, and its bias."""

    path: str
    is_turned: bool
    bias: str = ""

    @property
    def module(self) -> str:
        """The module's name; the bias has the surest, empty where nothing tells."""
        if self.bias.endswith(".bias"):
            return self.bias.removesuffix(".bias")
        parts = self.path.split("/")[1:-1] if self.path.startswith("/") else []
        return ".".join(parts)


def named_weights(graph: Graph) -> dict[str, OnnxWeight]:
    """Return the weights of a graph by the names of the modules that they come from.

    Weights of 8 bits have their scales applied. A weight without a name of its own that is
    multiplied by gets that of the module which does it, and is turned as a Linear's:
    ``/a/b/MatMul`` makes ``a.b.weight``, and so does a bias ``a.b.bias`` added to the product.
    """
    reading = _Reading(graph)
    for node in graph.nodes:
        reading.take(node)
    return reading.named()


class _Reading:
    """What the nodes read so far say; values are followed by their names."""

    def __init__(self, graph: Graph) -> None:
        self._initialisers = graph.initialisers
        self.weights = {name: OnnxWeight(name, t) for name, t in graph.initialisers.items()}
        #: The weight that a value is, and whether it is turned.
        self._is: dict[str, tuple[str, bool]] = {name: (name, False) for name in self.weights}
        #: The weight whose rows a value has, or with which it was multiplied.
        self._rows: dict[str, str] = {}
        self._products: dict[str, str] = {}
        self._uses: dict[str, _Use] = {}
        self._spent: set[str] = set()
        self._restored: dict[str, str] = {}
        self._readers: Mapping[str, Callable[[Node], None]] = {
            **dict.fromkeys(("Identity", "Cast"), self._passed),
            **dict.fromkeys(_PRODUCTS, self._product),
            "Transpose": self._transposed,
            "Gather": self._gathered,
            "DequantizeLinear": self._dequantised,
            "Mul": self._multiplied,
            "Add": self._added,
        }

    def take(self, node: Node) -> None:
        """Read one node."""
        reader = self._readers.get(node.operator)
        if reader and node.inputs and node.outputs:
            reader(node)

    def named(self) -> dict[str, OnnxWeight]:
        """Return the weights by their names, without the scales that were applied."""
        named: dict[str, OnnxWeight] = {}
        for name, weight in self.weights.items():
            if name not in self._spent:
                own = self._own_name(name, weight)
                own = name if own in named else own
                named[own] = replace(weight, name=own)
        for own, weight in list(named.items()):
            moved = self._of_its_module(weight)
            # the first of several weights of one module has its name, others keep theirs
            if moved.name not in named:
                del named[own]
                named[moved.name] = moved
        return named

    def _own_name(self, name: str, weight: OnnxWeight) -> str:
        """Return a weight's name as it was before a quantiser came."""
        if weight.stored.dtype not in _EIGHT_BITS:
            return name
        own = _QUANTISED.sub("", name)
        own = own if own != name else self._restored.get(name, name)
        return own if own not in self.weights else name

    def _of_its_module(self, weight: OnnxWeight) -> OnnxWeight:
        """Return a weight without a name of its own under that of the module which uses it."""
        use = self._uses.get(weight.stored.name)
        if not use or not use.module or _OF_A_MODULE.fullmatch(weight.name):
            return weight
        if len(weight.shape) != 2:
            return weight
        return replace(weight, name=f"{use.module}.weight", is_turned=use.is_turned)

    def _passed(self, node: Node) -> None:
        for follow in (self._rows, self._products):
            if node.inputs[0] in follow:
                follow[node.outputs[0]] = follow[node.inputs[0]]
        if node.inputs[0] in self._is:
            self._is[node.outputs[0]] = self._is[node.inputs[0]]

    def _transposed(self, node: Node) -> None:
        if node.inputs[0] in self._is and node.settings.get("perm", (1, 0)) == (1, 0):
            name, turned = self._is[node.inputs[0]]
            self._is[node.outputs[0]] = (name, not turned)

    def _gathered(self, node: Node) -> None:
        if node.inputs[0] in self._is:
            self._rows[node.outputs[0]] = self._is[node.inputs[0]][0]

    def _dequantised(self, node: Node) -> None:
        value, axis = node.inputs[0], node.setting("axis", 1)
        if value in self._is and not node.setting("block_size", 0):
            self._scale(self._is[value][0], node.input(1), node.input(2), axis)
            self._restored.setdefault(self._is[value][0], node.outputs[0])
            self._is[node.outputs[0]] = self._is[value]
        elif value in self._rows:
            self._scale(self._rows[value], node.input(1), node.input(2), None)

    def _multiplied(self, node: Node) -> None:
        """Read a product: with a scale it makes a weight of 8 bits whole."""
        for value, other in node.pairs:
            if value in self._products:
                self._products[node.outputs[0]] = self._products[value]
            weight = self.weights.get(self._is[value][0]) if value in self._is else None
            if weight and weight.stored.dtype in _EIGHT_BITS and self._is_scale(other):
                self._scale(weight.stored.name, other, "", None)
                self._restored.setdefault(weight.stored.name, node.outputs[0])
                self._is[node.outputs[0]] = self._is[value]

    def _product(self, node: Node) -> None:
        weight, scale, zero, bias = _PRODUCTS[node.operator]
        found = self._is.get(node.input(weight))
        if found is None:
            return
        name, turned = found
        by_gemm = bool(node.setting("transB", 0))
        written = node.input(bias) if bias else ""
        self._products[node.outputs[0]] = name
        self._uses.setdefault(name, _Use(node.name, turned == by_gemm, written))
        if scale or zero:
            stem = f"{_QUANTISED.sub('', name)}_scale"
            self._scale(name, node.input(scale) if scale else stem, node.input(zero or 0), None)

    def _added(self, node: Node) -> None:
        for value, other in node.pairs:
            use = self._uses.get(self._products.get(value, ""))
            if use and not use.bias and other in self._initialisers:
                self._uses[self._products[value]] = replace(use, bias=other)

    def _is_scale(self, name: str) -> bool:
        return name in self._initialisers and self._initialisers[name].dtype in _FLOATS

    def _scale(self, name: str, scale: str, zero: str, axis: int | None) -> None:
        weight = self.weights[name]
        if weight.scale is None and self._is_scale(scale):
            zero_point = self._initialisers.get(zero)
            self.weights[name] = replace(
                weight, scale=self._initialisers[scale], zero_point=zero_point, axis=axis
            )
            self._spent |= {scale, zero} - {""}
