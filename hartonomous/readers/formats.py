"""The one table of vectors' formats, in the order in which they are tried."""

from __future__ import annotations

from dataclasses import replace

from hartonomous.errors import ModelFormatError
from hartonomous.readers.content import LEFTOVERS
from hartonomous.readers.embedding_table import EmbeddingTable
from hartonomous.readers.foreign import FOREIGN
from hartonomous.readers.model_file import open_gguf, open_onnx, recognise_gguf, recognise_onnx
from hartonomous.readers.model_folder import open_model
from hartonomous.readers.models import folders, hub_cache
from hartonomous.readers.opening import Format, Place, Request, refusing
from hartonomous.readers.vectors import (
    arrow,
    compressed,
    delimited,
    json_lines,
    json_words,
    npy,
    npz,
    text,
    word2vec,
)

_TENSOR, _WORDS = frozenset({"tensor"}), frozenset({"vocabulary"})
_BASE = frozenset({"base"})


def _open_cached(place: Place, request: Request) -> EmbeddingTable:
    snapshot = hub_cache.snapshot_of(place.path)
    return _open_folder(replace(place, path=snapshot), request)


def _open_folder(place: Place, request: Request) -> EmbeddingTable:
    return open_model(
        place.path, tensor=request.tensor, vocabulary=request.vocabulary, base=request.base
    )


def _refuse_spacy(place: Place, _: Request) -> EmbeddingTable:
    raise folders.spacy_words(place.path)


#: What lies in folders.
FOLDERS = (
    Format(
        "a model in the hub's cache",
        lambda place: hub_cache.is_repository(place.path),
        _open_cached,
        _TENSOR | _WORDS | _BASE,
    ),
    Format("a spaCy pipeline", lambda place: folders.is_spacy(place.path), _refuse_spacy, _WORDS),
    Format("a folder with an npy matrix", npy.recognise, npy.open_npy, _WORDS),
    Format(
        "a model folder",
        lambda place: place.is_folder,
        _open_folder,
        _TENSOR | _WORDS | _BASE,
    ),
)

#: What files hold; each is told by its first bytes, those of text by how they go on.
FILES = (
    *map(refusing, LEFTOVERS),
    Format("a compressed file", compressed.recognise, compressed.open_compressed, _WORDS),
    Format("npz", npz.recognise, npz.open_npz),
    Format("a zip archive", npz.recognise_zip, npz.refuse_zip),
    Format("npy", npy.recognise, npy.open_npy, _WORDS),
    Format("parquet", arrow.recognise_parquet, arrow.open_parquet),
    Format("Arrow", arrow.recognise_arrow, arrow.open_arrow),
    Format("GGUF", recognise_gguf, open_gguf, _TENSOR | _WORDS),
    Format("ONNX", recognise_onnx, open_onnx, _TENSOR | _WORDS),
    *map(refusing, FOREIGN),
    Format("word2vec binary", word2vec.recognise, word2vec.open_binary),
    Format("JSON lines", json_lines.recognise, json_lines.open_lines),
    Format("JSON", json_words.recognise, json_words.open_words),
    Format("CSV and TSV", delimited.recognise, delimited.open_delimited),
    Format("word vectors as text", text.recognise, text.open_text),
)

FORMATS = (*FOLDERS, *FILES)


def open_place(place: Place, request: Request) -> EmbeddingTable:
    """Open a file or folder as the first format that recognises it.

    Raises
    ------
    ModelFormatError
        When it is malformed, refused or of no known kind.
    ParameterError
        When something is asked that its format has no use for.
    """
    for known in FOLDERS if place.is_folder else FILES:
        if known.recognise(place):
            return known.open_checked(place, request)
    raise ModelFormatError(f"{place.path}: of no known kind")
