"""Models in one file: GGUF, which carries its tokens, and ONNX, which carries none."""

from __future__ import annotations

import re
from pathlib import Path

from hartonomous.errors import ModelFormatError
from hartonomous.readers.content import begins, is_vectors
from hartonomous.readers.embedding_table import EmbeddingTable
from hartonomous.readers.models.configs import folder_config
from hartonomous.readers.models.gguf import gguf_checkpoint
from hartonomous.readers.models.gguf_config import config_of
from hartonomous.readers.models.gguf_parts import read_gguf_parts
from hartonomous.readers.models.gguf_words import gguf_words
from hartonomous.readers.models.onnx import read_onnx
from hartonomous.readers.models.token_table import ModelParts, token_table
from hartonomous.readers.opening import Place, Request
from hartonomous.readers.token_files import VOCABULARY_FILES, read_tokens

_is_gguf = begins(b"GGUF")
#: A protocol buffer that begins with a small version number and goes on with a text, as ONNX does.
_ONNX = re.compile(rb"\x08[\x01-\x1f](?:\x12|\x1a|\x22|\x3a|\x42)[^\x00]", re.DOTALL)


def recognise_gguf(place: Place) -> bool:
    """Say whether a place is a GGUF file."""
    return not place.is_folder and _is_gguf(place.head, place.path)


def recognise_onnx(place: Place) -> bool:
    """Say whether a place is an ONNX file, by how it begins or by its name."""
    if place.is_folder or is_vectors(place.head):
        return False
    return place.path.suffix == ".onnx" or _ONNX.match(place.head) is not None


def open_gguf(place: Place, request: Request) -> EmbeddingTable:
    """Open the token embedding of a GGUF file with the words that it carries.

    Raises
    ------
    ModelFormatError
        When the file is malformed, carries no words and none are named, or holds no embedding.
    """
    path, files = place.path, read_gguf_parts(place.path)
    checkpoint = gguf_checkpoint(files)
    words = read_tokens(request.vocabulary) if request.vocabulary else gguf_words(files[0])
    parts = ModelParts(path, path.stem, checkpoint, config_of(files), words)
    return token_table(parts, request.tensor)


def open_onnx(place: Place, request: Request) -> EmbeddingTable:
    """Open the token embedding of an ONNX file; its words are named, or lie beside it.

    Raises
    ------
    ModelFormatError
        When the file is malformed, there are no words, or it holds no embedding.
    """
    checkpoint = read_onnx(place.path)
    words = read_tokens(request.vocabulary or _words_beside(place))
    config = folder_config(place.beside)
    parts = ModelParts(place.path, place.path.stem, checkpoint, config, words)
    return token_table(parts, request.tensor)


def _words_beside(place: Place) -> Path:
    for name in VOCABULARY_FILES:
        if (place.beside / name).exists():
            return place.beside / name
    raise ModelFormatError(
        f"{place.path}: an ONNX model, which holds no words; name its tokeniser's file with "
        "--vocabulary"
    )
