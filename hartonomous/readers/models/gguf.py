"""Tensors of GGUF files, dequantised a block of rows at a time.

Names stay the file's own (``blk.0.attn_q.weight``), and so do its conventions, which differ from
those of safetensors in three ways that matter:

- Converters of Llama and its kin permute the rows of W_Q and W_K within each head for interleaved
  rotary embedding. Both are permuted alike, so at relative position 0 their product is the same.
- Lengths are stored the other way round; here the outermost comes first.
- Gemma's norm weights have the 1 that the model adds to them in them already.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hartonomous.errors import ModelFormatError
from hartonomous.readers.files import shown
from hartonomous.readers.matrix import Matrix
from hartonomous.readers.models.checkpoint import Checkpoint
from hartonomous.readers.models.gguf_header import Entry, Header
from hartonomous.readers.models.gguf_parts import parts_of, read_gguf_parts
from hartonomous.readers.models.stored_tensor import made_matrix
from hartonomous.readers.stored import FileRows

#: Types whose rows are read as they lie in the file.
_PLAIN = {
    "F32": ("<f4", "float32"),
    "F16": ("<f2", "float16"),
    "BF16": ("<u2", "bfloat16"),
    "F64": ("<f8", "float64"),
    "I8": ("|i1", "int8"),
}
_WHOLE = {"I16": "<i2", "I32": "<i4", "I64": "<i8"}

#: The largest tensor that is read whole.
_MOST_NUMBERS = 1 << 24


@dataclass(frozen=True)
class GgufTensor:
    """One tensor of a GGUF file.

    Parameters
    ----------
    path
        The file.
    name
        Its name in it.
    dtype
        Its type as ggml calls it, for example ``"Q4_1"``; the number of one that isn't known.
    shape
        Its lengths, the outermost first.
    start
        Where its bytes begin in the file.
    row_bytes
        How many bytes a row has; 0 where the type isn't known.
    """

    path: Path
    name: str
    dtype: str
    shape: tuple[int, ...]
    start: int
    row_bytes: int

    def __str__(self) -> str:
        return f"{self.path}, {shown(self.name)}"

    @property
    def files(self) -> tuple[Path, ...]:
        """Where its numbers lie."""
        return (self.path,)

    def open_matrix(self) -> Matrix:
        """Return the tensor as a matrix; what is quantised is written to a file of ours as float32.

        Raises
        ------
        ModelFormatError
            When it is not two-dimensional, or of a type that isn't read.
        """
        if len(self.shape) != 2 or 0 in self.shape:
            raise ModelFormatError(f"{self}: has shape {self.shape}, no matrix")
        return self._rows(self.shape[0], self.shape[1])

    def read_numbers(self) -> NDArray[np.float64]:
        """Return a tensor of any shape whole.

        Raises
        ------
        ModelFormatError
            When it has more than 2^24 numbers, or they are of a type that isn't read.
        """
        count = math.prod(self.shape)
        if not 0 < count <= _MOST_NUMBERS:
            raise ModelFormatError(f"{self}: is {self.dtype} {self.shape!s:.80}")
        width = self.shape[-1] if self.shape else 1
        if self.dtype in _WHOLE:
            whole = FileRows(self.path, np.dtype(_WHOLE[self.dtype]), (count, 1), self.start)
            return whole[:].astype(np.float64).reshape(self.shape)
        rows = self._rows(count // width, width)
        return rows.rows(0, count // width).astype(np.float64).reshape(self.shape)

    def _rows(self, rows: int, width: int) -> Matrix:
        if self.dtype in _PLAIN:
            stored, name = _PLAIN[self.dtype]
            return Matrix(FileRows(self.path, np.dtype(stored), (rows, width), self.start), name)
        packed = FileRows(self.path, np.dtype("|u1"), (rows, self.row_bytes), self.start)
        made = made_matrix(lambda block: self._dequantised(packed[block]), (rows, width))
        packed.check_unchanged()
        return made

    def _dequantised(self, packed: NDArray[np.uint8]) -> NDArray[np.float32]:
        try:
            from gguf.constants import GGMLQuantizationType
            from gguf.quants import dequantize

            with np.errstate(all="ignore"):  # a hostile scale becomes an infinite row
                return dequantize(packed, GGMLQuantizationType[self.dtype])
        except (KeyError, NotImplementedError):
            raise ModelFormatError(
                f"{self}: is of GGUF type {self.dtype}, which isn't read; give the model in another"
            ) from None


def read_gguf(path: Path) -> Checkpoint:
    """Read what tensors a GGUF file and the other parts of its model hold.

    Raises
    ------
    ModelFormatError
        When a file is malformed, its tensors overlap or lie outside of it, or the package that
        knows its types is missing.
    """
    return gguf_checkpoint(read_gguf_parts(path))


def gguf_checkpoint(parts: Sequence[Header]) -> Checkpoint:
    """Return the tensors of the files whose headers were read, each checked.

    Raises
    ------
    ModelFormatError
        As by `read_gguf`.
    """
    tensors: dict[str, GgufTensor] = {}
    for header in parts:
        types = _types(header.path)
        held = {entry.name: _tensor(header, entry, types) for entry in header.entries}
        _check_layout(header, held)
        if not tensors.keys().isdisjoint(held):
            raise ModelFormatError(f"{header.path}: holds a tensor of another part as well")
        tensors |= held
    absent = parts_of(parts[0]) - len(parts)
    note = f"{absent} of {parts_of(parts[0])} files of the model are not there"
    return Checkpoint(tensors, notes=(note,) if absent > 0 else ())


def _types(path: Path) -> Mapping[int, tuple[str, int, int]]:
    """Return by a type's number its name, how many numbers a block has, and how many bytes."""
    try:
        from gguf.constants import GGML_QUANT_SIZES
    except ImportError:
        raise ModelFormatError(
            f"{path}: a GGUF model; pip install 'hartonomous[formats]' brings gguf, which knows "
            "its types"
        ) from None
    sizes: Mapping[Any, tuple[int, int]] = GGML_QUANT_SIZES
    return {kind.value: (kind.name, *size) for kind, size in sizes.items()}


def _tensor(header: Header, entry: Entry, types: Mapping[int, tuple[str, int, int]]) -> GgufTensor:
    path, name, shape = header.path, entry.name, entry.shape
    start = header.start + entry.offset
    if entry.offset % header.alignment or start > header.size:
        raise ModelFormatError(f"{path}: {shown(name)} begins where no tensor can")
    if entry.kind not in types:
        return GgufTensor(path, name, str(entry.kind), shape, start, 0)
    dtype, block, size = types[entry.kind]
    width = shape[-1] if shape else 1
    if width % block:
        raise ModelFormatError(f"{path}: {shown(name)} has rows of {width}, {dtype} has {block}s")
    tensor = GgufTensor(path, name, dtype, shape, start, width // block * size)
    if _stop(tensor) > header.size:
        raise ModelFormatError(f"{path}: cut off: {shown(name)} ends past the end of the file")
    return tensor


def _stop(tensor: GgufTensor) -> int:
    return tensor.start + math.prod(tensor.shape[:-1]) * tensor.row_bytes


def _check_layout(header: Header, tensors: Mapping[str, GgufTensor]) -> None:
    """Check that no tensor overlaps another; gaps are what alignment makes."""
    end = header.start
    for tensor in sorted(tensors.values(), key=lambda t: (t.start, _stop(t))):
        if tensor.start < end:
            raise ModelFormatError(f"{header.path}: {shown(tensor.name)} overlaps another tensor")
        end = _stop(tensor)
