"""Orthogonal Procrustes: the rotation that takes one chart of S3 to another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hartonomous.errors import ParameterError

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: A rotation of R4 has six degrees of freedom; an anchor fixes at most three, 4 leave a check.
LEAST_ANCHORS = 4
#: Anchors farther off than this many medians are bad: of three-dimensional Gaussian noise it
#: keeps all but one in ten thousand.
BAD_ANCHOR = 3.0
#: Concentration steps; each lowers the trimmed sum of squares, a handful suffice.
STEPS = 50
#: Chords below this are rounding and never make an anchor bad.
ROUNDING = 1e-12


@dataclass(frozen=True)
class Fit:
    """How one set of points turns onto another."""

    #: float64, shape (4, 4), orthogonal: ``a @ rotation`` lies on b; determinant 1 or -1
    rotation: NDArray[np.float64]
    #: Concepts that the two share
    anchors: int
    #: Anchors that were not set aside as bad
    kept: int
    #: Root mean square chord of the kept anchors after turning, 0 to 2
    residual: float


def procrustes(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the orthogonal matrix R that minimises ``|a R - b|``.

    Reflections are allowed: the signs of eigenvectors are arbitrary, so two charts of the same
    shape may be mirror images.

    Parameters
    ----------
    a, b : float64, shape (n, 4)
        The same concepts, row by row.

    Returns
    -------
    float64, shape (4, 4)
        ``U V^T`` of the singular value decomposition of ``a^T b``. Points that span fewer than four
        dimensions leave R open in the others, where a fixed completion is taken.

    Notes
    -----
    Schönemann, A generalized solution of the orthogonal Procrustes problem, Psychometrika 1966.
    """
    # einsum and not @: the sums must not depend on the number of BLAS threads.
    u, _, vt = np.linalg.svd(np.einsum("ni,nj->ij", a, b))
    return np.asarray(u @ vt, dtype=np.float64)


def robust_procrustes(
    a: NDArray[np.float64], b: NDArray[np.float64], start: NDArray[np.float64] | None = None
) -> Fit:
    """Return the rotation that fits the better half of the anchors, then all the good ones.

    Parameters
    ----------
    a, b : float64, shape (n, 4), norm 1
        The shared concepts in two charts, row by row; nearly half of them may be wrong.
    start : float64, shape (4, 4), optional
        A rotation that is nearly right; the fit of all anchors by default.

    Returns
    -------
    Fit

    Raises
    ------
    ParameterError
        Fewer than four anchors, or arrays of different shapes.

    Notes
    -----
    Least trimmed squares by concentration steps, then one reweighted step (Rousseeuw and Van
    Driessen, Computing LTS regression for large data sets, 2006).
    """
    if a.shape != b.shape:
        raise ParameterError(f"anchors must come in pairs: {a.shape[0]} against {b.shape[0]}")
    if len(a) < LEAST_ANCHORS:
        raise ParameterError(
            f"the charts share {len(a)} concepts; aligning them needs at least {LEAST_ANCHORS}"
        )
    chords = _chords(a, b, _trimmed(a, b, procrustes(a, b) if start is None else start))
    good = chords <= BAD_ANCHOR * np.median(chords) + ROUNDING
    rotation = procrustes(a[good], b[good])
    residual = float(np.sqrt(np.mean(_chords(a, b, rotation)[good] ** 2)))
    return Fit(rotation, len(a), int(good.sum()), residual)


def _trimmed(
    a: NDArray[np.float64], b: NDArray[np.float64], rotation: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Fit the half of the anchors that fits best, again and again until it stays the same."""
    half = max(LEAST_ANCHORS, (len(a) + 1) // 2)
    best = np.inf
    for _ in range(STEPS):
        chords = _chords(a, b, rotation)
        kept = chords <= np.partition(chords, half - 1)[half - 1]
        loss = float(np.sum(chords[kept] ** 2))
        if loss >= best:
            break
        rotation, best = procrustes(a[kept], b[kept]), loss
    return rotation


def _chords(
    a: NDArray[np.float64], b: NDArray[np.float64], rotation: NDArray[np.float64]
) -> NDArray[np.float64]:
    return np.asarray(np.linalg.norm(turn(a, rotation) - b, axis=1), dtype=np.float64)


def turn(points: NDArray[np.float64], rotation: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ``points @ rotation``, the same bits for any number of BLAS threads."""
    return np.asarray(np.einsum("ni,ij->nj", points, rotation), dtype=np.float64)
