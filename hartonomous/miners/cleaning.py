"""Clean a vector site before mining it: take away what all its vectors share.

Token vectors of a model share a mean and a few dominant directions that say how frequent a word
is rather than what it means. Without them cosine tells more (Mu and Viswanath 2018, "All-but-the-
Top: Simple and Effective Postprocessing for Word Representations", equation 1 and algorithm 1).
Mean, scatter and what is left are each one pass over the rows, a block at a time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hartonomous.errors import InvalidVectorsError, ParameterError
from hartonomous.geometry.rows import HeldRows, TakenRows, WrittenRows
from hartonomous.miners.moments import mean_of, row_blocks, scatter_of

#: How many principal components are taken away by default; docs/decisions has the measurement.
DEFAULT_COMPONENTS = 2
#: Of so many numbers two components would be most of what there is.
_FEW = range(3, 6)

#: The cleaned vectors are float32 again, and so are their squares.
_MOST_VARIANCE = float(np.finfo(np.float32).max)

#: By how much of itself a stored number may be rounded, by type: half of its last bit.
ROUNDING = {
    "float64": 2.0**-24,  # float32 is what is read of it
    "float32": 2.0**-24,
    "float16": 2.0**-11,
    "bfloat16": 2.0**-8,
    "float8_e4m3": 2.0**-4,
    "float8_e5m2": 2.0**-3,
}
#: What is left is a direction from so many times the length on that rounding has by itself.
_TIMES_ROUNDING = 1.25
#: What is left of an untrained token, against what is left of most. New tokens are drawn around
#: the mean with 1e-9 of the covariance (transformers' `mean_resizing`), which is 3e-5 of it.
_UNTRAINED = 2.0**-12


@dataclass(frozen=True)
class Cleaning:
    """What to take away from a site's vectors.

    Parameters
    ----------
    mean
        Whether their mean goes.
    components
        How many of the first principal components go, 0 for none; by default two, and one of
        vectors of three to five numbers.
    """

    mean: bool = True
    components: int | None = None

    def components_of(self, width: int) -> int:
        """Return how many components of vectors of so many numbers go.

        Raises
        ------
        ParameterError
            When they would be negative, or not fewer than the numbers.
        """
        chosen = self.components
        if chosen is None:
            chosen = 1 if width in _FEW else DEFAULT_COMPONENTS
        if not 0 <= chosen < max(1, width):
            raise ParameterError(
                f"can't take {chosen} components away from vectors of {width} "
                "numbers; use --raw to mine them as they are"
            )
        return chosen


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
    """

    mean: bool
    components: int


_NOTHING = CleaningRecord(mean=False, components=0)


@dataclass(frozen=True, eq=False)
class Shared:
    """What all vectors of a site share.

    Parameters
    ----------
    mean : float64, shape (d,)
        Their mean.
    directions : float64, shape (d, c)
        Their first principal components, of unit length.
    """

    mean: NDArray[np.float64]
    directions: NDArray[np.float64]

    def taken_from(self, block: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return vectors without mean and components; in double, as the rest may be small."""
        centred: NDArray[np.float64] = block - self.mean
        centred -= (centred @ self.directions) @ self.directions.T
        return centred

    def rounding(self, block: NDArray[np.float32], precision: float) -> NDArray[np.float64]:
        """Return how long what is left of each vector is by rounding alone, shape (n,).

        Each number is off by ``precision`` of itself at most, which is uniform noise; what of it
        lies along the components is taken away as well.
        """
        kept = 1 - np.einsum("dc,dc->d", self.directions, self.directions)
        squares = np.square(block, dtype=np.float64) @ np.maximum(kept, 0)
        lengths: NDArray[np.float64] = precision * np.sqrt(squares / 3)
        return lengths


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
    if cleaning == RAW:
        return vectors, _NOTHING
    rows = HeldRows(vectors.copy())
    record, _ = clean_rows(rows, cleaning)
    return rows.array, record


def clean_rows(
    rows: WrittenRows, cleaning: Cleaning | None = None, dtype: str = "float32"
) -> tuple[CleaningRecord, NDArray[np.int64]]:
    """Clean rows where they are kept, and say of which nothing is left but rounding.

    Parameters
    ----------
    rows : shape (n, d)
        Finite vectors; they are written over.
    cleaning
        What to take away; the mean and two components by default.
    dtype
        The type in which they were stored, which says how far they are rounded.

    Returns
    -------
    record
        What was taken away.
    directionless : int64, shape (m,)
        The rows that had nothing but what all share, ascending: added tokens that were put at the
        mean and never trained, or all rows of a table that is too small. Without a direction they
        have no neighbours.

    Raises
    ------
    ParameterError
        When ``components`` is negative, or not smaller than d.
    InvalidVectorsError
        When the vectors are so long that their squares don't fit into float32.
    """
    chosen = cleaning or Cleaning()
    count, width = rows.shape
    components = chosen.components_of(width)
    if chosen == RAW or not count:
        return _NOTHING, np.empty(0, dtype=np.int64)
    shared = _shared(rows, components)
    left, rounding = _taken_away(rows, shared, chosen, ROUNDING.get(dtype, ROUNDING["float32"]))
    nothing = (left <= _TIMES_ROUNDING * rounding) | (left <= _UNTRAINED * np.median(left))
    return CleaningRecord(chosen.mean, components), np.flatnonzero(nothing & chosen.mean)


def _taken_away(
    rows: WrittenRows, shared: Shared, chosen: Cleaning, precision: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Write what is left over all rows; return its lengths and those of rounding, shape (n,)."""
    left, rounding = np.empty(rows.shape[0]), np.empty(rows.shape[0])
    for block in row_blocks(rows):
        vectors = rows.rows(block.start, block.stop)
        rounding[block] = shared.rounding(vectors, precision)
        rest = shared.taken_from(vectors)
        left[block] = np.sqrt(np.einsum("ij,ij->i", rest, rest))
        if not chosen.mean:
            rest += shared.mean
        rows.put(np.arange(block.start, block.stop), rest)
    return left, rounding


def _shared(rows: TakenRows, count: int) -> Shared:
    """Return the mean and the first principal components of rows.

    Which sign a component has doesn't matter, as the projection on it is the same for both.
    """
    mean = mean_of(rows)
    width = len(mean)
    if not count:
        return Shared(mean, np.empty((width, 0)))
    from scipy.linalg import eigh  # only a site that is cleaned needs it

    scatter = scatter_of(rows, mean)
    total = float(np.trace(scatter))
    if not np.isfinite(total) or total > _MOST_VARIANCE:
        raise InvalidVectorsError("the vectors are too long: their squares don't fit into float32")
    _, directions = eigh(
        scatter, subset_by_index=(width - count, width - 1), overwrite_a=True, check_finite=False
    )
    return Shared(mean, directions)
