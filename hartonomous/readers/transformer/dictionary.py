"""A dictionary over the residual stream: features that tokens activate and that write tokens.

A sparse autoencoder's decoder is one more matrix: a direction of the residual stream a feature,
read like what a layer writes; with its encoder and a layer, tokens are held against its features as
against neurons (Bricken et al. 2023, "Towards Monosemanticity").
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from hartonomous.concepts import Concept
from hartonomous.errors import ModelFormatError, ParameterError
from hartonomous.hashing import blake3, blake3_file
from hartonomous.observations import Source
from hartonomous.readers.files import shown
from hartonomous.readers.matrix import Matrix
from hartonomous.readers.opening import Place, Request
from hartonomous.readers.safetensors import Tensor, read_header
from hartonomous.readers.transformer.functions import Array
from hartonomous.readers.transformer.model import OpenedModel, open_transformer
from hartonomous.readers.transformer.neurons import ACTIVATES, PROMOTES, as_they_are
from hartonomous.readers.transformer.projection import OwnRows
from hartonomous.sites import JoinSettings, OpenedSource, VectorSite

#: Parts of names by which the two matrices are told, in files of several tools.
_DECODERS = ("w_dec", "decoder", "dictionary")
_ENCODERS = ("w_enc", "encoder")


def is_dictionary(place: Place) -> bool:
    """Say whether a place is a file of tensors."""
    return place.is_file() and place.path.suffix == ".safetensors"


def open_dictionary(place: Place, request: Request) -> Iterator[OpenedSource]:
    """Open a dictionary over the residual stream of a model.

    Raises
    ------
    ParameterError
        No model is named, or it has no such layer.
    ModelFormatError
        No matrix of the file is as wide as the model's residual stream.
    """
    if request.model is None:
        raise ParameterError(f"{place.path}: name the model that it was made for: --model PATH")
    opened = open_transformer(Place.of(request.model), request)
    layer = _layer(opened, request)
    tensors = read_header(place.path)
    decoder = _directions(tensors, _DECODERS, opened, place.path)
    encoder = _directions(tensors, _ENCODERS, opened, place.path, decoder)
    if encoder.shape != decoder.shape:
        raise ModelFormatError(
            f"{place.path}: its encoder has {encoder.shape[0]} features, its decoder "
            f"{decoder.shape[0]}"
        )
    name = request.name_for(f"dictionary:{place.path.stem}")
    words = opened.table.vocabulary.concepts
    features = tuple(Concept("feature", f"{name} {n}") for n in range(decoder.shape[0]))
    settings = f"model layer={layer} k={request.sites.k} ".encode()
    yield OpenedSource(
        Source(
            name, "dictionary",
            blake3(settings + blake3_file(place.path) + opened.digest), request.subject,
        ),
        lambda: words + features,
        _sites(opened, layer, encoder, decoder, JoinSettings(request.sites.k)),
        opened.left_out,
        opened.table.notes,
    )  # fmt: skip


def _layer(opened: OpenedModel, request: Request) -> int:
    """Return before which layer the dictionary reads; the last by default."""
    count = opened.weights.shapes.layers
    layers = request.sites.chosen_layers(count + 1)
    if request.sites.layers == "all":
        return count
    if len(layers) != 1:
        raise ParameterError("a dictionary is of one layer: --layer 5")
    return layers[0]


def _sites(
    opened: OpenedModel, layer: int, encoder: OwnRows, decoder: OwnRows, settings: JoinSettings
) -> tuple[VectorSite, ...]:
    tokens = opened.concept_of_row
    count = len(opened.table.vocabulary.concepts)
    features = np.arange(count, count + decoder.shape[0], dtype=np.int32)
    read = as_they_are(opened.stream.residual(layer))
    written = as_they_are(opened.written(opened.weights.shapes.layers - 1))
    return (
        VectorSite(
            "dictionary-in", read, tokens, settings, encoder, features, ACTIVATES,
            comparison="queries whitened", group="dictionary-in",
        ),
        VectorSite(
            "dictionary-out", decoder, features, settings, written, tokens, PROMOTES,
            comparison="keys whitened", group="dictionary-out",
        ),
    )  # fmt: skip


def _directions(
    tensors: dict[str, Tensor],
    names: tuple[str, ...],
    opened: OpenedModel,
    path: Path,
    otherwise: OwnRows | None = None,
) -> OwnRows:
    """Return a direction a feature, shape (features, D), of the matrix with such a name."""
    width = opened.weights.shapes.width
    fitting = {
        name: tensor for name, tensor in tensors.items()
        if len(tensor.shape) == 2 and width in tensor.shape
    }  # fmt: skip
    named = [name for name in fitting if any(part in name.lower() for part in names)]
    if not named and otherwise is not None:
        return otherwise
    if not named and len(fitting) == 1:
        named = list(fitting)
    if len(named) != 1:
        listed = ", ".join(shown(name) for name in sorted(tensors)[:6])
        raise ModelFormatError(
            f"{path}: no matrix of {width} numbers a feature that is named as its decoder; it has "
            f"{listed}"
        )
    matrix = fitting[named[0]].open_matrix()
    is_turned = matrix.shape[1] != width
    shape = matrix.shape[::-1] if is_turned else matrix.shape
    return OwnRows(lambda: _rows(matrix, is_turned), shape)


def _rows(matrix: Matrix, is_turned: bool) -> Array:
    rows = matrix.rows(0, matrix.shape[0])
    return np.ascontiguousarray(rows.T) if is_turned else rows
