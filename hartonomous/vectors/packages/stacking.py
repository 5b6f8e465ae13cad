"""A second skill on top of a first: where their deltas contradict each other, and who wins."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hartonomous.errors import ModelFormatError
from hartonomous.readers.files import shown
from hartonomous.vectors.packages.checkpoint import Checkpoint, read_block, widened
from hartonomous.vectors.packages.components import component

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Conflicts:
    """How often two skills pull a number in opposite directions.

    Parameters
    ----------
    both
        Numbers that both change.
    opposite
        Those of them that they change in opposite directions.
    shares
        opposite / both by component; .5 is what unrelated skills have.
    """

    both: int
    opposite: int
    shares: dict[str, float]


class Stacking:
    """Merges new deltas into numbers that an earlier injection has changed already."""

    def __init__(self, before: Checkpoint, density: float) -> None:
        self._before, self._density = before, density
        self._both: dict[str, int] = defaultdict(int)
        self._opposite: dict[str, int] = defaultdict(int)

    def merge(
        self,
        name: str,
        current: NDArray[np.floating],
        delta: NDArray[np.floating],
        start: int,
        stop: int,
    ) -> NDArray[np.floating]:
        """Return the numbers from ``start`` to ``stop`` of a tensor with both changes in them.

        Raises
        ------
        ModelFormatError
            The checkpoint has no such tensor.
        """
        tensor = self._before.weights.get(name)
        if tensor is None:
            raise ModelFormatError(f"{self._before.folder}: has no {shown(name)}")
        earlier = current - widened(read_block(tensor, start, stop), tensor.dtype)
        both = (earlier != 0) & (delta != 0)
        opposite = both & (np.sign(earlier) != np.sign(delta))
        self._both[component(name)] += int(both.sum())
        self._opposite[component(name)] += int(opposite.sum())
        if self._density == 1:
            return np.asarray(current + delta)
        delta = _largest(delta, self._density)
        opposite &= delta != 0
        stronger = np.abs(delta) > np.abs(earlier)
        new = np.where(opposite & stronger, delta - earlier, delta)
        return np.asarray(current + np.where(opposite & ~stronger, 0, new).astype(delta.dtype))

    def conflicts(self) -> Conflicts:
        """Return how often the two contradicted each other so far."""
        shares = {name: self._opposite[name] / (n or 1) for name, n in self._both.items()}
        return Conflicts(sum(self._both.values()), sum(self._opposite.values()), shares)


def _largest(delta: NDArray[np.floating], density: float) -> NDArray[np.floating]:
    """Return deltas with all but the largest share set to 0."""
    count = max(1, round(density * len(delta)))
    least = np.partition(np.abs(delta), len(delta) - count)[len(delta) - count]
    return np.where(np.abs(delta) >= least, delta, 0).astype(delta.dtype)
