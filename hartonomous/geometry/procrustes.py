"""Orthogonal Procrustes: the rotation that takes one set of points to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hartonomous.errors import ParameterError

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Steps of Newton's iteration at most; it takes about ten.
STEPS = 60
#: Largest change of an entry that ends the iteration.
SETTLED = 1e-15
#: A determinant below this, of a matrix of norm 2, leaves the rotation open.
OPEN = 1e-12


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


def polar_factor(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the orthogonal matrix nearest to a given one; twin of the SQL function of that name.

    Parameters
    ----------
    matrix : float64, shape (4, 4)

    Returns
    -------
    float64, shape (4, 4)

    Raises
    ------
    ParameterError
        The matrix is zero or singular, so that the nearest one is not unique.

    Notes
    -----
    Newton's iteration ``X <- (X + X^-T) / 2`` (Higham, Computing the polar decomposition, 1986).
    """
    scale = float(np.sqrt((matrix * matrix).sum()))
    if scale == 0:
        raise ParameterError("the shared concepts do not say how two charts lie to each other")
    x = 2 * matrix / scale
    for _ in range(STEPS):
        if abs(np.linalg.det(x)) < OPEN:
            raise ParameterError(
                "the shared concepts lie in fewer than four dimensions, which leaves the rotation "
                "open"
            )
        following = (x + np.linalg.inv(x).T) / 2
        if np.abs(following - x).max() < SETTLED:
            break
        x = following
    return np.asarray(following, dtype=np.float64)


def turn(points: NDArray[np.float64], rotation: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ``points @ rotation``, the same bits for any number of BLAS threads."""
    return np.asarray(np.einsum("ni,ij->nj", points, rotation), dtype=np.float64)
