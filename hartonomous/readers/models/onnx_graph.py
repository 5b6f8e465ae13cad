"""The graph of an ONNX model: its initialisers and the nodes that use them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from hartonomous.errors import ModelFormatError
from hartonomous.readers.content import HEAD_BYTES, refuse_leftovers
from hartonomous.readers.files import regular_file, shown
from hartonomous.readers.models.onnx_tensors import OnnxTensor, read_tensor
from hartonomous.readers.models.protobuf import Field, MessageFile

#: Numbers of onnx.proto's fields: of ModelProto, GraphProto, NodeProto and AttributeProto.
_GRAPH = 7
_NODE, _INITIALISER = 1, 5
_INPUT, _OUTPUT, _NODE_NAME, _OPERATOR, _ATTRIBUTE = 1, 2, 3, 4, 5
_ATTRIBUTE_NAME, _INTEGER, _TENSOR, _INTEGERS = 1, 3, 5, 8

#: The longest list of numbers in an attribute that is read.
_MOST_INTEGERS = 64
#: Operators whose attributes say something about weights.
_WITH_ATTRIBUTES = frozenset({"Constant", "DequantizeLinear", "Gemm", "Transpose"})


@dataclass(frozen=True)
class Node:
    """One operation.

    Parameters
    ----------
    operator
        What is done, for example ``"MatMul"``.
    name
        What the node is called, often the path of the module that it comes from.
    inputs, outputs
        The names of the values that go in and come out.
    settings
        Its attributes that are whole numbers.
    """

    operator: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    settings: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def input(self, place: int) -> str:
        """Return the name of one input, empty where there is none."""
        return self.inputs[place] if place < len(self.inputs) else ""

    def setting(self, name: str, default: int) -> int:
        """Return an attribute that is one whole number."""
        return (self.settings.get(name) or (default,))[0]

    @property
    def pairs(self) -> tuple[tuple[str, str], tuple[str, str]]:
        """The two inputs of an operator that doesn't care for their order, both ways round."""
        one, other = self.input(0), self.input(1)
        return (one, other), (other, one)


@dataclass(frozen=True)
class Graph:
    """What an ONNX model holds.

    Parameters
    ----------
    initialisers
        Its tensors by name, constants among them.
    nodes
        What is done with them, in order.
    """

    initialisers: dict[str, OnnxTensor]
    nodes: tuple[Node, ...]


def read_graph(path: Path) -> Graph:
    """Read the graph of an ONNX file; no tensor's numbers are read.

    Raises
    ------
    ModelFormatError
        When it is no ONNX model, or cut off.
    """
    with regular_file(path).open("rb") as file:
        refuse_leftovers(file.read(HEAD_BYTES), path)
        return _Reader(MessageFile(file, path), path).graph()


class _Reader:
    """One file, and what was found in it so far."""

    def __init__(self, file: MessageFile, path: Path) -> None:
        self._file, self._path = file, path
        self._initialisers: dict[str, OnnxTensor] = {}
        self._nodes: list[Node] = []

    def graph(self) -> Graph:
        messages = list(self._file.fields(0, self._file.size))
        graphs = [m for m in messages if m.number == _GRAPH and m.value is None]
        if len(graphs) != 1:
            raise self._file.malformed()
        for found in self._file.fields(graphs[0].start, graphs[0].stop):
            if found.value is None and found.number == _NODE:
                self._nodes.append(self._node(found))
            elif found.value is None and found.number == _INITIALISER:
                self._add(read_tensor(self._file, self._path, found))
        return Graph(self._initialisers, tuple(self._nodes))

    def _add(self, tensor: OnnxTensor) -> None:
        if tensor.name in self._initialisers:
            raise ModelFormatError(f"{self._path}: holds {shown(tensor.name)} twice")
        self._initialisers[tensor.name] = tensor

    def _node(self, message: Field) -> Node:
        fields = [f for f in self._file.fields(message.start, message.stop) if f.value is None]
        inputs, outputs, names, operators = (
            tuple(self._file.text(f) for f in fields if f.number == number)
            for number in (_INPUT, _OUTPUT, _NODE_NAME, _OPERATOR)
        )
        operator = operators[0] if operators else ""
        settings: dict[str, tuple[int, ...]] = {}
        if operator in _WITH_ATTRIBUTES:
            for attribute in (f for f in fields if f.number == _ATTRIBUTE):
                self._attribute(attribute, operator, outputs, settings)
        return Node(operator, names[0] if names else "", inputs, outputs, settings)

    def _attribute(
        self,
        message: Field,
        operator: str,
        outputs: tuple[str, ...],
        settings: dict[str, tuple[int, ...]],
    ) -> None:
        """Read an attribute: whole numbers as a setting, a constant's tensor as an initialiser."""
        fields = list(self._file.fields(message.start, message.stop))
        name = "".join(
            self._file.text(f) for f in fields if f.number == _ATTRIBUTE_NAME and f.value is None
        )
        for found in fields:
            if found.number == _TENSOR and found.value is None and operator == "Constant":
                if outputs:
                    self._add(read_constant(self._file, self._path, found, outputs[0]))
            elif found.number in (_INTEGER, _INTEGERS):
                listed = tuple(self._file.integers(found, _MOST_INTEGERS))
                settings[name] = (*settings.get(name, ()), *listed)


def read_constant(file: MessageFile, path: Path, message: Field, name: str) -> OnnxTensor:
    """Read a constant's tensor, which goes by the name of the node's output."""
    tensor = read_tensor(file, path, message)
    return OnnxTensor(
        tensor.path, name, tensor.dtype, tensor.shape, tensor.start, tensor.stop, tensor.is_packed
    )
