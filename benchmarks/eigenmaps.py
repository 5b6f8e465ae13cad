"""How fast are the four eigenvectors of a kNN graph, beside other solvers at their residuals?

``python -m benchmarks.eigenmaps [GRAPH.npz] [--runs 3] [--cpu]``; the file holds ``sources``,
``targets``, ``weights`` and ``n``; without one it is the graph of all-MiniLM-L6-v2's token
embedding, k = 50.
"""

from __future__ import annotations

import argparse
import importlib.util
import resource
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.linalg import eigsh

from benchmarks.timing import Line, Timing, interleaved, print_table, ratio
from hartonomous.geometry.affinity import SHARPNESS, affinity
from hartonomous.geometry.eigenmaps import eigenmaps
from hartonomous.geometry.spectrum import spectrum

K = 50
PAIRS = 4
OURS = "hartonomous"
WHOLE = "eigenmaps, relations to positions"

Graph = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64], int]


def main(arguments: list[str] | None = None) -> None:
    """Print medians and ratios of one run, for the default affinity and for plain cosines."""
    options = _options(arguments)
    graph = _load(options.graph) if options.graph else minilm_graph()[1]
    for sharpness in (SHARPNESS, 1.0):
        matrix = affinity(*graph, sharpness=sharpness)
        contenders = _solvers(matrix, slow=options.slow)
        contenders[WHOLE] = partial(eigenmaps, *graph, sharpness=sharpness)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # LOBPCG warns of its own tolerance
            timings = interleaved(
                contenders, options.runs, process_time if options.cpu else perf_counter
            )
        title = (
            f"{PAIRS} eigenpairs, {graph[3]:,} concepts, {matrix.nnz:,} affinities"
            f" of cosine^{sharpness:g}, medians of {options.runs}; x: times ours"
        )
        print_table(title, _lines(matrix, timings))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"  peak memory of the whole run, all solvers: {peak:.2f} GiB")


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("graph", nargs="?", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--cpu", action="store_true", help="CPU seconds of all threads")
    parser.add_argument("--no-slow", dest="slow", action="store_false", help="only eigsh and ours")
    return parser.parse_args(arguments)


def _load(path: Path) -> Graph:
    with np.load(path) as file:
        return file["sources"], file["targets"], file["weights"], int(file["n"])


def minilm_graph() -> tuple[NDArray[np.float32], Graph]:
    """Return the cleaned rows of all-MiniLM-L6-v2 and their graph."""
    from benchmarks.substrates import zoo
    from hartonomous.geometry.knn import knn_self_join
    from hartonomous.miners.cleaning import clean
    from hartonomous.readers import open_embeddings

    matrix = open_embeddings(zoo("minilm-l6")).matrix
    rows, _ = clean(matrix.rows(0, matrix.shape[0]))
    found = knn_self_join(rows, K)
    sources = np.repeat(np.arange(len(rows), dtype=np.int32), K)
    weights = np.clip(found.scores.ravel().astype(np.float64), 0, 1)
    return rows, (sources, found.indices.ravel(), weights, len(rows))


def _solvers(matrix: csr_array, *, slow: bool) -> dict[str, Callable[[], NDArray[np.float64]]]:
    normalised = _normalised(matrix)
    solvers: dict[str, Callable[[], NDArray[np.float64]]] = {
        OURS: lambda: spectrum(matrix, PAIRS).vectors,
        "scipy eigsh": partial(_eigsh, normalised, 0.0),
        "scipy eigsh, tol 1e-6": partial(_eigsh, normalised, 1e-6),
    }
    if slow:
        solvers["scipy lobpcg, tol 1e-6"] = partial(_lobpcg, normalised)
    if slow and importlib.util.find_spec("sklearn"):
        solvers["scikit-learn lobpcg"] = partial(_scikit_learn, matrix, "lobpcg")
        solvers["scikit-learn lobpcg, tol 1e-6"] = partial(_scikit_learn, matrix, "lobpcg", 1e-6)
        if importlib.util.find_spec("pyamg"):
            solvers["scikit-learn amg"] = partial(_scikit_learn, matrix, "amg")
    return solvers


def _normalised(matrix: csr_array) -> csr_array:
    inverse = 1 / np.sqrt(np.asarray(matrix.sum(axis=1)))
    rows = np.repeat(inverse, np.diff(matrix.indptr))
    return csr_array((matrix.data * rows * inverse[matrix.indices], matrix.indices, matrix.indptr))


def _eigsh(normalised: csr_array, tolerance: float) -> NDArray[np.float64]:
    start = np.random.default_rng(0).standard_normal(normalised.shape[0])
    _, vectors = eigsh(normalised, PAIRS + 1, which="LA", ncv=20, v0=start, tol=tolerance)
    return np.asarray(vectors[:, ::-1][:, 1:])


def _lobpcg(normalised: csr_array) -> NDArray[np.float64]:
    from scipy.sparse.linalg import lobpcg

    start = np.random.default_rng(0).standard_normal((normalised.shape[0], PAIRS + 4))
    _, vectors = lobpcg(normalised, start, tol=1e-6, maxiter=200)
    return np.asarray(vectors[:, 1 : PAIRS + 1])


def _scikit_learn(
    matrix: csr_array, solver: str, tolerance: float | str = "auto"
) -> NDArray[np.float64]:
    from scipy.sparse import csr_matrix
    from sklearn.manifold import spectral_embedding

    found = spectral_embedding(
        csr_matrix(matrix),
        n_components=PAIRS,
        eigen_solver=solver,
        eigen_tol=tolerance,
        random_state=0,
    )
    vectors = found * np.sqrt(np.asarray(matrix.sum(axis=1)))[:, None]
    return np.asarray(vectors / np.linalg.norm(vectors, axis=0))


def _lines(matrix: csr_array, timings: dict[str, Timing]) -> list[Line]:
    normalised, ours = _normalised(matrix), timings[OURS]
    lines = []
    for name, timing in timings.items():
        remarks = "" if name == WHOLE else f"residual {_residual(normalised, timing.result):.0e}"
        lines.append(Line(name, timing.median, ratio(timing, ours), remarks))
    return lines


def _residual(normalised: csr_array, vectors: NDArray[np.float64]) -> float:
    products = normalised @ vectors
    values = (vectors * products).sum(axis=0)
    return float(np.linalg.norm(products - vectors * values, axis=0).max())


if __name__ == "__main__":
    main()
