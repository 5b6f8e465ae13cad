"""The readable twin of the SQL function ``align_sources``: all sources' charts in one frame.

It takes the same steps, with the same roundings and limits, so that both give the same places but
for the last bits.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from hartonomous.errors import ParameterError
from hartonomous.geometry.procrustes import polar_factor

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

#: A rotation of R4 has six degrees of freedom; an anchor fixes at most three, 4 leave a check.
LEAST_ANCHORS = 4
#: Of fewer anchors the better half would be fewer than that.
LEAST_TRIMMED = 7
#: Rounds over all charts at most; charts that fit settle in a few, the change shrinks each time.
ROUNDS = 100
#: Largest change of a rotation's entry that ends the rounds.
SETTLED = 1e-12
#: Times that the worse half of each pair's anchors is left out and all rotations are found anew.
TRIMS = 2
#: Coordinates are multiplied as whole numbers of 2^-26, so that sums of products are exact.
COORDINATE_BITS = 26
#: Turned coordinates and squared chords are summed as whole numbers of 2^-40.
UNIT = 2.0**40
#: A sum this short has no direction: its sources contradict each other.
CANCELLED = 1_099_511


@dataclass(frozen=True)
class Chart:
    """Where one source puts its concepts."""

    #: uint8, shape (n, 16): ids, no two the same
    concepts: NDArray[np.uint8]
    #: float64, shape (n, 4), norm 1
    positions: NDArray[np.float64]
    #: bool, shape (n,): may serve as an anchor; concepts outside the largest component may not,
    #: their places being conventions; all may when None
    anchor: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        if self.concepts.shape != (len(self.positions), 16) or self.positions.shape[1:] != (4,):
            raise ParameterError(
                f"a chart needs n ids of 16 bytes and n positions of 4 coordinates, "
                f"not {self.concepts.shape} and {self.positions.shape}"
            )


@dataclass(frozen=True)
class Fit:
    """How one source's chart turns into the frame."""

    #: float64, shape (4, 4), orthogonal: ``positions @ rotation.T`` lie in the frame
    rotation: NDArray[np.float64]
    #: Concepts that it shares with other sources; None for a source that is alone
    anchors: int | None
    #: Root mean square chord, 0 to 2, between these and the same concepts in the other sources
    residual: float | None


@dataclass(frozen=True)
class Alignment:
    """The frame and how each source's chart turns into it."""

    #: By source, in the order of their names, those that are linked; the first one's chart is the
    #: frame
    fits: Mapping[str, Fit]
    #: uint8, shape (m, 16): all concepts that have a place, ascending
    concepts: NDArray[np.uint8]
    #: float64, shape (m, 4), norm 1: where the substrate puts them
    positions: NDArray[np.float64]


@dataclass(frozen=True)
class _Indexed:
    """A chart whose concepts are rows of one common table, ascending."""

    name: str
    rows: NDArray[np.int64]
    positions: NDArray[np.float64]
    anchor: NDArray[np.bool_]


@dataclass(frozen=True)
class _Pair:
    """Where two charts, by their places in the order of names, put the concepts they share."""

    s: int
    t: int
    shared: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]


def align(charts: Mapping[str, Chart]) -> Alignment:
    """Turn the charts into one frame and place every concept there.

    Sources that four anchors or more link are taken together: the frame is that of the group of
    most sources, then of most concepts, then of the first by name, and sources outside it get no
    place. The first source of the group is the frame, unturned. Each other one in turn gets the
    rotation that fits it best to those that are placed, until none changes; then twice anew,
    without the worse half of each pair's anchors. A concept's place is the direction of the sum of
    its turned positions, in integers, so the result is a function of the set of sources and not of
    the order in which they came. Where the sources of a concept cancel, the first one decides.

    Parameters
    ----------
    charts : mapping of source name to Chart

    Returns
    -------
    Alignment

    Raises
    ------
    ParameterError
        A source that places a concept twice.

    Notes
    -----
    Gower, Generalized Procrustes analysis, Psychometrika 40 (1975), with the frame held fixed, over
    the 4 x 4 covariances of each pair's anchors; Rousseeuw, Least median of squares regression
    (1984), for the trimming.
    """
    ids, indexed = _index(charts)
    ids, indexed, pairs = _linked(ids, indexed)
    rotations = _rotated(len(indexed), _covariances(pairs))
    for _ in range(TRIMS if pairs else 0):
        trimmed = _rotated(len(indexed), _covariances([_trimmed(p, rotations) for p in pairs]))
        rotations = trimmed if trimmed.any(axis=(1, 2)).all() else rotations
    fits = {chart.name: _fit(place, rotations, pairs) for place, chart in enumerate(indexed)}
    concepts = ids.view(np.uint8).reshape(-1, 16)
    return Alignment(fits, concepts, _place(indexed, rotations, len(ids)))


def _index(charts: Mapping[str, Chart]) -> tuple[NDArray[np.bytes_], list[_Indexed]]:
    names = sorted(charts)
    keys = [np.ascontiguousarray(charts[name].concepts).view("S16").ravel() for name in names]
    ids = np.unique(np.concatenate([np.empty(0, "S16"), *keys]))
    indexed = []
    for name, key in zip(names, keys, strict=True):
        chart, rows = charts[name], np.searchsorted(ids, key)
        order = np.argsort(rows)
        if (np.diff(rows[order]) == 0).any():
            raise ParameterError(f"source {name} places a concept twice")
        anchor = np.ones(len(rows), dtype=bool) if chart.anchor is None else chart.anchor
        indexed.append(_Indexed(name, rows[order], chart.positions[order], anchor[order]))
    return ids, indexed


