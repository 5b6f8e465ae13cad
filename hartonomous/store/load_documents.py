"""Loads many small documents at a time, a batch a transaction; each is a source of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from psycopg import sql

from hartonomous.concepts import Concept
from hartonomous.miners.text import MinedText, Pairs
from hartonomous.observations import ConceptTable, Observations, Source
from hartonomous.store import copy
from hartonomous.store.failures import store_errors
from hartonomous.store.flags import DegreeCount
from hartonomous.store.session import Connection
from hartonomous.store.streams import binary_copy, copy_concepts, in_key_order, relation_type_id

_EVIDENCE = sql.Identifier("pg_temp", "incoming_evidence")
_RELATIONS = sql.Identifier("pg_temp", "incoming_relation")


@dataclass(frozen=True)
class MinedDocument:
    """A document's name and what it says."""

    source: Source
    text: MinedText


@dataclass(frozen=True)
class BatchReport:
    """What the load of one batch did."""

    #: Documents that were not there already.
    new: int
    observations: int
    #: Name and what is suspicious, for each document that is.
    flagged: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class _Rows:
    """Observations of one relation type by all documents of a batch; columns of length m."""

    observed: Observations
    content: NDArray[np.int32]
    site: NDArray[np.int32]


def known_documents(connection: Connection, sources: Sequence[Source]) -> set[str]:
    """Return the names of the sources that are there already.

    Raises
    ------
    SourceTakenError
        Another content carries one of the names.
    """
    with store_errors(), connection.transaction():
        rows = connection.execute(
            "SELECT s.name FROM unnest(%s::text[], %s::bytea[]) AS s (name, fingerprint)"
            " WHERE hartonomous.is_loaded(s.name, 'document', s.fingerprint)",
            [[source.identifier for source in sources], [source.fingerprint for source in sources]],
        ).fetchall()
    return {name for (name,) in rows}


def load_documents(
    connection: Connection,
    documents: Sequence[MinedDocument],
    subject: str | None,
    positions: tuple[str, str],
) -> BatchReport:
    """Load documents in one transaction: all of them, or none when anything fails.

    Parameters
    ----------
    documents
        Those that are there already are left out.
    subject
        Whose documents they are.
    positions
        Names of the two sites of each document, for ``related`` and for ``precedes``.

    Raises
    ------
    SourceTakenError
        Another content carries the name of one of them.
    """
    with store_errors(), connection.transaction():
        opened = connection.execute(
            "SELECT place - 1, content_id, site_ids"
            " FROM hartonomous.open_documents(%s::text[], %s::bytea[], %s, %s)",
            [
                [document.source.identifier for document in documents],
                [document.source.fingerprint for document in documents],
                subject,
                list(positions),
            ],
        ).fetchall()
        if not opened:
            return BatchReport(0, 0, ())
        new = [documents[place] for place, _, _ in opened]
        observations = _copy_batch(connection, new, opened)
        flagged = _flag(connection, new, [content for _, content, _ in opened])
        connection.execute("SELECT hartonomous.close_source(%s)", [opened[0][1]])
    return BatchReport(len(new), observations, flagged)


def _copy_batch(
    connection: Connection,
    documents: Sequence[MinedDocument],
    opened: Sequence[tuple[int, int, list[int]]],
) -> int:
    words = list(dict.fromkeys(word for document in documents for word in document.text.words))
    concepts, index = ConceptTable.of([Concept("text", word) for word in words])
    place = dict(zip(words, index.tolist(), strict=True))
    indices = [
        np.array([place[word] for word in document.text.words], dtype=np.int32)
        for document in documents
    ]
    degrees = DegreeCount(len(concepts))
    total = 0
    for site, relation_type in enumerate(("related", "precedes")):
        pairs = [_pairs(document.text, relation_type) for document in documents]
        rows = _gathered(pairs, indices, [(content, sites[site]) for _, content, sites in opened])
        _copy_rows(connection, concepts, rows, relation_type)
        degrees.add(rows.observed)
        total += len(rows.observed)
    copy_concepts(connection, concepts, degrees.used)
    return total


def _pairs(text: MinedText, relation_type: str) -> Pairs:
    return text.related if relation_type == "related" else text.precedes


def _gathered(
    pairs: Sequence[Pairs],
    indices: Sequence[NDArray[np.int32]],
    places: Sequence[tuple[int, int]],
) -> _Rows:
    lengths = [len(each.a) for each in pairs]
    together = zip(pairs, indices, strict=True)
    a, b = zip(*((index[each.a], index[each.b]) for each, index in together), strict=True)
    weight = np.concatenate([each.weight for each in pairs])
    content, site = np.repeat(np.array(places, dtype=np.int32), lengths, axis=0).T
    return _Rows(Observations(np.concatenate(a), np.concatenate(b), weight), content, site)


def _copy_rows(
    connection: Connection, concepts: ConceptTable, rows: _Rows, relation_type: str
) -> None:
    ids = concepts.ids
    # which document a row is of has to follow its row into key order
    number = np.arange(len(rows.observed), dtype=np.int32)
    numbered = Observations(rows.observed.a, rows.observed.b, number)
    ordered, keys = in_key_order(numbered, ids, relation_type)
    order = ordered.weight
    weight = rows.observed.weight[order]
    batch = Observations(ordered.a, ordered.b, weight)
    evidence = copy.evidence_rows(batch, keys, rows.content[order], rows.site[order])
    with binary_copy(connection, _EVIDENCE, copy.columns(copy.EVIDENCE)) as write:
        write(evidence.data)
    type_id = relation_type_id(connection, relation_type)
    _, once = np.unique(keys.view("V16").ravel(), return_index=True)
    relations = copy.relation_rows(
        keys[once], ids[batch.a[once]], ids[batch.b[once]], weight[once], type_id, ranked=False
    )
    with binary_copy(connection, _RELATIONS, copy.columns(copy.RELATION)) as write:
        write(relations.data)


def _flag(
    connection: Connection, documents: Sequence[MinedDocument], content_ids: Sequence[int]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Record on each document what is suspicious about it."""
    found = []
    for document, content_id in zip(documents, content_ids, strict=True):
        degrees = DegreeCount(len(document.text.words))
        pairs = document.text.related
        degrees.add(Observations(pairs.a, pairs.b, pairs.weight))
        if flags := degrees.flags:
            connection.execute("SELECT hartonomous.flag_source(%s, %s)", [content_id, flags])
            found.append((document.source.identifier, tuple(flags)))
    return tuple(found)
