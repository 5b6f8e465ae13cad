"""Mine sites that are stored together: the heads of a layer, the neurons of an MLP.

Each concept's lists at all sites of a group lie in one row. They are held until the group is
joined, so a group has as many sites as fit :data:`GROUP_BYTES`; from then on they lie in a file
until they are loaded.
"""

from __future__ import annotations

import os
import tempfile
import weakref
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from hartonomous.geometry.join import NeighborBlock, join_blocks
from hartonomous.geometry.knn import Method
from hartonomous.geometry.rows import ChosenRows, TakenRows
from hartonomous.miners.balancing import balance, whiten
from hartonomous.miners.embeddings import merge_duplicates
from hartonomous.observations import (
    NOBODY,
    JoinRecord,
    MinedSite,
    Observations,
    SiteRecord,
    quantise_weights,
)
from hartonomous.readers.stored import room
from hartonomous.sites import VectorSite

#: What the lists of a group may take in memory.
GROUP_BYTES = 128 << 20
_ENTRY_BYTES = 8
#: Observations of one batch.
_BATCH_OBSERVATIONS = 1 << 18
_STORED = np.dtype("<i4")

Lists = tuple[NDArray[np.int32], NDArray[np.int32]]


def grouped(sites: Sequence[VectorSite], concepts: int) -> Iterator[tuple[VectorSite, ...]]:
    """Yield sites that are stored together, a site alone by itself."""
    for name, group in groupby(sites, key=lambda site: site.group):
        together = tuple(group)
        if not name:
            yield from ((site,) for site in together)
            continue
        entry = max(1, _ENTRY_BYTES * concepts * together[0].settings.k)
        most = max(1, GROUP_BYTES // entry)
        for start in range(0, len(together), most):
            yield together[start : start + most]


def mine_group(
    sites: Sequence[VectorSite],
    index: NDArray[np.int32],
    method: Method,
    threads: int | None,
    progress: Callable[[int], None],
) -> MinedSite:
    """Join each site of a group.

    Parameters
    ----------
    sites
        Sites of one group: they list the same concepts, and their lists are of one type.
    index : (n,) int32
        The place of each of the source's concepts in its concept table.
    progress
        Told of each site that is joined.
    """
    records, lists = [], []
    concepts = np.unique(index[sites[0].concept_of_query])
    for site in sites:
        record, found = _mine(site, index, concepts, method, threads)
        records.append(record)
        lists.append(found)
        progress(1)
    length = max(found[0].shape[1] for found in lists)
    stored = StoredLists(concepts, [_padded(found, length) for found in lists])
    expected = sum(int(np.count_nonzero(found[0] != NOBODY)) for found in lists)
    return MinedSite(tuple(records), stored.batches(), sites[0].relation_type, length, expected)


def compared_rows(site: VectorSite) -> tuple[TakenRows, TakenRows]:
    """Read queries and keys of a site and make their cosines what they mean."""
    queries = site.queries.gathered()
    keys = queries if site.keys is None else site.keys.gathered()
    if site.comparison == "as they are":
        return queries, keys
    if site.comparison == "balanced":
        balance(queries, keys)
    elif site.comparison == "queries whitened":
        whiten(queries, keys)
    else:
        whiten(keys, queries)
    return queries, keys


def _mine(
    site: VectorSite,
    index: NDArray[np.int32],
    concepts: NDArray[np.int32],
    method: Method,
    threads: int | None,
) -> tuple[SiteRecord, Lists]:
    if site.concept_of_key is None:
        raise TypeError(f"{site.position}: a site of a group has keys")
    queries, keys = compared_rows(site)
    left, right = index[site.concept_of_query], index[site.concept_of_key]
    alike = site.concept_of_query is site.concept_of_key
    by_left, by_right = np.argsort(left, kind="stable"), np.argsort(right, kind="stable")
    k = min(site.settings.k, len(right) - alike)
    joined = join_blocks(
        ChosenRows(queries, by_left),
        ChosenRows(keys, by_right),
        k,
        method=method,
        threads=threads,
        exclude_self=alike,
    )
    found = _lists(joined.blocks, left[by_left], right[by_right], concepts, k, alike=alike)
    record = JoinRecord(
        k, "cosine", joined.method, joined.recall, mean_removed=site.comparison != "as they are",
        comparison=site.comparison, signal=site.signal,
    )  # fmt: skip
    return SiteRecord(site.position, record), found


def _lists(
    blocks: Iterator[NeighborBlock],
    query: NDArray[np.int32],
    key: NDArray[np.int32],
    concepts: NDArray[np.int32],
    k: int,
    *,
    alike: bool,
) -> Lists:
    """Return each concept's list, (c, k) concepts and weights, best first, nobody at its end."""
    several = len(concepts) < len(query) or len(np.unique(key)) < len(key)
    several = several or (not alike and bool(np.isin(query, key).any()))  # some may meet themselves
    neighbours = np.full((len(concepts), k), NOBODY, np.int32)
    weights = np.zeros((len(concepts), k), np.int32)
    held = []
    for block in blocks:
        rows = block.indices.shape[0]
        places = slice(block.offset, block.offset + rows)
        found, weight = key[block.indices], quantise_weights(block.scores)
        if several:
            held.append((np.repeat(query[places], k), found.ravel(), weight.ravel()))
        else:
            neighbours[places], weights[places] = found, weight
    if several:
        a, b, weight = (np.concatenate(column) for column in zip(*held, strict=True))
        merged = merge_duplicates(a, b, weight)
        row = np.searchsorted(concepts, merged.a)
        first = np.searchsorted(merged.a, merged.a)
        place = np.arange(len(merged)) - first
        kept = place < k
        neighbours[row[kept], place[kept]] = merged.b[kept]
        weights[row[kept], place[kept]] = merged.weight[kept]
    return neighbours, weights


def _padded(lists: Lists, length: int) -> Lists:
    missing = length - lists[0].shape[1]
    if not missing:
        return lists
    edge = ((0, 0), (0, missing))
    return np.pad(lists[0], edge, constant_values=NOBODY), np.pad(lists[1], edge)


class StoredLists:
    """Lists of all sites of a group in an unnamed file, those of one concept one behind the other.

    Parameters
    ----------
    concepts : int32, shape (c,)
        Whose lists they are.
    lists
        Of each site, concepts and weights, shape (c, k) each.
    """

    def __init__(self, concepts: NDArray[np.int32], lists: Sequence[Lists]) -> None:
        self._concepts = concepts
        self._width = sum(found[0].shape[1] for found in lists)
        self._step = max(1, _BATCH_OBSERVATIONS // self._width)
        with room(), tempfile.TemporaryFile(prefix="hartonomous-") as file:
            for start in range(0, len(concepts), self._step):
                rows = slice(start, start + self._step)
                for column in range(2):
                    together = np.concatenate([found[column][rows] for found in lists], axis=1)
                    file.write(together.astype(_STORED).tobytes())
            file.flush()
            self._file = os.dup(file.fileno())
        weakref.finalize(self, os.close, self._file)

    def batches(self) -> Iterator[Observations]:
        """Yield them again."""
        place = 0
        for start in range(0, len(self._concepts), self._step):
            a = np.repeat(self._concepts[start : start + self._step], self._width)
            stored = os.pread(self._file, 2 * a.size * _STORED.itemsize, place)
            place += len(stored)
            columns = np.frombuffer(stored, _STORED).reshape(2, -1)
            yield Observations(a, columns[0], columns[1])
