"""Named arrays as safetensors files that are there whole or not at all; ``.pt`` is export only."""

from __future__ import annotations

import json
import math
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hartonomous.errors import ModelFormatError
from hartonomous.readers.files import regular_file, shown
from hartonomous.readers.safetensors import read_header
from hartonomous.vectors.extras import required

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Bytes of one number of the types that are streamed.
_ITEM_BYTES = {"F16": 2, "F32": 4}


def write_tensors(path: Path, tensors: Mapping[str, NDArray[Any]], facts: object = None) -> None:
    """Write arrays, and facts about them as JSON in the file's metadata.

    Parameters
    ----------
    path
        The safetensors file; what is there is replaced in one step.
    tensors
        Arrays of any shape.
    facts
        Anything that JSON can say.
    """
    save = required("safetensors.numpy").save
    contiguous = {name: np.ascontiguousarray(array) for name, array in tensors.items()}
    metadata = None if facts is None else {"facts": json.dumps(facts, default=str)}
    write_bytes(path, save(contiguous, metadata))


def read_tensors(path: Path) -> dict[str, NDArray[Any]]:
    """Read all arrays of a safetensors file.

    Raises
    ------
    ModelFormatError
        It is missing, or no safetensors file that describes itself exactly.
    """
    read_header(regular_file(path))
    load = required("safetensors.numpy").load_file
    try:
        arrays: dict[str, NDArray[Any]] = load(path)
    except Exception as error:  # the library's own error type is not public
        raise ModelFormatError(f"{path}: {error!s:.200}") from error
    return arrays


def read_tensor(path: Path, name: str) -> NDArray[Any]:
    """Read one array of a safetensors file.

    Raises
    ------
    ModelFormatError
        The file is malformed or has no such array.
    """
    arrays = read_tensors(path)
    if name not in arrays:
        raise ModelFormatError(f"{path}: holds no {shown(name)}")
    return arrays[name]


@contextmanager
def stream_tensor(
    path: Path, name: str, shape: tuple[int, ...], dtype: str
) -> Iterator[Callable[[NDArray[Any]], None]]:
    """Write one array as safetensors, a few rows at a time; the file appears when it is whole.

    Parameters
    ----------
    path, name
        The file and the array's name.
    shape, dtype
        Its lengths and its type as safetensors names it.

    Raises
    ------
    ModelFormatError
        Other than all rows were written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    size = math.prod(shape) * _ITEM_BYTES[dtype]
    entry = {"dtype": dtype, "shape": list(shape), "data_offsets": [0, size]}
    header = json.dumps({name: entry}).encode()
    header += b" " * (-len(header) % 8)
    made = path.with_name(f".{path.name}.unfinished")
    try:
        with made.open("wb") as file:
            file.write(len(header).to_bytes(8, "little") + header)
            yield lambda rows: (file.write(np.ascontiguousarray(rows).data.cast("B")), None)[1]
            if file.tell() != 8 + len(header) + size:
                raise ModelFormatError(f"{path}: not all of its rows were written")
        made.replace(path)
    finally:
        made.unlink(missing_ok=True)


def export_pt(path: Path, values: Mapping[str, Any] | NDArray[Any]) -> None:
    """Write arrays as torch saves them, for programs that want that; it is never read back."""
    torch = required("torch")

    def tensor(value: Any) -> Any:  # noqa: ANN401
        return torch.from_numpy(np.array(value)) if isinstance(value, np.ndarray) else value

    if isinstance(values, Mapping):
        content: Any = {name: tensor(value) for name, value in values.items()}
    else:
        content = tensor(values)
    _replace(path, lambda file: torch.save(content, file))


def write_json(path: Path, facts: object) -> None:
    """Write JSON that people can read, in one step."""
    write_bytes(path, (json.dumps(facts, indent=2, default=str) + "\n").encode())


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file in one step, so that no reader and no crash sees half of it."""
    _replace(path, lambda file: Path(file).write_bytes(content))


def _replace(path: Path, write: Callable[[str], object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    os.close(descriptor)
    try:
        write(name)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
