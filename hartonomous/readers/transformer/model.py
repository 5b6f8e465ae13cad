"""A transformer that is opened: its tokens, its weights and its residual stream."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hartonomous.errors import ModelFormatError
from hartonomous.hashing import blake3, blake3_file
from hartonomous.readers.embedding_table import EmbeddingTable, usable
from hartonomous.readers.formats import open_place
from hartonomous.readers.hub import not_found
from hartonomous.readers.matrix import SelectedRows
from hartonomous.readers.models.checkpoint import Checkpoint
from hartonomous.readers.models.stored_tensor import StoredTensor
from hartonomous.readers.opening import Place, Request
from hartonomous.readers.transformer.architectures import LAYOUTS
from hartonomous.readers.transformer.layouts import find_layout, read_layout, require_whole
from hartonomous.readers.transformer.projection import RowBlocks, Unembedded
from hartonomous.readers.transformer.shapes import find_shapes
from hartonomous.readers.transformer.stream import ResidualStream
from hartonomous.readers.transformer.weights import Weights
from hartonomous.readers.weights import read_config, read_weights


def open_transformer(place: Place, request: Request) -> OpenedModel:
    """Open a transformer's tokens and weights.

    Raises
    ------
    ModelFormatError
        The architecture is not known, or tensors and configuration don't agree.
    """
    if not place.path.exists():
        raise not_found(str(place.path))
    table = usable(open_place(place, request), skip_invalid=request.skip_invalid)
    checkpoint = read_weights(place.path, request.base)
    config = read_config(place.path, request.base)
    weights = _weights(checkpoint.tensors, config, request.sites.layout, place.path)
    return OpenedModel(table, weights, _digest(table, checkpoint, config, request.sites.layout))


def _weights(
    tensors: Mapping[str, StoredTensor],
    config: Mapping[str, Any],
    layout_file: Path | None,
    folder: Path,
) -> Weights:
    """Find the layout and return the weights under its names."""
    if layout_file:
        layout, prefix = read_layout(layout_file), ""
    else:
        layout, prefix = find_layout(LAYOUTS, tensors.keys(), folder)
    # heads of their own, such as lm_head, stand beside the prefix
    named = {name.removeprefix(prefix): tensor for name, tensor in tensors.items()}
    sizes = {name: tensor.shape for name, tensor in named.items()}
    if layout_file:
        require_whole(layout, named, folder)
    shapes = find_shapes(config, layout, sizes, folder)
    return Weights(named, layout, shapes, str(folder))


def _digest(
    table: EmbeddingTable, checkpoint: Checkpoint, config: Mapping[str, Any], layout: Path | None
) -> bytes:
    """Say what is read: the words, every file of weights, and how they are understood."""
    files = sorted({file for tensor in checkpoint.tensors.values() for file in tensor.files})
    digests = b"".join(blake3_file(file) for file in files)
    understood = str(sorted(config.items(), key=str)).encode()
    mapped = layout.read_bytes() if layout else b""
    return blake3(understood + table.fingerprint() + digests + mapped)


@dataclass(eq=False)
class OpenedModel:
    """A model that is opened.

    Parameters
    ----------
    table
        Its token embedding with the words.
    weights
        All else.
    digest
        Of all that is read of it.
    """

    table: EmbeddingTable
    weights: Weights
    digest: bytes

    def __post_init__(self) -> None:
        words = self.table.vocabulary
        self.rows = SelectedRows(self.table.matrix, words.rows)
        if self.rows.shape[1] != self.weights.shapes.width:
            raise ModelFormatError(
                f"{self.weights.name}: its embedding is {self.rows.shape[1]} wide, its layers are "
                f"{self.weights.shapes.width}"
            )
        self.stream = self.stream_of(self.rows)

    def stream_of(self, rows: SelectedRows) -> ResidualStream:
        """Return the residual stream of some rows of the embedding."""
        first = min(self.weights.shapes.first_token, self.table.matrix.shape[0] - 1)
        return ResidualStream(self.weights, rows, self.table.matrix.take(np.array([first])))

    @property
    def concept_of_row(self) -> NDArray[np.int32]:
        """The concept of each token, by its place among those of the vocabulary."""
        return self.table.vocabulary.concept_of_row

    @property
    def left_out(self) -> dict[str, int]:
        """How many tokens stand for no concept, by reason."""
        return {reason: count for reason, count in vars(self.table.left_out).items() if count}

    def unembedding(self) -> SelectedRows | None:
        """Open the tokens' rows of W_U where it isn't tied."""
        matrix = self.weights.unembedding()
        if matrix is None:
            return None
        if matrix.shape != self.table.matrix.shape:
            raise ModelFormatError(
                f"{self.weights.name}: embedding and unembedding differ in shape"
            )
        return SelectedRows(matrix, self.rows.numbers)

    def written(self, layer: int) -> RowBlocks:
        """Return how what a layer writes is read: by W_U, or by the next layer of an encoder."""
        if not self.weights.layout.is_causal:
            return self.stream.attention_input(layer + 1)
        return Unembedded(self.unembedding() or self.rows, self.weights.final_norm())
