"""The smallest non-trivial eigenvectors of a connected graph's normalised Laplacian."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from hartonomous.errors import ParameterError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

#: Matrix-vector product.
Product = Callable[["NDArray[np.float64]"], "NDArray[np.float64]"]
#: Up to this many concepts a dense solver is exact and takes milliseconds.
DENSE_LIMIT = 256
#: Relative tolerance of the Lanczos iteration: residuals are at most this.
TOLERANCE = 1e-6
#: Tolerance of the look for a missed eigenvector; the error of its eigenvalue is the square.
CHECK_TOLERANCE = 1e-3
#: Logarithms of degrees this close are of equal degrees, summed in another order.
SAME_DEGREE = 1e-12
#: Lanczos vectors tried in turn: chains and other graphs of tiny eigengap need the longer ones.
BASIS_SIZES = (20, 80)
RESTARTS = 250


@dataclass(frozen=True)
class Spectrum:
    """Eigenpairs of the normalised Laplacian ``I - D^-1/2 W D^-1/2``, the trivial one left out."""

    #: float64, shape (count,): ascending, in [0, 2]
    values: NDArray[np.float64]
    #: float64, shape (n, count): orthonormal columns, signs fixed by :func:`fix_signs`
    vectors: NDArray[np.float64]
    #: Largest norm of ``L v - value v``
    residual: float


def spectrum(matrix: csr_array, count: int, *, threads: int | None = None) -> Spectrum:
    """Return the ``count`` smallest non-trivial eigenpairs of a connected graph.

    They are the largest of the normalised adjacency ``S = D^-1/2 W D^-1/2``, found by Lanczos
    iteration (ARPACK) on products with S only: factorising a kNN graph for shift-invert fills in.
    The trivial eigenvector, the square root of the degrees, is known and deflated away. BLAS runs
    on one thread, since its reductions would depend on the number of threads, while the rows of S
    are multiplied in parallel: the same bits come out for any number of threads. Lanczos iteration
    sees one vector of a multiple eigenvalue, so where the graph may be symmetric enough to have one
    what was found is deflated too and the rest looked through for another as large.

    Parameters
    ----------
    matrix : csr_array of float64, shape (n, n)
        Symmetric affinity of a connected graph, n > count.
    count : int
        Number of eigenpairs.
    threads : int, optional
        Threads of the matrix product; all that this process may use by default.

    Returns
    -------
    Spectrum

    Raises
    ------
    ParameterError
        The iteration did not converge: the graph is nearly a chain of many thousand links.

    Notes
    -----
    Eigenvectors of one multiple eigenvalue are defined up to a rotation among themselves; which
    basis comes out is then a fixed but arbitrary function of the graph.
    """
    from threadpoolctl import threadpool_limits

    degree = np.asarray(matrix.sum(axis=1), dtype=np.float64)
    adjacency = _normalised(matrix, degree)
    with threadpool_limits(1):
        if matrix.shape[0] <= DENSE_LIMIT:
            values, vectors = _dense(adjacency, degree, count)
        else:
            values, vectors = _lanczos(adjacency, degree, count, threads)
        vectors = fix_signs(gram_schmidt(vectors))
    residual = np.linalg.norm(adjacency @ vectors - vectors * values, axis=0).max(initial=0.0)
    return Spectrum(1.0 - values, vectors, float(residual))


def gram_schmidt(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return orthonormal columns that span what the first columns span, each along its own.

    Parameters
    ----------
    vectors : float64, shape (n, d)
        Linearly independent columns.

    Returns
    -------
    float64, shape (n, d)
        The Q of a QR factorisation (Householder, the stable form of Gram-Schmidt) whose R has a
        positive diagonal.
    """
    q, r = np.linalg.qr(vectors)
    return np.ascontiguousarray(q * np.where(np.diag(r) < 0, -1.0, 1.0))


