"""The readable twin of the native eigenpairs: the same iteration in double, in NumPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from hartonomous.geometry.mixing import mixed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Block = NDArray[np.float64]

COLUMNS = 8
ROUNDS = 250
#: So few rows are taken further than asked for, as in the native form.
FEW_ROWS, FEW_ROWS_TOLERANCE = 8192, 1e-10
FIRST_UPPER, FIRST_DEGREE, LARGEST_DEGREE = 0.7, 10, 200


def leading_eigenpairs(
    starts: NDArray[np.int64],
    neighbors: NDArray[np.int32],
    weights: NDArray[np.float64],
    count: int,
    tolerance: float,
    threads: int = 0,  # noqa: ARG001 - NumPy's own
) -> tuple[NDArray[np.float64], NDArray[np.float64], bool, float, int]:
    """Return the largest eigenpairs of a graph's normalised adjacency; see the native function."""
    from scipy.sparse import csr_array

    n = len(starts) - 1
    matrix = csr_array((weights, neighbors, starts), shape=(n, n))
    degree = np.asarray(matrix.sum(axis=1))
    trivial = np.sqrt(degree / degree.sum())[:, None]
    root = np.sqrt(degree)[:, None]
    products = 0
    goal = min(tolerance, FEW_ROWS_TOLERANCE) if n < FEW_ROWS else tolerance

    def product(x: Block) -> Block:
        nonlocal products
        products += 1
        return np.asarray((matrix @ (x / root)) / root)

    x = filtered(product, _away(_start(n), trivial), FIRST_UPPER, FIRST_DEGREE)
    for _ in range(ROUNDS):
        x = np.linalg.qr(_away(x, trivial))[0]
        moved = product(x)
        values, turn = np.linalg.eigh(x.T @ moved)
        values, turn = values[::-1], turn[:, ::-1]
        x, moved = x @ turn, moved @ turn
        worst = float(np.linalg.norm(moved - x * values, axis=0)[:count].max())
        if worst <= goal:
            break
        upper = max(values[-1], -0.9)
        x = filtered(product, x, upper, _degree(values, count, upper, worst, goal))
    return values[:count], np.ascontiguousarray(x[:, :count]), worst <= tolerance, worst, products


def filtered(product: Callable[[Block], Block], x: Block, upper: float, degree: int) -> Block:
    """Return T_degree(S') x, S' being S mapped so that [-1, upper] lies in [-1, 1]."""
    half, middle = (upper + 1) / 2, (upper - 1) / 2
    before, now = x, (product(x) - middle * x) / half
    for _ in range(degree - 1):
        before, now = now, (product(now) - middle * now) * (2 / half) - before
    return now


def _degree(
    values: NDArray[np.float64], count: int, upper: float, worst: float, tolerance: float
) -> int:
    """Return how far the next filter goes: until columns could no longer be told apart."""
    mapped = (2 * np.array([1.0, values[0], values[count - 1]]) - upper + 1) / (upper + 1)
    trivial, first, last = np.maximum(np.arccosh(np.maximum(mapped, 1.0)), 1e-9)
    wanted = np.log(8 * worst / tolerance) / last
    limits = (24 / max(first - last, 1e-9), 28 / max(trivial - last, 1e-9), 300 / trivial)
    return max(2, int(np.ceil(min(wanted, LARGEST_DEGREE, *limits))))


def _away(x: Block, unit: Block) -> Block:
    return np.asarray(x - unit @ (unit.T @ x))


def _start(n: int) -> Block:
    """Return numbers in [-1/2, 1/2) that look random: splitmix64 of row and column."""
    bits = mixed(np.arange(n * COLUMNS)) >> np.uint64(40)
    return np.asarray(bits.astype(np.float64) / 2**24 - 0.5).reshape(n, COLUMNS)
