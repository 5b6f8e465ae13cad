"""Generalised Procrustes: all sources' charts in one frame, and each concept's place there.

The readable twin of the SQL function ``align_sources``, which is what the database runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hartonomous.errors import ParameterError
from hartonomous.geometry.procrustes import LEAST_ANCHORS, Fit, robust_procrustes, turn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

#: Rounds over all charts at most; charts that fit settle in a few, the change shrinks each time.
ROUNDS = 50
#: Largest change of a rotation's entry that ends the rounds.
SETTLED = 1e-6
#: Coordinates are rounded to a multiple of 2^-40 before they are summed, as integers.
UNIT = 2.0**40
#: A mean this short has no direction: its sources contradict each other.
CANCELLED = 2.0**-20


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
class Alignment:
    """The frame and how each source's chart turns into it."""

    #: By source, in the order of their names; the first one's chart is the frame
    fits: Mapping[str, Fit]
    #: uint8, shape (m, 16): all concepts that have a place, ascending
    concepts: NDArray[np.uint8]
    #: float64, shape (m, 4), norm 1: where the substrate puts them
    positions: NDArray[np.float64]
    #: int64, shape (m,): how many sources say so
    votes: NDArray[np.int64]


@dataclass(frozen=True)
class _Indexed:
    """A chart whose concepts are rows of one common table."""

    name: str
    rows: NDArray[np.int64]
    positions: NDArray[np.float64]
    anchor: NDArray[np.bool_]


def align(charts: Mapping[str, Chart]) -> Alignment:
    """Turn the charts into one frame and place every concept there.

    The first source in the order of names is the frame, unturned. The others join one after the
    other, the one that shares most anchors with those already there first; then each in turn is
    fitted to the mean of all others until none changes. A concept's place is the normalised sum
    of its turned positions, in integers, so the result is a function of the set of sources and
    not of the order in which they came.

    Where the sources of a concept cancel, its place is that of the first of them. Positions that
    may not be anchors count only for concepts that have no others.

    Parameters
    ----------
    charts : mapping of source name to Chart

    Returns
    -------
    Alignment

    Raises
    ------
    ParameterError
        No charts, or a source that shares fewer than four anchors with the others; the message
        names it and says how many there are.

    Notes
    -----
    Gower, Generalized Procrustes analysis, Psychometrika 40 (1975), with the frame held fixed and
    robust fits.
    """
    if not charts:
        raise ParameterError("there are no charts to align")
    ids, indexed = _index(charts)
    shared = _shared(indexed, len(ids))
    fits = _settled(shared, _joined(shared, len(ids)), len(ids))
    positions, votes = _place(indexed, fits, len(ids))
    concepts = ids.view(np.uint8).reshape(-1, 16)
    return Alignment(
        {chart.name: fits[chart.name] for chart in indexed}, concepts, positions, votes
    )


def _index(charts: Mapping[str, Chart]) -> tuple[NDArray[np.bytes_], list[_Indexed]]:
    names = sorted(charts)
    keys = [np.ascontiguousarray(charts[name].concepts).view("S16").ravel() for name in names]
    ids = np.unique(np.concatenate(keys))
    indexed = []
    for name, key in zip(names, keys, strict=True):
        chart, rows = charts[name], np.searchsorted(ids, key)
        order = np.argsort(rows)
        if (np.diff(rows[order]) == 0).any():
            raise ParameterError(f"source {name} places a concept twice")
        anchor = np.ones(len(rows), dtype=bool) if chart.anchor is None else chart.anchor
        indexed.append(_Indexed(name, rows[order], chart.positions[order], anchor[order]))
    return ids, indexed


def _shared(charts: list[_Indexed], n: int) -> list[_Indexed]:
    """Return the charts without the concepts that no other anchors: fits do not need them."""
    votes = np.zeros(n, dtype=np.int64)
    for chart in charts:
        votes[chart.rows[chart.anchor]] += 1
    kept = [chart.anchor & (votes[chart.rows] > 1) for chart in charts]
    return [
        _Indexed(c.name, c.rows[k], c.positions[k], c.anchor[k])
        for c, k in zip(charts, kept, strict=True)
    ]


