"""Checks on matrices of row vectors, and their scaling to unit length."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hartonomous.errors import InvalidVectorsError, ParameterError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MAX_ROWS = 2**31 - 1


def require_rows(vectors: NDArray[np.float32], name: str = "vectors") -> None:
    """Raise unless ``vectors`` is a non-empty float32 matrix of finite values.

    Raises
    ------
    ParameterError
        On a wrong dtype, number of dimensions or size.
    InvalidVectorsError
        On NaN or infinite values; the message names the first such row and counts them.
    """
    if vectors.ndim != 2 or vectors.dtype != np.float32:
        raise ParameterError(
            f"{name} must be a 2-D float32 array, not {vectors.ndim}-D {vectors.dtype}"
        )
    if vectors.size == 0 or vectors.shape[0] > _MAX_ROWS:
        raise ParameterError(f"{name} of shape {vectors.shape} cannot be searched")
    _require_finite(squared_norms(vectors), name)


def squared_norms(vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the squared Euclidean norm of each row, summed in float64."""
    squared: NDArray[np.float64] = np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64)
    return squared


def unit_rows(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a C-contiguous copy with every row scaled to length 1; zero rows stay zero."""
    norms = np.sqrt(squared_norms(vectors))
    norms[norms == 0] = 1
    scaled = np.empty(vectors.shape, np.float32)
    return np.divide(vectors, norms[:, np.newaxis], out=scaled, casting="same_kind")


def _require_finite(squared: NDArray[np.float64], name: str) -> None:
    invalid = np.flatnonzero(~np.isfinite(squared))
    if invalid.size:
        raise InvalidVectorsError(
            f"{name}: {invalid.size} rows hold NaN or infinite values, the first is {invalid[0]}"
        )
