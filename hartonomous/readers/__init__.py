"""Files to embeddings: a memory-mapped matrix and the concepts that its rows stand for.

`open_embeddings` opens whatever a path holds; each format has a file of its own here and gives
the same `EmbeddingTable`.
"""

from __future__ import annotations

from pathlib import Path

from hartonomous.errors import ModelFormatError, ParameterError
from hartonomous.readers.embedding_table import EmbeddingTable, usable
from hartonomous.readers.hub import download_model, is_hub_name
from hartonomous.readers.model_folder import open_model
from hartonomous.readers.npy import open_npy, sole_npy
from hartonomous.readers.vocabulary import LeftOut, Vocabulary
from hartonomous.readers.word_vectors import open_word_vectors

__all__ = [
    "EmbeddingTable",
    "LeftOut",
    "Vocabulary",
    "open_embeddings",
    "open_model",
    "open_vectors",
    "usable",
]

#: How files begin that are refused, and what to do with them.
_REFUSED = {
    b"\x80": "a pickle, which could run code when opened; convert it to safetensors",
    b"PK\x03\x04": "a zip or pickle checkpoint, which is never opened; convert it to safetensors",
    b"\x1f\x8b": "compressed; unpack it first",
    b"GGUF": "a GGUF model; give a folder with safetensors",
}


def open_embeddings(
    path: str | Path, *, tensor: str | None = None, vocabulary: str | Path | None = None
) -> EmbeddingTable:
    """Open embeddings of any kind: a model folder, word vectors, or a name on the hub.

    Parameters
    ----------
    path
        A Hugging Face or sentence-transformers folder, a ``.npy`` file or a folder with one, word
        vectors in word2vec's or GloVe's format, or ``organisation/model`` on the hub, which is
        asked only when no such path exists.
    tensor
        Of a model, the tensor to read instead of its token embedding.
    vocabulary
        Of a ``.npy`` file, where its words are; by default they are looked for beside it.

    Returns
    -------
    EmbeddingTable
        The matrix, still on disk, and its vocabulary.

    Raises
    ------
    ModelFormatError
        When nothing is there, or it is malformed, refused (pickles) or of an unknown kind.
    ParameterError
        When ``tensor`` or ``vocabulary`` is given for a kind that has none.
    """
    place = Path(path)
    words = Path(vocabulary) if vocabulary is not None else None
    try:
        if place.is_file() or (place.is_dir() and sole_npy(place)):
            if tensor is not None:
                raise ParameterError(f"{place}: word vectors have no tensor to choose")
            return open_vectors(place, words)
        if words is not None:
            raise ParameterError(f"{place}: a model brings its own vocabulary")
        if not place.exists() and is_hub_name(str(path)):
            return open_model(download_model(str(path)), tensor=tensor)
        return open_model(place, tensor=tensor)
    except OSError as error:
        raise ModelFormatError(f"{place}: {error.strerror or error}") from error


def open_vectors(path: Path, vocabulary: Path | None = None) -> EmbeddingTable:
    """Open word vectors: a ``.npy`` file or a folder with one, or word2vec's or GloVe's format.

    Parameters
    ----------
    path
        The file, whose kind is told by its first bytes, or the folder.
    vocabulary
        Of a ``.npy`` file, where its words are.

    Raises
    ------
    ModelFormatError
        When the file is malformed, refused (pickles) or of an unknown kind.
    ParameterError
        When a vocabulary is given for a file that holds its words itself.
    """
    inner = sole_npy(path) if path.is_dir() else None
    if inner:
        return open_npy(inner, vocabulary, name=path.resolve().name)
    with path.open("rb") as file:
        first_bytes = file.read(8)
    _refuse(path, first_bytes)
    if first_bytes.startswith(b"\x93NUMPY"):
        return open_npy(path, vocabulary)
    if vocabulary is not None:
        raise ParameterError(f"{path}: holds its words itself")
    return open_word_vectors(path)


def _refuse(path: Path, first_bytes: bytes) -> None:
    """Refuse kinds of files by how they begin; the rest is for their reader to judge."""
    for magic, reason in _REFUSED.items():
        if first_bytes.startswith(magic):
            raise ModelFormatError(f"{path}: {reason}")
    if path.suffix == ".safetensors":
        raise ModelFormatError(f"{path}: give the folder it is in, with its vocabulary")
    if not first_bytes:
        raise ModelFormatError(f"{path}: empty")
