"""Which of exact search and HNSW is predicted to be faster for one join on this machine."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from hartonomous import _native

_PROBE_ROWS = 3072

#: HNSW distance evaluations a row, building and searching, are _EVALUATIONS * (ef + k) * log2(n).
_EVALUATIONS = 2.0
#: Evaluations follow the graph through memory: this fraction of the tiled multiplication's rate.
_SCATTERED_RATE = 0.05
#: Latency of one evaluation, whatever its length, in seconds.
_EVALUATION_LATENCY = 5e-8
_EF_CONSTRUCTION = 200


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
    """Return the method with the smaller predicted time; exact where they are equal."""
    exact = exact_seconds(join, threads)
    return "hnsw" if hnsw_seconds(join, threads) < exact else "exact"


def exact_seconds(join: Join, threads: int) -> float:
    """Predict the exact join from a measurement of the same core on a small join."""
    return join.operations / measured_rate(join.dimensions, threads)


def hnsw_seconds(join: Join, threads: int) -> float:
    """Predict building on one thread (so that it is deterministic) and searching on all."""
    one_thread = measured_rate(join.dimensions, 1)
    evaluation = 2 * join.dimensions / (one_thread * _SCATTERED_RATE) + _EVALUATION_LATENCY
    depth = _EVALUATIONS * math.log2(join.keys + 1)
    build = join.keys * _EF_CONSTRUCTION * depth
    search = join.queries * max(100, 2 * join.k) * depth / threads
    return (build + search) * evaluation


@lru_cache(maxsize=32)
def measured_rate(dimensions: int, threads: int) -> float:
    """Return the exact self-join's rate in operations a second, n * n * d a join of n rows."""
    rows = np.random.default_rng(0).standard_normal((_PROBE_ROWS, dimensions), np.float32)
    _native.knn_self_join(rows[:64], 1, threads)  # loads and wakes what is needed once
    start = time.perf_counter()
    _native.knn_self_join(rows, 10, threads)
    return _PROBE_ROWS**2 * dimensions / (time.perf_counter() - start)
