"""A sketch of a model: what is near to what among a few of its concepts, at several places in it.

Concepts are those with the smallest hashes, which are the same in every model that knows them, so
two sketches can be compared without asking for more (a bottom-k sketch: Cohen and Kaplan 2007,
"Summarizing Data Using Bottom-k Sketches"). A sketch holds no label and no weight. Lists of
neighbours stay as they are when a residual stream is turned, neurons are permuted or scales are
moved, and nearly so when weights are rounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Concepts of a sketch, those among them whose neighbours it lists, and bytes of their ids.
CONCEPTS = 2048
ASKED = 400
#: The fewest concepts that say anything.
FEWEST = 50
ID_BYTES = 8
#: Neighbours of each at the embedding, which is compared across vocabularies, and elsewhere.
EMBEDDING_LENGTH = 32
LENGTH = 10
#: Layers that are looked at, evenly from the first to the last.
LAYERS = 4
#: The longest name of a model or architecture.
MOST_NAME = 200
#: The kinds of places: of the token vectors, and of what layers hold, look for and write.
KINDS = ("embedding", "residual", "qk", "ov")


@dataclass(frozen=True, eq=False)
class Place:
    """Neighbours at one place in a model.

    Parameters
    ----------
    kind
        One of :data:`KINDS`.
    layer
        Its layer, 0 for the embedding.
    lists : unsigned integers, shape (q, length)
        Of each concept that is asked, its nearest others, nearest first, by their number in the
        sketch; of a loaded source, the number of the sketch's concepts for one that it lacks.
    """

    kind: str
    layer: int
    lists: NDArray[np.unsignedinteger[Any]]

    @property
    def position(self) -> str:
        """What the place is called, such as ``layer3-qk``."""
        return self.kind if self.kind == "embedding" else f"layer{self.layer}-{self.kind}"


@dataclass(frozen=True, eq=False)
class Sketch:
    """What is near to what in one model.

    Parameters
    ----------
    name
        What the model is called.
    architecture
        Its layout's name; empty for word vectors.
    layers
        How many it has.
    vocabulary
        How many concepts the model knows; where they are more than the sketch holds, the sketch
        holds those with the smallest hashes.
    ids : uint8, shape (n, ID_BYTES)
        The beginning of each concept's hash, ascending.
    places
        The embedding first.
    labels
        How people read the concepts; a file holds none.
    is_stored
        Whether the lists are those of a load: of cleaned vectors, the nearest of all concepts.
    """

    name: str
    architecture: str
    layers: int
    vocabulary: int
    ids: NDArray[np.uint8]
    places: tuple[Place, ...]
    labels: tuple[str, ...] = ()
    is_stored: bool = False

    @property
    def keys(self) -> NDArray[np.uint64]:
        """The ids as numbers in the same order, shape (n,)."""
        return self.ids.view(">u8").ravel().astype(np.uint64)

    @property
    def is_whole(self) -> bool:
        """Whether it holds all of the model's concepts."""
        return self.vocabulary <= len(self.ids)

    def of_kind(self, kind: str) -> tuple[Place, ...]:
        """Return the places of a kind, the lowest layer first."""
        return tuple(place for place in self.places if place.kind == kind)
