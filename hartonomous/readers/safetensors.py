"""Tensors of safetensors files, left on disk; every number of the header is checked first.

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
from numpy.typing import NDArray

from hartonomous.errors import ModelFormatError
from hartonomous.readers.content import HEAD_BYTES, refuse_leftovers
from hartonomous.readers.files import parse_json, regular_file, shown
from hartonomous.readers.matrix import Matrix
from hartonomous.readers.stored import FileRows

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
_STORED = {
    "F16": ("<f2", "float16"),
    "BF16": ("<u2", "bfloat16"),
    "F32": ("<f4", "float32"),
    "F64": ("<f8", "float64"),
    "F8_E4M3": ("|u1", "float8_e4m3"),
    "F8_E5M2": ("|u1", "float8_e5m2"),
    "I8": ("|i1", "int8"),
}
_WHOLE = {"I32": ("<i4", "int32"), "I64": ("<i8", "int64")}

#: The largest tensor of numbers about numbers, such as a scale for each row.
_MOST_NUMBERS = 1 << 24


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

    @property
    def files(self) -> tuple[Path, ...]:
        """Where its numbers lie."""
        return (self.path,)

    def open_matrix(self) -> Matrix:
        """Return the tensor as a matrix that stays on disk.

        Raises
        ------
        ModelFormatError
            When it is not a filled two-dimensional tensor of floating-point or 8-bit numbers.
        """
        if self.dtype not in _STORED:
            raise ModelFormatError(
                f"{self}: is {shown(self.dtype)}, neither floating point nor 8-bit numbers: "
                "packed or quantised; give the model as it was before"
            )
        if len(self.shape) != 2 or 0 in self.shape:
            raise ModelFormatError(f"{self}: has shape {self.shape}, no matrix")
        stored, name = _STORED[self.dtype]
        rows, width = self.shape
        return Matrix(FileRows(self.path, np.dtype(stored), (rows, width), self.start), name)

    def read_numbers(self) -> NDArray[np.float64]:
        """Return a small tensor of any shape as numbers.

        Raises
        ------
        ModelFormatError
            When it has more than 2^24 numbers, or they are of no type that is read.
        """
        count = math.prod(self.shape)
        stored, name = {**_STORED, **_WHOLE}.get(self.dtype, ("", ""))
        if not stored or not 0 < count <= _MOST_NUMBERS:
            raise ModelFormatError(f"{self}: is {shown(self.dtype)} {self.shape!s:.80}")
        rows = FileRows(self.path, np.dtype(stored), (count, 1), self.start)
        if name in ("int32", "int64"):
            return rows[:].astype(np.float64).reshape(self.shape)
        return Matrix(rows, name).rows(0, count).astype(np.float64).reshape(self.shape)


def read_header(path: Path) -> dict[str, Tensor]:
    """Read what tensors one safetensors file holds, and where.

    Raises
    ------
    ModelFormatError
        When the file is no safetensors file, or its header does not describe it exactly.
    """
    with regular_file(path).open("rb") as file:
        refuse_leftovers(file.read(HEAD_BYTES), path)
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
