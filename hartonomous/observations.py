"""Observations: what miners deliver and the store loads.

An observation says that one site of one source holds concept ``a`` related to concept ``b``,
how strongly, and at which place of a's list. Batches are columns, so that millions stream cheaply.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hartonomous.concepts import Concept
from hartonomous.hashing import blake3_many

#: Weights are stored as multiples of 1 / WEIGHT_UNIT, so that their sums are exact integers.
WEIGHT_UNIT = 1 << 20
#: A place in a list where nobody is.
NOBODY = -1

SourceKind = Literal["model", "document", "image", "code", "feedback", "evidence"]


@dataclass(frozen=True)
class Source:
    """One content of the substrate: who speaks, and the fingerprint of what was read."""

    identifier: str
    kind: SourceKind
    #: 32 bytes: BLAKE3 of the bytes that were read and of the settings they were mined with.
    fingerprint: bytes
    subject: str | None = None


@dataclass(frozen=True)
class ConceptTable:
    """The concepts of one source, in ascending order of their id; batches refer to their index."""

    concepts: tuple[Concept, ...]
    #: (n, 32) uint8, BLAKE3 of the canonical bytes, ascending.
    hashes: NDArray[np.uint8]

    @classmethod
    def of(cls, concepts: Sequence[Concept]) -> tuple[ConceptTable, NDArray[np.int32]]:
        """Hash and sort distinct concepts; also return each input's index in the table, (n,)."""
        hashes = blake3_many([concept.canonical_bytes for concept in concepts])
        order = np.argsort(np.ascontiguousarray(hashes).view("S32").ravel(), kind="stable")
        index = np.empty(len(concepts), dtype=np.int32)
        index[order] = np.arange(len(concepts), dtype=np.int32)
        return cls(tuple(concepts[i] for i in order), hashes[order]), index

    @property
    def ids(self) -> NDArray[np.uint8]:
        """Composition ids, (n, 16) uint8: the first half of each hash."""
        return self.hashes[:, :16]

    def __len__(self) -> int:
        return len(self.concepts)


@dataclass(frozen=True)
class Site:
    """One place in a source that compares things, with what the miner did there."""

    position: str
    k: int | None = None
    space: Literal["cosine", "ip", "l2"] | None = None
    method: Literal["exact", "blocks", "hnsw", "count"] | None = None
    recall: float | None = None
    mean_removed: bool | None = None
    components_removed: int | None = None


@dataclass(frozen=True)
class Observations:
    """A batch of observations: whole lists, one behind the other; columns of equal length m.

    The observations of one concept at one site come in one batch and stand together, in the order
    of their ranks where the site ranks them.
    """

    a: NDArray[np.int32]
    #: ``NOBODY`` where a place of the list is empty.
    b: NDArray[np.int32]
    #: Units of 1 / WEIGHT_UNIT, 0 to WEIGHT_UNIT.
    weight: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.a)


@dataclass(frozen=True)
class MinedSite:
    """What was mined at one site, or at a group of sites whose lists are stored together.

    In a group, each concept has ``len(sites) * length`` places: those of the first site, then those
    of the second, and so on. Within one site every (a, b) occurs once.
    """

    sites: tuple[Site, ...]
    batches: Iterator[Observations]
    relation_type: str = "related"
    #: Places that each site of a group has in a list; None for a site alone.
    length: int | None = None
    #: Observations to come, for progress bars and to choose where they are stored.
    expected: int = field(default=0)

    @classmethod
    def alone(
        cls,
        site: Site,
        batches: Iterator[Observations],
        relation_type: str = "related",
        expected: int = 0,
    ) -> MinedSite:
        """One site by itself."""
        return cls((site,), batches, relation_type, None, expected)


def quantise_weights(similarity: NDArray[np.float32]) -> NDArray[np.int32]:
    """Similarities as weights: cut to [0, 1] and rounded to multiples of 2^-20.

    Parameters
    ----------
    similarity
        float32 of any shape, for example cosines.

    Returns
    -------
    int32 of the same shape, in units of 2^-20.
    """
    units = np.rint(similarity.astype(np.float64) * WEIGHT_UNIT)
    return np.clip(units, 0, WEIGHT_UNIT).astype(np.int32)
