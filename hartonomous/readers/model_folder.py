"""A Hugging Face model folder: its token embedding and vocabulary, without torch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hartonomous.errors import ModelFormatError
from hartonomous.readers.embedding_table import EmbeddingTable
from hartonomous.readers.files import read_json_object
from hartonomous.readers.models.checkpoint import Checkpoint, read_checkpoint
from hartonomous.readers.models.folders import adapter_base, no_weights
from hartonomous.readers.models.modules import transformer_folder
from hartonomous.readers.models.scaled_table import open_table
from hartonomous.readers.models.token_embedding import Clues, find_embedding, named_tensor
from hartonomous.readers.safetensors import Tensor
from hartonomous.readers.token_files import find_vocabulary, read_tokens
from hartonomous.readers.vocabulary import (
    MOST_PADDING,
    TokenList,
    build_vocabulary,
    may_be_padded,
)

__all__ = ["open_model", "transformer_folder"]

#: The names under which config.json says how many rows there are.
_SIZES = ("vocab_size", "padded_vocab_size", "n_vocab", "n_words", "num_embeddings")
#: How deep config.json nests the configurations of a model's parts.
_MOST_NESTED = 4


def open_model(
    path: Path, *, tensor: str | None = None, vocabulary: Path | None = None
) -> EmbeddingTable:
    """Open the token embedding of a Hugging Face or sentence-transformers folder.

    Parameters
    ----------
    path
        The folder.
    tensor
        The name of the tensor to read; by default the token embedding is looked for.
    vocabulary
        The file with its words; by default the tokeniser's in the folder.

    Raises
    ------
    ModelFormatError
        When a file is missing or malformed, the weights are pickled, the embedding can't be
        told, or vocabulary and matrix don't belong together.
    """
    folder = transformer_folder(path)
    checkpoint = read_checkpoint(folder)
    if not checkpoint.tensors:
        raise no_weights(folder)
    config = _config(folder)
    listed = _words(folder, checkpoint, vocabulary)
    sizes = set(_vocabulary_sizes(config))
    if tensor:
        chosen = named_tensor(checkpoint.tensors, tensor, folder)
    else:
        untied = config.get("tie_word_embeddings") is False
        chosen = _found(checkpoint, folder, Clues(sizes, listed.length, untied))
    matrix = open_table(chosen, checkpoint.tensors)
    rows = matrix.shape[0]
    table = EmbeddingTable(
        name=_source_name(path),
        tensor_name=chosen.name,
        matrix=matrix,
        vocabulary=build_vocabulary(listed, rows, padded=may_be_padded(listed, rows, sizes)),
        vocabulary_digest=listed.digest,
    )
    return table.with_notes(*checkpoint.notes, *_padding_note(listed, rows))


def _words(folder: Path, checkpoint: Checkpoint, vocabulary: Path | None) -> TokenList:
    """Read the words; an adapter without any is named for what it is."""
    try:
        return read_tokens(vocabulary or find_vocabulary(folder))
    except ModelFormatError as error:
        said = adapter_base(folder)
        if said and all(".lora_" in name for name in checkpoint.tensors):
            raise ModelFormatError(f"{folder}: {said}") from error
        raise


def _found(checkpoint: Checkpoint, folder: Path, clues: Clues) -> Tensor:
    try:
        return find_embedding(checkpoint, folder, clues)
    except ModelFormatError as error:
        said = adapter_base(folder)
        if said:
            raise ModelFormatError(f"{folder}: {said}") from error
        raise


def _padding_note(listed: TokenList, rows: int) -> Iterator[str]:
    if listed.length < (1 - MOST_PADDING) * rows:
        yield f"only {listed.length} of {rows} rows have a token: is {listed.source} the model's?"


def _source_name(path: Path) -> str:
    """Return the folder's name, or the model's for a folder inside the hub's cache."""
    folder = path.resolve()
    in_cache = folder.parent.name == "snapshots" and folder.parent.parent.name.split("--", 1)
    if in_cache and in_cache[0] == "models":
        return in_cache[-1].replace("--", "/")
    return folder.name


def _config(folder: Path) -> dict[str, Any]:
    path = folder / "config.json"
    return read_json_object(path) if path.exists() else {}


def _vocabulary_sizes(config: dict[str, Any], nested: int = 0) -> Iterator[int]:
    """Yield the vocabulary sizes that a configuration names; those of its parts are inside it."""
    yield from (config[name] for name in _SIZES if type(config.get(name)) is int)
    if nested < _MOST_NESTED:
        for part in config.values():
            if isinstance(part, dict):
                yield from _vocabulary_sizes(part, nested + 1)
