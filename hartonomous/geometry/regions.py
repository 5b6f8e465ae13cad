"""Regions of the sphere: which points lie together, and what words call a region."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Words that name a region, and the share of its best known ones that they are chosen from.
NAME_WORDS = 3
_KNOWN_SHARE, _MOST_CANDIDATES = 0.5, 500
#: Letters in which two of its names don't agree.
_STEM = 4
#: How narrow the surroundings are that a name stands for: about a third of a radian.
_NARROW = 20.0


def spherical_clusters(positions: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    """Cluster unit vectors by spherical k-means (Dhillon and Modha 2001); no randomness.

    It starts from points each as far as can be from those before and ends when nothing changes.

    Parameters
    ----------
    positions : float64, shape (n, d), norm 1
    count : int
        Clusters at most; fewer where fewer points are distinct.

    Returns
    -------
    int64, shape (n,)
        Cluster of each point, the largest cluster being 0.
    """
    centres = positions[_far_apart(positions, count)]
    region = np.full(len(positions), -1)
    for _ in range(100):
        following = np.einsum("nd,cd->nc", positions, centres).argmax(axis=1)
        if (following == region).all():
            break
        region = following
        centres = np.stack([_centre(positions[region == c], old) for c, old in enumerate(centres)])
    sizes = np.bincount(region, minlength=len(centres))
    rank = np.argsort(np.argsort(-sizes, kind="stable"), kind="stable")
    return np.asarray(rank[region], dtype=np.int64)


def _far_apart(positions: NDArray[np.float64], count: int) -> list[int]:
    chosen = [int(np.einsum("nd,d->n", positions, positions.mean(axis=0)).argmax())]
    nearest = np.full(len(positions), -np.inf)
    while len(chosen) < count:
        nearest = np.maximum(nearest, np.einsum("nd,d->n", positions, positions[chosen[-1]]))
        if nearest.min() > 1 - 1e-12:
            break
        chosen.append(int(nearest.argmin()))
    return chosen


def _centre(members: NDArray[np.float64], old: NDArray[np.float64]) -> NDArray[np.float64]:
    total = members.sum(axis=0)
    length = np.linalg.norm(total)
    return total / length if length > 0 else old


def region_names(
    labels: Sequence[str], positions: NDArray[np.float64], region: NDArray[np.int64]
) -> list[list[int]]:
    """Choose the points whose labels name each region, the best one first.

    They are chosen among the best known so that as many members as can be lie near one of them
    (facility location by greedy choice; Nemhauser, Wolsey and Fisher 1978); no two begin alike.

    Parameters
    ----------
    labels : sequence of n strings
        The best known in front.
    positions : float64, shape (n, d), norm 1
    region : int64, shape (n,)
    """
    return [
        _names(labels, positions, np.flatnonzero(region == number))
        for number in range(int(region.max()) + 1)
    ]


def _names(
    labels: Sequence[str], positions: NDArray[np.float64], members: NDArray[np.int64]
) -> list[int]:
    known = members[: max(NAME_WORDS, int(len(members) * _KNOWN_SHARE))][:_MOST_CANDIDATES]
    nearness = np.exp(_NARROW * (np.einsum("kd,md->km", positions[known], positions[members]) - 1))
    covered = np.zeros(len(members))
    chosen: list[int] = []
    while len(chosen) < min(NAME_WORDS, len(members)) and len(known):
        best = int(np.maximum(nearness, covered).sum(axis=1).argmax())
        covered = np.maximum(covered, nearness[best])
        chosen.append(int(known[best]))
        stem = labels[known[best]][:_STEM].lower()
        others = np.array([not labels[i].lower().startswith(stem) for i in known])
        known, nearness = known[others], nearness[others]
    return chosen
