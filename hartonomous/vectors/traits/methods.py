"""Four ways to a trait's direction; each is oriented on the examples it was fitted to.

All take activations of positive and negative examples, float64, shapes (n, hidden) and (m, hidden),
and return a vector, float64, shape (hidden,), along which positive examples lie higher.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from hartonomous.errors import ParameterError
from hartonomous.vectors.extras import required
from hartonomous.vectors.statistics import auroc, unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Method = Callable[[Array, Array], Array]

#: Independent components at most, and iterations to find them.
COMPONENTS, ITERATIONS = 10, 500
#: Steps of gradient ascent, its first step's length, and the covariance's share of identity.
STEPS, STEP, SHRINKAGE = 300, 0.5, 0.1
#: Weight of the probe's errors against its length.
PROBE_C = 0.1


def mean_diff(positive: Array, negative: Array) -> Array:
    """Return the mean of the positives minus that of the negatives."""
    return np.asarray(positive.mean(0) - negative.mean(0))


def probe(positive: Array, negative: Array) -> Array:
    """Return the weights of a logistic regression on standardised activations.

    They are given in the activations' own units, so that they can be projected on.
    """
    both, labels = _stacked(positive, negative)
    scale = both.std(0)
    scale[scale == 0] = 1
    model = required("sklearn.linear_model").LogisticRegression(C=PROBE_C, max_iter=1000)
    model.fit((both - both.mean(0)) / scale, labels)
    return np.asarray(model.coef_[0] / scale, np.float64)


def ica(positive: Array, negative: Array) -> Array:
    """Return the independent component that tells the examples best apart, turned upwards.

    Which component and which sign is decided by their AUROC here; the number of a component, or
    its sign, means nothing (Hyvärinen and Oja 2000).
    """
    both, _ = _stacked(positive, negative)
    count = min(COMPONENTS, len(both) - 1, both.shape[1])
    model = required("sklearn.decomposition").FastICA(
        n_components=count, random_state=0, max_iter=ITERATIONS, whiten="unit-variance"
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a component that is still moving is as good as any
        model.fit(both)
    directions = np.asarray(model.components_, np.float64)
    apart = [auroc(positive @ d, negative @ d) - 0.5 for d in directions]
    best = int(np.argmax(np.abs(apart)))
    return np.asarray(directions[best] * (1 if apart[best] >= 0 else -1))


def gradient(positive: Array, negative: Array) -> Array:
    """Return the direction of greatest Fisher ratio, by gradient ascent from the difference.

    The ratio is (w · difference)² / w · C w with the pooled covariance C, shrunk. Maximising the
    difference alone is mean_diff at a fixed length and has no maximum without one.
    """
    difference = mean_diff(positive, negative)
    centred = np.vstack([positive - positive.mean(0), negative - negative.mean(0)])
    spread = float((centred**2).sum()) / centred.size
    if not difference.any() or spread == 0:
        return difference
    direction = unit(difference)
    step = STEP
    best = _fisher(direction, difference, centred, spread)
    for _ in range(STEPS):
        trial = unit(direction + step * unit(_slope(direction, difference, centred, spread)))
        ratio = _fisher(trial, difference, centred, spread)
        if ratio > best:
            direction, best, step = trial, ratio, min(STEP, 1.5 * step)
        else:
            step /= 2
        if step < 1e-6:
            break
    return np.asarray(direction * np.linalg.norm(difference))


def _spread(direction: Array, centred: Array, spread: float) -> Array:
    """Return the shrunk covariance times a direction."""
    covered = centred.T @ (centred @ direction) / len(centred)
    return np.asarray((1 - SHRINKAGE) * covered + SHRINKAGE * spread * direction)


def _fisher(direction: Array, difference: Array, centred: Array, spread: float) -> float:
    within = float(direction @ _spread(direction, centred, spread))
    return float(direction @ difference) ** 2 / within


def _slope(direction: Array, difference: Array, centred: Array, spread: float) -> Array:
    """Return the gradient of the logarithm of the Fisher ratio at a direction of length 1."""
    across = _spread(direction, centred, spread)
    return np.asarray(difference / (direction @ difference) - across / (direction @ across))


def _stacked(positive: Array, negative: Array) -> tuple[Array, Array]:
    labels = np.concatenate([np.ones(len(positive)), np.zeros(len(negative))])
    return np.vstack([positive, negative]), labels


METHODS: dict[str, Method] = {
    "mean_diff": mean_diff,
    "probe": probe,
    "ica": ica,
    "gradient": gradient,
}


def method_named(name: str) -> Method:
    """Return a method; a ParameterError names the known ones."""
    if name not in METHODS:
        raise ParameterError(f"a method is {', '.join(METHODS)}, not {name!r:.40}")
    return METHODS[name]
