from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from typing_extensions import Buffer

SEGMENT_BYTES: int

def blake3(data: Buffer) -> bytes: ...
def blake3_many(keys: Sequence[bytes]) -> NDArray[np.uint8]: ...
def blake3_rows(rows: NDArray[np.uint8]) -> NDArray[np.uint8]: ...
def blake3_segment(segment: Buffer, index: int) -> bytes: ...
def blake3_root(values: NDArray[np.uint8]) -> bytes: ...
def knn_self_join(
    rows: NDArray[np.float32],
    k: int,
    threads: int = 0,
    progress: Callable[[float], None] | None = None,
) -> tuple[NDArray[np.int32], NDArray[np.float32]]: ...
def knn_join(
    queries: NDArray[np.float32],
    keys: NDArray[np.float32],
    k: int,
    first_self: int = -1,
    threads: int = 0,
    progress: Callable[[float], None] | None = None,
) -> tuple[NDArray[np.int32], NDArray[np.float32]]: ...
def limit_instructions(most: str) -> None: ...
def leading_eigenpairs(
    starts: NDArray[np.int64],
    neighbors: NDArray[np.int32],
    weights: NDArray[np.float64],
    count: int,
    tolerance: float,
    threads: int = 0,
) -> tuple[NDArray[np.float64], NDArray[np.float64], bool, float, int]: ...
def refine_layout(
    start: NDArray[np.float64],
    starts: NDArray[np.int64],
    neighbors: NDArray[np.int32],
    weights: NDArray[np.float64],
    steps: int,
    radius: float,
    opening: float,
    threads: int = 0,
    progress: Callable[[float], None] | None = None,
) -> NDArray[np.float64]: ...

class BlockJoin:
    def __init__(
        self,
        rows: NDArray[np.float32],
        keep: int,
        clusters: int,
        expand: bool,
        threads: int = 0,
    ) -> None: ...
    def probe(self, probes: int, progress: Callable[[float], None] | None = None) -> None: ...
    def lists(
        self,
        rows: NDArray[np.uint32],
        k: int,
        progress: Callable[[float], None] | None = None,
    ) -> tuple[NDArray[np.int32], NDArray[np.float32]]: ...

class Hnsw:
    def __init__(
        self,
        rows: NDArray[np.float32],
        layers: Sequence[tuple[NDArray[np.uint32], NDArray[np.int32]]],
        m: int,
        threads: int = 0,
    ) -> None: ...
    def search(
        self,
        queries: NDArray[np.float32],
        k: int,
        ef: int,
        first_self: int = -1,
        threads: int = 0,
        progress: Callable[[float], None] | None = None,
    ) -> tuple[NDArray[np.int32], NDArray[np.float32]]: ...
