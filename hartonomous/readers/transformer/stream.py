"""What stands for a token at each layer: the residual stream, from weights alone.

Of a model that sees both sides, a token goes through each layer's norms and MLP, and attention,
which is what the sites are about, is left out. A causal model's tokens all look back at the first
token of a text, where they rest what they don't need (Xiao et al. 2023, "Efficient Streaming
Language Models with Attention Sinks"); there a token is computed as the second of a text of two,
exactly. Rotary positions are taken relative to the token itself, where rotations cancel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hartonomous.geometry.rows import HeldRows, TakenRows
from hartonomous.readers.matrix import SelectedRows
from hartonomous.readers.stored import SpooledRows, store_for
from hartonomous.readers.transformer.functions import Array, unchanged
from hartonomous.readers.transformer.weights import Attention, Norm, Weights

#: Rows that go through a layer at a time.
BLOCK_ROWS = 4096
#: Positions whose mean stands for where a token may be.
_POSITIONS = 128

Store = HeldRows | SpooledRows
#: Maps rows of the stream, and that of the first token of a text, to what is read of them.
Mapped = Callable[[Array, "Array | None"], Array]


class ResidualStream:
    """The residual stream of tokens, kept for the two layers that were asked for last.

    Parameters
    ----------
    weights
        The model.
    tokens : shape (n, D)
        Rows of its token embedding.
    first : shape (1, D)
        The embedding of the token that texts begin with.
    """

    def __init__(self, weights: Weights, tokens: SelectedRows, first: Array) -> None:
        self.weights = weights
        self._tokens, self._first = tokens, first
        self._states: dict[int, tuple[Store, Array]] = {}

    @property
    def shape(self) -> tuple[int, int]:
        """Tokens, and the width of the stream."""
        return self._tokens.shape

    def attention_input(self, layer: int) -> LayerInput:
        """Return what a layer's attention reads of each token; past the last, how they end."""
        return LayerInput(self, layer, lambda: self._attention_norm(layer))

    def residual(self, layer: int) -> LayerInput:
        """Return the stream itself before a layer; past the last, how it ends."""
        return LayerInput(self, layer, lambda: _seen)

    def mlp_input(self, layer: int) -> LayerInput:
        """Return what a layer's MLP reads of each token."""
        return LayerInput(self, layer, lambda: _LayerStep(self.weights, layer).attended)

    def state(self, layer: int) -> tuple[Store, Array]:
        """Return the stream before a layer, of the tokens and of the first token of a text."""
        if layer not in self._states:
            below = max((known for known in self._states if known < layer), default=None)
            state = self._embedded() if below is None else self._states[below]
            for each in range(0 if below is None else below, layer):
                state = self._through(each, *self._kept(each, state))
            self._kept(layer, state)
        return self._states[layer]

    def _kept(self, layer: int, state: tuple[Store, Array]) -> tuple[Store, Array]:
        """Keep a state, and let go of all but the one before."""
        self._states[layer] = state
        self._states = {
            each: kept for each, kept in self._states.items() if each in (layer - 1, layer)
        }
        return state

    def _attention_norm(self, layer: int) -> Mapped:
        weights = self.weights
        if weights.layout.norms_after:
            return _seen
        is_end = layer == weights.shapes.layers
        norm = (weights.final_norm() if is_end else weights.attention_norm(layer)) or unchanged
        return lambda rows, _first: norm(rows)

    def _embedded(self) -> tuple[Store, Array]:
        weights, layout = self.weights, self.weights.layout
        rows = self._tokens.gathered()
        positions = weights.table(layout.position)
        types = weights.table(layout.token_type)
        added = np.zeros(rows.shape[1], np.float32) if types is None else types[0]
        first = added
        if positions is not None:
            here = positions[min(1, len(positions) - 1)] if layout.is_causal else None
            first = first + positions[0]
            added = added + (positions[:_POSITIONS].mean(axis=0) if here is None else here)
        norm = weights.first_norm() or unchanged
        for block in _blocks(rows):
            _put(rows, block, norm(rows.rows(block.start, block.stop) + added))
        return rows, norm(self._first + first)

    def _through(self, layer: int, state: Store, first: Array) -> tuple[Store, Array]:
        """Take the stream through one layer."""
        made = store_for(*state.shape)
        step = _LayerStep(self.weights, layer)
        for block in _blocks(state):
            _put(made, block, step(state.rows(block.start, block.stop), first))
        return made, step(first, None)


def _seen(rows: Array, _first: Array | None) -> Array:
    return rows


