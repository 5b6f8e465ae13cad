"""The readable twin of the native HNSW: the same graph and the same walks, a row at a time."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

import numpy as np

from hartonomous.geometry._blocks import dot, encode, encode_singly

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Progress = Callable[[float], None]
    Codes = NDArray[np.int32]
    Layer = dict[int, list[int]]


class Hnsw:
    """Layers of chosen neighbours; see the native class."""

    def __init__(
        self,
        rows: NDArray[np.float32],
        layers: Sequence[tuple[NDArray[np.uint32], NDArray[np.int32]]],
        m: int,
        threads: int = 0,  # noqa: ARG002 - Python's own
    ) -> None:
        self._rows = rows
        self._codes = encode(rows)
        self._layers: list[Layer] = []
        for ids, lists in layers:
            most = m if self._layers else 2 * m
            listed = {
                int(i): [int(ids[j]) for j in near] for i, near in zip(ids, lists, strict=True)
            }
            forward = {i: self._chosen(i, near, most) for i, near in listed.items()}
            both = {i: set(near) for i, near in forward.items()}
            for i, near in forward.items():
                for j in near:
                    both[j].add(i)
            self._layers.append(
                {i: self._chosen(i, sorted(near), most) for i, near in both.items()}
            )

    def search(
        self,
        queries: NDArray[np.float32],
        k: int,
        ef: int,
        first_self: int = -1,
        threads: int = 0,  # noqa: ARG002 - Python's own
        progress: Progress | None = None,
    ) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Return the k best of ``ef`` that a walk finds, or of all where it finds too few."""
        found = []
        for i, (query, codes) in enumerate(zip(queries, encode_singly(queries), strict=True)):
            own = first_self + i if first_self >= 0 else -1
            near = [row for _, row in self._walk(codes, ef + (own >= 0)) if row != own]
            if len(near) < k:
                near = [row for row in range(len(self._rows)) if row != own]
            found.append(sorted((-dot(query, self._rows[row]), row) for row in near)[:k])
        if progress is not None:
            progress(1.0)
        indices = np.array([[row for _, row in line] for line in found], np.int32)
        scores = np.array([[-score for score, _ in line] for line in found], np.float32)
        return indices.reshape(-1, k), scores.reshape(-1, k)

    def _rank(self, query: Codes, row: int) -> tuple[int, int]:
        """Return what sorts ascending from the best: the higher score, then the smaller row."""
        return (-int(query @ self._codes[row]), row)

    def _chosen(self, row: int, near: list[int], most: int) -> list[int]:
        kept: list[int] = []
        left: list[int] = []
        for score, candidate in sorted(self._rank(self._codes[row], j) for j in near if j != row):
            if len(kept) == most:
                break
            scores = self._codes[kept] @ self._codes[candidate]
            (kept if (scores < -score).all() else left).append(candidate)
        return kept + left[: most - len(kept)]

    def _walk(self, query: Codes, ef: int) -> list[tuple[int, int]]:
        first = self._rank(query, self._descend(query))
        seen, opened, nearest = {first[1]}, [first], [first]
        while opened:
            here = heappop(opened)
            if len(nearest) == ef and here > nearest[-1]:
                break
            for row in self._layers[0][here[1]]:
                if row in seen:
                    continue
                seen.add(row)
                rank = self._rank(query, row)
                if len(nearest) == ef and rank > nearest[-1]:
                    continue
                heappush(opened, rank)
                nearest = sorted([*nearest, rank])[:ef]
        return nearest

    def _descend(self, query: Codes) -> int:
        if len(self._layers) < 2:
            return 0
        best = self._rank(query, min(self._layers[-1]))
        for layer in reversed(self._layers[1:]):
            while (step := min([best, *(self._rank(query, j) for j in layer[best[1]])])) != best:
                best = step
        return best[1]
