"""Task and trait vectors as sources: the words that each promotes, and the vectors it is like.

A vector is read less the mean of the other vectors of its layer, which is what all prompts share,
through the logit lens. Any direction has nearest words; so what is kept is what is stronger than
random directions reach at the same place of their lists, 95 times in 100.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hartonomous.concepts import Concept
from hartonomous.errors import ModelFormatError, ParameterError
from hartonomous.hashing import blake3
from hartonomous.observations import (
    RELATED,
    Fact,
    RelationType,
    ScreenedSite,
    Signal,
    Source,
    quantise_weights,
)
from hartonomous.readers.opening import Place, Request
from hartonomous.readers.pretrained import model_fingerprint
from hartonomous.readers.transformer.lens import Lens, unit
from hartonomous.readers.transformer.model import OpenedModel, open_transformer
from hartonomous.readers.transformer.neurons import PROMOTES
from hartonomous.readers.transformer.vector_files import (
    LayerVector,
    VectorFile,
    is_task_vector,
    is_trait_vector,
    read_vectors,
)
from hartonomous.sites import CountedSite, OpenedSource, PairCounts

__all__ = ["is_task_vector", "is_trait_vector", "open_vector"]

#: Random directions, and what their strongest reach at each place 95 times in 100.
RANDOM, PERCENTILE = 200, 95.0
#: Words of one list, at most.
_MOST_K = 1000

Scores = NDArray[np.float32]


def open_vector(place: Place, request: Request) -> Iterator[OpenedSource]:
    """Open a task or trait vector, read by the model that it comes from.

    Raises
    ------
    ParameterError
        No model is named, or a layer or number of words is out of range.
    ModelFormatError
        The vector is malformed, or of another model; so may be those beside it.
    """
    if request.model is None:
        raise ParameterError(f"{place.path}: name the model that it comes from: --model PATH")
    if not 1 <= request.sites.k <= _MOST_K:
        raise ParameterError(f"k must be 1 to {_MOST_K}, not {request.sites.k}")
    file, others = _files(place.path, request)
    opened = open_transformer(Place.of(request.model), request)
    _check(file, others, opened, request.model)
    layers = set(request.sites.chosen_layers(opened.weights.shapes.layers))
    reading = _Reading(file.concept, opened, others, request.sites.k, request.everything)
    found = reading.of([each for each in file.vectors if each.layer in layers])
    name = request.name_for(f"vector:{place.path.stem}")
    sites = tuple(site for site in found if isinstance(site, CountedSite))
    yield OpenedSource(
        Source(name, "vector", _fingerprint(file, others, opened, request), request.subject),
        lambda: tuple(reading.places),
        sites,
        notes=_notes(file, others, opened, is_empty=not sites),
        screened=tuple(site for site in found if isinstance(site, ScreenedSite)),
    )


def _files(path: Path, request: Request) -> tuple[VectorFile, tuple[VectorFile, ...]]:
    """Read a vector, and those of other concepts among the ones beside it."""
    file = read_vectors(path)
    beside = [read_vectors(other) for other in request.beside if other != path]
    return file, tuple(other for other in beside if other.concept != file.concept)


def _check(
    file: VectorFile, others: Sequence[VectorFile], opened: OpenedModel, model: Path
) -> None:
    fingerprint, width = model_fingerprint(model), opened.weights.shapes.width
    for each in (file, *others):
        if each.model != fingerprint:
            raise ModelFormatError(f"{each.path}: it is not from {model}")
        if each.vectors[0].vector.shape != (width,):
            raise ModelFormatError(f"{each.path}: its vectors are not {width} long")


def _notes(
    file: VectorFile, others: Sequence[VectorFile], opened: OpenedModel, *, is_empty: bool
) -> tuple[str, ...]:
    own = []
    if not others:
        own.append("is read alone; what all vectors of a layer share is taken away beside others")
    if is_empty:
        own.append("nothing stands above chance, so nothing is kept; --everything keeps it")
    return (*opened.table.notes, *(f"{file.concept.label}: {note}" for note in own))


def _fingerprint(
    file: VectorFile, others: Sequence[VectorFile], opened: OpenedModel, request: Request
) -> bytes:
    """Say what is read and how."""
    choice = request.sites
    settings = f"vector layers={choice.layers} k={choice.k} everything={request.everything} "
    beside = sorted(other.digest() for other in others)
    return blake3(settings.encode() + file.digest() + b"".join(beside) + opened.digest)


@dataclass(frozen=True, eq=False)
class _Found:
    """One site's list: concepts, how strongly, and what chance reaches at each place."""

    position: str
    relation_type: RelationType
    concepts: tuple[Concept, ...]
    weights: NDArray[np.float32]
    #: Shape (random directions, places).
    chance: NDArray[np.float32]
    facts: tuple[tuple[str, Fact], ...]

    @property
    def floor(self) -> NDArray[np.float32]:
        """What a weight has to exceed, by place."""
        reached: NDArray[np.float32] = np.percentile(self.chance, PERCENTILE, axis=0)
        return reached

    def signal(self) -> Signal:
        """Return which share of its places is above chance, beside random directions' share."""
        shares = (self.chance > self.floor).mean(axis=1)
        score = float((self.weights > self.floor).mean())
        low, high = np.percentile(shares, [2.5, 97.5])
        null = float(shares.mean())
        return Signal(score, null, score - float(high), score - float(low), "random directions")

    def site(self, places: dict[Concept, int], *, everything: bool) -> CountedSite | ScreenedSite:
        """Return what is kept of the list, or that nothing is; its concepts get places."""
        kept = (self.weights > 0) & (everything | (self.weights > self.floor))
        if not kept.any():
            return ScreenedSite(self.position, self.signal())
        named = [self.concepts[place] for place in np.flatnonzero(kept)]
        b = np.array([places.setdefault(concept, len(places)) for concept in named], np.int64)
        counts = np.maximum(quantise_weights(self.weights[kept]), 1).astype(np.int64)
        pairs = PairCounts(0, np.zeros(len(b), np.int64), b, counts)
        return CountedSite(
            self.position, lambda: iter((pairs,)), self.relation_type, weighing="strength",
            facts=self.facts, signal=self.signal(),
        )  # fmt: skip


