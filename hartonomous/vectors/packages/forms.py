"""How a block of deltas is written: dense, sparse where that is smaller, or of low rank."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from hartonomous.errors import ModelFormatError, ParameterError

if TYPE_CHECKING:
    from numpy.typing import NDArray

QUANTIZATIONS = ("fp32", "fp16", "int8")
_STORED = {"fp32": "<f4", "fp16": "<f2", "int8": "|i1"}
#: Roles of arrays and the types that they may have.
ROLES = {
    "values": ("<f4", "<f2", "|i1", "<f8"),
    "scales": ("<f4",),
    "gaps": ("<u4",),
    "left": ("<f4", "<f2", "|i1"),
    "right": ("<f4", "<f2", "|i1"),
    "fix_gaps": ("<u4",),
    "fix_bits": ("<u2", "<u4", "<u8"),
}


@dataclass(frozen=True)
class Written:
    """A block as it is written: its form, and arrays by role."""

    form: str
    arrays: Mapping[str, NDArray[Any]]


def check_quantization(name: str) -> str:
    """Return the name of a quantization; others are a ParameterError."""
    if name not in QUANTIZATIONS:
        raise ParameterError(f"quantization is {', '.join(QUANTIZATIONS)}, not {name!r:.40}")
    return name


def write_block(delta: NDArray[np.floating], threshold: float, quantization: str) -> Written:
    """Write deltas, those below the threshold left out, in the smaller of two forms.

    Parameters
    ----------
    delta
        Shape (rows, columns): float32, or float64 that stays so under ``fp32``.
    threshold
        Least absolute value that is kept.
    quantization
        ``fp32``, ``fp16``, or ``int8`` with one scale a row.
    """
    flat = delta.reshape(-1)
    kept = np.flatnonzero((np.abs(flat) >= threshold) & (flat != 0))
    scales, values = _quantized(delta, quantization)
    per_value = values.dtype.itemsize
    if len(kept) * (4 + per_value) < len(flat) * per_value:
        sparse = {"gaps": gaps(kept), "values": values.reshape(-1)[kept]}
        return Written("sparse", {**sparse, **scales})
    values = np.where(np.abs(delta) >= threshold, values, 0).astype(values.dtype)
    return Written("dense", {"values": values.reshape(-1), **scales})


def _quantized(
    delta: NDArray[np.floating], quantization: str
) -> tuple[dict[str, NDArray[Any]], NDArray[Any]]:
    if quantization == "fp32":
        return {}, np.asarray(delta, "<f8" if delta.dtype == np.float64 else "<f4")
    if quantization == "fp16":
        values = delta.astype("<f2")
        if not np.isfinite(values).all():
            raise ParameterError("a delta is too large for fp16: use fp32 or int8")
        return {}, values
    scales = (np.abs(delta).max(1, keepdims=True) / 127).astype("<f4")
    safe = np.where(scales > 0, scales, 1)
    return {"scales": scales[:, 0]}, np.rint(delta / safe).astype("|i1")


def read_block(written: Written, rows: int, columns: int) -> NDArray[np.floating]:
    """Return the deltas of a block, shape (rows, columns).

    Raises
    ------
    ModelFormatError
        The arrays don't fit the block.
    """
    arrays = written.arrays
    values = arrays["values"]
    flat = np.zeros(rows * columns, np.float64 if values.dtype == np.float64 else np.float32)
    if written.form == "sparse":
        places = from_gaps(arrays["gaps"], len(flat))
        if len(places) != len(values):
            raise ModelFormatError("a sparse block has more places than values, or fewer")
        flat[places] = values
    elif len(values) == len(flat):
        flat[:] = values
    else:
        raise ModelFormatError("a dense block has more values than its tensor, or fewer")
    delta = flat.reshape(rows, columns)
    if "scales" in arrays:
        if len(arrays["scales"]) != rows:
            raise ModelFormatError("a block has not one scale a row")
        delta = delta * arrays["scales"][:, None]
    return delta


def gaps(places: NDArray[np.integer]) -> NDArray[np.uint32]:
    """Return ascending places as distances, which compress better."""
    return np.diff(places, prepend=0).astype("<u4")


def from_gaps(distances: NDArray[np.uint32], size: int) -> NDArray[np.int64]:
    """Return the places that distances stand for.

    Raises
    ------
    ModelFormatError
        A place is there twice or outside.
    """
    places = np.cumsum(distances, dtype=np.int64)
    if len(places) and (places[-1] >= size or (distances[1:] == 0).any()):
        raise ModelFormatError("a place of a sparse block is there twice or outside")
    return places


def spectrum(delta: NDArray[np.floating]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return squared singular values, largest first, and right singular vectors as columns.

    They are eigenpairs of the Gram matrix of the columns, which is small where rows are many.
    """
    wide = np.asarray(delta, np.float64)
    values, vectors = np.linalg.eigh(wide.T @ wide)
    return np.maximum(values[::-1], 0), vectors[:, ::-1]
