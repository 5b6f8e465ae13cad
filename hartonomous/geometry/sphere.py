"""The unit 3-sphere S3 in R4: unit quaternions (x, y, z, w), w the real part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hartonomous.errors import ParameterError

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: The identity quaternion, where a concept goes whose direction nothing determines.
POLE = (0.0, 0.0, 0.0, 1.0)


def normalise(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the points of R4, shape (..., 4), scaled to norm 1 (within 2 units in the last place).

    Raises
    ------
    ParameterError
        A point is at the origin or not finite: it has no direction.
    """
    # Scaling by the largest coordinate first keeps tiny and huge points from under- or overflow.
    largest = np.abs(points).max(axis=-1, keepdims=True)
    if not np.isfinite(points).all() or (largest == 0).any():
        raise ParameterError("a point at the origin, or not finite, has no place on the sphere")
    scaled = points / largest
    length = np.sqrt(np.einsum("...i,...i->...", scaled, scaled))
    return np.asarray(scaled / length[..., None], dtype=np.float64)


def geodesic(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the angles between unit points of shape (..., 4), in radians from 0 to pi.

    ``2 atan2(|a - b|, |a + b|)`` is accurate at every angle, where the arc cosine of the dot
    product loses half the digits near 0 and pi (Kahan, Mindless Assessments, 2006, section 12).
    """
    apart = np.linalg.norm(np.asarray(a) - b, axis=-1)
    together = np.linalg.norm(np.asarray(a) + b, axis=-1)
    return np.asarray(2.0 * np.arctan2(apart, together), dtype=np.float64)


def stereographic(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Project S3 from the point (0, 0, 0, -1) to R3: conformal, the identity goes to the origin.

    Parameters
    ----------
    points : float64, shape (n, 4)
        Unit quaternions; the projection centre itself goes to a very far, finite point.

    Returns
    -------
    float64, shape (n, 3)
    """
    above = np.maximum(1.0 + points[:, 3:], np.finfo(np.float64).eps)
    return np.asarray(points[:, :3] / above, dtype=np.float64)


def hopf(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Map S3 to S2 by the Hopf map: where the quaternion turns the z axis; q and -q meet.

    Parameters
    ----------
    points : float64, shape (n, 4)

    Returns
    -------
    float64, shape (n, 3), norm 1
    """
    x, y, z, w = np.asarray(points).T
    return np.stack([2 * (x * z + w * y), 2 * (y * z - w * x), w * w + z * z - x * x - y * y], 1)


def multiply(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the Hamilton products of quaternions of shape (..., 4)."""
    ax, ay, az, aw = np.moveaxis(np.asarray(a), -1, 0)
    bx, by, bz, bw = np.moveaxis(np.asarray(b), -1, 0)
    return np.stack(
        [
            aw * bx + ax * bw + ay * bz - az * by,
            aw * by - ax * bz + ay * bw + az * bx,
            aw * bz + ax * by - ay * bx + az * bw,
            aw * bw - ax * bx - ay * by - az * bz,
        ],
        axis=-1,
    )


def exponential(tangents: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the points of S3 that lie ``|v|`` radians from the identity in direction v.

    Parameters
    ----------
    tangents : float64, shape (n, 3)

    Returns
    -------
    float64, shape (n, 4)
    """
    angle = np.linalg.norm(tangents, axis=1, keepdims=True)
    return np.hstack([tangents * np.sinc(angle / np.pi), np.cos(angle)])


def spread(count: int) -> NDArray[np.float64]:
    """Return ``count`` distinct, evenly spread points of S3; a longer list begins with a shorter.

    A Kronecker sequence of the three-dimensional golden ratio (Roberts 2018) taken to S3 by the
    uniform map of Shoemake (Graphics Gems III, 1992).

    Returns
    -------
    float64, shape (count, 4)
    """
    golden = 1.2207440846057596  # the real root of g^4 = g + 1
    steps = np.arange(1, count + 1)[:, None] * golden ** -np.arange(1.0, 4.0)
    u, a, b = np.mod(0.5 + steps, 1.0).T
    a, b = 2 * np.pi * a, 2 * np.pi * b
    r, s = np.sqrt(1 - u), np.sqrt(u)
    return np.stack([r * np.sin(a), r * np.cos(a), s * np.sin(b), s * np.cos(b)], axis=1)
