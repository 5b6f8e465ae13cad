"""Weights of a model folder, read a block at a time; two folders held against each other."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hartonomous.errors import InvalidVectorsError, ModelFormatError
from hartonomous.hashing import blake3
from hartonomous.readers.files import read_json_object, shown
from hartonomous.readers.models.checkpoint import read_checkpoint
from hartonomous.readers.safetensors import Tensor

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Numbers of one block; what is in memory at once is a few blocks of float32.
BLOCK = 8 << 20
#: How floating-point types are stored; bfloat16 comes as its 16 bits.
STORED = {"F16": "<f2", "BF16": "<u2", "F32": "<f4", "F64": "<f8"}
#: What of a configuration makes an architecture.
_ARCHITECTURE = (
    "model_type", "hidden_size", "num_hidden_layers", "num_attention_heads",
    "num_key_value_heads", "intermediate_size", "vocab_size", "hidden_act",
)  # fmt: skip


@dataclass(frozen=True)
class Checkpoint:
    """The weights of a model folder.

    Parameters
    ----------
    folder
        Where it lies.
    config
        What its config.json says.
    tensors
        Its tensors by name.
    """

    folder: Path
    config: Mapping[str, Any]
    tensors: Mapping[str, Tensor]

    @property
    def weights(self) -> dict[str, Tensor]:
        """The tensors of floating-point numbers; others are counters and masks, not weights."""
        return {name: t for name, t in self.tensors.items() if t.dtype in STORED}

    @property
    def architecture(self) -> dict[str, Any]:
        """What two models have to agree in to be of one architecture."""
        return {key: self.config.get(key) for key in _ARCHITECTURE}


def open_checkpoint(folder: Path) -> Checkpoint:
    """Open a model folder's safetensors, one file or shards.

    Raises
    ------
    ModelFormatError
        It has no weights or no config.json, a shard is missing, or one is malformed.
    """
    if not folder.is_dir():
        raise ModelFormatError(f"{folder}: no model folder")
    found = read_checkpoint(folder)
    if found.missing:
        raise ModelFormatError(
            f"{folder}: its index names {shown(min(found.missing.values()))}, which is not there"
        )
    if not found.tensors:
        raise ModelFormatError(f"{folder}: holds no safetensors")
    return Checkpoint(folder, read_json_object(folder / "config.json"), found.tensors)


def check_pair(base: Checkpoint, specialized: Checkpoint) -> list[str]:
    """Return the names of the weights that two models of one architecture share, in order.

    Raises
    ------
    ModelFormatError
        The architectures differ, or a weight is in one of them alone, or has another shape.
    """
    for key, value in base.architecture.items():
        other = specialized.architecture[key]
        if value != other:
            raise ModelFormatError(
                f"not one architecture: {key} is {value!r:.40} in {base.folder.name} and "
                f"{other!r:.40} in {specialized.folder.name}"
            )
    ours, theirs = base.weights, specialized.weights
    for only, where in ((ours.keys() - theirs, base), (theirs.keys() - ours, specialized)):
        if only:
            raise ModelFormatError(f"{shown(min(only))} is in {where.folder} alone")
    for name, tensor in ours.items():
        check_shape(tensor, theirs[name])
    return sorted(ours)


def check_shape(tensor: Tensor, other: Tensor) -> None:
    """Raise a ModelFormatError unless two tensors have one shape and type."""
    if tensor.shape != other.shape or tensor.dtype != other.dtype:
        raise ModelFormatError(
            f"{shown(tensor.name)} is {tensor.dtype} {tensor.shape} in {tensor.path.parent.name} "
            f"and {other.dtype} {other.shape} in {other.path.parent.name}"
        )


def blocks(shape: tuple[int, ...], limit: int = BLOCK) -> Iterator[tuple[int, int]]:
    """Yield the parts of a tensor, as numbers from and to, whole rows wherever rows are short."""
    size = math.prod(shape)
    row = shape[-1] if len(shape) > 1 else size
    step = max(1, limit // max(1, row)) * row if row <= limit else limit
    for start in range(0, size, max(1, step)):
        yield start, min(start + step, size)


def read_block(tensor: Tensor, start: int, stop: int) -> NDArray[Any]:
    """Read the numbers from ``start`` to ``stop`` of a tensor as they are stored.

    Raises
    ------
    ModelFormatError
        The file is shorter than it was.
    """
    kind = np.dtype(STORED[tensor.dtype])
    with tensor.path.open("rb") as file:
        file.seek(tensor.start + start * kind.itemsize)
        found = np.fromfile(file, kind, stop - start)
    if len(found) != stop - start:
        raise ModelFormatError(f"{tensor}: the file got shorter while it was read")
    return found


def widened(stored: NDArray[Any], dtype: str) -> NDArray[Any]:
    """Return stored numbers as float32, float64 where they are that.

    Raises
    ------
    InvalidVectorsError
        One is NaN or infinite.
    """
    if dtype == "BF16":
        wide: NDArray[Any] = (stored.astype("<u4") << 16).view("<f4")
    else:
        wide = stored.astype("<f8" if dtype == "F64" else "<f4", copy=False)
    if not np.isfinite(wide).all():
        raise InvalidVectorsError("a weight is NaN or infinite")
    return wide


def narrowed(wide: NDArray[Any], dtype: str) -> NDArray[Any]:
    """Return numbers as a type stores them, rounded to the nearest, ties to even."""
    if dtype == "BF16":
        bits = np.ascontiguousarray(wide, "<f4").view("<u4")
        rounded = bits + 0x7FFF + ((bits >> 16) & 1)
        return np.asarray((rounded >> 16).astype("<u2"))
    with np.errstate(over="ignore"):
        return np.asarray(wide.astype(STORED[dtype]))


def bits(stored: NDArray[Any]) -> NDArray[Any]:
    """Return the same bytes as unsigned integers, so that they compare bit by bit."""
    return np.asarray(stored.view(f"<u{stored.dtype.itemsize}"))


def tensor_digest(tensor: Tensor) -> str:
    """Return the BLAKE3 digest of a tensor's digests of blocks, type and shape."""
    parts = [json.dumps([tensor.dtype, list(tensor.shape)]).encode()]
    parts += [blake3(read_block(tensor, *block).data) for block in blocks(tensor.shape)]
    return blake3(b"".join(parts)).hex()
