"""How much weights changed, where, and what a threshold costs: summed while they stream by."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Squared deltas are summed by size, in so many classes an octave, over these octaves.
_CLASSES, _LOWEST, _HIGHEST = 16, -40, 24
#: What a threshold should keep at least.
_KEPT = 0.99


@dataclass(frozen=True)
class ComponentShare:
    """What one component has of the change and of the file, shares from 0 to 1."""

    component: str
    share_of_change: float
    share_of_bytes: float


@dataclass(frozen=True)
class ChangeReport:
    """How much of the change was kept.

    Parameters
    ----------
    energy_kept
        1 - |delta - written delta|² / |delta|², at least 0.
    threshold_for_99_percent
        The largest threshold that keeps 99 % of the squared deltas, to 4 %.
    components
        Their shares.
    parameters
        Numbers that differ.
    """

    energy_kept: float
    threshold_for_99_percent: float
    components: tuple[ComponentShare, ...]
    parameters: int


class ChangeTally:
    """Takes blocks of deltas; memory is a few kilobytes."""

    def __init__(self) -> None:
        self._by_size = np.zeros((_HIGHEST - _LOWEST) * _CLASSES)
        self._change: dict[str, float] = defaultdict(float)
        self._bytes: dict[str, int] = defaultdict(int)
        self._lost = 0.0
        self._parameters = 0

    def add(
        self, component: str, delta: NDArray[np.floating], restored: NDArray[np.floating]
    ) -> None:
        """Take deltas and what is written of them."""
        flat = np.abs(delta.reshape(-1).astype(np.float64))
        changed = flat[flat > 0]
        self._parameters += len(changed)
        self._change[component] += float((changed**2).sum())
        self._lost += float(np.square(delta - restored, dtype=np.float64).sum())
        place = np.floor((np.log2(changed) - _LOWEST) * _CLASSES)
        place = np.clip(place, 0, len(self._by_size) - 1).astype(np.intp)
        self._by_size += np.bincount(place, changed**2, len(self._by_size))

    def add_bytes(self, component: str, count: int) -> None:
        """Take the size of what was written."""
        self._bytes[component] += count

    def report(self) -> ChangeReport:
        """Return the sums as shares."""
        total = sum(self._change.values())
        size = sum(self._bytes.values())
        shares = tuple(
            ComponentShare(name, value / (total or 1), self._bytes[name] / (size or 1))
            for name, value in sorted(self._change.items(), key=lambda pair: -pair[1])
        )
        kept = max(0.0, 1 - self._lost / total) if total else 1.0
        return ChangeReport(kept, self._threshold(), shares, self._parameters)

    def _threshold(self) -> float:
        below = np.cumsum(self._by_size)
        if not below[-1]:
            return 0.0
        place = int(np.searchsorted(below, (1 - _KEPT) * below[-1], "right"))
        return float(2 ** (_LOWEST + place / _CLASSES))
