"""A model's token embedding as a table, whatever its files are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hartonomous.readers.embedding_table import EmbeddingTable
from hartonomous.readers.models.checkpoint import Checkpoint
from hartonomous.readers.models.configs import vocabulary_sizes
from hartonomous.readers.models.scaled_table import open_table
from hartonomous.readers.models.token_embedding import Clues, find_embedding, named_tensor
from hartonomous.readers.vocabulary import (
    MOST_PADDING,
    TokenList,
    build_vocabulary,
    may_be_padded,
)


@dataclass(frozen=True)
class ModelParts:
    """What is known of a model before its token embedding is looked for.

    Parameters
    ----------
    path
        Where it lies.
    name
        What its source is called.
    checkpoint
        Its tensors.
    config
        Its configuration.
    words
        Its tokens.
    """

    path: Path
    name: str
    checkpoint: Checkpoint
    config: dict[str, Any]
    words: TokenList


def token_table(parts: ModelParts, tensor: str | None = None) -> EmbeddingTable:
    """Open a model's token embedding.

    Parameters
    ----------
    parts
        The model.
    tensor
        The name of the tensor to read; by default the token embedding is looked for.

    Raises
    ------
    ModelFormatError
        When the embedding can't be told, or vocabulary and matrix don't belong together.
    """
    checkpoint, listed = parts.checkpoint, parts.words
    sizes = set(vocabulary_sizes(parts.config))
    if tensor:
        chosen = named_tensor(checkpoint.tensors, tensor, parts.path)
    else:
        untied = parts.config.get("tie_word_embeddings") is False
        chosen = find_embedding(checkpoint, parts.path, Clues(sizes, listed.length, untied))
    matrix = open_table(chosen, checkpoint.tensors)
    rows = matrix.shape[0]
    table = EmbeddingTable(
        name=parts.name,
        tensor_name=chosen.name,
        matrix=matrix,
        vocabulary=build_vocabulary(listed, rows, padded=may_be_padded(listed, rows, sizes)),
        vocabulary_digest=listed.digest,
    )
    return table.with_notes(*checkpoint.notes, *_padding_note(listed, rows))


def _padding_note(listed: TokenList, rows: int) -> Iterator[str]:
    if listed.length < (1 - MOST_PADDING) * rows:
        yield f"only {listed.length} of {rows} rows have a token: is {listed.source} the model's?"
