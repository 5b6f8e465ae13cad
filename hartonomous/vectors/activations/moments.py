"""Mean and variance of a stream, without keeping it (Welford 1962; merged as Chan et al. 1983)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hartonomous.errors import InvalidVectorsError

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Moments:
    """Mean and standard deviation of what was seen.

    Parameters
    ----------
    count
        How many samples.
    mean, deviation
        float64, one sample's shape; the deviation divides by ``count - 1``, and is 0 for one.
    """

    count: int
    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]


class RunningMoments:
    """Takes samples one batch at a time; memory is two arrays of one sample's shape."""

    def __init__(self) -> None:
        self._count = 0
        self._mean: NDArray[np.float64] | None = None
        self._squares: NDArray[np.float64] | None = None

    def add(self, samples: NDArray[np.floating]) -> None:
        """Take a batch; the first axis counts samples.

        Raises
        ------
        InvalidVectorsError
            A number is NaN or infinite.
        """
        batch = np.asarray(samples, np.float64)
        if not len(batch):
            return
        if not np.isfinite(batch).all():
            raise InvalidVectorsError("an activation is NaN or infinite")
        mean = batch.mean(0)
        squares = ((batch - mean) ** 2).sum(0)
        if self._mean is None or self._squares is None:
            self._count, self._mean, self._squares = len(batch), mean, squares
            return
        total = self._count + len(batch)
        step = mean - self._mean
        self._squares = self._squares + squares + step**2 * (self._count * len(batch) / total)
        self._mean = self._mean + step * (len(batch) / total)
        self._count = total

    def result(self) -> Moments:
        """Return what was seen so far.

        Raises
        ------
        InvalidVectorsError
            Nothing was.
        """
        if self._mean is None or self._squares is None:
            raise InvalidVectorsError("there are no samples to average")
        deviation = np.sqrt(self._squares / max(1, self._count - 1))
        return Moments(self._count, self._mean, deviation)
