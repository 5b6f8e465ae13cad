"""NumPy's ``.npz``, a matrix and its words; and other zip files, which aren't read."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from hartonomous.errors import ModelFormatError
from hartonomous.readers.embedding_table import EmbeddingTable
from hartonomous.readers.files import shown
from hartonomous.readers.npy_words import NpyHeader, npy_words, read_npy_header
from hartonomous.readers.opening import Place, Request
from hartonomous.readers.vectors.words import WordRow, bad_row, word_table
from hartonomous.readers.word_lists import refuse_counts

_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_BLOCK_BYTES = 8 << 20
#: Words are read whole, up to this many bytes.
_MOST_WORD_BYTES = 1 << 30
#: Arrays that are looked at.
_MOST_ARRAYS = 64


@dataclass(frozen=True)
class Array:
    """One array of an npz file."""

    name: str
    header: NpyHeader

    @property
    def is_matrix(self) -> bool:
        """Whether it is a filled matrix of floating-point numbers."""
        header = self.header
        return (
            header.dtype.kind == "f"
            and header.dtype.itemsize <= 8
            and (len(header.shape) == 2 and min(header.shape) > 0)
        )

    @property
    def is_words(self) -> bool:
        """Whether it is a list of text."""
        return self.header.dtype.kind in "US" and len(self.header.shape) == 1

    def __str__(self) -> str:
        return f"{shown(self.name)} {self.header.dtype} {self.header.shape!s:.40}"


def recognise(place: Place) -> bool:
    """Say whether a file is a zip file with nothing but arrays of NumPy in it."""
    if not place.head.startswith(_ZIP):
        return False
    names = _names(place.path)
    return bool(names) and all(name.endswith(".npy") for name in names)


def recognise_zip(place: Place) -> bool:
    """Say whether a file is any other zip file."""
    return place.head.startswith((_ZIP, _EMPTY_ZIP))


def refuse_zip(place: Place, _: Request) -> EmbeddingTable:
    """Refuse a zip file, saying whether it is a checkpoint of PyTorch or an archive.

    Raises
    ------
    ModelFormatError
        Always.
    """
    names = _names(place.path)
    if not names or any(name.endswith("data.pkl") for name in names):
        raise ModelFormatError(
            f"{place.path}: a zip or pickle checkpoint, which is never opened; convert it to "
            "safetensors"
        )
    listed = ", ".join(shown(name) for name in names[:5])
    raise ModelFormatError(f"{place.path}: a zip archive; unpack it and give a file ({listed})")


def open_npz(place: Place, _: Request) -> EmbeddingTable:
    """Open the only matrix of an npz file, with its only list of text as words.

    Raises
    ------
    ModelFormatError
        When it is damaged, there isn't one of each, or they are of different lengths.
    """
    path = place.path
    try:
        with zipfile.ZipFile(path) as archive:
            arrays = [_array(archive, info, path) for info in archive.infolist()[:_MOST_ARRAYS]]
            matrix, words = _pair(arrays, path)
            listed = _words(archive, words, path)
            refuse_counts(listed, str(path))
            return word_table(path, _rows(archive, matrix, listed, path), matrix.header.shape[1])
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise ModelFormatError(f"{path}: a damaged npz file ({error!s:.100})") from None


def _names(path: Path) -> list[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        return []


def _array(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> Array:
    with archive.open(info) as file:
        return Array(info.filename, read_npy_header(file, path))


def _pair(arrays: list[Array], path: Path) -> tuple[Array, Array]:
    matrices = [array for array in arrays if array.is_matrix]
    words = [array for array in arrays if array.is_words]
    if len(matrices) != 1 or len(words) != 1:
        listed = ", ".join(map(str, arrays[:5]))
        raise ModelFormatError(
            f"{path}: an npz file needs one matrix of float and one list of text as its words; it "
            f"holds {listed}"
        )
    return matrices[0], words[0]


def _words(archive: zipfile.ZipFile, words: Array, path: Path) -> list[str]:
    if words.header.content_bytes > _MOST_WORD_BYTES:
        raise ModelFormatError(f"{path}: its words are larger than {_MOST_WORD_BYTES >> 20} MiB")
    with archive.open(words.name) as file:
        # one byte more than there may be, so that what is too long is found
        return npy_words(file.read(words.header.content_bytes + (1 << 16)), path)


def _rows(
    archive: zipfile.ZipFile, matrix: Array, words: list[str], path: Path
) -> Iterator[WordRow]:
    rows, width = matrix.header.shape
    if rows != len(words):
        raise ModelFormatError(f"{path}: {rows} vectors, but {len(words)} words")
    if matrix.header.column_major and width > 1:
        raise ModelFormatError(f"{path}: its matrix is stored by columns; save it by rows")
    with archive.open(matrix.name) as file:
        read_npy_header(file, path)
        for number, vector in enumerate(_vectors(file, matrix.header), 1):
            if vector is None:
                raise bad_row(path, number, width)
            yield words[number - 1], vector


def _vectors(file: IO[bytes], header: NpyHeader) -> Iterator[bytes | None]:
    """Yield each row as float32, None for one that is cut off."""
    rows, width = header.shape
    row_bytes = width * header.dtype.itemsize
    step = max(1, _BLOCK_BYTES // row_bytes)
    for start in range(0, rows, step):
        count = min(step, rows - start)
        content = file.read(count * row_bytes)
        if len(content) < count * row_bytes:
            yield None
        with np.errstate(over="ignore"):
            block = np.frombuffer(content, header.dtype).reshape(-1, width).astype("<f4")
        yield from (row.tobytes() for row in block)
