"""NumPy ``.npy`` matrices with their words in a file beside them."""

from __future__ import annotations

import hashlib
import math
from pathlib import Path
from typing import IO, Any, Literal

import numpy as np

from hartonomous.errors import ModelFormatError
from hartonomous.readers.embedding_table import EmbeddingTable
from hartonomous.readers.files import read_bytes, regular_file
from hartonomous.readers.matrix import Matrix
from hartonomous.readers.token_files import VOCABULARY_FILES, read_tokens
from hartonomous.readers.vocabulary import build_vocabulary

_HEADER_READERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}


def open_npy(
    path: Path, vocabulary: Path | None = None, *, name: str | None = None
) -> EmbeddingTable:
    """Open a matrix in NumPy's format, memory-mapped; nothing is ever unpickled.

    Parameters
    ----------
    path
        The ``.npy`` file: float16, float32 or float64, one vector a row.
    vocabulary
        One word a line, a JSON list, or any vocabulary file of a tokeniser. By default
        ``STEM.txt``, ``STEM.json`` or a tokeniser's file beside ``STEM.npy``.
    name
        A name for the source; by default the file's.

    Raises
    ------
    ModelFormatError
        When either file is missing or malformed, or their lengths differ.
    """
    matrix = _map(path)
    words = regular_file(vocabulary or _words_beside(path))
    return EmbeddingTable(
        name=name or path.stem,
        tensor_name=path.name,
        matrix=matrix,
        vocabulary=build_vocabulary(read_tokens(words), matrix.shape[0]),
        vocabulary_digest=hashlib.sha256(read_bytes(words)).digest(),
    )


def sole_npy(folder: Path) -> Path | None:
    """Return the ``.npy`` file of a folder of vectors: one that has no model and only one such."""
    found = sorted(folder.glob("*.npy"))
    is_model = (folder / "config.json").exists() or any(folder.glob("*.safetensors"))
    return found[0] if len(found) == 1 and not is_model else None


def _words_beside(path: Path) -> Path:
    names = (f"{path.stem}.txt", f"{path.stem}.json", *VOCABULARY_FILES)
    for name in names:
        if (path.parent / name).exists():
            return path.parent / name
    raise ModelFormatError(f"{path}: no words beside it; name their file with --vocabulary")


def _map(path: Path) -> Matrix:
    with regular_file(path).open("rb") as file:
        shape, column_major, dtype = _header(file, path)
        offset = file.tell()
        size = file.seek(0, 2)
    if dtype.kind != "f" or dtype.itemsize > 8:
        raise ModelFormatError(f"{path}: holds {dtype}, not float16, float32 or float64")
    if len(shape) != 2 or min(shape) < 1:
        raise ModelFormatError(f"{path}: has shape {shape!s:.80}, no matrix")
    if offset + math.prod(shape) * dtype.itemsize != size:
        raise ModelFormatError(f"{path}: cut off or too long for its shape {shape!s:.80}")
    order: Literal["C", "F"] = "F" if column_major else "C"
    stored = np.memmap(path, dtype=dtype, mode="r", offset=offset, shape=shape, order=order)
    return Matrix(stored, dtype.name)


def _header(file: IO[bytes], path: Path) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Read shape, whether columns come first, and type; every fault of a header is one error."""
    try:
        return _HEADER_READERS[np.lib.format.read_magic(file)](file)
    except Exception as error:  # it is parsed as Python source, whose faults are of many types
        reason = f"{type(error).__name__}: {error}".partition("\n")[0]
        raise ModelFormatError(f"{path}: malformed npy header ({reason:.200})") from None
