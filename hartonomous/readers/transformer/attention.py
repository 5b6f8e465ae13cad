"""Attention heads as vector sites: which token looks for which, and what attending to one writes.

QK of head h: queries W_Q x(t) + b_Q, keys W_K x(u) + b_K. OV: W_V x(t) + b_V against W_O^T of how
token u is read, by the unembedding or, in an encoder, by the next layer (Elhage et al. 2021). Only
their inner products mean anything, as a change of basis inside a head that both sides share
cancels; miners balance both sides first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from hartonomous.hashing import blake3
from hartonomous.readers.transformer.functions import Array
from hartonomous.readers.transformer.projection import Projection, RowBlocks
from hartonomous.readers.transformer.stream import ResidualStream, normed_heads
from hartonomous.readers.transformer.weights import Linear, Norm
from hartonomous.sites import JoinSettings, Null, VectorSite

#: Random projections of a layer's input that stand for heads that mean nothing.
_RANDOM_HEADS = 3


@dataclass(frozen=True, eq=False)
class HeadSites:
    """Makes the sites of heads.

    Parameters
    ----------
    stream
        The model's residual stream.
    written
        How what a layer writes is read, given the layer.
    concept_of_row : int32, shape (n,)
        The concept of each of the stream's tokens.
    settings
        How they are joined.
    """

    stream: ResidualStream
    written: Callable[[int], RowBlocks]
    concept_of_row: NDArray[np.int32]
    settings: JoinSettings = field(default_factory=JoinSettings)

    def of(self, layer: int, heads: Sequence[int]) -> Iterator[VectorSite]:
        """Yield the sites of a layer's heads, all QK and then all OV."""
        read, written = self.stream.attention_input(layer), self.written(layer)
        for head in heads:
            yield self._qk(layer, head, read)
        for head in heads:
            yield self._ov(layer, head, read, written)

    def _qk(self, layer: int, head: int, read: RowBlocks) -> VectorSite:
        width = self.stream.weights.shapes.head_width
        name = f"layer{layer}-head{head}-qk"
        query = partial(self._query, layer, head)
        key = partial(self._key, layer, head)
        queries, keys = Projection(read, query, width), Projection(read, key, width)
        shuffled = Projection(read, key, width, _shuffle(name, read.shape[1]))
        nulls = (Null("permuted", name, queries, shuffled), *self._random(layer, "qk", read, read))
        return self._site(name, f"layer{layer}-qk", queries, keys, nulls)

    def _ov(self, layer: int, head: int, read: RowBlocks, written: RowBlocks) -> VectorSite:
        width = self.stream.weights.shapes.head_width
        name = f"layer{layer}-head{head}-ov"
        output = partial(self._output, layer, head)
        queries = Projection(read, partial(self._value, layer, head), width)
        keys = Projection(written, output, width)
        shuffled = Projection(written, output, width, _shuffle(name, written.shape[1]))
        nulls = (
            Null("permuted", name, queries, shuffled),
            *self._random(layer, "ov", read, written),
        )
        return self._site(name, f"layer{layer}-ov", queries, keys, nulls)

    def _site(
        self, name: str, group: str, queries: Projection, keys: Projection, nulls: tuple[Null, ...]
    ) -> VectorSite:
        concepts = self.concept_of_row
        return VectorSite(
            name, queries, concepts, self.settings, keys, concepts, comparison="balanced",
            group=group, nulls=nulls,
        )  # fmt: skip

    def _random(self, layer: int, kind: str, left: RowBlocks, right: RowBlocks) -> Iterator[Null]:
        """Yield projections of both sides by one random matrix, the same for a layer's heads."""
        width = self.stream.weights.shapes.head_width
        for number in range(_RANDOM_HEADS):
            key = f"layer{layer}-{kind}-random{number}"
            make = partial(_random_projection, key, left.shape[1], width)
            yield Null("random", key, Projection(left, make, width), Projection(right, make, width))

    def _query(self, layer: int, head: int) -> Callable[[Array], Array]:
        attention = self.stream.weights.attention(layer)
        return _head(attention.query, self._outputs(head), attention.query_norm)

    def _key(self, layer: int, head: int) -> Callable[[Array], Array]:
        attention = self.stream.weights.attention(layer)
        return _head(attention.key, self._outputs(self._shared(head)), attention.key_norm)

    def _value(self, layer: int, head: int) -> Callable[[Array], Array]:
        return self.stream.weights.attention(layer).value.part(self._outputs(self._shared(head)))

    def _output(self, layer: int, head: int) -> Callable[[Array], Array]:
        matrix = self.stream.weights.attention(layer).output.weight[:, self._outputs(head)]
        return lambda rows: rows @ matrix

    def _outputs(self, head: int) -> slice:
        width = self.stream.weights.shapes.head_width
        return slice(head * width, (head + 1) * width)

    def _shared(self, head: int) -> int:
        """Return which head's keys and values a head uses (Ainslie et al. 2023)."""
        shapes = self.stream.weights.shapes
        return head // (shapes.heads // shapes.key_heads)


def _head(linear: Linear, outputs: slice, norm: Norm | None) -> Callable[[Array], Array]:
    part = linear.part(outputs)
    return lambda rows: normed_heads(part(rows)[:, None], norm)[:, 0]


def _seed(name: str) -> np.random.Generator:
    """Return a generator that is the same for a name on every machine."""
    return np.random.default_rng(int.from_bytes(blake3(name.encode())[:8], "little"))


def _shuffle(name: str, width: int) -> NDArray[np.int64]:
    return _seed(name).permutation(width)


def _random_projection(key: str, width: int, narrow: int) -> Callable[[Array], Array]:
    directions = _seed(key).standard_normal((width, narrow)).astype(np.float32)
    return lambda rows: rows @ directions
