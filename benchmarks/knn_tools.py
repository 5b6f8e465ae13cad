"""Other tools' kNN self-joins by inner product: build, search all rows, and return the indices.

Each is asked for k + 1 neighbours, because it finds a row itself too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float32]
Indices = NDArray[np.integer]


@dataclass(frozen=True)
class Tool:
    """A named search; ``package`` is what has to be installed."""

    name: str
    package: str
    search: Callable[[Rows, int, int], Indices]

    def installed(self) -> bool:
        return find_spec(self.package) is not None


def faiss_flat(rows: Rows, k: int, threads: int) -> Indices:
    import faiss

    faiss.omp_set_num_threads(threads)
    index = faiss.IndexFlatIP(rows.shape[1])
    index.add(rows)
    return index.search(rows, k + 1)[1]


def faiss_hnsw(rows: Rows, k: int, threads: int) -> Indices:
    import faiss

    faiss.omp_set_num_threads(threads)
    index = faiss.IndexHNSWFlat(rows.shape[1], 32, faiss.METRIC_INNER_PRODUCT)
    index.add(rows)
    index.hnsw.efSearch = 100
    return index.search(rows, k + 1)[1]


def faiss_ivf(rows: Rows, k: int, threads: int) -> Indices:
    import faiss

    faiss.omp_set_num_threads(threads)
    cells = int(4 * np.sqrt(len(rows)))
    index = faiss.IndexIVFFlat(
        faiss.IndexFlatIP(rows.shape[1]), rows.shape[1], cells, faiss.METRIC_INNER_PRODUCT
    )
    index.train(rows)
    index.add(rows)
    index.nprobe = max(8, cells // 20)
    return index.search(rows, k + 1)[1]


def faiss_nn_descent(rows: Rows, k: int, threads: int) -> Indices:
    import faiss

    faiss.omp_set_num_threads(threads)
    index = faiss.IndexNNDescentFlat(rows.shape[1], k + 14, faiss.METRIC_L2)
    index.add(rows)
    index.nndescent.search_L = 2 * k
    return index.search(rows, k + 1)[1]


def hnswlib_hnsw(rows: Rows, k: int, threads: int) -> Indices:
    index = hnswlib_index(rows, threads)
    index.set_ef(110)
    return index.knn_query(rows, k + 1, num_threads=threads)[0].astype(np.int64)


def hnswlib_index(rows: Rows, threads: int):
    """Return hnswlib's index of the rows by inner product."""
    import hnswlib

    index = hnswlib.Index(space="ip", dim=rows.shape[1])
    index.init_index(len(rows), M=16, ef_construction=200, random_seed=100)
    index.add_items(rows, num_threads=threads)
    return index


def usearch_hnsw(rows: Rows, k: int, threads: int) -> Indices:
    from usearch.index import Index

    index = Index(ndim=rows.shape[1], metric="ip", dtype="f32", expansion_search=100)
    index.add(np.arange(len(rows)), rows, threads=threads)
    return index.search(rows, k + 1, threads=threads).keys.astype(np.int64)


def nn_descent(rows: Rows, k: int, threads: int) -> Indices:
    from pynndescent import NNDescent

    found = NNDescent(rows, metric="dot", n_neighbors=k + 1, n_jobs=threads, random_state=0)
    return found.neighbor_graph[0]


TOOLS = (
    Tool("faiss IndexFlatIP", "faiss", faiss_flat),
    Tool("faiss HNSW, ef 100", "faiss", faiss_hnsw),
    Tool("faiss IVF, a twentieth of the cells", "faiss", faiss_ivf),
    Tool("faiss NN-descent", "faiss", faiss_nn_descent),
    Tool("hnswlib, ef 110", "hnswlib", hnswlib_hnsw),
    Tool("usearch, ef 100", "usearch", usearch_hnsw),
    Tool("pynndescent", "pynndescent", nn_descent),
)
