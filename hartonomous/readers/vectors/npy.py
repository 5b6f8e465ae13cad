"""NumPy ``.npy`` matrices with their words in a file beside them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from hartonomous.errors import ModelFormatError
from hartonomous.readers.embedding_table import EmbeddingTable
from hartonomous.readers.files import regular_file, visible
from hartonomous.readers.matrix import Matrix
from hartonomous.readers.npy_words import NpyHeader, is_npy, read_npy_header
from hartonomous.readers.opening import Place, Request
from hartonomous.readers.stored import FileRows, transposed
from hartonomous.readers.token_files import VOCABULARY_FILES, read_tokens
from hartonomous.readers.vocabulary import build_vocabulary


def recognise(place: Place) -> bool:
    """Say whether a place is an ``.npy`` file, or a folder with one and without a model."""
    if place.is_folder:
        return bool(npy_files(place.path)) and not _is_model(place.path)
    return is_npy(place.head)


def open_npy(place: Place, request: Request) -> EmbeddingTable:
    """Open a matrix in NumPy's format, read from disk a block at a time; nothing is unpickled.

    Parameters
    ----------
    place
        An ``.npy`` file of float16, float32 or float64, one vector a row, or a folder with one.
    request
        ``vocabulary`` is one word a line, a JSON list, an array of text, or any vocabulary file
        of a tokeniser. By default ``STEM.txt``, ``STEM.json`` or a tokeniser's file beside
        ``STEM.npy``.

    Raises
    ------
    ModelFormatError
        When either file is missing or malformed, or their lengths differ.
    """
    path = sole_npy(place.path) if place.is_folder else place.path
    matrix = _open_matrix(path)
    folder = path.parent if place.is_folder else place.beside
    words = read_tokens(regular_file(request.vocabulary or _words_beside(path, folder)))
    return EmbeddingTable(
        name=place.path.resolve().name if place.is_folder else path.stem,
        tensor_name=path.name,
        matrix=matrix,
        vocabulary=build_vocabulary(words, matrix.shape[0]),
        vocabulary_digest=words.digest,
    )


def npy_files(folder: Path) -> list[Path]:
    """Return the ``.npy`` files of a folder, by name."""
    return visible(folder, "*.npy")


def sole_npy(folder: Path) -> Path:
    """Return the only ``.npy`` file of a folder.

    Raises
    ------
    ModelFormatError
        When there are several.
    """
    found = npy_files(folder)
    if len(found) > 1:
        names = ", ".join(path.name for path in found[:5])
        raise ModelFormatError(
            f"{folder}: holds several arrays ({names}); give the file with the vectors, and one "
            "with their words by --vocabulary"
        )
    return found[0]


def _is_model(folder: Path) -> bool:
    return (folder / "config.json").exists() or any(folder.glob("*.safetensors"))


def _words_beside(path: Path, folder: Path) -> Path:
    names = (f"{path.stem}.txt", f"{path.stem}.json", *VOCABULARY_FILES)
    for name in names:
        if (folder / name).exists():
            return folder / name
    raise ModelFormatError(f"{path}: no words beside it; name their file with --vocabulary")


def _open_matrix(path: Path) -> Matrix:
    with regular_file(path).open("rb") as file:
        header = read_npy_header(file, path)
        offset = file.tell()
        size = file.seek(0, 2)
    check_matrix(header, path)
    if offset + header.content_bytes != size:
        raise ModelFormatError(f"{path}: cut off or too long for its shape {header.shape!s:.80}")
    rows, width = header.shape
    if header.column_major and width > 1:
        columns = FileRows(path, header.dtype, (width, rows), offset)
        return Matrix(transposed(columns), np.dtype(np.float32).name)
    return Matrix(FileRows(path, header.dtype, (rows, width), offset), header.dtype.name)


def check_matrix(header: NpyHeader, path: Path) -> None:
    """Check that an array is a matrix of floating-point numbers.

    Raises
    ------
    ModelFormatError
        When it holds anything else.
    """
    if header.dtype.kind != "f" or header.dtype.itemsize > 8:
        raise ModelFormatError(f"{path}: holds {header.dtype}, not float16, float32 or float64")
    if len(header.shape) != 2 or min(header.shape) < 1:
        raise ModelFormatError(f"{path}: has shape {header.shape!s:.80}, no matrix")
