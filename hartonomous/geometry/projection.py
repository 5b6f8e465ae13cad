"""From the sphere S3 to the plane: the whole of it, or the surroundings of one point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from hartonomous.geometry.procrustes import procrustes, turn
from hartonomous.geometry.sphere import hopf, stereographic

if TYPE_CHECKING:
    from numpy.typing import NDArray

Projection = Literal["stereographic", "hopf"]
_IDENTITY = np.array([[0.0, 0.0, 0.0, 1.0]])


def flat(positions: NDArray[np.float64], projection: Projection) -> NDArray[np.float64]:
    """Project unit quaternions, shape (n, 4), to the plane, shape (n, 2), without far outliers."""
    if projection == "hopf":
        return _mollweide(hopf(positions))
    # The mean direction goes to the identity, in the middle of the map.
    space = stereographic(_centred(positions, positions.mean(axis=0)))
    # The pole's surroundings run to infinity: draw radii as half-angles, as an atlas does.
    radius = np.linalg.norm(space, axis=1, keepdims=True)
    space = space * np.divide(np.arctan(radius), radius, out=np.ones_like(radius), where=radius > 0)
    return _principal_plane(space)


def surroundings(positions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Lay the first point in the middle and each other as far from it as it is along the sphere.

    Directions are those of the plane in which the points spread most (azimuthal equidistant).

    Parameters
    ----------
    positions : float64, shape (n, 4), norm 1

    Returns
    -------
    float64, shape (n, 2), in radians from the first point
    """
    centred = _centred(positions, positions[0])
    distance = np.arccos(np.clip(centred[:, 3], -1, 1))
    seen = _principal_plane(centred[:, :3])
    seen -= seen[0]
    length = np.linalg.norm(seen, axis=1)
    stretch = np.divide(distance, length, out=np.zeros_like(length), where=length > 0)
    return np.asarray(seen * stretch[:, None], dtype=np.float64)


def _centred(positions: NDArray[np.float64], middle: NDArray[np.float64]) -> NDArray[np.float64]:
    return turn(positions, procrustes(middle[None, :], _IDENTITY))


def _principal_plane(space: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return coordinates along the two axes in which points, shape (n, 3), spread most."""
    apart = space - space.mean(axis=0)
    _, axes = np.linalg.eigh(np.einsum("ni,nj->ij", apart, apart))
    return np.asarray(space @ axes[:, ::-1][:, :2], dtype=np.float64)


def _mollweide(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Project S2 to an ellipse of equal areas (Snyder, Map Projections, 1987, section 31)."""
    longitude, z = np.arctan2(points[:, 1], points[:, 0]), np.clip(points[:, 2], -1, 1)
    latitude = np.arcsin(z)
    theta = latitude.copy()
    for _ in range(50):
        slope = np.maximum(2 + 2 * np.cos(2 * theta), 1e-9)
        theta -= (2 * theta + np.sin(2 * theta) - np.pi * z) / slope
    return np.stack([2 / np.pi * longitude * np.cos(theta), np.sin(theta)], axis=1)
