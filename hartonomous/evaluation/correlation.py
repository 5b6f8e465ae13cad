"""Rank correlation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def spearman(people: NDArray[np.float64], ratings: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Spearman's rank correlation of each row with the same row of the other.

    Parameters
    ----------
    people, ratings
        (n,) or (r, n), ties share their mean rank; a row of one value correlates by 0.

    Returns
    -------
    (1,) or (r,), from -1 to 1.
    """
    from scipy.stats import rankdata

    x = rankdata(np.atleast_2d(people), axis=1)
    y = rankdata(np.atleast_2d(ratings), axis=1)
    x -= x.mean(axis=1, keepdims=True)
    y -= y.mean(axis=1, keepdims=True)
    length = np.sqrt((x * x).sum(axis=1) * (y * y).sum(axis=1))
    products = (x * y).sum(axis=1)
    length[length == 0] = np.inf
    correlations: NDArray[np.float64] = products / length
    return correlations
