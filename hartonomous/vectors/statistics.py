"""Intervals and tests: bootstrap, AUROC, permutation; each from its own seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hartonomous.errors import ParameterError

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Resamples of a bootstrap, and shufflings of a permutation test.
RESAMPLES = 2000
#: Two-sided, in percent of the distribution.
INTERVAL = (2.5, 97.5)


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.2f} [{self.low:.2f}, {self.high:.2f}]"


def bootstrap(
    statistic: Callable[[NDArray[np.intp]], float],
    count: int,
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Estimate:
    """Return a statistic of items and its percentile bootstrap interval (Efron 1979).

    Parameters
    ----------
    statistic
        Takes the numbers of the items that count, with repetitions, and returns a figure; NaN
        where these items leave it undefined, which the interval then leaves out.
    count
        How many items there are.
    seed
        Of the resampling.
    resamples
        How many.

    Raises
    ------
    ParameterError
        There are no items.
    """
    if count < 1:
        raise ParameterError("there are no items to estimate from")
    rng = np.random.default_rng(seed)
    drawn = [statistic(rng.integers(0, count, count)) for _ in range(resamples)]
    finite = np.asarray(drawn)[np.isfinite(drawn)]
    value = float(statistic(np.arange(count)))
    if not len(finite):
        return Estimate(value, float("nan"), float("nan"))
    low, high = np.percentile(finite, INTERVAL)
    return Estimate(value, float(low), float(high))


def mean_estimate(values: NDArray[np.floating], *, seed: int = 0) -> Estimate:
    """Return the mean of items with its bootstrap interval."""
    items = np.asarray(values, np.float64)
    return bootstrap(lambda rows: float(items[rows].mean()), len(items), seed=seed)


def recovery(
    none: NDArray[np.floating],
    treated: NDArray[np.floating],
    full: NDArray[np.floating],
    *,
    seed: int = 0,
) -> Estimate:
    """Return which share of the way from ``none`` to ``full`` the treatment goes, item by item.

    Parameters
    ----------
    none, treated, full
        Shape (items,): each item's score without, with, and with all there is to have.
    seed
        Of the resampling.

    Returns
    -------
    Estimate
        (treated - none) / (full - none) of the means; NaN where full is no better than none.
    """
    a, b, c = (np.asarray(scores, np.float64) for scores in (none, treated, full))

    def share(rows: NDArray[np.intp]) -> float:
        room = float((c[rows] - a[rows]).mean())
        return float((b[rows] - a[rows]).mean()) / room if room > 0 else float("nan")

    return bootstrap(share, len(a), seed=seed)


def auroc(positive: NDArray[np.floating], negative: NDArray[np.floating]) -> float:
    """Return how often a positive lies above a negative, ties counting half.

    Raises
    ------
    ParameterError
        One of the two is empty.
    """
    if not len(positive) or not len(negative):
        raise ParameterError("an AUROC needs positives and negatives")
    ordered = np.sort(np.asarray(negative, np.float64))
    below = np.searchsorted(ordered, positive, "left")
    up_to = np.searchsorted(ordered, positive, "right")
    return float((below + up_to).mean() / (2 * len(ordered)))


def auroc_estimate(
    positive: NDArray[np.floating], negative: NDArray[np.floating], *, seed: int = 0
) -> Estimate:
    """Return the AUROC with its bootstrap interval, both classes resampled."""
    scores = np.concatenate([positive, negative])
    is_positive = np.arange(len(scores)) < len(positive)

    def of(rows: NDArray[np.intp]) -> float:
        chosen = is_positive[rows]
        if chosen.all() or not chosen.any():
            return float("nan")
        return auroc(scores[rows[chosen]], scores[rows[~chosen]])

    return bootstrap(of, len(scores), seed=seed, resamples=RESAMPLES // 2)


def permutation_p(
    positive: NDArray[np.floating], negative: NDArray[np.floating], *, seed: int = 0
) -> float:
    """Return how likely shuffled labels have an AUROC as high, one-sided, never 0.

    Notes
    -----
    (1 + hits) / (1 + shufflings), Phipson and Smyth 2010.
    """
    scores = np.concatenate([positive, negative])
    rng = np.random.default_rng(seed)
    seen = auroc(positive, negative)
    hits = 0
    for _ in range(RESAMPLES):
        shuffled = rng.permutation(scores)
        hits += auroc(shuffled[: len(positive)], shuffled[len(positive) :]) >= seen
    return (1 + hits) / (1 + RESAMPLES)


def unit(vector: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return a vector at length 1.

    Raises
    ------
    ParameterError
        It is zero, or not finite.
    """
    given = np.asarray(vector, np.float64)
    length = float(np.linalg.norm(given))
    if not np.isfinite(length) or length == 0:
        raise ParameterError("a vector is zero or not finite")
    return given / length


def random_directions(count: int, size: int, *, seed: int = 0) -> NDArray[np.float64]:
    """Return random directions at length 1, shape (count, size)."""
    drawn = np.random.default_rng(seed).normal(size=(count, size))
    return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True))
