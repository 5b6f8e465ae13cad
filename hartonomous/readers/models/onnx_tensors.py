"""Tensors of ONNX files: those that lie in the file, and those in a file beside it.

Numbers of fields and types are those of onnx.proto
(https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from hartonomous.concepts import is_storable
from hartonomous.errors import ModelFormatError
from hartonomous.readers.files import regular_file, shown
from hartonomous.readers.matrix import Matrix
from hartonomous.readers.models.protobuf import Field, MessageFile, unpacked
from hartonomous.readers.models.stored_tensor import made_matrix
from hartonomous.readers.stored import FileRows

#: Names of types, as safetensors has them, with NumPy's way to store them and their name there.
_TYPES = {
    1: ("F32", "<f4", "float32"),
    2: ("U8", "|u1", "uint8"),
    3: ("I8", "|i1", "int8"),
    4: ("U16", "<u2", "uint16"),
    5: ("I16", "<i2", "int16"),
    6: ("I32", "<i4", "int32"),
    7: ("I64", "<i8", "int64"),
    9: ("BOOL", "|u1", "uint8"),
    10: ("F16", "<f2", "float16"),
    11: ("F64", "<f8", "float64"),
    16: ("BF16", "<u2", "bfloat16"),
    17: ("F8_E4M3", "|u1", "float8_e4m3"),
    19: ("F8_E5M2", "|u1", "float8_e5m2"),
}
_BY_NAME = {name: (np.dtype(stored), numpy) for name, stored, numpy in _TYPES.values()}

_DIMS, _DATA_TYPE, _FLOATS, _INT32S, _INT64S, _NAME, _RAW, _DOUBLES = 1, 2, 4, 5, 7, 8, 9, 10
_EXTERNAL, _LOCATION = 13, 14
#: Fields with numbers: those that lie as they are in memory, and those that are packed.
_PLAIN, _PACKED = frozenset({_RAW, _FLOATS, _DOUBLES}), frozenset({_INT32S, _INT64S})

_MOST_LENGTHS = 8
#: The largest tensor that is read whole, and the largest that is written as varints.
_MOST_NUMBERS, _MOST_PACKED = 1 << 24, 1 << 20
_MOST_PATH_BYTES = 1024
#: What a file beside the model may say of each tensor: location, offset, length, checksum.
_MOST_EXTERNAL = 8


@dataclass(frozen=True)
class OnnxTensor:
    """One tensor as an ONNX model holds it.

    Parameters
    ----------
    path
        The file with its numbers.
    name
        Its name in the model.
    dtype
        Its type by safetensors' name, for example ``"F32"``; ONNX's number of one that isn't read.
    shape
        Its lengths.
    start, stop
        Where its numbers lie in the file.
    is_packed
        Whether they are varints.
    """

    path: Path
    name: str
    dtype: str
    shape: tuple[int, ...]
    start: int
    stop: int
    is_packed: bool = False

    def __str__(self) -> str:
        return f"{self.path}, {shown(self.name)}"

    def open_matrix(self) -> Matrix:
        """Return the tensor as a matrix that stays on disk.

        Raises
        ------
        ModelFormatError
            When it is no matrix, of a type that isn't read, or past the end of its file.
        """
        if len(self.shape) != 2 or 0 in self.shape:
            raise ModelFormatError(f"{self}: has shape {self.shape}, no matrix")
        rows, width = self.shape
        if self.is_packed:
            numbers = self.read_numbers()
            return made_matrix(lambda block: numbers[block], (rows, width))
        return self._rows(rows, width)

    def read_numbers(self) -> NDArray[np.float64]:
        """Return the tensor whole.

        Raises
        ------
        ModelFormatError
            When it has more than 2^24 numbers, or they are of no type that is read.
        """
        count = math.prod(self.shape)
        if not 0 < count <= _MOST_NUMBERS:
            raise ModelFormatError(f"{self}: is {self.dtype} {self.shape!s:.80}")
        if self.is_packed:
            return self._unpacked(count).reshape(self.shape)
        rows = self._rows(count, 1)
        if np.issubdtype(rows.stored.dtype, np.integer) and rows.dtype in ("int32", "int64"):
            return rows.stored[:].astype(np.float64).reshape(self.shape)
        return rows.rows(0, count).astype(np.float64).reshape(self.shape)

    def _rows(self, rows: int, width: int) -> Matrix:
        stored, name = self._type()
        needed = rows * width * stored.itemsize
        if self.stop - self.start != needed:
            raise ModelFormatError(f"{self}: its shape and its bytes don't agree")
        if self.stop > regular_file(self.path).stat().st_size:
            raise ModelFormatError(f"{self}: ends past the end of the file")
        return Matrix(FileRows(self.path, stored, (rows, width), self.start), name)

    def _type(self) -> tuple[np.dtype[np.generic], str]:
        if self.dtype not in _BY_NAME:
            raise ModelFormatError(f"{self}: is of ONNX type {self.dtype}, which isn't read")
        return _BY_NAME[self.dtype]

    def _unpacked(self, count: int) -> NDArray[np.float64]:
        """Decode varints, of whole numbers or of the bits of float16."""
        stored, name = self._type()
        size = self.stop - self.start
        if count > _MOST_PACKED or name.startswith(("bfloat", "float8", "float32", "float64")):
            raise ModelFormatError(f"{self}: is {self.dtype} {self.shape!s:.80} as varints")
        content = FileRows(self.path, np.dtype("|u1"), (1, min(size, 10 * count)), self.start)[:]
        listed = list(unpacked(content.tobytes()))
        if len(listed) != count or None in listed:
            raise ModelFormatError(f"{self}: its shape and its numbers don't agree")
        bits = np.array(listed, np.uint64)
        halves = name == "float16"
        return (bits.astype("<u2").view("<f2") if halves else bits.astype(stored)).astype(float)


def read_tensor(file: MessageFile, path: Path, message: Field, name: str = "") -> OnnxTensor:
    """Read what one TensorProto says of itself; its numbers stay where they are.

    Parameters
    ----------
    name
        What it is called where it doesn't say so itself.

    Raises
    ------
    ModelFormatError
        When it is malformed, or names a file outside the model's folder.
    """
    fields = list(file.fields(message.start, message.stop))
    first = {field.number: field for field in reversed(fields)}
    shape = _shape(file, fields)
    kind = first[_DATA_TYPE].value if _DATA_TYPE in first else None
    dtype = _TYPES[kind][0] if kind in _TYPES else str(kind)
    name = file.text(first[_NAME]) if _NAME in first else name
    if _LOCATION in first and first[_LOCATION].value == 1:
        said = dict(_pairs(file, fields))
        return _external(path, OnnxTensor(path, name, dtype, shape, 0, 0), said)
    numbers = [field for field in fields if field.number in _PLAIN | _PACKED]
    filled = [f for f in numbers if f.value is None and f.stop > f.start]
    if len(filled) != 1:
        return OnnxTensor(path, name, dtype, shape, 0, 0)  # empty, or a text: an error when opened
    place = filled[0]
    return OnnxTensor(path, name, dtype, shape, place.start, place.stop, place.number in _PACKED)


def _shape(file: MessageFile, fields: list[Field]) -> tuple[int, ...]:
    shape: list[int] = []
    for field in fields:
        if field.number == _DIMS:
            shape += file.integers(field, _MOST_LENGTHS)
    if len(shape) > _MOST_LENGTHS or any(not 0 <= length < 1 << 48 for length in shape):
        raise file.malformed()
    return tuple(shape)


def _pairs(file: MessageFile, fields: list[Field]) -> Iterator[tuple[str, str]]:
    """Yield what a tensor says of the file that holds its numbers, by name."""
    entries = [f for f in fields if f.number == _EXTERNAL and f.value is None]
    for entry in entries[:_MOST_EXTERNAL]:
        inner = list(file.fields(entry.start, entry.stop))
        key, value = ([f for f in inner if f.number == n and f.value is None] for n in (1, 2))
        if key and value:
            yield file.text(key[0]), file.text(value[0])


def _external(path: Path, tensor: OnnxTensor, said: Mapping[str, str]) -> OnnxTensor:
    location = said.get("location", "")
    parts = PurePosixPath(location).parts
    leads_out = PurePosixPath(location).is_absolute() or ".." in parts or "\\" in location
    if not parts or leads_out or not is_storable(location) or len(location) > _MOST_PATH_BYTES:
        raise ModelFormatError(
            f"{tensor}: its numbers should be in {shown(location)}, no file in the model's folder"
        )
    stored, _ = _BY_NAME.get(tensor.dtype, (np.dtype("|u1"), ""))
    start = _natural(said.get("offset", "0"), tensor)
    length = said.get("length") or str(math.prod(tensor.shape) * stored.itemsize)
    stop = start + _natural(length, tensor)
    file = path.parent / location
    return OnnxTensor(file, tensor.name, tensor.dtype, tensor.shape, start, stop)


def _natural(written: str, tensor: OnnxTensor) -> int:
    if not written.isascii() or not written.isdigit() or len(written) > 18:
        raise ModelFormatError(f"{tensor}: {shown(written)} is no place in a file")
    return int(written)