class _Reading:
    """Reads one concept's vectors beside those of others."""

    def __init__(
        self,
        concept: Concept,
        opened: OpenedModel,
        others: Sequence[VectorFile],
        k: int,
        everything: bool,
    ) -> None:
        self._opened, self._others, self._k, self._everything = opened, others, k, everything
        self._concept = concept
        #: Of each concept that is named; the vector's own is the first.
        self.places = {concept: 0}

    def of(self, vectors: Sequence[LayerVector]) -> list[CountedSite | ScreenedSite]:
        """Return the sites of vectors: the words that each promotes, and the vectors it is like."""
        if not vectors:
            raise ParameterError(f"{self._concept.label}: has no vectors of these layers")
        width = self._opened.weights.shapes.width
        drawn = np.random.default_rng(0).standard_normal((RANDOM, width))
        read = np.stack([self._centred(each)[0] for each in vectors])
        lens = Lens.of(self._opened)
        scores = lens.scores(np.concatenate([drawn, read]))
        chance = -np.sort(-scores[:, :RANDOM], axis=0)[: self._k].T
        found = []
        for number, each in enumerate(vectors):
            words = self._words(each, lens.words, scores[:, RANDOM + number], chance)
            found += [words, *self._alike(each, drawn)]
        return [site.site(self.places, everything=self._everything) for site in found]

    def _words(
        self, of: LayerVector, words: NDArray[np.int32], scores: Scores, chance: Scores
    ) -> _Found:
        best = np.argsort(-scores, kind="stable")[: self._k]
        known = self._opened.table.vocabulary.concepts
        concepts = tuple(known[word] for word in words[best])
        return _Found(
            f"layer{of.layer}-{of.method}",
            PROMOTES,
            concepts,
            scores[best],
            chance,
            self._facts(of),
        )

    def _alike(self, of: LayerVector, drawn: NDArray[np.float64]) -> Iterator[_Found]:
        """Yield which of the other vectors it is like, where there are two others or more."""
        own, others = self._centred(of)
        if len(others) < 2:
            return
        mean = (own + sum(others.values())) / (len(others) + 1)
        turned = unit(np.stack([vector - mean for vector in (own, *others.values())]))
        cosines = (turned[1:] @ turned[0]).astype(np.float32)
        by_chance = -np.sort(-(unit(drawn) @ turned[1:].T).astype(np.float32), axis=1)
        best = np.argsort(-cosines, kind="stable")[: self._k]
        alike = tuple(others)
        yield _Found(
            f"layer{of.layer}-{of.method}-alike", RELATED, tuple(alike[place] for place in best),
            cosines[best],
            by_chance[:, : len(best)], self._facts(of),
        )  # fmt: skip

    def _centred(
        self, of: LayerVector
    ) -> tuple[NDArray[np.float64], dict[Concept, NDArray[np.float64]]]:
        """Return a vector less the mean of the others of its layer, and those less it too."""
        found: dict[Concept, list[NDArray[np.float64]]] = {}
        for other in self._others:
            for each in other.vectors:
                if (each.layer, each.method) == (of.layer, of.method):
                    found.setdefault(other.concept, []).append(each.vector)
        others = {concept: np.mean(several, axis=0) for concept, several in found.items()}
        mean = np.mean(list(others.values()), axis=0) if others else np.zeros_like(of.vector)
        return of.vector - mean, {concept: each - mean for concept, each in others.items()}

    def _facts(self, of: LayerVector) -> tuple[tuple[str, Fact], ...]:
        read, others = self._centred(of)
        norm = float(np.linalg.norm(read)) / of.stream_norm
        return (
            ("layer", of.layer), ("method", of.method), ("beside", len(others)),
            ("relative_norm", round(norm, 6)),
        )  # fmt: skip
