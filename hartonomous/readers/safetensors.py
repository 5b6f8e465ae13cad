"""Tensors of safetensors files, memory-mapped; every number of the header is checked first.

The format is eight bytes with the length of a JSON header, the header, and one buffer that the
tensors fill without holes (https://huggingface.co/docs/safetensors). It is read here rather than
by the ``safetensors`` package because that one can't hand bfloat16 to NumPy.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hartonomous.errors import ModelFormatError
from hartonomous.readers.files import parse_json, read_json_object, regular_file, shown
from hartonomous.readers.matrix import Matrix

#: The longest header that the format allows.
_MAX_HEADER_BYTES = 100_000_000

#: Bytes of one element; types that are not listed can't be checked and can't be read.
_ITEM_BYTES = {
    **dict.fromkeys(("BOOL", "U8", "I8", "F8_E5M2", "F8_E4M3", "F8_E8M0"), 1),
    **dict.fromkeys(("U16", "I16", "F16", "BF16"), 2),
    **dict.fromkeys(("U32", "I32", "F32"), 4),
    **dict.fromkeys(("U64", "I64", "F64", "C64"), 8),
}

#: How NumPy stores what we read; bfloat16 comes as its 16 bits.
_STORED = {"F16": "<f2", "BF16": "<u2", "F32": "<f4", "F64": "<f8"}
_NAMES = {"F16": "float16", "BF16": "bfloat16", "F32": "float32", "F64": "float64"}


@dataclass(frozen=True)
class Tensor:
    """One tensor of a safetensors file.

    Parameters
    ----------
    path
        The file.
    name
        The tensor's name in it.
    dtype
        Its type as the file names it, for example ``"BF16"``.
    shape
        Its lengths.
    start, stop
        Where its bytes lie in the file.
    """

    path: Path
    name: str
    dtype: str
    shape: tuple[int, ...]
    start: int
    stop: int

    def __str__(self) -> str:
        return f"{self.path}, {shown(self.name)}"

    def open_matrix(self) -> Matrix:
        """Map the tensor as a matrix.

        Raises
        ------
        ModelFormatError
            When it is not a filled two-dimensional tensor of a floating-point type.
        """
        if self.dtype not in _STORED:
            raise ModelFormatError(f"{self}: is {shown(self.dtype)}, not floating point")
        if len(self.shape) != 2 or 0 in self.shape:
            raise ModelFormatError(f"{self}: has shape {self.shape}, no matrix")
        stored = np.memmap(
            self.path, dtype=_STORED[self.dtype], mode="r", offset=self.start, shape=self.shape
        )
        return Matrix(stored, _NAMES[self.dtype])


def read_header(path: Path) -> dict[str, Tensor]:
    """Read what tensors one safetensors file holds, and where.

    Raises
    ------
    ModelFormatError
        When the file is no safetensors file, or its header does not describe it exactly.
    """
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(0)
        length = int.from_bytes(file.read(8), "little")
        if size < 8 or length > min(size - 8, _MAX_HEADER_BYTES):
            raise ModelFormatError(
                f"{path}: no safetensors file, or cut off: its header should be {length} bytes "
                f"long, the file is {size}"
            )
        header = parse_json(file.read(length), path)
    if not isinstance(header, dict):
        raise ModelFormatError(f"{path}: the safetensors header is no JSON object")
    buffer = 8 + length
    entries = {name: entry for name, entry in header.items() if name != "__metadata__"}
    tensors = {name: _tensor(path, name, entry, buffer) for name, entry in entries.items()}
    _check_layout(path, tensors, buffer, size)
    return tensors


def read_checkpoint(folder: Path) -> dict[str, Tensor]:
    """Read what tensors a model folder holds, in one safetensors file or in indexed shards.

    Raises
    ------
    ModelFormatError
        When a file is missing or malformed, or lies outside the folder.
    """
    index = folder / "model.safetensors.index.json"
    single = folder / "model.safetensors"
    if single.exists():
        return read_header(regular_file(single))
    if not index.exists():
        others = sorted(folder.glob("*.safetensors"))
        return read_header(regular_file(others[0])) if len(others) == 1 else {}
    return _read_shards(folder, index)


def _read_shards(folder: Path, index: Path) -> dict[str, Tensor]:
    weight_map = read_json_object(index).get("weight_map")
    if not isinstance(weight_map, dict):
        raise ModelFormatError(f"{index}: holds no weight_map")
    headers: dict[str, dict[str, Tensor]] = {}
    tensors: dict[str, Tensor] = {}
    for name, listed in weight_map.items():
        shard = _plain_name(listed, index)
        if shard not in headers:
            headers[shard] = read_header(regular_file(folder / shard))
        if name not in headers[shard]:
            raise ModelFormatError(f"{index}: {shown(name)} is not in {shown(shard)}")
        tensors[name] = headers[shard][name]
    return tensors


def _plain_name(name: object, index: Path) -> str:
    """Return the name of a shard when it is one of a file in the same folder."""
    if not isinstance(name, str) or not name.endswith(".safetensors") or Path(name).name != name:
        raise ModelFormatError(f"{index}: {name!r:.100} is no name of a shard in this folder")
    return name


def _tensor(path: Path, name: str, entry: object, buffer: int) -> Tensor:
    if not isinstance(entry, dict):
        raise ModelFormatError(f"{path}: the header entry of {shown(name)} is no JSON object")
    shape, offsets = _naturals(entry, "shape"), _naturals(entry, "data_offsets")
    dtype = entry.get("dtype")
    if shape is None or offsets is None or len(offsets) != 2 or not isinstance(dtype, str):
        raise ModelFormatError(f"{path}: dtype, shape or offsets of {shown(name)} are malformed")
    start, stop = offsets
    item = _ITEM_BYTES.get(dtype)
    if start > stop or (item is not None and stop - start != math.prod(shape) * item):
        raise ModelFormatError(f"{path}: shape and offsets of {shown(name)} don't agree")
    return Tensor(path, name, dtype, shape, buffer + start, buffer + stop)


def _naturals(entry: Mapping[str, Any], key: str) -> tuple[int, ...] | None:
    """Return the non-negative integers under ``key``, or None when they are anything else."""
    listed = entry.get(key)
    if not isinstance(listed, list) or len(listed) > 32:
        return None
    return tuple(listed) if all(type(n) is int and 0 <= n < 1 << 63 for n in listed) else None


def _check_layout(path: Path, tensors: Mapping[str, Tensor], buffer: int, size: int) -> None:
    """Check that the tensors fill the buffer: none overlaps, no hole, nothing past the end."""
    end = buffer
    for tensor in sorted(tensors.values(), key=lambda t: (t.start, t.stop)):
        if tensor.start != end:
            raise ModelFormatError(
                f"{path}: {shown(tensor.name)} overlaps another tensor or leaves a hole"
            )
        end = tensor.stop
    if end != size:
        raise ModelFormatError(
            f"{path}: cut off or too long: its tensors end at byte {end}, the file at {size}"
        )
