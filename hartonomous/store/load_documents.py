"""Loads many small documents at a time, a batch a transaction; each is a source of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from psycopg import sql

from hartonomous.concepts import Concept
from hartonomous.miners.text import MinedText, Pairs
from hartonomous.observations import ConceptTable, MinedSite, Observations, Site, Source
from hartonomous.store import copy
from hartonomous.store.failures import store_errors
from hartonomous.store.flags import DegreeCount
from hartonomous.store.lists import ListWriter
from hartonomous.store.load import load_source
from hartonomous.store.session import Connection
from hartonomous.store.streams import binary_copy, number_concepts, relation_type_id

_LISTS = sql.Identifier("pg_temp", "incoming_list")


@dataclass(frozen=True)
class MinedDocument:
    """A document's name and what it says."""

    source: Source
    text: MinedText

    @property
    def observations(self) -> int:
        """How many observations it gives."""
        return len(self.text.related.a) + len(self.text.precedes.a)


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
        opened = _open(connection, documents, subject, positions)
        if not opened:
            return BatchReport(0, 0, ())
        new = [documents[place] for place, _, _ in opened]
        observations = _copy_batch(connection, new, opened)
        flagged = _flag(connection, new, [content for _, content, _ in opened])
        connection.execute("SELECT hartonomous.close_sources()")
    return BatchReport(len(new), observations, flagged)


def load_large_document(
    connection: Connection, document: MinedDocument, positions: tuple[str, str]
) -> BatchReport:
    """Load one document by itself, as large sources are; as `load_documents`."""
    concepts, index = ConceptTable.of([Concept("text", word) for word in document.text.words])
    mined = []
    for position, relation_type in zip(positions, ("related", "precedes"), strict=True):
        pairs = _pairs(document.text, relation_type)
        batch = Observations(index[pairs.a], index[pairs.b], pairs.weight)
        site = Site(position, method="count")
        mined.append(MinedSite.alone(site, iter([batch]), relation_type, len(batch)))
    loaded = load_source(connection, document.source, concepts, mined)
    flagged = ((loaded.source, loaded.flags),) if loaded.flags else ()
    return BatchReport(int(loaded.is_new), loaded.observations, flagged)


def _open(
    connection: Connection,
    documents: Sequence[MinedDocument],
    subject: str | None,
    positions: tuple[str, str],
) -> list[tuple[int, int, list[int]]]:
    """Return place, source number and site numbers of each document that is not there already."""
    return connection.execute(
        "SELECT d.place - 1, o.content_id, s.site_ids"
        " FROM unnest(%s::text[], %s::bytea[]) WITH ORDINALITY AS d (name, fingerprint, place)"
        " CROSS JOIN LATERAL hartonomous.open_source(d.name, 'document', d.fingerprint, %s) AS o"
        " CROSS JOIN LATERAL (SELECT array(SELECT hartonomous.add_site("
        "     o.content_id, p.position, p_method => 'count')"
        "     FROM unnest(%s::text[]) WITH ORDINALITY AS p (position, n) ORDER BY p.n"
        " ) AS site_ids WHERE o.is_new) AS s ORDER BY d.place",
        [
            [document.source.identifier for document in documents],
            [document.source.fingerprint for document in documents],
            subject,
            list(positions),
        ],
    ).fetchall()


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
    writer = ListWriter(number_concepts(connection, concepts))
    for site, relation_type in enumerate(("related", "precedes")):
        pairs = [_pairs(document.text, relation_type) for document in documents]
        rows = _gathered(pairs, indices, [(content, sites[site]) for _, content, sites in opened])
        type_id = relation_type_id(connection, relation_type)
        with binary_copy(connection, _LISTS, copy.LIST_COLUMNS) as write:
            for lists in writer.rows(rows.observed, rows.content, rows.site, type_id, ranked=False):
                write(lists.data)
    return writer.observations


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
