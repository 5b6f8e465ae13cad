"""95 % intervals of what benchmarks report."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

RESAMPLES = 2000


def bootstrapped(values: ArrayLike) -> tuple[float, float]:
    """Return the percentile interval of a mean, by drawing values with replacement."""
    each = np.asarray(values, dtype=np.float64)
    draw = np.random.default_rng(0).integers(0, len(each), (RESAMPLES, len(each)))
    low, high = np.quantile(each[draw].mean(axis=1), [0.025, 0.975])
    return float(low), float(high)


def wilson(right: int, of: int) -> tuple[float, float]:
    """Return the interval of a share (Wilson 1927); all of 0 to 1 where nothing was asked."""
    if not of:
        return 0.0, 1.0
    z, share = 1.959964, right / of
    middle = share + z * z / (2 * of)
    width = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return (middle - width) / (1 + z * z / of), (middle + width) / (1 + z * z / of)
