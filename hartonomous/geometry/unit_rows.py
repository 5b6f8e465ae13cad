"""Checks on matrices of row vectors, and their scaling to unit length."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from hartonomous.errors import InvalidVectorsError, ParameterError

if TYPE_CHECKING:
    from numpy.typing import NDArray

Space = Literal["cosine", "ip"]

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
    require_matrix(vectors, name)
    _require_finite(squared_norms(vectors), name)


def require_matrix(vectors: NDArray[np.float32], name: str = "vectors") -> None:
    """Raise ParameterError unless ``vectors`` is a non-empty float32 matrix."""
    if vectors.ndim != 2 or vectors.dtype != np.float32:
        raise ParameterError(
            f"{name} must be a 2-D float32 array, not {vectors.ndim}-D {vectors.dtype}"
        )
    require_shape(vectors.shape, name)


def require_shape(shape: tuple[int, ...], name: str = "vectors") -> None:
    """Raise ParameterError when there is nothing to search, or a row has no number of 31 bits."""
    if 0 in shape or shape[0] > _MAX_ROWS:
        raise ParameterError(f"{name} of shape {shape} cannot be searched")


def squared_norms(vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the squared Euclidean norm of each row, summed in float64."""
    squared: NDArray[np.float64] = np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64)
    return squared


def unit_rows(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a C-contiguous copy with every row scaled to length 1; zero rows stay zero."""
    return _scaled(vectors, squared_norms(vectors))


def prepared_rows(
    vectors: NDArray[np.float32], space: Space, first: int = 0
) -> NDArray[np.float32]:
    """Return C-contiguous rows whose inner products are the scores of a space.

    Parameters
    ----------
    vectors : float32, shape (n, d)
    space
        ``cosine`` scales them to unit length.
    first
        Number of the first row, for messages.

    Raises
    ------
    InvalidVectorsError
        On NaN or infinite values.
    """
    squared = squared_norms(vectors)
    _require_finite(squared, "vectors", first)
    return _scaled(vectors, squared) if space == "cosine" else np.ascontiguousarray(vectors)


def _scaled(vectors: NDArray[np.float32], squared: NDArray[np.float64]) -> NDArray[np.float32]:
    norms = np.sqrt(squared)
    norms[norms == 0] = 1
    scaled = np.empty(vectors.shape, np.float32)
    return np.divide(vectors, norms[:, np.newaxis], out=scaled, casting="same_kind")


def _require_finite(squared: NDArray[np.float64], name: str, first: int = 0) -> None:
    invalid = np.flatnonzero(~np.isfinite(squared))
    if invalid.size:
        raise InvalidVectorsError(
            f"{name}: {invalid.size} rows hold NaN or infinite values, the first is "
            f"{first + invalid[0]}"
        )
