"""Batches of observations as rows of lists, concepts by their numbers in the database."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from hartonomous.errors import ParameterError
from hartonomous.observations import NOBODY, Observations
from hartonomous.store import copy

#: The weight of an observation that a relation does not hold.
REJECTED = -1


class ListWriter:
    """Turns a source's observations into rows, and keeps count of what they name.

    Parameters
    ----------
    numbers
        (n,) int32: the number of each concept of the source, 0 for one that is left out. Its place
        in a list stays and is empty, so that the ranks behind it are what they were.

    Where there are no ranks, weight 0 says that the relation does not hold.
    """

    def __init__(self, numbers: NDArray[np.int32]) -> None:
        # NOBODY is the last of them
        self._numbers = np.append(numbers, np.int32(0))
        self._has_row: NDArray[np.bool_] = np.zeros(len(numbers) + 1, dtype=bool)
        self._is_listed: NDArray[np.bool_] = np.zeros(len(numbers) + 1, dtype=bool)
        #: Pieces of evidence written so far.
        self.observations = 0

    def rows(
        self,
        batch: Observations,
        content_id: int | NDArray[np.int32],
        site_id: int | NDArray[np.int32],
        relation_type_id: int,
        *,
        ranked: bool = True,
        sites: int = 1,
    ) -> Iterator[NDArray[np.void]]:
        """Give the rows of a batch, those with lists of one length together.

        Parameters
        ----------
        content_id, site_id
            One number, or one for each observation.
        ranked
            Whether the place in a list is a rank.
        sites
            How many sites share a list, each an equal part of it.

        Raises
        ------
        ParameterError
            A list names a concept twice, or can't be parted among its sites.
        """
        starts = self._starts(batch.a, site_id)
        lengths = np.diff(np.append(starts, len(batch)))
        neighbours = self._numbers[batch.b]
        stored = batch.weight if ranked else np.where(batch.weight > 0, batch.weight, REJECTED)
        weights = np.where(neighbours > 0, stored, 0).astype(np.int32)
        kept = (self._numbers[batch.a[starts]] > 0) & (
            np.maximum.reduceat(neighbours, starts) > 0 if len(starts) else False
        )
        for length in np.unique(lengths[kept]):
            first = starts[kept & (lengths == length)]
            places = first[:, None] + np.arange(length)
            _require_distinct(batch.b[places], sites)
            self._note(batch, first, places)
            yield copy.list_rows(
                self._numbers[batch.a[first]],
                _at(content_id, first),
                _at(site_id, first),
                relation_type_id,
                neighbours[places],
                weights[places],
                _cut(batch, places) if ranked and sites == 1 else 0,
            )

    @staticmethod
    def _starts(a: NDArray[np.int32], site_id: int | NDArray[np.int32]) -> NDArray[np.intp]:
        """Return where lists begin."""
        begins = np.ones(len(a), dtype=bool)
        begins[1:] = a[1:] != a[:-1]
        if isinstance(site_id, np.ndarray):
            begins[1:] |= site_id[1:] != site_id[:-1]
        return np.flatnonzero(begins)

    def _note(self, batch: Observations, first: NDArray[np.intp], places: NDArray[np.intp]) -> None:
        self._has_row[batch.a[first]] = True
        listed = batch.b[places]
        self._is_listed[listed[listed != NOBODY]] = True
        self.observations += int(np.count_nonzero(self._numbers[listed]))

    def empty_rows(
        self,
        concepts: NDArray[np.int32] | NDArray[np.intp],
        content_id: int | NDArray[np.int32],
        site_id: int | NDArray[np.int32],
        relation_type_id: int,
    ) -> NDArray[np.void]:
        """Return rows of concepts that list nobody; columns of length m, or one number."""
        known = np.flatnonzero(self._numbers[concepts])
        nobody = np.empty((len(known), 0), dtype=np.int32)
        return copy.list_rows(
            self._numbers[concepts[known]],
            _at(content_id, known),
            _at(site_id, known),
            relation_type_id,
            nobody,
            nobody,
        )

    @property
    def rowless(self) -> NDArray[np.intp]:
        """Places of the concepts that are in lists and have none."""
        return np.flatnonzero(self._is_listed & ~self._has_row)

    @property
    def named(self) -> int:
        """How many concepts the rows name."""
        return int(np.count_nonzero((self._is_listed | self._has_row) & (self._numbers > 0)))


def _cut(batch: Observations, places: NDArray[np.intp]) -> NDArray[np.int32]:
    """Return the weight of each list's last neighbour, 0 where nobody is; forgotten ones count."""
    weight = np.where(batch.b[places] == NOBODY, np.iinfo(np.int32).max, batch.weight[places])
    least: NDArray[np.int32] = weight.min(axis=1)
    return np.where(least == np.iinfo(np.int32).max, 0, least).astype(np.int32)


def _at(numbers: int | NDArray[np.int32], places: NDArray[np.intp]) -> int | NDArray[np.int32]:
    return numbers[places] if isinstance(numbers, np.ndarray) else numbers


def _require_distinct(lists: NDArray[np.int32], sites: int) -> None:
    """Refuse lists, (m, length), in which one site names a concept twice."""
    if lists.shape[1] % sites:
        raise ParameterError(f"lists of {lists.shape[1]} places can't be shared by {sites} sites")
    ordered = np.sort(lists.reshape(len(lists), sites, -1), axis=2)
    if np.any((ordered[:, :, 1:] == ordered[:, :, :-1]) & (ordered[:, :, 1:] != NOBODY)):
        raise ParameterError("a list names one concept twice")