def fix_signs(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the columns with their first entry of (nearly) largest magnitude made positive.

    Entries within a millionth of the largest count as equal to it, so rounding cannot choose
    between the two ends of a symmetric vector.
    """
    size = np.abs(vectors)
    first = (size >= size.max(axis=0, initial=0.0) * (1 - 1e-6)).argmax(axis=0)
    return vectors * np.where(vectors[first, np.arange(vectors.shape[1])] < 0, -1.0, 1.0)


def row_blocks_product(matrix: csr_array, pool: ThreadPoolExecutor, blocks: int) -> Product:
    """Return ``x -> matrix @ x`` that multiplies blocks of rows of about equal work at once."""
    goals = np.linspace(0, matrix.nnz, blocks + 1)[1:-1]
    bounds = [0, *np.searchsorted(matrix.indptr, goals).tolist(), matrix.shape[0]]
    parts = [matrix[a:b] for a, b in pairwise(bounds)]

    def product(x: NDArray[np.float64]) -> NDArray[np.float64]:
        others = [pool.submit(part.dot, x) for part in parts[1:]]
        return np.concatenate([parts[0] @ x, *(other.result() for other in others)])

    return product


def _normalised(matrix: csr_array, degree: NDArray[np.float64]) -> csr_array:
    from scipy.sparse import csr_array

    inverse = 1.0 / np.sqrt(degree)
    rows = np.repeat(inverse, np.diff(matrix.indptr))
    values = matrix.data * rows * inverse[matrix.indices]
    return csr_array((values, matrix.indices, matrix.indptr), shape=matrix.shape)


def _dense(
    adjacency: csr_array, degree: NDArray[np.float64], count: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    trivial = np.sqrt(degree / degree.sum())
    deflated = adjacency.toarray() - 3.0 * np.outer(trivial, trivial)
    values, vectors = np.linalg.eigh(deflated)
    return values[::-1][:count], vectors[:, ::-1][:, :count]


def _lanczos(
    adjacency: csr_array, degree: NDArray[np.float64], count: int, threads: int | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    trivial = np.sqrt(degree / degree.sum())
    blocks = threads or _available_threads()
    with ThreadPoolExecutor(blocks) as pool:
        product = row_blocks_product(adjacency, pool, blocks)
        values, vectors = _leading(product, trivial[:, None], count, TOLERANCE)
        while _may_repeat(degree):
            known = np.column_stack([trivial, vectors])
            if _leading(product, known, 1, CHECK_TOLERANCE)[0][0] < values[-1]:
                return values, vectors
            value, vector = _leading(product, known, 1, TOLERANCE)
            values, vectors = np.r_[values, value], np.column_stack([vectors, vector])
            order = np.argsort(-values, kind="stable")[:count]
            if order[-1] == count - 1:  # the new one is no larger than those already there
                return values[:count], vectors[:, :count]
            values, vectors = values[order], vectors[:, order]
    return values, vectors


def _may_repeat(degree: NDArray[np.float64]) -> bool:
    """Say whether three concepts have one degree.

    Symmetry makes an eigenvalue repeat only by a group with an element of order 3 or more, for
    where all have order 2 the group is abelian and its irreducible representations have dimension
    one. Such an element moves three concepts in a cycle, and they have one degree.
    """
    ordered = np.sort(np.log(degree))
    return bool((ordered[2:] - ordered[:-2] <= SAME_DEGREE).any())


def _leading(
    product: Product, known: NDArray[np.float64], count: int, tolerance: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the largest eigenpairs, descending, of what is left beside known eigenvectors."""
    from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigsh

    n = len(known)

    def deflated(x: NDArray[np.float64]) -> NDArray[np.float64]:
        x = x.ravel()
        return np.asarray(product(x) - known @ (2.0 * (x @ known)))

    operator = LinearOperator((n, n), matvec=deflated, dtype=np.float64)
    for size in BASIS_SIZES:
        try:
            values, vectors = eigsh(
                operator, count, which="LA", ncv=min(size, n - 1), v0=_start(n, known.shape[1]),
                tol=tolerance, maxiter=RESTARTS,
            )  # fmt: skip
        except ArpackNoConvergence:
            continue
        return values[::-1], vectors[:, ::-1]
    raise ParameterError(
        f"eigenvectors of {n} concepts did not converge: their graph is nearly a chain"
    )


def _start(n: int, multiple: int) -> NDArray[np.float64]:
    """Return a start vector without symmetry: multiples of the golden ratio, the same everywhere.

    What the last start vector had in an eigenspace has been found, so each look needs another.
    """
    golden = (np.sqrt(5.0) - 1) / 2
    return np.asarray(
        np.mod(np.arange(1, n + 1) * (multiple * golden), 1.0) - 0.5, dtype=np.float64
    )


def _available_threads() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