def _linked(
    ids: NDArray[np.bytes_], charts: list[_Indexed]
) -> tuple[NDArray[np.bytes_], list[_Indexed], list[_Pair]]:
    """Return the charts of the frame and their pairs, with the ids that they place."""
    pairs = [_pair(charts, s, t) for s, t in combinations(range(len(charts)), 2)]
    group = list(range(len(charts)))
    for s, t in _links(pairs):
        low, high = sorted((group[s], group[t]))
        group = [low if first == high else first for first in group]
    sizes = {
        first: (group.count(first), sum(_sizes(charts, group, first)), -first) for first in group
    }
    best = max(sizes, key=sizes.__getitem__, default=0)
    kept = [chart for chart, first in zip(charts, group, strict=True) if first == best]
    rows = np.unique(np.concatenate([np.empty(0, np.int64), *(chart.rows for chart in kept)]))
    kept = [replace(chart, rows=np.searchsorted(rows, chart.rows)) for chart in kept]
    pairs = [_pair(kept, s, t) for s, t in combinations(range(len(kept)), 2)]
    return ids[rows], kept, pairs


def _links(pairs: list[_Pair]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of charts that say how they lie to each other."""
    for (s, t), covariance in _covariances(pairs).items():
        with suppress(ParameterError):
            polar_factor(covariance)
            yield s, t


def _sizes(charts: list[_Indexed], group: list[int], first: int) -> list[int]:
    return [len(c.rows) for c, other in zip(charts, group, strict=True) if other == first]


def _pair(charts: list[_Indexed], s: int, t: int) -> _Pair:
    a, b = charts[s], charts[t]
    shared, i, j = np.intersect1d(
        a.rows[a.anchor], b.rows[b.anchor], assume_unique=True, return_indices=True
    )
    return _Pair(s, t, shared, a.positions[a.anchor][i], b.positions[b.anchor][j])


def _trimmed(pair: _Pair, rotations: NDArray[np.float64]) -> _Pair:
    """Leave out the anchors that lie farther apart than the median, if enough are left."""
    if len(pair.shared) < LEAST_TRIMMED:
        return pair
    misfits = _misfits(pair, rotations)
    kept = misfits <= np.sort(misfits)[(len(misfits) - 1) // 2]
    return _Pair(pair.s, pair.t, pair.shared[kept], pair.x[kept], pair.y[kept])


def _misfits(pair: _Pair, rotations: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return squared chords between the turned anchors."""
    apart = _turned(pair.x, rotations[pair.s]) - _turned(pair.y, rotations[pair.t])
    return np.asarray((apart * apart).sum(axis=1), dtype=np.float64)


def _turned(points: NDArray[np.float64], rotation: NDArray[np.float64]) -> NDArray[np.float64]:
    # einsum and not @: the sums must not depend on the number of BLAS threads.
    return np.asarray(np.einsum("ij,nj->ni", rotation, points), dtype=np.float64)


def _covariances(pairs: list[_Pair]) -> dict[tuple[int, int], NDArray[np.float64]]:
    """Return the sum of ``x_s x_t'`` of each two charts that share enough, both ways round."""
    found = {}
    for pair in pairs:
        if len(pair.shared) >= LEAST_ANCHORS:
            found[pair.s, pair.t] = _covariance(pair.x, pair.y)
            found[pair.t, pair.s] = found[pair.s, pair.t].T
    return found


def _covariance(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the sum of ``x y'``, exact for coordinates that are rounded first."""
    unit = 1 << COORDINATE_BITS
    left, right = (np.rint(points * unit).astype(np.int64) for points in (x, y))
    products = left[:, :, None] * right[:, None, :]
    # in two parts, because the sum of many would not fit 64 bits
    high, low = (products >> COORDINATE_BITS).sum(axis=0), (products & (unit - 1)).sum(axis=0)
    sums = high.astype(object) * unit + low.astype(object)
    return np.asarray(sums / unit**2, dtype=np.float64)


def _rotated(
    count: int, covariances: Mapping[tuple[int, int], NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Return each chart's rotation, (count, 4, 4), the best given the others; 0 where none is."""
    rotations = np.zeros((count, 4, 4))
    rotations[:1] = np.eye(4)
    for _ in range(ROUNDS):
        change = 0.0
        for s in range(1, count):
            # charts that are not placed yet have zeros and no say
            total = sum(
                (rotations[t] @ covariances[s, t].T for t in range(count) if (s, t) in covariances),
                start=np.zeros((4, 4)),
            )
            with suppress(ParameterError):
                following = polar_factor(total)
                change = max(change, float(np.abs(following - rotations[s]).max()))
                rotations[s] = following
        if change < SETTLED:
            break
    return rotations


def _fit(place: int, rotations: NDArray[np.float64], pairs: list[_Pair]) -> Fit:
    own = [pair for pair in pairs if place in (pair.s, pair.t)]
    chords = [np.rint(_misfits(pair, rotations) * UNIT) / UNIT for pair in own]
    if not sum(map(len, chords)):
        return Fit(rotations[place], None, None)
    anchors = len(np.unique(np.concatenate([pair.shared for pair in own])))
    residual = float(np.sqrt(np.mean(np.concatenate(chords))))
    return Fit(rotations[place], anchors, residual)


def _place(charts: list[_Indexed], rotations: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    total, first = np.zeros((n, 4), dtype=np.int64), np.zeros((n, 4))
    for chart, rotation in reversed(list(zip(charts, rotations, strict=True))):
        turned = _turned(chart.positions, rotation)
        first[chart.rows] = turned
        total[chart.rows] += np.rint(turned * UNIT).astype(np.int64)
    clear = np.abs(total).sum(axis=1, keepdims=True) > CANCELLED
    chosen = np.where(clear, total, first)
    return np.asarray(chosen / np.linalg.norm(chosen, axis=1, keepdims=True), dtype=np.float64)
