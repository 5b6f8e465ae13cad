"""The readable twin of the native block join: the same pairs, the same codes, the same lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hartonomous.geometry.mixing import mixed

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Codes = NDArray[np.int32]
    Progress = Callable[[float], None]

TURNED, LARGEST_CODE, WIDEST_CODES = 64, 63, 4224
UNCLIPPED, LEAST_SCALE = 0.9998, np.float32(1e-30)
ROUNDS, ROWS_A_CLUSTER = 6, 40
AROUND = 16


class BlockJoin:
    """Joins a matrix with itself by its clusters; see the native class."""

    def __init__(
        self,
        rows: NDArray[np.float32],
        keep: int,
        clusters: int,
        expand: bool,
        threads: int = 0,  # noqa: ARG002 - NumPy's own
    ) -> None:
        self._rows = rows
        self._keep = keep
        self._expand = expand
        self._codes = encode(rows)
        self._scores = (self._codes @ self._codes.T).astype(np.float32)
        self._centres = cluster_centres(self._codes, clusters)
        self._reached = np.zeros((len(rows), len(rows)), dtype=bool)

    def probe(self, probes: int, progress: Progress | None = None) -> None:
        """Reach the members of each row's nearest clusters, and be reached by them."""
        order = np.argsort(-(self._codes @ self._centres.T), axis=1, kind="stable")
        own, nearest = order[:, 0], order[:, :probes]
        reaches = (nearest[:, :, np.newaxis] == own).any(axis=1)
        self._reached = reaches | reaches.T
        np.fill_diagonal(self._reached, val=False)
        if progress is not None:
            progress(1.0)

    def lists(
        self, rows: NDArray[np.uint32], k: int, progress: Progress | None = None
    ) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Return the k nearest others of the rows, among what was reached."""
        around = self._around() if self._expand else None
        found = [self._list(int(row), k, around) for row in rows]
        if progress is not None:
            progress(1.0)
        return np.stack([i for i, _ in found]), np.stack([s for _, s in found])

    def _list(
        self, row: int, k: int, around: NDArray[np.bool_] | None
    ) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        candidates = self._best(row, self._reached[row])
        if around is not None:
            beyond = around[around[row]].any(axis=0) & ~self._reached[row]
            beyond[row] = False
            beyond[candidates] = True
            candidates = self._best(row, beyond)
        if len(candidates) < k:
            candidates = self._best(row, np.arange(len(self._rows)) != row)
        scores = np.array([dot(self._rows[row], self._rows[j]) for j in candidates], np.float32)
        order = np.lexsort((candidates, -scores))[:k]
        return candidates[order].astype(np.int32), scores[order]

    def _best(self, row: int, allowed: NDArray[np.bool_]) -> NDArray[np.int64]:
        candidates = np.flatnonzero(allowed)
        order = np.argsort(-self._scores[row, candidates], kind="stable")
        return candidates[order[: self._keep]]

    def _around(self) -> NDArray[np.bool_]:
        """Say who is among whose best, one way or the other."""
        n = len(self._rows)
        forward, around = np.zeros((n, n), dtype=bool), np.zeros((n, n), dtype=bool)
        for i in range(n):
            forward[i, self._best(i, self._reached[i])[:AROUND]] = True
        for j in range(n):
            near = np.flatnonzero(forward[:, j])
            order = np.argsort(-self._scores[near, j], kind="stable")
            around[j, near[order[:AROUND]]] = True
        return forward | around


def encode(rows: NDArray[np.float32]) -> Codes:
    """Return rows as integers in [-63, 63], turned first so that no coordinate stands out."""
    turned = _turned(rows)
    bins = (turned.view(np.uint32) & 0x7FFFFFFF) >> 16
    below = np.cumsum(np.bincount(bins.ravel(), minlength=1 << 15))
    last = int(np.searchsorted(below, UNCLIPPED * turned.size))
    edge = np.array((last + 1) << 16, np.uint32).view(np.float32)
    return _rounded(turned, np.maximum(edge, LEAST_SCALE))


def encode_singly(rows: NDArray[np.float32]) -> Codes:
    """Return rows as integers, each by a scale of its own."""
    turned = _turned(rows)
    return _rounded(turned, np.abs(turned).max(axis=1, keepdims=True, initial=LEAST_SCALE))


def _rounded(turned: NDArray[np.float32], scale: NDArray[np.float32]) -> Codes:
    width = turned.shape[1]
    largest = np.float32(
        LARGEST_CODE if width <= WIDEST_CODES else int(np.sqrt(16777216.0 / width))
    )
    kept = np.clip(turned * (largest / scale), -largest, largest)
    return np.asarray(np.rint(kept), dtype=np.int32)


def _turned(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the rows with random signs, each 64 coordinates by a Hadamard transform."""
    n, columns = rows.shape
    width = -(-columns // TURNED) * TURNED
    x = np.zeros((n, width), np.float32)
    signs = np.where(mixed(np.arange(columns)) & np.uint64(1), -1, 1).astype(np.float32)
    x[:, :columns] = rows * signs
    half = 1
    while half < TURNED:
        pairs = x.reshape(n, -1, 2, half)
        left, right = pairs[:, :, 0], pairs[:, :, 1]
        x = np.stack([left + right, left - right], axis=2).reshape(n, width)
        half *= 2
    return np.asarray(x * np.float32(0.125), dtype=np.float32)


def cluster_centres(codes: Codes, clusters: int) -> Codes:
    """Return centres of spherical k-means on a sample, as codes."""
    order = np.argsort(mixed(np.arange(len(codes))), kind="stable")
    sample = codes[order[: ROWS_A_CLUSTER * clusters]].astype(np.int64)
    length = np.sqrt((sample * sample).sum() / len(sample))
    centres = sample[:clusters].copy()
    for _ in range(ROUNDS):
        own = (sample @ centres.T).argmax(axis=1)
        for c in range(clusters):
            total = sample[own == c].sum(axis=0)
            square = int((total * total).sum())
            if square:
                scaled = np.rint(total * (length / np.sqrt(square)))
                centres[c] = np.clip(scaled, -LARGEST_CODE, LARGEST_CODE)
    return np.asarray(centres, dtype=np.int32)


def dot(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    """Return the inner product in the native order: 64 sums, added pairwise."""
    products = np.zeros(-(-len(a) // 64) * 64, np.float32)
    products[: len(a)] = a * b
    sums = np.zeros(64, np.float32)
    for part in products.reshape(-1, 64):
        sums += part
    while len(sums) > 1:
        sums = sums[: len(sums) // 2] + sums[len(sums) // 2 :]
    return sums.item(0)
