"""Matrices of deltas at low rank, the ranks chosen so that most is kept in a given size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from hartonomous.errors import ModelFormatError
from hartonomous.readers.safetensors import Tensor
from hartonomous.vectors.packages.checkpoint import (
    Checkpoint,
    blocks,
    read_block,
    widened,
)
from hartonomous.vectors.packages.forms import spectrum

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Matrices narrower than this are written whole.
_NARROWEST = 16
#: Bytes of one number of a factor, by quantization.
_ITEM = {"fp32": 4, "fp16": 2, "int8": 1}
#: Share of the size that factors may fill; the rest is for what is written whole, and the header.
_FILLED = 0.95


def budgeted_ranks(
    base: Checkpoint, special: Checkpoint, names: Sequence[str], max_mb: float, quantization: str
) -> dict[str, int]:
    """Return the rank of each matrix: singular values are taken by their square for their size.

    Parameters
    ----------
    base, special
        The pair.
    names
        Tensors that are written.
    max_mb
        What all may fill together, in megabytes.
    quantization
        Of the factors.
    """
    free, item = max_mb * 1e6, _ITEM[quantization]
    gains, costs, owners = [], [], []
    matrices = []
    for name in names:
        shape = base.weights[name].shape
        if len(shape) != 2 or min(shape) < _NARROWEST:
            free -= item * float(np.prod(shape))
            continue
        matrices.append(name)
        delta = delta_matrix(base.weights[name], special.weights[name])
        squares, _ = spectrum(delta if shape[0] >= shape[1] else delta.T)
        gains.append(squares)
        costs.append(np.full(len(squares), item * sum(shape)))
        owners.append(np.full(len(squares), len(matrices) - 1))
    if not matrices:
        return {}
    gain, cost, owner = map(np.concatenate, (gains, costs, owners))
    order = np.argsort(-gain / cost, kind="stable")
    taken = order[np.cumsum(cost[order]) <= free * _FILLED]
    counts = np.bincount(owner[taken[gain[taken] > 0]], minlength=len(matrices))
    return {name: int(count) for name, count in zip(matrices, counts, strict=True)}


def delta_matrix(base: Tensor, special: Tensor) -> NDArray[np.float32]:
    """Return the deltas of a matrix, float32, read a block at a time."""
    delta = np.empty(int(np.prod(base.shape)), np.float32)
    for start, stop in blocks(base.shape):
        new, old = (widened(read_block(t, start, stop), t.dtype) for t in (special, base))
        delta[start:stop] = new - old
    return delta.reshape(base.shape)


def factors(delta: NDArray[np.float32], rank: int, quantization: str) -> dict[str, NDArray[Any]]:
    """Return the best approximation of a rank as arrays ``left`` and ``right``, flat.

    Parameters
    ----------
    delta
        Shape (rows, columns).
    rank
        How many singular values are kept.
    quantization
        ``fp32``, ``fp16``, or ``int8`` with a scale for each column of ``left`` and row of
        ``right``.
    """
    tall = delta if delta.shape[0] >= delta.shape[1] else delta.T
    squares, vectors = spectrum(tall)
    right = vectors[:, :rank].T
    left = tall @ right.T
    weight = np.sqrt(np.sqrt(np.maximum(squares[:rank], np.finfo(np.float64).tiny)))
    left, right = left / weight, right * weight[:, None]
    if tall is not delta:
        left, right = right.T, left.T
    if quantization == "int8":
        return _int8(left, right)
    kind = "<f4" if quantization == "fp32" else "<f2"
    return {"left": left.astype(kind).reshape(-1), "right": right.astype(kind).reshape(-1)}


def _int8(left: NDArray[np.float64], right: NDArray[np.float64]) -> dict[str, NDArray[Any]]:
    scales = np.concatenate([np.abs(left).max(0), np.abs(right).max(1)]) / 127
    scales = np.where(scales > 0, scales, 1).astype("<f4")
    of_left, of_right = np.split(scales, 2)
    return {
        "left": np.rint(left / of_left).astype("|i1").reshape(-1),
        "right": np.rint(right / of_right[:, None]).astype("|i1").reshape(-1),
        "scales": scales,
    }


def product(arrays: Mapping[str, NDArray[Any]], rows: int, columns: int) -> NDArray[np.float32]:
    """Return ``left @ right`` of flat arrays, shape (rows, columns).

    Raises
    ------
    ModelFormatError
        They are not the factors of such a matrix.
    """
    left, right = arrays["left"], arrays["right"]
    rank = len(left) // rows if rows else 0
    if len(left) != rows * rank or len(right) != rank * columns:
        raise ModelFormatError("the factors of a low-rank matrix don't fit it")
    wide = left.astype(np.float32).reshape(rows, rank)
    other = right.astype(np.float32).reshape(rank, columns)
    if "scales" in arrays:
        if len(arrays["scales"]) != 2 * rank:
            raise ModelFormatError("the factors of a low-rank matrix have not one scale a rank")
        of_left, of_right = np.split(arrays["scales"], 2)
        wide, other = wide * of_left, other * of_right[:, None]
    return np.asarray(wide @ other, np.float32)