class _LayerStep:
    """One layer, applied to a block of rows."""

    def __init__(self, weights: Weights, layer: int) -> None:
        self._weights, self._layer = weights, layer
        self._attention_norm = weights.attention_norm(layer) or unchanged
        self._mlp_norm = weights.mlp_norm(layer) or unchanged
        is_causal = weights.layout.is_causal
        self._attention = weights.attention(layer) if is_causal else None

    @cached_property
    def _mixture(self) -> Callable[[Array], Array]:
        """Read the MLP, which what it reads itself is known without."""
        return self._weights.mixture(self._layer)

    def __call__(self, rows: Array, first: Array | None) -> Array:
        """Return rows after the layer; without a first token they see themselves alone."""
        if self._weights.layout.norms_after:
            attended = self._attention_norm(rows + self._attended(rows, first))
            return self._mlp_norm(attended + self._mixture(attended))
        attended = rows + self._attended(rows, first)
        written: Array = attended + self._mixture(self._mlp_norm(attended))
        return written

    def attended(self, rows: Array, first: Array | None) -> Array:
        """Return rows after the layer's attention, as its MLP reads them."""
        attended = rows + self._attended(rows, first)
        if self._weights.layout.norms_after:
            return self._attention_norm(attended)
        return self._mlp_norm(attended)

    def _attended(self, rows: Array, first: Array | None) -> Array | float:
        if self._attention is None:
            return 0.0
        own = self._attention_norm(rows)
        before = own[:0] if first is None else self._attention_norm(first)
        return attend_to_first(self._weights, self._attention, own, before)


def attend_to_first(weights: Weights, attention: Attention, rows: Array, first: Array) -> Array:
    """Return what attention writes for tokens that see themselves and the first token of a text.

    Parameters
    ----------
    rows : shape (n, D)
        The tokens, each the second of a text of its own.
    first : shape (1, D), or (0, D)
        The first token, or nobody.
    """
    shapes = weights.shapes
    count = len(rows)
    value = by_head(attention.value(rows), shapes.key_heads, shapes.heads)
    if not len(first):
        return attention.output(value.reshape(count, -1))
    query = normed_heads(
        by_head(attention.query(rows), shapes.heads, shapes.heads), attention.query_norm
    )
    key = normed_heads(
        by_head(attention.key(rows), shapes.key_heads, shapes.heads), attention.key_norm
    )
    there = normed_heads(
        by_head(attention.key(first), shapes.key_heads, shapes.heads), attention.key_norm
    )
    first_value = by_head(attention.value(first), shapes.key_heads, shapes.heads)
    own = np.einsum("nhd,nhd->nh", query, key)
    turned = rotated(query, shapes.rotary_base, weights) if weights.layout.rotary else query
    other = np.einsum("nhd,hd->nh", turned, there[0])
    scale = np.float32(shapes.head_width**-0.5)
    share = 1 / (1 + np.exp(np.clip((other - own) * scale, -60, 60)))[:, :, None]
    mixed = share * value + (1 - share) * first_value
    return attention.output(mixed.reshape(count, -1).astype(np.float32))


def rotated(heads: Array, base: float, weights: Weights) -> Array:
    """Rotate queries, shape (n, h, d), by one position (Su et al. 2021, equation 34).

    GGUF's Llama pairs neighbouring numbers, transformers' those half a head apart.
    """
    width = heads.shape[2]
    angle = base ** (-np.arange(0, width, 2) / width)
    cosine, sine = np.cos(angle).astype(np.float32), np.sin(angle).astype(np.float32)
    turned = np.empty_like(heads)
    left, right = (
        (slice(0, None, 2), slice(1, None, 2))
        if weights.layout.rotates_neighbours
        else (slice(0, width // 2), slice(width // 2, None))
    )
    turned[:, :, left] = heads[:, :, left] * cosine - heads[:, :, right] * sine
    turned[:, :, right] = heads[:, :, left] * sine + heads[:, :, right] * cosine
    return turned


def by_head(rows: Array, kept: int, heads: int) -> Array:
    """Cut rows into heads, shape (n, heads, d); heads that share a key head get the same."""
    cut = rows.reshape(len(rows), kept, -1)
    return cut if kept == heads else np.repeat(cut, heads // kept, axis=1)


def normed_heads(heads: Array, norm: Norm | None) -> Array:
    """Norm each head, shape (n, h, d), by itself, as models that norm queries and keys do."""
    if norm is None:
        return heads
    return norm(heads.reshape(-1, heads.shape[2])).reshape(heads.shape)


@dataclass(frozen=True, eq=False)
class LayerInput:
    """What a part of a layer reads of each token, made when it is asked for.

    Parameters
    ----------
    stream, layer
        Of which stream, before which layer.
    prepare
        Reads the weights and returns what maps rows of the stream, and the first token's, to it.
    """

    stream: ResidualStream
    layer: int
    prepare: Callable[[], Mapped]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.stream.shape

    def blocks(self) -> Iterator[tuple[slice, Array]]:
        """Yield all rows, block by block."""
        state, first = self.stream.state(self.layer)
        mapped = self.prepare()
        for block in _blocks(state):
            yield block, mapped(state.rows(block.start, block.stop), first)


def _blocks(rows: TakenRows) -> Iterator[slice]:
    count = rows.shape[0]
    for start in range(0, count, BLOCK_ROWS):
        yield slice(start, min(start + BLOCK_ROWS, count))


def _put(store: Store, block: slice, rows: Array) -> None:
    store.put(np.arange(block.start, block.stop), rows)
