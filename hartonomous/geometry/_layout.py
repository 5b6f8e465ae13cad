"""The readable twin of the native layout on the sphere: every pair repels, no tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Points = NDArray[np.float32]

#: Rows whose distances to all others are held at once.
BLOCK = 512
MOMENTUM, LONGEST_STEP, RATE_SHARE = np.float32(0.8), np.float32(5), np.float32(12)
LEAST_GAIN, MOST_GAIN = np.float32(0.01), np.float32(20)


def refine_layout(
    start: NDArray[np.float64],
    starts: NDArray[np.int64],
    neighbors: NDArray[np.int32],
    weights: NDArray[np.float64],
    steps: int,
    radius: float,
    opening: float,  # noqa: ARG001 - of the tree
    threads: int = 0,  # noqa: ARG001 - NumPy's own
    progress: Callable[[float], None] | None = None,
) -> NDArray[np.float64]:
    """Move places on the sphere towards their neighbours; see the native function."""
    points = start.astype(np.float32) * np.float32(radius)
    velocities, gains = np.zeros_like(points), np.ones((len(points), 1), np.float32)
    rows = np.repeat(np.arange(len(points)), np.diff(starts))
    rate = np.float32(len(points)) / RATE_SHARE
    for step in range(steps):
        slope = tangent(_gradient(points, rows, neighbors, weights), points)
        agree = (slope * velocities).sum(axis=1, keepdims=True) <= 0
        gains = np.clip(np.where(agree, gains + np.float32(0.2), gains * MOMENTUM),
                        LEAST_GAIN, MOST_GAIN)  # fmt: skip
        velocities = MOMENTUM * velocities - gains * rate * slope
        length = np.linalg.norm(velocities, axis=1, keepdims=True)
        velocities *= LONGEST_STEP / np.maximum(length, LONGEST_STEP)
        points = points + velocities
        points *= np.float32(radius) / np.linalg.norm(points, axis=1, keepdims=True)
        velocities = tangent(velocities, points)
        if progress is not None:
            progress((step + 1) / steps)
    return np.asarray(points, dtype=np.float64)


def tangent(vectors: Points, points: Points) -> Points:
    """Return the vectors without what points away from the sphere's middle."""
    outward = (vectors * points).sum(axis=1, keepdims=True) / (points * points).sum(
        axis=1, keepdims=True
    )
    return np.asarray(vectors - outward * points, dtype=np.float32)


def _gradient(
    points: Points,
    rows: NDArray[np.int64],
    neighbors: NDArray[np.int32],
    weights: NDArray[np.float64],
) -> Points:
    apart = points[rows] - points[neighbors]
    pull = (weights / (1 + (apart * apart).sum(axis=1)))[:, None] * apart
    attraction = np.zeros(points.shape)
    np.add.at(attraction, rows, pull)
    repulsion, total = np.empty(points.shape), 0.0
    for first in range(0, len(points), BLOCK):
        block = slice(first, first + BLOCK)
        away = points[block, None] - points[None]
        near = 1 / (1 + (away * away).sum(axis=2))
        repulsion[block] = np.einsum("ij,ijk->ik", near * near, away)
        total += float(near.sum(dtype=np.float64)) - len(near)
    return np.asarray(attraction - repulsion / total, dtype=np.float32)
