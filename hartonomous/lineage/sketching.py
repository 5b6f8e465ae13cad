"""Sketch a model: its embedding, and what some of its layers hold, look for and write.

Three things are looked at in a layer, of all its heads together, so that their order and bases
don't show: what the residual stream holds after it, which token its heads look for, and what they
write of a token that attends to itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from hartonomous.errors import ModelFormatError, ParameterError
from hartonomous.geometry.knn import knn_join
from hartonomous.geometry.rows import HeldRows
from hartonomous.lineage.sketch import (
    ASKED,
    CONCEPTS,
    EMBEDDING_LENGTH,
    FEWEST,
    ID_BYTES,
    LAYERS,
    LENGTH,
    Place,
    Sketch,
)
from hartonomous.miners.balancing import balance
from hartonomous.miners.screening import sampling_order
from hartonomous.observations import ConceptTable
from hartonomous.readers.embedding_table import EmbeddingTable, usable
from hartonomous.readers.files import shown
from hartonomous.readers.formats import open_place
from hartonomous.readers.matrix import SelectedRows
from hartonomous.readers.opening import Place as Opening
from hartonomous.readers.opening import Request
from hartonomous.readers.transformer.choice import SiteChoice
from hartonomous.readers.transformer.functions import Array
from hartonomous.readers.transformer.model import OpenedModel, open_transformer
from hartonomous.readers.transformer.stream import (
    ResidualStream,
    attend_to_first,
    by_head,
    normed_heads,
)
from hartonomous.readers.transformer.weights import Weights


def sketch_model(
    path: Path,
    name: str | None = None,
    layout: Path | None = None,
    note: Callable[[str], None] = lambda _: None,
) -> Sketch:
    """Sketch a model, or word vectors.

    Parameters
    ----------
    path
        A folder with weights and vocabulary, or a file of word vectors.
    name
        What it is called; by default what its path is called.
    layout
        Names of its tensors, for architectures that are not known.
    note
        Told when a model is sketched by its embedding alone, and why.

    Raises
    ------
    ModelFormatError
        It can't be read.
    InvalidVectorsError
        Weights are not finite.
    ParameterError
        It knows too few concepts.
    """
    table, model = _opened(Opening.of(path), layout, note)
    weights = model.weights if model else None
    rows, hashed = _chosen(table)
    with threadpool_limits(1):  # matrices are small: threads would wait for each other
        places = tuple(_places(table, rows, model))
    return Sketch(
        shown(name or table.name), weights.layout.name if weights else "",
        weights.shapes.layers if weights else 0, len(table.vocabulary.concepts),
        np.ascontiguousarray(hashed.hashes[:, :ID_BYTES]), places,
        tuple(concept.label for concept in hashed.concepts),
    )  # fmt: skip


def _opened(
    opening: Opening, layout: Path | None, note: Callable[[str], None]
) -> tuple[EmbeddingTable, OpenedModel | None]:
    request = Request(sites=SiteChoice(layout=layout))
    if not opening.is_folder:
        return usable(open_place(opening, request)), None
    try:
        opened = open_transformer(opening, request)
    except ModelFormatError as error:
        if layout:
            raise
        table = usable(open_place(opening, request))
        note(f"sketched by its embedding alone: {error}")
        return table, None
    return opened.table, opened


def _chosen(table: EmbeddingTable) -> tuple[NDArray[np.int64], ConceptTable]:
    """Return the concepts with the smallest hashes, and their rows."""
    words = table.vocabulary
    known, index = ConceptTable.of(words.concepts)
    order = sampling_order(index)[:CONCEPTS]
    if len(order) < FEWEST:
        raise ParameterError(f"{table.name}: {len(order)} concepts are too few for a sketch")
    hashed = ConceptTable(known.concepts[:CONCEPTS], known.hashes[:CONCEPTS])
    first = np.full(len(words.concepts), -1, np.int64)
    first[words.concept_of_row[::-1]] = words.rows[::-1]
    return first[order], hashed


def _places(
    table: EmbeddingTable, rows: NDArray[np.int64], model: OpenedModel | None
) -> Iterator[Place]:
    yield Place("embedding", 0, _near(table.matrix.take(rows), EMBEDDING_LENGTH))
    if model is None:
        return
    weights, stream = model.weights, model.stream_of(SelectedRows(table.matrix, rows))
    for layer in chosen_layers(weights.shapes.layers):
        seen = _read(stream, layer)
        yield Place("qk", layer, _looked_for(weights, layer, seen))
        # what attention writes of tokens that attend to themselves
        written = attend_to_first(weights, weights.attention(layer), seen, seen[:0])
        yield Place("ov", layer, _near(written, LENGTH))
        yield Place("residual", layer, _near(_state(stream, layer + 1), LENGTH))


def chosen_layers(count: int) -> list[int]:
    """Return the layers that are looked at, evenly from the first to the last."""
    return sorted({round(each) for each in np.linspace(0, count - 1, min(count, LAYERS))})


def _read(stream: ResidualStream, layer: int) -> Array:
    return np.concatenate([rows for _, rows in stream.attention_input(layer).blocks()])


def _state(stream: ResidualStream, layer: int) -> Array:
    state, _ = stream.state(layer)
    return state.rows(0, state.shape[0])


def _looked_for(weights: Weights, layer: int, seen: Array) -> NDArray[np.uint16]:
    """Return which tokens the layer's heads, summed up, look for from each that is asked."""
    attention, shapes = weights.attention(layer), weights.shapes
    query = by_head(attention.query(seen), shapes.heads, shapes.heads)
    key = by_head(attention.key(seen), shapes.key_heads, shapes.heads)
    query = normed_heads(query, attention.query_norm)
    key = normed_heads(key, attention.key_norm)
    left, right = (HeldRows(each.reshape(len(seen), -1).copy()) for each in (query, key))
    balance(left, right)
    return _joined(left.array, right.array, LENGTH)


def _near(rows: Array, length: int) -> NDArray[np.uint16]:
    """Return the concepts nearest to each that is asked, without what all vectors share."""
    centred = rows - rows.mean(axis=0, dtype=np.float64).astype(np.float32)
    return _joined(centred, centred, length)


def _joined(queries: Array, keys: Array, length: int) -> NDArray[np.uint16]:
    asked = np.ascontiguousarray(queries[:ASKED])
    k = min(length, len(keys) - 1)
    return knn_join(asked, keys, k, exclude_self=True, threads=1).indices.astype(np.uint16)
