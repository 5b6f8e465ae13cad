"""Weights of a transformer, read tensor by tensor into one convention: y = W x + b."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from hartonomous.errors import InvalidVectorsError, ModelFormatError
from hartonomous.readers.files import shown
from hartonomous.readers.matrix import Matrix
from hartonomous.readers.models.stored_tensor import StoredTensor
from hartonomous.readers.transformer.functions import (
    Array,
    activation,
    layer_norm,
    rms_norm,
    softmax,
)
from hartonomous.readers.transformer.layouts import Layout, part_of
from hartonomous.readers.transformer.shapes import Shapes


@dataclass(frozen=True, eq=False)
class Norm:
    """A norm with its weights.

    Parameters
    ----------
    weight, bias : float32, shape (d,)
        What each number is scaled by, and what is added.
    is_rms
        Whether it divides by the root mean square alone.
    epsilon
        What is added to the variance.
    """

    weight: Array
    bias: Array | None
    is_rms: bool
    epsilon: float

    def __call__(self, rows: Array) -> Array:
        """Norm rows, shape (n, d)."""
        if self.is_rms:
            return rms_norm(rows, self.weight, self.epsilon)
        return layer_norm(rows, self.weight, self.bias, self.epsilon)


@dataclass(frozen=True, eq=False)
class Linear:
    """A matrix with its bias.

    Parameters
    ----------
    weight : float32, shape (outputs, inputs)
    bias : float32, shape (outputs,)
    """

    weight: Array
    bias: Array

    def __call__(self, rows: Array) -> Array:
        """Map rows, shape (n, inputs), to (n, outputs)."""
        mapped: Array = rows @ self.weight.T
        mapped += self.bias
        return mapped

    def part(self, outputs: slice) -> Linear:
        """Return some of the outputs."""
        return Linear(self.weight[outputs], self.bias[outputs])


@dataclass(frozen=True, eq=False)
class Attention:
    """W_Q, W_K, W_V and W_O of one layer; heads' parts lie one behind the other."""

    query: Linear
    key: Linear
    value: Linear
    output: Linear
    #: Norms of each head's queries and keys, for models that have them.
    query_norm: Norm | None
    key_norm: Norm | None


@dataclass(frozen=True, eq=False)
class Mlp:
    """One MLP, or one expert; its neurons are the rows of ``up`` and the columns of ``down``."""

    up: Linear
    down: Linear
    gate: Linear | None
    activation: str

    def __call__(self, rows: Array) -> Array:
        """Map rows, shape (n, D), to what it writes to the residual stream."""
        act = activation(self.activation)
        if self.gate is None:
            return self.down(act(self.up(rows)))
        return self.down(act(self.gate(rows)) * self.up(rows))

    @property
    def keys(self) -> Linear:
        """What each neuron answers to: the rows that its activation is applied to."""
        return self.gate or self.up


