"""MLPs as vector sites: token to neuron to token.

A neuron answers to tokens that lie along its input weights, and promotes those along its output
weights, read through the unembedding (Geva et al. 2021; Dar et al. 2022). Neurons and experts are
concepts of their own kind; what they are to tokens has types of its own, so that lists of words
stay lists of words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hartonomous.concepts import Concept
from hartonomous.observations import RelationType
from hartonomous.readers.transformer.functions import unchanged
from hartonomous.readers.transformer.projection import OwnRows, Projection, RowBlocks
from hartonomous.readers.transformer.stream import ResidualStream
from hartonomous.sites import JoinSettings, VectorSite

#: A token makes a neuron answer; a neuron promotes a token; a router sends a token to an expert.
ACTIVATES = RelationType("activates")
PROMOTES = RelationType("promotes")
ROUTED_TO = RelationType("routed_to")


@dataclass(frozen=True, eq=False)
class NeuronSites:
    """Makes the sites of neurons and experts; their concepts come behind those of tokens.

    Parameters
    ----------
    stream
        The model's residual stream.
    written
        How what a layer writes is read, given the layer.
    concept_of_row : int32, shape (n,)
        The concept of each of the stream's tokens.
    concepts
        Those of tokens; neurons and experts are added to them as sites are made.
    owner
        The model, in front of each neuron's name.
    settings
        How they are joined.
    """

    stream: ResidualStream
    written: Callable[[int], RowBlocks]
    concept_of_row: NDArray[np.int32]
    concepts: list[Concept]
    owner: str
    settings: JoinSettings = field(default_factory=JoinSettings)

    def of(self, layer: int) -> Iterator[VectorSite]:
        """Yield what the neurons of a layer's MLP, or of its experts, answer to and write."""
        experts = self.stream.weights.shapes.experts
        if not experts:
            yield from self._mlp(layer, 0, f"layer{layer}")
        for expert in range(experts):
            yield from self._mlp(layer, expert, f"layer{layer}-expert{expert}")

    def router(self, layer: int) -> VectorSite:
        """Return where a layer's router sends tokens."""
        weights, name = self.stream.weights, f"layer{layer}-router"
        shape = weights.shapes.experts, weights.shapes.width
        numbers = self._named("expert", f"layer{layer}", shape[0])
        rows = OwnRows(lambda: weights.router(layer).weight, shape)
        return self._site(name, self._read(layer), rows, self.concept_of_row, numbers, ROUTED_TO)

    def _mlp(self, layer: int, expert: int, place: str) -> Iterator[VectorSite]:
        weights = self.stream.weights
        shape = weights.neurons(layer, expert), weights.shapes.width
        numbers = self._named("neuron", place, shape[0])
        keys = OwnRows(lambda: weights.mlp(layer, expert).keys.weight, shape)
        directions = OwnRows(lambda: weights.mlp(layer, expert).down.weight.T, shape)
        tokens = self.concept_of_row
        written = as_they_are(self.written(layer))
        yield self._site(f"{place}-mlp-in", self._read(layer), keys, tokens, numbers, ACTIVATES)
        yield self._site(f"{place}-mlp-out", directions, written, numbers, tokens, PROMOTES)

    def _read(self, layer: int) -> Projection:
        return as_they_are(self.stream.mlp_input(layer))

    def _named(self, kind: str, place: str, count: int) -> NDArray[np.int32]:
        """Add concepts and return their places."""
        start = len(self.concepts)
        self.concepts.extend(Concept(kind, f"{self.owner} {place}-{n}") for n in range(count))
        return np.arange(start, start + count, dtype=np.int32)

    def _site(
        self,
        name: str,
        queries: Projection | OwnRows,
        keys: Projection | OwnRows,
        concept_of_query: NDArray[np.int32],
        concept_of_key: NDArray[np.int32],
        relation_type: RelationType,
    ) -> VectorSite:
        tokens_are_keys = concept_of_key is self.concept_of_row
        return VectorSite(
            name, queries, concept_of_query, self.settings, keys, concept_of_key, relation_type,
            comparison="keys whitened" if tokens_are_keys else "queries whitened",
            group=name,
        )  # fmt: skip


def as_they_are(rows: RowBlocks) -> Projection:
    """Return rows as a site's."""
    return Projection(rows, lambda: unchanged, rows.shape[1])
