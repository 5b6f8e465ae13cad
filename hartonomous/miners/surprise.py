"""Weigh pairs of words by how much more often they were seen together than by chance.

Function words are near everything. A pair that was seen n times weighs

    n / (n + 1) * (n - 4 e) / (n + 4 e)

and at least 2^-20, where e is how often it would be seen by chance. The first factor discounts
what was seen rarely (Pantel and Lin 2002, "Discovering word senses from text", section 3). The
second is tanh((ln(n / e) - ln 4) / 2): pointwise mutual information shifted by ln 4, from 0 up
(Levy and Goldberg 2014, "Neural word embedding as implicit matrix factorization", equation 11), on
a scale that ends at 1, and without a logarithm, which machines round differently.

By chance, a and b would be seen e = (m_a - n) (m_b - n) / (N + 100) times, where m is how often a
word was seen with any, and N with them all. What a pair was seen itself is left out of it, as two
words that go with each other alone are no accident. A hundred sightings more than there were stand
for the rest of the language: in a text of three words nothing says which of them are frequent.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hartonomous.observations import WEIGHT_UNIT

#: By how many times a pair has to be seen more often than by chance.
SHIFT = 4.0
#: Sightings of words that aren't those of the text.
UNSEEN = 100


def surprising_weights(
    a: NDArray[np.int64],
    b: NDArray[np.int64],
    count: NDArray[np.int64],
    unit: int,
    *,
    is_symmetric: bool,
) -> NDArray[np.int32]:
    """Return the weight of each pair.

    Parameters
    ----------
    a, b : int64, shape (m,)
        Places of concepts; each pair once, in one of its directions where they are symmetric.
    count : int64, shape (m,)
        How often each pair was seen, above 0, in parts of ``unit``.
    unit
        How much once is.
    is_symmetric
        Whether a to b says the same as b to a.

    Returns
    -------
    int32, shape (m,), in units of 2^-20, from 1 up. Sums are whole numbers and all else is one
    rounded operation after the other, so that no machine and no order of pairs shows.
    """
    if not len(count):
        return np.zeros(0, np.int32)
    of_a, of_b, total = _sums(a, b, count, is_symmetric=is_symmetric)
    n = count.astype(np.float64)
    rest = (of_a[a] - count).astype(np.float64) * (of_b[b] - count).astype(np.float64)
    chance = SHIFT * (rest / float(total + UNSEEN * unit))
    weight = n / (n + unit) * ((n - chance) / (n + chance))
    units = np.rint(weight * WEIGHT_UNIT)
    return np.clip(units, 1, WEIGHT_UNIT).astype(np.int32)


def _sums(
    a: NDArray[np.int64], b: NDArray[np.int64], count: NDArray[np.int64], *, is_symmetric: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Return how often each word was seen first, and second, and all of them together."""
    length = int(max(a.max(), b.max())) + 1
    of_a, of_b = np.zeros(length, np.int64), np.zeros(length, np.int64)
    np.add.at(of_a, a, count)
    np.add.at(of_b, b, count)
    total = int(of_a.sum())
    if is_symmetric:
        both = of_a + of_b
        return both, both, 2 * total
    return of_a, of_b, total
