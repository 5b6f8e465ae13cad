"""Clean a vector site before mining it: take away what all its vectors share.

Token vectors of a model share a mean and a few dominant directions that say how frequent a word
is rather than what it means. Without them cosine tells more (Mu and Viswanath 2018, "All-but-the-
Top: Simple and Effective Postprocessing for Word Representations", equation 1 and algorithm 1).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hartonomous.errors import InvalidVectorsError, ParameterError

#: How many principal components are taken away by default; docs/decisions has the measurement.
DEFAULT_COMPONENTS = 2

_BLOCK_ROWS = 4096


@dataclass(frozen=True)
class Cleaning:
    """What to take away from a site's vectors.

    Parameters
    ----------
    mean
        Whether their mean goes.
    components
        How many of the first principal components go, 0 for none.
    """

    mean: bool = True
    components: int = DEFAULT_COMPONENTS


#: Vectors as the model has them.
RAW = Cleaning(mean=False, components=0)


@dataclass(frozen=True)
class CleaningRecord:
    """What was taken away from a site's vectors.

    Parameters
    ----------
    mean
        Whether their mean was.
    components
        How many principal components were.
    variance_removed
        The share of the variance around the mean that lay in those components, in [0, 1].
    """

    mean: bool
    components: int
    variance_removed: float = 0.0


def clean(
    vectors: NDArray[np.float32], cleaning: Cleaning | None = None
) -> tuple[NDArray[np.float32], CleaningRecord]:
    """Take the mean and the first principal components away from vectors.

    Parameters
    ----------
    vectors : float32, shape (n, d)
        Finite vectors; they are not changed.
    cleaning
        What to take away; the mean and two components by default.

    Returns
    -------
    cleaned : float32, shape (n, d)
        New vectors, or ``vectors`` itself when nothing is to be taken away.
    record
        What was taken away.

    Raises
    ------
    ParameterError
        When ``components`` is negative, or not smaller than d.
    """
    chosen = cleaning or Cleaning()
    if not 0 <= chosen.components < max(1, vectors.shape[1]):
        raise ParameterError(
            f"can't take {chosen.components} components away from vectors of {vectors.shape[1]} "
            "numbers; use --raw to mine them as they are"
        )
    if chosen == RAW or not len(vectors):
        return vectors, CleaningRecord(mean=False, components=0)
    mean = vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
    directions, share = _principal_components(vectors, mean, chosen.components)
    cleaned = np.empty_like(vectors)
    kept = np.float32(0) if chosen.mean else mean
    for block in _blocks(len(vectors)):
        centred = vectors[block] - mean
        cleaned[block] = centred - (centred @ directions) @ directions.T + kept
    return cleaned, CleaningRecord(chosen.mean, chosen.components, share)


def _principal_components(
    vectors: NDArray[np.float32], mean: NDArray[np.float32], count: int
) -> tuple[NDArray[np.float32], float]:
    """Return the first principal components, shape (d, count), and their share of the variance.

    Which sign a component has doesn't matter, as the projection on it is the same for both.
    """
    if not count:
        return np.empty((len(mean), 0), dtype=np.float32), 0.0
    from scipy.linalg import eigh  # only a site that is cleaned needs it

    width = len(mean)
    scatter = _scatter(vectors, mean)
    total = float(np.trace(scatter))
    if not np.isfinite(total):
        raise InvalidVectorsError("the vectors are too long: their squares don't fit into float32")
    variances, directions = eigh(
        scatter, subset_by_index=(width - count, width - 1), overwrite_a=True, check_finite=False
    )
    return directions.astype(np.float32), float(variances.sum()) / total if total else 0.0


def _scatter(vectors: NDArray[np.float32], mean: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the d x d scatter matrix: float32 products within a block, float64 sums over them."""
    scatter = np.zeros((len(mean), len(mean)))
    for block in _blocks(len(vectors)):
        with np.errstate(over="ignore", invalid="ignore"):  # the caller looks for what overflowed
            centred = vectors[block] - mean
            scatter += centred.T @ centred
    return scatter


def _blocks(rows: int) -> Iterator[slice]:
    for start in range(0, rows, _BLOCK_ROWS):
        yield slice(start, start + _BLOCK_ROWS)
