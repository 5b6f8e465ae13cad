"""How sure the difference between two sides is: the paired bootstrap."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hartonomous.errors import ParameterError
from hartonomous.evaluation.correlation import spearman

RESAMPLES = 2000
_LEAST_RESAMPLES = 100
_CONFIDENCE = 95
#: Resamples drawn at once.
_BLOCK = 100
#: The same resamples every time: the same question gets the same answer.
_RANDOM_STATE = 353


@dataclass(frozen=True)
class Interval:
    """A confidence interval."""

    low: float
    high: float


def difference_interval(
    people: NDArray[np.float64],
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    resamples: int = RESAMPLES,
) -> Interval:
    """Return how far the rank correlation of ``first`` with people is above that of ``second``.

    Parameters
    ----------
    people, first, second
        (n,) scores of the same n items.
    resamples
        At least 100; items are drawn with replacement, the same ones for both sides.

    Returns
    -------
    The 95 % percentile interval of the difference.

    Raises
    ------
    ParameterError
        There are too few resamples.

    References
    ----------
    Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapter 13.
    """
    require_resamples(resamples)
    random = np.random.default_rng(_RANDOM_STATE)
    differences = []
    for _ in range(0, resamples, _BLOCK):
        drawn = random.integers(0, len(people), (_BLOCK, len(people)))
        correlations = [spearman(people[drawn], side[drawn]) for side in (first, second)]
        differences.append(correlations[0] - correlations[1])
    tail = (100 - _CONFIDENCE) / 2
    low, high = np.percentile(np.concatenate(differences), [tail, 100 - tail])
    return Interval(float(low), float(high))


def require_resamples(resamples: int) -> None:
    """Raise unless the resamples are enough for an interval.

    Raises
    ------
    ParameterError
        There are fewer than 100.
    """
    if resamples < _LEAST_RESAMPLES:
        raise ParameterError(
            f"the bootstrap needs at least {_LEAST_RESAMPLES} resamples, not {resamples}"
        )