class _Sum:
    """Sums of turned anchor positions, concept by concept."""

    def __init__(self, n: int) -> None:
        self.total = np.zeros((n, 4))
        self.votes = np.zeros(n, dtype=np.int64)

    def add(self, chart: _Indexed, rotation: NDArray[np.float64]) -> None:
        rows = chart.rows[chart.anchor]
        self.total[rows] += turn(chart.positions[chart.anchor], rotation)
        self.votes[rows] += 1

    def subtract(self, chart: _Indexed, rotation: NDArray[np.float64]) -> None:
        rows = chart.rows[chart.anchor]
        self.total[rows] -= turn(chart.positions[chart.anchor], rotation)
        self.votes[rows] -= 1

    def shared(self, chart: _Indexed) -> int:
        return int((self.votes[chart.rows] > 0)[chart.anchor].sum())

    def fit(self, chart: _Indexed, start: NDArray[np.float64] | None = None) -> Fit:
        """Fit a chart, whose own positions are not in the sums, to the means of the others."""
        known = chart.anchor & (self.votes[chart.rows] > 0)
        mean = self.total[chart.rows[known]] / self.votes[chart.rows[known], None]
        length = np.linalg.norm(mean, axis=1)
        clear = length > CANCELLED
        if clear.sum() < LEAST_ANCHORS:
            raise ParameterError(
                f"{chart.name} shares {int(known.sum())} concepts with the other sources; "
                f"aligning it needs at least {LEAST_ANCHORS}"
            )
        return robust_procrustes(
            chart.positions[known][clear], mean[clear] / length[clear, None], start
        )


def _joined(charts: list[_Indexed], n: int) -> dict[str, NDArray[np.float64]]:
    """Return a first rotation of each chart: the best anchored one joins next."""
    sums, rotations = _Sum(n), {charts[0].name: np.eye(4)}
    sums.add(charts[0], np.eye(4))
    waiting = charts[1:]
    while waiting:
        following = max(waiting, key=sums.shared)
        waiting.remove(following)
        rotations[following.name] = sums.fit(following).rotation
        sums.add(following, rotations[following.name])
    return rotations


def _settled(
    charts: list[_Indexed], rotations: dict[str, NDArray[np.float64]], n: int
) -> dict[str, Fit]:
    """Fit each chart to all others, round by round, until no rotation changes."""
    fits: dict[str, Fit] = {}
    for _ in range(ROUNDS):
        change = 0.0
        sums = _Sum(n)
        for chart in charts:
            sums.add(chart, rotations[chart.name])
        for chart in charts[1:]:
            sums.subtract(chart, rotations[chart.name])
            fits[chart.name] = sums.fit(chart, rotations[chart.name])
            following = fits[chart.name].rotation
            change = max(change, float(np.abs(following - rotations[chart.name]).max()))
            rotations[chart.name] = following
            sums.add(chart, following)
        if change <= SETTLED:
            break
    fits[charts[0].name] = _frame(charts[0], sums)
    return fits


def _frame(chart: _Indexed, sums: _Sum) -> Fit:
    """Return the frame's own fit: not turned; its residual is against the others, where any."""
    sums.subtract(chart, np.eye(4))
    known = chart.anchor & (np.linalg.norm(sums.total[chart.rows], axis=1) > CANCELLED)
    if not known.any():
        return Fit(np.eye(4), 0, 0, 0.0)
    others = sums.total[chart.rows[known]]
    others = others / np.linalg.norm(others, axis=1, keepdims=True)
    chords = np.linalg.norm(chart.positions[known] - others, axis=1)
    count = int(known.sum())
    return Fit(np.eye(4), count, count, float(np.sqrt(np.mean(chords**2))))


def _place(
    charts: list[_Indexed], fits: Mapping[str, Fit], n: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    anchored = np.zeros(n, dtype=bool)
    for chart in charts:
        anchored[chart.rows[chart.anchor]] = True
    total, first = np.zeros((n, 4), dtype=np.int64), np.zeros((n, 4))
    votes = np.zeros(n, dtype=np.int64)
    for chart in charts:
        counts = chart.anchor | ~anchored[chart.rows]
        rows = chart.rows[counts]
        turned = turn(chart.positions[counts], fits[chart.name].rotation)
        new = votes[rows] == 0
        first[rows[new]] = turned[new]
        total[rows] += np.rint(turned * UNIT).astype(np.int64)
        votes[rows] += 1
    mean = total / (UNIT * votes[:, None])
    clear = np.linalg.norm(mean, axis=1, keepdims=True) > CANCELLED
    chosen = np.where(clear, mean, first)
    return chosen / np.linalg.norm(chosen, axis=1, keepdims=True), votes
