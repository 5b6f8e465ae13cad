"""The smallest non-trivial eigenvectors of a connected graph's normalised Laplacian."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hartonomous._native import leading_eigenpairs as native_eigenpairs
from hartonomous.errors import ParameterError
from hartonomous.geometry import _subspace
from hartonomous.geometry.backend import Backend, is_native
from hartonomous.geometry.memory import enough_for
from hartonomous.hashing import available_cores

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

#: Up to this many concepts a dense solver is exact and takes milliseconds.
DENSE_LIMIT = 256
#: Residuals are at most this.
TOLERANCE = 1e-6
#: Eigenpairs that one block of eight columns can bring.
MOST_PAIRS = 6


@dataclass(frozen=True)
class Spectrum:
    """Eigenpairs of the normalised Laplacian ``I - D^-1/2 W D^-1/2``, the trivial one left out."""

    #: float64, shape (count,): ascending, in [0, 2]
    values: NDArray[np.float64]
    #: float64, shape (n, count): orthonormal columns, signs fixed by :func:`fix_signs`
    vectors: NDArray[np.float64]
    #: Largest norm of ``L v - value v``
    residual: float


def spectrum(
    matrix: csr_array, count: int, *, threads: int | None = None, backend: Backend | None = None
) -> Spectrum:
    """Return the ``count`` smallest non-trivial eigenpairs of a connected graph.

    They are the largest of the normalised adjacency ``S = D^-1/2 W D^-1/2``, found by iterating a
    block of eight columns with Chebyshev polynomials of S that damp the rest of the spectrum:
    factorising a kNN graph for shift-invert fills in. The trivial eigenvector, the square root of
    the degrees, is known and taken away. A multiple eigenvalue comes as often as it is there, up to
    the width of the block. The same bits come out for any number of threads and instruction set.

    Parameters
    ----------
    matrix : csr_array of float64, shape (n, n)
        Symmetric affinity of a connected graph, n > count.
    count : int
        Number of eigenpairs, at most 6 where n > 256.
    threads : int, optional
        Threads of the matrix product; all that this process may use by default.
    backend : str, optional
        ``numpy`` runs the readable twin; see :func:`~hartonomous.geometry.backend.is_native`.

    Returns
    -------
    Spectrum

    Raises
    ------
    ParameterError
        Too many eigenpairs, or the iteration did not converge: the graph is nearly a chain of many
        thousand links.

    Notes
    -----
    Rutishauser 1970; Zhou, Saad, Tiago and Chelikowsky, Self-consistent-field calculations using
    Chebyshev-filtered subspace iteration, Journal of Computational Physics 2006. Eigenvectors of
    one multiple eigenvalue are defined up to a rotation among themselves; which basis comes out is
    then a fixed but arbitrary function of the graph.
    """
    if matrix.shape[0] <= DENSE_LIMIT:
        return _dense(matrix, count)
    if not 1 <= count <= MOST_PAIRS:
        raise ParameterError(f"eigenpairs must be at least 1 and at most {MOST_PAIRS}, not {count}")
    solve = native_eigenpairs if is_native(backend) else _subspace.leading_eigenpairs
    with enough_for(f"eigenvectors of {matrix.shape[0]:,} concepts"):
        values, vectors, reached, residual, _ = solve(
            matrix.indptr.astype(np.int64),
            matrix.indices.astype(np.int32, copy=False),
            matrix.data,
            count,
            TOLERANCE,
            threads or available_cores(),
        )
    if not reached:
        raise ParameterError(
            f"eigenvectors of {matrix.shape[0]} concepts did not converge: "
            "their graph is nearly a chain"
        )
    return Spectrum(1.0 - values, fix_signs(gram_schmidt(vectors)), residual)


def gram_schmidt(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return orthonormal columns that span what the first columns span, each along its own.

    Parameters
    ----------
    vectors : float64, shape (n, d)
        Linearly independent columns.

    Returns
    -------
    float64, shape (n, d)

    Notes
    -----
    Modified Gram-Schmidt, every column twice, which is enough (Giraud, Langou and Rozloznik 2005).
    The sums are NumPy's pairwise ones and not those of a BLAS, whose order is its own affair.
    """
    columns = [np.ascontiguousarray(column, dtype=np.float64) for column in vectors.T]
    for c, column in enumerate(columns):
        left = column
        for other in columns[:c] * 2:
            left = left - other * (other * left).sum()
        columns[c] = left / np.sqrt((left * left).sum())
    return np.ascontiguousarray(np.stack(columns, axis=1))


def fix_signs(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the columns with their first entry of (nearly) largest magnitude made positive.

    Entries within a millionth of the largest count as equal to it, so rounding cannot choose
    between the two ends of a symmetric vector.
    """
    size = np.abs(vectors)
    first = (size >= size.max(axis=0, initial=0.0) * (1 - 1e-6)).argmax(axis=0)
    return vectors * np.where(vectors[first, np.arange(vectors.shape[1])] < 0, -1.0, 1.0)


def _dense(matrix: csr_array, count: int) -> Spectrum:
    from threadpoolctl import threadpool_limits

    degree = np.asarray(matrix.sum(axis=1), dtype=np.float64)
    trivial = np.sqrt(degree / degree.sum())
    adjacency = matrix.toarray() / np.sqrt(np.outer(degree, degree))
    # The sums of a BLAS depend on its threads.
    with threadpool_limits(1):
        values, vectors = np.linalg.eigh(adjacency - 3.0 * np.outer(trivial, trivial))
    values, vectors = values[::-1][:count], vectors[:, ::-1][:, :count]
    vectors = fix_signs(gram_schmidt(vectors))
    off = np.linalg.norm(adjacency @ vectors - vectors * values, axis=0).max(initial=0.0)
    return Spectrum(1.0 - values, vectors, float(off))
