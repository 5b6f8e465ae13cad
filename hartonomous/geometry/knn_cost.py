"""Which of exact search and HNSW is predicted to be faster for one join on this machine.

Exact: the multiplications at the rate measured here, and for each row about k ln(n / k) changes to
its list of the best so far. HNSW: each row that is inserted or searched costs ef log2(n) distance
evaluations, of a constant and a share that grows with d; both were fitted to hnswlib on token
embeddings, word vectors and random vectors (n from 5,000 to 50,000, d from 50 to 1,024) and predict
it within a factor of two.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from hartonomous._native import knn_self_join
from hartonomous.geometry.hnsw import EF_CONSTRUCTION

#: Smaller joins take about a second on one slow core: exact without a measurement.
_ALWAYS_EXACT_OPERATIONS = 2e10

#: Approximate neighbours have to buy this much.
_WORTH_APPROXIMATING = 0.5

_LIST_CHANGE_SECONDS = 4e-8
_EVALUATION_SECONDS = 4e-8
_EVALUATION_SECONDS_PER_DIMENSION = 3e-10
#: What ``ef_search`` usually has to be for the target recall, in multiples of k.
_SEARCH_EF_PER_K = 4

_PROBE_OPERATIONS = 5e9
_PROBE_ROWS = (512, 4096)


@dataclass(frozen=True)
class Join:
    """The shape of a join: m queries against n keys of d dimensions, k neighbours each."""

    queries: int
    keys: int
    dimensions: int
    k: int
    symmetric: bool

    @property
    def operations(self) -> int:
        """Floating-point operations of the exact join; a symmetric one scores each pair once."""
        pairs = self.queries * self.keys
        return pairs * self.dimensions * (1 if self.symmetric else 2)


def choose_method(join: Join, threads: int) -> Literal["exact", "hnsw"]:
    """Return ``hnsw`` where it is predicted to take under half the time of the exact join."""
    if join.operations < _ALWAYS_EXACT_OPERATIONS:
        return "exact"
    worth = _WORTH_APPROXIMATING * exact_seconds(join, threads)
    return "hnsw" if hnsw_seconds(join, threads) < worth else "exact"


def exact_seconds(join: Join, threads: int) -> float:
    """Predict the exact join from the rate of a small one, measured once per process."""
    list_changes = join.queries * join.k * (1 + math.log(join.keys / join.k))
    multiply = join.operations / measured_rate(join.dimensions, threads)
    return multiply + list_changes * _LIST_CHANGE_SECONDS / threads


def hnsw_seconds(join: Join, threads: int) -> float:
    """Predict building on one thread (so that it is deterministic) and searching on all."""
    search_ef = _SEARCH_EF_PER_K * join.k
    visits = join.keys * EF_CONSTRUCTION + join.queries * search_ef / threads
    evaluation = _EVALUATION_SECONDS + _EVALUATION_SECONDS_PER_DIMENSION * join.dimensions
    return visits * math.log2(join.keys + 1) * evaluation


@lru_cache(maxsize=32)
def measured_rate(dimensions: int, threads: int) -> float:
    """Return the exact join's rate in floating-point operations a second, lists left aside."""
    smallest, largest = _PROBE_ROWS
    count = min(max(int(math.sqrt(_PROBE_OPERATIONS / dimensions)), smallest), largest)
    rows = np.random.default_rng(0).standard_normal((count, dimensions), np.float32)
    knn_self_join(rows[:smallest], 1, threads)  # what happens once, happens here
    start = time.perf_counter()
    knn_self_join(rows, 1, threads)
    return count**2 * dimensions / (time.perf_counter() - start)
