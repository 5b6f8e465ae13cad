"""The logit lens: which words a direction of the residual stream promotes.

A direction is read by the rows of the unembedding with the final norm's weight folded in
(nostalgebraist 2020, "interpreting GPT: the logit lens"; Dar et al. 2022). Rows are those of whole
words, without their mean and first two principal components, which say how frequent a word is (Mu
and Viswanath 2018). Rows are read block by block, twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hartonomous.concepts import Concept
from hartonomous.errors import InvalidVectorsError
from hartonomous.readers.transformer.model import OpenedModel
from hartonomous.readers.transformer.projection import RowBlocks

Array = NDArray[np.float64]

#: Principal components that are taken away, as from embeddings.
_COMPONENTS = 2


@dataclass(frozen=True, eq=False)
class Lens:
    """What reads directions.

    Parameters
    ----------
    rows
        The unembedding's, shape (n, d).
    concept_of_row : int32, shape (n,)
        Each row's concept, ascending.
    is_word : bool, shape (n,)
        Whether it is a whole word.
    mean, components : shapes (d,) and (d, 2)
        What is taken away of the words' rows.
    """

    rows: RowBlocks
    concept_of_row: NDArray[np.int32]
    is_word: NDArray[np.bool_]
    mean: Array
    components: Array

    @classmethod
    def of(cls, opened: OpenedModel) -> Lens:
        """Look through a model's unembedding.

        Raises
        ------
        InvalidVectorsError
            Its vocabulary has no whole words that differ.
        """
        rows = opened.written(opened.weights.shapes.layers - 1)
        words = np.array([is_word(concept) for concept in opened.table.vocabulary.concepts])
        chosen = words[opened.concept_of_row]
        mean, scatter = _moments(rows, chosen)
        if not scatter.any():
            raise InvalidVectorsError(f"{opened.weights.name}: its vocabulary has no whole words")
        components = np.linalg.eigh(scatter)[1][:, -_COMPONENTS:]
        return cls(rows, opened.concept_of_row, chosen, mean, components)

    @property
    def words(self) -> NDArray[np.int32]:
        """The concepts that are read, ascending, shape (w,)."""
        return np.unique(self.concept_of_row[self.is_word])

    def scores(self, directions: Array) -> NDArray[np.float32]:
        """Return how strongly directions promote words.

        Parameters
        ----------
        directions : shape (m, d)
            None of them zero.

        Returns
        -------
        float32, shape (w, m): cosines of cleaned words and directions, in the order of `words`; of
        a word that several tokens write, that of the strongest.
        """
        turned = unit(self._without(directions)).T.astype(np.float32)
        words = self.words
        found = np.full((len(words), directions.shape[0]), -1, np.float32)
        for numbers, rows in _chosen(self.rows, self.is_word):
            scores = unit(self._without(rows - self.mean)).astype(np.float32) @ turned
            here, first = np.unique(self.concept_of_row[numbers], return_index=True)
            places = np.searchsorted(words, here)
            found[places] = np.maximum(found[places], np.maximum.reduceat(scores, first))
        return found

    def _without(self, rows: Array) -> Array:
        left: Array = rows - (rows @ self.components) @ self.components.T
        return left


def unit(rows: Array) -> Array:
    """Return rows at length 1, those of zeros as they are."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    made: Array = rows / np.maximum(lengths, np.finfo(np.float64).tiny)
    return made


def is_word(concept: Concept) -> bool:
    """Say whether a concept is a whole word and not a piece or a mark."""
    return concept.kind == "text" and any(map(str.isalpha, concept.text))


def _moments(rows: RowBlocks, chosen: NDArray[np.bool_]) -> tuple[Array, Array]:
    """Return mean and covariance of the chosen rows; zeros where there are none."""
    width, count = rows.shape[1], max(1, int(chosen.sum()))
    total, squares = np.zeros(width), np.zeros((width, width))
    for _, block in _chosen(rows, chosen):
        total += block.sum(axis=0)
        squares += block.T @ block
    mean: Array = total / count
    return mean, squares / count - np.outer(mean, mean)


def _chosen(
    rows: RowBlocks, chosen: NDArray[np.bool_]
) -> Iterator[tuple[NDArray[np.int64], Array]]:
    """Yield the chosen rows block by block, and which they are."""
    for block, values in rows.blocks():
        kept = np.flatnonzero(chosen[block])
        if len(kept):
            yield kept + block.start, values[kept].astype(np.float64)
