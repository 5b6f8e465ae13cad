"""A specialised model beside its base: the words whose neighbours it changed most.

A word's change is the share of its nearest words by cosine in the base's token table that are not
among those in the specialised one's. Any change of a table changes neighbours; so what is kept is
what deltas as large, shuffled within the table, do not reach at the same place of their lists.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from hartonomous.concepts import Concept
from hartonomous.errors import ModelFormatError, ParameterError
from hartonomous.geometry.knn import knn_self_join
from hartonomous.hashing import blake3
from hartonomous.observations import (
    RelationType,
    ScreenedSite,
    Signal,
    Source,
    quantise_weights,
)
from hartonomous.readers.embedding_table import EmbeddingTable, usable
from hartonomous.readers.embeddings import open_embeddings
from hartonomous.readers.opening import Place, Request
from hartonomous.sites import CountedSite, OpenedSource, PairCounts

CHANGES = RelationType("changes")
#: Neighbours that are compared, tables of shuffled deltas; most words of a list and rows.
NEIGHBORS, SHUFFLES, _MOST_K, _MOST_ROWS = 20, 5, 1000, 250_000

Vectors = NDArray[np.float32]


def is_specialised_model(place: Place) -> bool:
    """Say whether a place is a model's folder."""
    return (place.path / "config.json").is_file()


def open_specialised(place: Place, request: Request) -> Iterator[OpenedSource]:
    """Open a model's folder beside that of its base, which the request names as its model.

    Raises
    ------
    ParameterError
        No base is named, the two are the same, or a number is out of range.
    ModelFormatError
        The two have other words or widths.
    """
    if request.model is None:
        raise ParameterError(f"{place.path}: name the base that it comes from: --model PATH")
    if not 1 <= request.sites.k <= _MOST_K:
        raise ParameterError(f"k must be 1 to {_MOST_K}, not {request.sites.k}")
    base, special = (usable(open_embeddings(path)) for path in (request.model, place.path))
    _check(base, special)
    name = place.path.name
    change = _Change(Concept("skill", name), base, special, request)
    concepts, site = change.mined()
    note = f"skill:{name}: no word's neighbours change more than shuffled deltas change them"
    counted = (site,) if isinstance(site, CountedSite) else ()
    yield OpenedSource(
        Source(request.name_for(f"vector:{name}"), "vector", change.digest(), request.subject),
        lambda: concepts,
        counted,
        notes=() if counted else (note,),
        screened=(site,) if isinstance(site, ScreenedSite) else (),
    )


def _check(base: EmbeddingTable, special: EmbeddingTable) -> None:
    same = base.vocabulary.concepts == special.vocabulary.concepts
    if base.matrix.shape != special.matrix.shape or not same:
        raise ModelFormatError(f"{special.name}: its words are not those of {base.name}")
    if base.fingerprint() == special.fingerprint():
        raise ParameterError(f"{special.name}: its token table is that of {base.name}")
    if not NEIGHBORS < len(base.vocabulary.concepts) <= _MOST_ROWS:
        raise ParameterError(f"{base.name}: from {NEIGHBORS + 1} to {_MOST_ROWS:,} words are read")


class _Change:
    """What one table changes in another."""

    def __init__(
        self, concept: Concept, base: EmbeddingTable, special: EmbeddingTable, request: Request
    ) -> None:
        self._base, self._special, self._request = base, special, request
        words = base.vocabulary.concepts
        self._old, self._new = (_vectors(table) for table in (base, special))
        self._before = _neighbors(self._old)
        shares = self._shares(self._new)
        self._best = np.argsort(-shares, kind="stable")[: request.sites.k]
        self._weights = shares[self._best]
        self._concept = concept
        self._words = [words[row] for row in self._best]

    def digest(self) -> bytes:
        """Return BLAKE3 of what is read and how."""
        said = f"changes {self._concept.label} {self._request.sites.k} {self._request.everything} "
        return blake3(said.encode() + self._base.fingerprint() + self._special.fingerprint())

    def mined(self) -> tuple[tuple[Concept, ...], CountedSite | ScreenedSite]:
        """Return the words that stand above chance behind the concept, or that none does."""
        chance = self._chance()
        floor = chance.max(0)
        above = self._weights > floor
        kept = (self._weights > 0) & (self._request.everything | above)
        signal = _signal(above, chance)
        if not kept.any():
            return (self._concept, *self._words), ScreenedSite("embedding-delta", signal)
        places = np.flatnonzero(kept)
        concepts = (self._concept, *(self._words[place] for place in places))
        counts = np.maximum(quantise_weights(self._weights[kept]), 1).astype(np.int64)
        b = np.arange(1, len(places) + 1)
        pairs = PairCounts(0, np.zeros(len(b), np.int64), b, counts)
        moved = float(np.linalg.norm(self._new - self._old) / np.linalg.norm(self._old))
        return concepts, CountedSite(
            "embedding-delta", lambda: iter((pairs,)), CHANGES, weighing="strength",
            facts=(("neighbors", NEIGHBORS), ("relative_norm", round(moved, 6))), signal=signal,
        )  # fmt: skip

    def _shares(self, changed: Vectors) -> Vectors:
        """Return which share of each word's neighbours is no longer among them."""
        after = _neighbors(changed)
        kept = [
            np.isin(a, b, assume_unique=True).mean()
            for a, b in zip(after, self._before, strict=True)
        ]
        return np.asarray(1 - np.array(kept), np.float32)

    def _chance(self) -> Vectors:
        """Return what shuffled deltas reach at each place, shape (shuffles, k)."""
        delta, rng = self._new - self._old, np.random.default_rng(0)
        reached = []
        for _ in range(SHUFFLES):
            shuffled = rng.permutation(delta.reshape(-1)).reshape(delta.shape)
            shares = self._shares(self._old + shuffled)
            reached.append(-np.sort(-shares)[: len(self._best)])
        return np.array(reached, np.float32)


def _vectors(table: EmbeddingTable) -> Vectors:
    """Return one row a concept, the first that stands for it."""
    _, first = np.unique(table.vocabulary.concept_of_row, return_index=True)
    return table.vectors()[first]


def _neighbors(vectors: Vectors) -> NDArray[np.int32]:
    centred = np.ascontiguousarray(vectors - vectors.mean(0))
    return knn_self_join(centred, NEIGHBORS).indices


def _signal(above: NDArray[np.bool_], chance: Vectors) -> Signal:
    """Return the share of places above chance, beside that of each shuffle above the others."""
    others = [(row > np.delete(chance, n, 0).max(0)).mean() for n, row in enumerate(chance)]
    score, null = float(above.mean()), float(np.mean(others))
    low, high = score - float(max(others)), score - float(min(others))
    return Signal(score, null, low, high, "shuffled deltas")
