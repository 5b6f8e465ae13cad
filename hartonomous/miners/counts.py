"""Mine counted sites: what was seen together, and how often or how strongly, becomes weights.

Counts become weights by n / (n + 1): seen together once is 1/2, as a good neighbour in a model, and
no count exceeds 1. All sums are whole numbers, so weights depend neither on order nor on the
machine. Counts of running text are weighed by surprise too, see :mod:`hartonomous.miners.surprise`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from hartonomous.errors import ParameterError
from hartonomous.miners.surprise import surprising_weights
from hartonomous.observations import (
    WEIGHT_UNIT,
    MinedSite,
    Observations,
    SiteRecord,
)
from hartonomous.sites import CountedSite

#: Distinct pairs of one site; more would not be counted in bounded memory.
MAX_PAIRS = 1 << 24
#: Observations in one batch, if the lists are not longer.
_BATCH_OBSERVATIONS = 1 << 18


class CountedPairs:
    """Counts the pairs of one site, in memory bounded by the distinct pairs."""

    def __init__(self, site: CountedSite) -> None:
        self.site = site
        self._merges = np.maximum if site.weighing == "strength" else np.add
        self._keys: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._counts: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._waiting: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
        self._waiting_pairs = 0

    def add(
        self, a: NDArray[np.int64], b: NDArray[np.int64], count: NDArray[np.int64] | int
    ) -> None:
        """Count pairs; those of a symmetric relation are the same in both directions."""
        if self.site.relation_type.is_symmetric:
            a, b = np.minimum(a, b), np.maximum(a, b)
        keys, counts = self._merged(a << 32 | b, np.broadcast_to(count, a.shape))
        self._waiting.append((keys, counts))
        self._waiting_pairs += len(keys)
        if self._waiting_pairs > max(1 << 20, len(self._keys)):
            self._merge()

    def observations(self) -> Observations:
        """Return every pair with its weight, ordered by a, then b, places as they were given."""
        self._merge()
        a, b = self._keys >> 32, self._keys & 0xFFFFFFFF
        weight = self._weights()
        if self.site.relation_type.is_symmetric:
            a, b, weight = np.concatenate([a, b]), np.concatenate([b, a]), np.tile(weight, 2)
            order = np.lexsort((b, a))
            a, b, weight = a[order], b[order], weight[order]
        return Observations(a.astype(np.int32), b.astype(np.int32), weight)

    def _weights(self) -> NDArray[np.int32]:
        if self.site.weighing == "strength":
            return self._counts.astype(np.int32)
        whole, unit = self._counts, self.site.unit
        if self.site.weighing == "surprise":
            a, b = self._keys >> 32, self._keys & 0xFFFFFFFF
            return surprising_weights(
                a, b, whole, unit, is_symmetric=self.site.relation_type.is_symmetric
            )
        weight = (whole * WEIGHT_UNIT + (whole + unit) // 2) // (whole + unit)
        found: NDArray[np.int32] = np.maximum(weight, 1).astype(np.int32)
        return found

    def _merge(self) -> None:
        keys = np.concatenate([self._keys, *(keys for keys, _ in self._waiting)])
        counts = np.concatenate([self._counts, *(counts for _, counts in self._waiting)])
        self._waiting, self._waiting_pairs = [], 0
        self._keys, self._counts = self._merged(keys, counts)
        if len(self._keys) > MAX_PAIRS:
            raise ParameterError(
                f"a source has more than {MAX_PAIRS:,} distinct pairs at one site: split it"
            )

    def _merged(
        self, keys: NDArray[np.int64], counts: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        order = np.argsort(keys, kind="stable")
        found, first = np.unique(keys[order], return_index=True)
        if not len(first):
            return found, counts[:0].astype(np.int64)
        return found, self._merges.reduceat(counts[order].astype(np.int64), first)


def count_sites(sites: Sequence[CountedSite]) -> tuple[tuple[CountedSite, Observations], ...]:
    """Count the pairs of sites; each stream is read once.

    Returns
    -------
    Each site with its observations, ordered by a, then b; concepts by their place in the source.

    Raises
    ------
    ParameterError
        A site has more than 2^24 distinct pairs.
    """
    counted = []
    for pairs, sharing in groupby(sites, key=lambda site: site.pairs):
        channels = {site.channel: CountedPairs(site) for site in sharing}
        for seen in pairs():
            channels[seen.channel].add(seen.a, seen.b, seen.count)
        counted += [(each.site, each.observations()) for each in channels.values()]
    return tuple(counted)


def mined_site(site: CountedSite, observed: Observations, index: NDArray[np.int32]) -> MinedSite:
    """Return what was counted as the store takes it.

    Parameters
    ----------
    observed
        As `count_sites` returns it.
    index : (n,) int32
        The place of each of the source's concepts in its concept table.
    """
    named = Observations(index[observed.a], index[observed.b], observed.weight)
    record = SiteRecord(site.position, facts=site.facts, signal=site.signal)
    return MinedSite.alone(record, _batches(named), site.relation_type, len(named))


def _batches(observed: Observations) -> Iterator[Observations]:
    """Cut observations into batches of whole lists."""
    a, b, weight = observed.a, observed.b, observed.weight
    start = 0
    while start < len(a):
        stop = min(start + _BATCH_OBSERVATIONS, len(a))
        while stop < len(a) and a[stop] == a[stop - 1]:
            stop += 1
        yield Observations(a[start:stop], b[start:stop], weight[start:stop])
        start = stop
