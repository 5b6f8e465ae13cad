"""How far two sketches agree, place by place and concept by concept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hartonomous.lineage.sketch import LENGTH, Place, Sketch

#: A number of no concept.
_NOBODY = -1


@dataclass(frozen=True, eq=False)
class Common:
    """The concepts that two models know, as far as both sketches say.

    Parameters
    ----------
    first, second : int64, shapes (n + 1,) and (m + 1,)
        Of each concept of a sketch its number among the common ones, -1 for the others and, at the
        end, for what a list names that the sketch lacks.
    asked : int64, shape (q,)
        The common concepts whose neighbours both list.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    asked: NDArray[np.int64]

    @classmethod
    def of(cls, a: Sketch, b: Sketch) -> Common:
        """Find them: below both sketches' largest hash, one names all that its model knows."""
        shared, at_a, at_b = np.intersect1d(a.keys, b.keys, return_indices=True)
        bounds = [sketch.keys[-1] for sketch in (a, b) if not sketch.is_whole]
        within = shared <= min(bounds) if bounds else np.ones(len(shared), bool)
        first, second = (np.full(len(sketch.ids) + 1, _NOBODY) for sketch in (a, b))
        first[at_a[within]] = second[at_b[within]] = np.arange(within.sum())
        lengths = len(a.places[0].lists), len(b.places[0].lists)
        asked = (at_a[within] < lengths[0]) & (at_b[within] < lengths[1])
        return cls(first, second, np.flatnonzero(asked))

    @property
    def count(self) -> int:
        """How many they are."""
        return int(self.first.max(initial=_NOBODY)) + 1


def agreement(common: Common, a: Place, b: Place) -> NDArray[np.float64]:
    """Return which share of its first neighbours each common concept has in both lists.

    Lists are cut to concepts that both models know, and to the length of the shorter one, ten at
    most.

    Returns
    -------
    float64, shape (q,)
        NaN where a list is empty.
    """
    left, right, length = _cut(common, a, b)
    hits = (left[:, :, None] == right[:, None, :]).sum(axis=(1, 2))
    with np.errstate(invalid="ignore"):
        share: NDArray[np.float64] = hits / np.where(length, length, np.nan)
    return share


def chance(common: Common, a: Place, b: Place) -> float:
    """Return the share that lists of these lengths, drawn from the common concepts, would have."""
    _, _, length = _cut(common, a, b)
    return min(1.0, float(length.mean()) / max(1, common.count - 1))


def _cut(
    common: Common, a: Place, b: Place
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return both places' lists, shape (q, LENGTH), as they are compared, and their lengths."""
    left, right = (
        _numbered(each, numbers, common.asked)
        for each, numbers in ((a.lists, common.first), (b.lists, common.second))
    )
    length = np.minimum((left >= 0).sum(axis=1), (right >= 0).sum(axis=1)).clip(max=LENGTH)
    within = np.arange(LENGTH) < length[:, None]
    # what is nobody on one side is nobody else on the other
    return np.where(within, _padded(left), -1), np.where(within, _padded(right), -2), length


def _numbered(
    lists: NDArray[np.unsignedinteger[Any]], numbers: NDArray[np.int64], asked: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return lists of common numbers for the common concepts that are asked, nobody at the end."""
    own = np.flatnonzero(numbers >= 0)[asked]
    found = numbers[lists[own].astype(np.int64)]
    order = np.argsort(found < 0, axis=1, kind="stable")
    return np.take_along_axis(found, order, axis=1)


def _padded(lists: NDArray[np.int64]) -> NDArray[np.int64]:
    width = lists.shape[1]
    if width >= LENGTH:
        return lists[:, :LENGTH]
    return np.pad(lists, ((0, 0), (0, LENGTH - width)), constant_values=_NOBODY)


def partners(a: Sketch, b: Sketch, kind: str) -> Iterator[list[tuple[Place, Place]]]:
    """Yield for each place of a kind the pairs, of a's and b's, that may be the same.

    Models of equally many layers have theirs at the same layer; else each place of the shallower
    one may be any of the deeper one's.
    """
    if a.layers > b.layers:
        for found in partners(b, a, kind):
            yield [(other, place) for place, other in found]
        return
    for place in a.of_kind(kind):
        others = [
            each for each in b.of_kind(kind) if a.layers < b.layers or each.layer == place.layer
        ]
        if others:
            yield [(place, other) for other in others]
