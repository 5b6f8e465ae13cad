"""Sketch a source by the lists that it was stored with, and a model by those it would be.

A load cleans vectors and lists for each concept the nearest of all. That agrees with what others
list in another measure than a model's own sketch does, so the two are not held against each other
where it can be helped, and have bounds of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from hartonomous.errors import ParameterError
from hartonomous.geometry.join import join_blocks
from hartonomous.geometry.rows import ChosenRows
from hartonomous.lineage.sketch import FEWEST, ID_BYTES, Place, Sketch
from hartonomous.miners.clean_tables import clean_site
from hartonomous.miners.cleaning import Cleaning
from hartonomous.observations import ConceptTable
from hartonomous.readers.files import shown
from hartonomous.readers.openers import open_sources
from hartonomous.readers.opening import Request
from hartonomous.sites import VectorSite
from hartonomous.store.calls import call
from hartonomous.store.session import Connection

#: Concepts that are named, those among them whose lists are read, and how long lists are. A list
#: names the nearest of all concepts, of which a sample as small as a sketch file's would keep few.
CONCEPTS = 1 << 16
LISTS = 1 << 12
LENGTH = 50

_LISTS = (
    "SELECT composition_id, composition_number, label, neighbours, known"
    " FROM hartonomous_internal.sampled_lists(%s, %s, %s)"
)
#: A concept's id, its number in the database, its label, its neighbours' numbers, and of how many.
_Row = tuple[UUID, int, str, Sequence[int] | None, int]


def sketch_source(connection: Connection, source: str) -> Sketch:
    """Sketch a live model as far as its stored lists go: by its embedding.

    Parameters
    ----------
    source
        The name of a live source that votes.

    Raises
    ------
    UnknownNameError
        No live model is called so; the message names near matches.
    ParameterError
        It lists too few concepts.
    """
    rows: Sequence[_Row] = call(connection, _row, _LISTS, [source, CONCEPTS, LISTS])
    _require_enough(source, len(rows))
    ids = np.frombuffer(b"".join(row[0].bytes[:ID_BYTES] for row in rows), np.uint8)
    numbers = np.array([row[1] for row in rows], np.int64)
    lists = _places_of(_padded([row[3] or () for row in rows[:LISTS]]), numbers)
    labels = tuple(row[2] for row in rows)
    return _sketch(source, rows[0][4], ids.reshape(-1, ID_BYTES), lists, labels)


def sketch_table(path: Path) -> Sketch:
    """Sketch a model's token vectors, or word vectors, as `sketch_source` would once loaded.

    Raises
    ------
    ModelFormatError
        It can't be read.
    InvalidVectorsError
        Vectors are not finite.
    ParameterError
        It is several models, or knows too few concepts.
    """
    opened, *more = open_sources([path], "embeddings", Request())
    if more:
        raise ParameterError(f"{path} holds {1 + len(more)} models: name one")
    site = next(site for site in opened.sites if isinstance(site, VectorSite))
    table, index = ConceptTable.of(opened.concepts())
    rows, _, gone = clean_site(site.queries, Cleaning())
    kept = np.delete(np.arange(rows.shape[0]), gone)
    # one row of each concept that has a direction, in the order of hashes
    known, first = np.unique(index[site.concept_of_query[kept]], return_index=True)
    _require_enough(str(path), len(known))
    named = known[:CONCEPTS]
    lists = np.minimum(_joined(ChosenRows(rows, kept[first])), len(named))
    labels = tuple(table.concepts[number].label for number in named.tolist())
    ids = np.ascontiguousarray(table.hashes[named, :ID_BYTES])
    return _sketch(
        shown(path.stem if path.is_file() else path.name), len(known), ids, lists, labels
    )


def _row(*columns: object) -> _Row:
    return columns  # type: ignore[return-value]  # as the function's columns are


def _require_enough(name: str, concepts: int) -> None:
    if concepts < FEWEST:
        raise ParameterError(f"{name}: {concepts} concepts are too few for a sketch")


def _padded(lists: Sequence[Sequence[int]]) -> NDArray[np.int64]:
    """Return lists as rows of one length, -1 at their ends."""
    padded = np.full((len(lists), max(map(len, lists))), -1, np.int64)
    for row, each in zip(padded, lists, strict=True):
        row[: len(each)] = each
    return padded


def _places_of(lists: NDArray[np.int64], numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the places of numbers among others, their count for those that are not there."""
    order = np.argsort(numbers)
    found = order[np.searchsorted(numbers[order], lists).clip(max=len(numbers) - 1)]
    return np.where(numbers[found] == lists, found, len(numbers))


def _joined(rows: ChosenRows) -> NDArray[np.int64]:
    """Return the nearest of all rows to each of the first."""
    asked = ChosenRows(rows.source, rows.numbers[:LISTS])
    k = min(LENGTH, rows.shape[0] - 1)
    joined = join_blocks(asked, rows, k, method="exact", exclude_self=True)
    return np.concatenate([block.indices.astype(np.int64) for block in joined.blocks])


def _sketch(
    name: str,
    vocabulary: int,
    ids: NDArray[np.uint8],
    lists: NDArray[np.int64],
    labels: tuple[str, ...],
) -> Sketch:
    place = Place("embedding", 0, lists.astype(np.uint32))
    return Sketch(name, "", 0, vocabulary, ids, (place,), labels, is_stored=True)
