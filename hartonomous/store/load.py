"""The load path: observations stream by binary COPY into tables that SQL merges at the end.

One transaction a source. The evidence is copied while it is mined; the relations it needs are
kept in an anonymous file meanwhile, because one connection runs one COPY at a time.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from dataclasses import astuple, dataclass
from typing import IO

from psycopg import sql

from hartonomous.observations import ConceptTable, MinedSite, Site, Source
from hartonomous.store import copy
from hartonomous.store.failures import store_errors
from hartonomous.store.flags import DegreeCount
from hartonomous.store.session import Connection
from hartonomous.store.streams import (
    binary_copy,
    copy_concepts,
    in_key_order,
    integer,
    relation_type_id,
)

Progress = Callable[[float], None]

_SPOOL_BYTES = 1 << 20
_RELATION_COLUMNS = copy.columns(copy.RELATION)


@dataclass(frozen=True)
class LoadReport:
    """What one load did."""

    source: str
    #: False when the same source was there already and nothing was changed.
    is_new: bool
    content_id: int
    concepts: int = 0
    observations: int = 0
    #: What is suspicious about the source.
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Target:
    content_id: int
    evidence_table: sql.Identifier
    relation_table: sql.Identifier


def load_source(
    connection: Connection,
    source: Source,
    concepts: ConceptTable,
    mined: Iterable[MinedSite],
    progress: Progress = lambda _count: None,
) -> LoadReport:
    """Load a source in one transaction: all of it, or nothing when anything fails.

    Parameters
    ----------
    concepts
        The concepts that the batches of ``mined`` refer to.
    mined
        Sites in any order; their batches are consumed once.
    progress
        Called with the number of observations copied since the last call.

    Raises
    ------
    SourceTakenError
        Another content carries this name.
    """
    with store_errors(), connection.transaction():
        target = _open_source(connection, source)
        if isinstance(target, int):
            return LoadReport(source.identifier, is_new=False, content_id=target)
        observations = 0
        degrees = DegreeCount(len(concepts))
        with tempfile.TemporaryFile(buffering=_SPOOL_BYTES) as spool:
            for site in mined:
                observations += _copy_site(
                    connection, target, concepts, site, spool, degrees, progress
                )
            _copy_relations(connection, target.relation_table, spool)
        copy_concepts(connection, concepts, degrees.used)
        connection.execute(
            "SELECT hartonomous.close_source(%s, %s)", [target.content_id, degrees.flags]
        )
    return LoadReport(
        source=source.identifier,
        is_new=True,
        content_id=target.content_id,
        concepts=len(degrees.used),
        observations=observations,
        flags=tuple(degrees.flags),
    )


def is_loaded(connection: Connection, source: Source) -> bool:
    """Whether this very source is there already.

    Raises
    ------
    SourceTakenError
        Another content carries this name.
    """
    with store_errors(), connection.transaction():
        row = connection.execute(
            "SELECT hartonomous.is_loaded(%s, %s, %s)",
            [source.identifier, source.kind, source.fingerprint],
        ).fetchone()
    return bool(row and row[0])


def _open_source(connection: Connection, source: Source) -> _Target | int:
    row = connection.execute(
        "SELECT content_id, is_new, evidence_table, relation_table"
        " FROM hartonomous.open_source(%s, %s, %s, %s)",
        [source.identifier, source.kind, source.fingerprint, source.subject],
    ).fetchone()
    content_id, is_new, evidence_table, relation_table = row or (0, False, "", "")
    if not is_new:
        return int(content_id)
    return _Target(content_id, _qualified(evidence_table), _qualified(relation_table))


def _qualified(name: str) -> sql.Identifier:
    return sql.Identifier(*name.split("."))


def _copy_site(
    connection: Connection,
    target: _Target,
    concepts: ConceptTable,
    mined: MinedSite,
    spool: IO[bytes],
    degrees: DegreeCount,
    progress: Progress,
) -> int:
    site_id = _add_site(connection, target.content_id, mined.site)
    type_id = relation_type_id(connection, mined.relation_type)
    ids = concepts.ids
    columns = copy.columns(copy.RANKED_EVIDENCE if mined.has_ranks else copy.EVIDENCE)
    count = 0
    with binary_copy(connection, target.evidence_table, columns) as write:
        for unordered in mined.batches:
            batch, keys = in_key_order(unordered, ids, mined.relation_type)
            write(copy.evidence_rows(batch, keys, target.content_id, site_id).data)
            ranked = batch.rank is not None
            relations = copy.relation_rows(
                keys, ids[batch.a], ids[batch.b], batch.weight, type_id, ranked=ranked
            )
            spool.write(relations.data)
            degrees.add(batch)
            count += len(batch)
            progress(len(batch))
    degrees.close_site(mined.site, count, mined.expected)
    return count


def _add_site(connection: Connection, content_id: int, site: Site) -> int:
    row = connection.execute(
        "SELECT hartonomous.add_site(%s, %s, %s, %s, %s, %s, %s, %s)",
        [content_id, *astuple(site)],
    ).fetchone()
    return integer(row)


def _copy_relations(connection: Connection, table: sql.Identifier, spool: IO[bytes]) -> None:
    spool.seek(0)
    with binary_copy(connection, table, _RELATION_COLUMNS) as write:
        while chunk := spool.read(_SPOOL_BYTES):
            write(chunk)
