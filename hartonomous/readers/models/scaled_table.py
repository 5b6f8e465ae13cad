"""Token tables that need a second tensor to be read: a scale, a mapping, weights, more rows.

model2vec keeps a row a cluster and says in ``mapping`` which row each token has and in ``weights``
how much it counts; tables of 8 bits may have a scale, and a zero, for all, for each row, column
or block.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from hartonomous.errors import ModelFormatError
from hartonomous.readers.matrix import Matrix, blocks
from hartonomous.readers.models.stored_tensor import StoredTensor
from hartonomous.readers.stored import spool

_EIGHT_BITS = frozenset({"I8", "F8_E4M3", "F8_E5M2"})
_BLOCKS = (128, 64, 32, 256, 16)
_SCALES = ("_scale", "_scale_inv", ".scale", ".scales", "_scales", ".SCB")
_ZEROS = ("_zero_point", ".zero_point", "_zeros", ".zeros")
#: bitsandbytes keeps the largest number of each row, which 127 stands for.
_LARGEST, _STANDS_FOR = ".SCB", 127


def open_table(chosen: StoredTensor, tensors: Mapping[str, StoredTensor]) -> Matrix:
    """Return a table with what other tensors say about its numbers applied to them.

    Parameters
    ----------
    chosen
        The table.
    tensors
        All tensors of the checkpoint, by name.

    Raises
    ------
    ModelFormatError
        When the table is packed, or what belongs to it doesn't fit it.
    """
    matrix = chosen.open_matrix()
    added = tensors.get(f"{chosen.name.removesuffix('.embedding')}.new_embedding")
    if added is not None and chosen.name.endswith(".embedding"):
        return _joined(matrix, added.open_matrix(), added)
    scale, zero = _beside(chosen, tensors, _SCALES), _beside(chosen, tensors, _ZEROS)
    mapping, weights = _of_tokens(chosen, tensors)
    if scale is None and zero is None and mapping is None and weights is None:
        return matrix
    rows = np.arange(matrix.shape[0]) if mapping is None else mapping.ravel().astype(np.int64)
    if len(rows) and not 0 <= rows.min() <= rows.max() < matrix.shape[0]:
        raise ModelFormatError(f"{chosen}: its mapping names a row that it doesn't have")
    if weights is not None and weights.size != len(rows):
        raise ModelFormatError(f"{chosen}: has {len(rows)} tokens and {weights.size} weights")
    made = spool(_rows(matrix, rows, (zero, scale), weights), matrix.shape[1])
    return Matrix(made, "float32")


def _joined(matrix: Matrix, added: Matrix, tensor: StoredTensor) -> Matrix:
    """Return a table with the rows of added tokens, which Molmo keeps in one of their own."""
    if matrix.shape[1] != added.shape[1]:
        raise ModelFormatError(f"{tensor}: is not as wide as the table it goes on")
    parts = (part.rows(b.start, b.stop).astype("<f4").tobytes()
             for part in (matrix, added) for b in blocks(*part.shape))  # fmt: skip
    return Matrix(spool(parts, matrix.shape[1]), "float32")


def _rows(
    matrix: Matrix,
    rows: NDArray[np.int64],
    scales: tuple[NDArray[np.float64] | None, NDArray[np.float64] | None],
    weights: NDArray[np.float64] | None,
) -> Iterator[bytes]:
    for block in blocks(len(rows), matrix.shape[1]):
        vectors = matrix.take(rows[block]).astype(np.float64)
        zero, scale = scales
        if zero is not None:
            vectors -= _stretched(zero, matrix.shape, rows[block])
        if scale is not None:
            vectors *= _stretched(scale, matrix.shape, rows[block])
        if weights is not None:
            vectors *= weights.reshape(-1, 1)[block]
        with np.errstate(over="ignore"):  # what float32 can't hold is found as an infinite row
            yield vectors.astype("<f4").tobytes()


def _stretched(
    scale: NDArray[np.float64], shape: tuple[int, int], rows: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the scale of each number of the given rows; one scale may stand for a block."""
    height, width = map(_block, shape, scale.shape)
    return scale[rows // height][:, np.arange(shape[1]) // width]


def _block(length: int, scales: int) -> int:
    """Return how many rows or columns share a scale; the last block may be shorter."""
    usual = (block for block in _BLOCKS if -(-length // block) == scales)
    return next(usual, -(-length // scales))


def _beside(
    chosen: StoredTensor, tensors: Mapping[str, StoredTensor], endings: tuple[str, ...]
) -> NDArray[np.float64] | None:
    """Return the scale or zero of a table of 8 bits as a matrix of blocks, None without one."""
    if chosen.dtype not in _EIGHT_BITS:
        return None
    stem = chosen.name.removesuffix(".weight")
    names = [f"{begin}{end}" for begin in (chosen.name, stem) for end in endings]
    alone = [end.lstrip("_.") for end in endings] if "." not in chosen.name else []
    own = {*names, *alone}
    found = next((tensors[name] for name in sorted(own) if name in tensors), None)
    if found is None:
        return None
    scale = found.read_numbers() / (_STANDS_FOR if found.name.endswith(_LARGEST) else 1)
    if scale.ndim < 2:
        by_column = scale.size == chosen.shape[1] != chosen.shape[0]
        scale = scale.reshape((1, -1) if by_column else (-1, 1))
    if scale.ndim != 2 or any(
        n > length for n, length in zip(scale.shape, chosen.shape, strict=False)
    ):
        raise ModelFormatError(f"{found}: does not fit {chosen.name}")
    return scale


def _of_tokens(
    chosen: StoredTensor, tensors: Mapping[str, StoredTensor]
) -> tuple[NDArray[np.float64] | None, NDArray[np.float64] | None]:
    """Return model2vec's row and weight of each token, None where there is none."""
    begin, _, last = chosen.name.rpartition(".")
    if last != "embeddings":
        return None, None
    prefix = f"{begin}." if begin else ""
    mapping, weights = tensors.get(f"{prefix}mapping"), tensors.get(f"{prefix}weights")
    return (
        mapping.read_numbers() if mapping else None,
        weights.read_numbers() if weights else None,
    )