class Weights:
    """The weights of one transformer, read from its files when they are asked for.

    Parameters
    ----------
    tensors
        Each tensor by its name in the layout.
    layout
        Under which names it keeps what.
    shapes
        How wide and how deep it is.
    name
        The model, for messages.
    """

    def __init__(
        self, tensors: Mapping[str, StoredTensor], layout: Layout, shapes: Shapes, name: str
    ) -> None:
        self._tensors, self.layout, self.shapes, self.name = tensors, layout, shapes, name
        #: The heads of a layer are asked for one after the other.
        self._last: tuple[int, Attention] | None = None

    def attention(self, layer: int) -> Attention:
        """Read the attention of a layer.

        Raises
        ------
        ModelFormatError
            A tensor is missing, or has another shape than the configuration says.
        """
        if self._last is not None and self._last[0] == layer:
            return self._last[1]
        found, shapes = self.layout, self.shapes
        inner, kept = shapes.heads * shapes.head_width, shapes.key_heads * shapes.head_width
        read = Attention(
            query=self._linear(found.query, layer, (inner, shapes.width)),
            key=self._linear(found.key, layer, (kept, shapes.width)),
            value=self._linear(found.value, layer, (kept, shapes.width)),
            output=self._linear(found.output, layer, (shapes.width, inner)),
            query_norm=self._norm(found.query_norm, layer),
            key_norm=self._norm(found.key_norm, layer),
        )
        self._last = layer, read
        return read

    def mlp(self, layer: int, expert: int = 0) -> Mlp:
        """Read the MLP of a layer, or one of its experts."""
        found, width = self.layout, self.shapes.width
        up = self._linear(found.up, layer, (None, width), expert)
        neurons = len(up.bias)
        gate = self._linear(found.gate, layer, (neurons, width), expert) if found.gate else None
        down = self._linear(found.down, layer, (width, neurons), expert)
        return Mlp(up, down, gate, self.shapes.activation)

    def neurons(self, layer: int, expert: int = 0) -> int:
        """Return how many neurons an MLP has, without reading it."""
        part = part_of(self.layout.up.replace("{l}", str(layer)).replace("{e}", str(expert)))
        tensor = self._tensors.get(f"{part.name}.weight")
        if tensor is None or len(tensor.shape) != 2:
            raise ModelFormatError(f"{self.name}: {shown(part.name)} is missing")
        return tensor.shape[self.layout.is_transposed] // part.of

    def router(self, layer: int) -> Linear:
        """Read what gives tokens their scores for experts."""
        return self._linear(self.layout.router, layer, (self.shapes.experts, self.shapes.width))

    def mixture(self, layer: int) -> Callable[[Array], Array]:
        """Return what maps what is read, shape (n, D), to what MLP or experts write together.

        Each token's best experts are weighed by the softmax over their scores (Shazeer et al.
        2017).
        """
        if not self.shapes.experts:
            return self.mlp(layer)
        router = self.router(layer)
        return lambda rows: self._mixed(layer, router, rows)

    def _mixed(self, layer: int, router: Linear, rows: Array) -> Array:
        scores = router(rows)
        best = np.argsort(-scores, axis=1, kind="stable")[:, : self.shapes.experts_per_token]
        shares = softmax(np.take_along_axis(scores, best, axis=1))
        written = np.zeros_like(rows)
        for expert in range(self.shapes.experts):
            token, place = np.nonzero(best == expert)
            if len(token):
                written[token] += self.mlp(layer, expert)(rows[token]) * shares[token, place, None]
        return written

    def attention_norm(self, layer: int) -> Norm | None:
        """Read the norm of a layer's attention."""
        return self._norm(self.layout.attention_norm, layer)

    def mlp_norm(self, layer: int) -> Norm | None:
        """Read the norm of a layer's MLP."""
        return self._norm(self.layout.mlp_norm, layer)

    def first_norm(self) -> Norm | None:
        """Read the norm of the embedding."""
        return self._norm(self.layout.first_norm)

    def final_norm(self) -> Norm | None:
        """Read the norm before the unembedding."""
        return self._norm(self.layout.final_norm)

    def table(self, name: str) -> Array | None:
        """Read a small table that is added to the embedding, such as positions; None without."""
        tensor = self._tensors.get(f"{name}.weight") if name else None
        if tensor is None:
            return None
        matrix = tensor.open_matrix()
        return self._checked(matrix.rows(0, min(matrix.shape[0], _TABLE_ROWS)), name)

    def unembedding(self) -> Matrix | None:
        """Open W_U where it has one of its own."""
        for name in self.layout.unembedding:
            if f"{name}.weight" in self._tensors:
                return self._tensors[f"{name}.weight"].open_matrix()
        return None

    def _linear(
        self, template: str, layer: int, shape: tuple[int | None, int], expert: int = 0
    ) -> Linear:
        part = part_of(template.replace("{l}", str(layer)).replace("{e}", str(expert)))
        weight = self._matrix(f"{part.name}.weight")
        if self.layout.is_transposed:
            weight = np.ascontiguousarray(weight.T)
        bias = self._vector(f"{part.name}.bias")
        rows, rest = divmod(len(weight), part.of)
        outputs = slice(part.index * rows, (part.index + 1) * rows)
        weight = weight[outputs]
        bias = np.zeros(rows, np.float32) if bias is None else bias[outputs]
        expected = (shape[0] or len(weight), shape[1])
        if rest or weight.shape != expected or len(bias) != len(weight):
            raise ModelFormatError(
                f"{self.name}: {shown(part.name)} is {weight.shape}, config.json says {expected}"
            )
        return Linear(weight, bias)

    def _matrix(self, name: str) -> Array:
        tensor = self._tensors.get(name)
        if tensor is None:
            raise ModelFormatError(f"{self.name}: {shown(name)} is missing")
        matrix = tensor.open_matrix()
        return self._checked(matrix.rows(0, matrix.shape[0]), name)

    def _vector(self, name: str) -> Array | None:
        tensor = self._tensors.get(name)
        if tensor is None:
            return None
        return self._checked(tensor.read_numbers().astype(np.float32).ravel(), name)

    def _norm(self, template: str, layer: int = 0) -> Norm | None:
        name = template.replace("{l}", str(layer))
        if not name:
            return None
        weight = self._vector(f"{name}.weight")
        if weight is None:
            weight = self._vector(f"{name}.gamma")
        if weight is None:
            return None
        bias = self._vector(f"{name}.bias")
        if bias is None:
            bias = self._vector(f"{name}.beta")
        return Norm(weight, bias, self.layout.norm == "rms", self.shapes.epsilon)

    def _checked(self, numbers: Array, name: str) -> Array:
        if not np.all(np.isfinite(numbers)):
            raise InvalidVectorsError(f"{self.name}: {shown(name)} holds NaN or infinite values")
        return numbers


#: Rows of a table of positions that are read.
_TABLE_ROWS = 128
