"""What is suspicious about a source, seen from how often each of its concepts occurs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hartonomous.observations import NOBODY, Observations, SiteRecord

FLOODS = "floods the graph"
HUB = "one concept in most relations"

#: Relations a concept that a site without lists may have on average, and with lists at most.
_USUAL_DEGREE = 256
_LONGEST_LIST = 1000
#: Fewer concepts than these are often all related, or all to one.
_FEW_CONCEPTS = 50
_MOST = 0.5


class DegreeCount:
    """Counts how many observations each concept of a source is in."""

    def __init__(self, concepts: int) -> None:
        self._degree: NDArray[np.int64] = np.zeros(concepts, dtype=np.int64)
        self._total = 0
        self._floods = False

    def add(self, batch: Observations) -> None:
        """Count a batch."""
        there = batch.b != NOBODY
        for side in (batch.a[there], batch.b[there]):
            counts = np.bincount(side)
            self._degree[: len(counts)] += counts
        self._total += int(np.count_nonzero(there))

    def close_site(self, sites: Sequence[SiteRecord], observations: int, expected: int = 0) -> None:
        """Judge sites by how many observations they had for the concepts seen so far.

        ``expected`` counts the lists of all rows: one word can be several, each with its list.
        """
        concepts = len(self.used)
        k = [site.join.k if site.join else None for site in sites]
        lengths = sum(each or 0 for each in k)
        lists = max(concepts, expected // lengths if lengths else 0)
        allowed = sum(min(each or _USUAL_DEGREE, _LONGEST_LIST) for each in k) * lists
        if k[0] is None and concepts >= _FEW_CONCEPTS:
            allowed = min(allowed, int(_MOST * concepts * (concepts - 1)))
        self._floods |= observations > allowed

    @property
    def used(self) -> NDArray[np.intp]:
        """Indices of the concepts that occur at all."""
        return np.flatnonzero(self._degree)

    @property
    def flags(self) -> list[str]:
        """What is wrong with the source; nothing with most."""
        found = [FLOODS] if self._floods else []
        if len(self.used) >= _FEW_CONCEPTS and self._degree.max() > _MOST * self._total:
            found.append(HUB)
        return found
