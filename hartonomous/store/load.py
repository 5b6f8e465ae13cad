"""The load path: observations stream by binary COPY into tables that SQL merges at the end.

One transaction a source. The evidence is copied while it is mined; the relations it needs are
kept in an anonymous file meanwhile, because one connection runs one COPY at a time.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from time import perf_counter
from typing import IO

import numpy as np
from numpy.typing import NDArray
from psycopg import sql

from hartonomous.errors import StoreError
from hartonomous.observations import ConceptTable, MinedSite, Observations, Site, Source
from hartonomous.relations import relation_ids
from hartonomous.store import copy
from hartonomous.store.failures import store_errors
from hartonomous.store.session import Connection

Progress = Callable[[float], None]

_SPOOL_BYTES = 1 << 20
_RELATION_COLUMNS = copy.columns(copy.RELATION)


@dataclass(frozen=True)
class LoadReport:
    """What one load did; times in seconds."""

    source: str
    #: False when the same source was there already and nothing was changed.
    is_new: bool
    content_id: int
    concepts: int = 0
    observations: int = 0
    copy_seconds: float = 0.0
    merge_seconds: float = 0.0


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
        started = perf_counter()
        _copy_concepts(connection, concepts)
        observations = 0
        with tempfile.TemporaryFile(buffering=_SPOOL_BYTES) as spool:
            for site in mined:
                observations += _copy_site(connection, target, concepts, site, spool, progress)
            _copy_relations(connection, target.relation_table, spool)
        copied = perf_counter()
        connection.execute("SELECT hartonomous.close_source(%s)", [target.content_id])
    return LoadReport(
        source=source.identifier,
        is_new=True,
        content_id=target.content_id,
        concepts=len(concepts),
        observations=observations,
        copy_seconds=copied - started,
        merge_seconds=perf_counter() - copied,
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


def _copy_concepts(connection: Connection, concepts: ConceptTable) -> None:
    statement = "COPY pg_temp.incoming_composition (hash, label, kind) FROM STDIN (FORMAT binary)"
    with connection.cursor() as cursor, cursor.copy(statement) as stream:
        stream.set_types(["bytea", "text", "text"])
        for concept, digest in zip(concepts.concepts, concepts.hashes, strict=True):
            stream.write_row((digest.tobytes(), concept.label, concept.kind))


def _copy_site(
    connection: Connection,
    target: _Target,
    concepts: ConceptTable,
    mined: MinedSite,
    spool: IO[bytes],
    progress: Progress,
) -> int:
    site_id = _add_site(connection, target.content_id, mined.site)
    type_id = _relation_type_id(connection, mined.relation_type)
    ids = concepts.ids
    columns = copy.columns(copy.RANKED_EVIDENCE if mined.has_ranks else copy.EVIDENCE)
    count = 0
    with _binary_copy(connection, target.evidence_table, columns) as write:
        for unordered in mined.batches:
            batch, keys = _in_key_order(unordered, ids, mined.relation_type)
            write(copy.evidence_rows(batch, keys, target.content_id, site_id).data)
            relations = copy.relation_rows(keys, ids[batch.a], ids[batch.b], batch.weight, type_id)
            spool.write(relations.data)
            count += len(batch)
            progress(len(batch))
    return count


def _in_key_order(
    batch: Observations, ids: NDArray[np.uint8], relation_type: str
) -> tuple[Observations, NDArray[np.uint8]]:
    """Order a batch by relation id: sorted rows load faster and lie together on disk."""
    keys = relation_ids(ids[batch.a], ids[batch.b], relation_type)
    second_half = keys[:, 8:].copy().view(">u8").ravel().astype(np.uint64)
    order = np.lexsort((second_half, batch.a))
    rank = None if batch.rank is None else batch.rank[order]
    return Observations(batch.a[order], batch.b[order], batch.weight[order], rank), keys[order]


def _add_site(connection: Connection, content_id: int, site: Site) -> int:
    row = connection.execute(
        "SELECT hartonomous.add_site(%s, %s, %s, %s, %s, %s, %s, %s)",
        [content_id, *astuple(site)],
    ).fetchone()
    return _integer(row)


def _relation_type_id(connection: Connection, name: str) -> int:
    row = connection.execute(
        "SELECT relation_type_id FROM hartonomous.relation_type WHERE name = %s", [name]
    ).fetchone()
    return _integer(row)


def _integer(row: tuple[object, ...] | None) -> int:
    if row is None or not isinstance(row[0], int):
        raise StoreError("the database answered without the number that was asked for")
    return row[0]


def _copy_relations(connection: Connection, table: sql.Identifier, spool: IO[bytes]) -> None:
    spool.seek(0)
    with _binary_copy(connection, table, _RELATION_COLUMNS) as write:
        while chunk := spool.read(_SPOOL_BYTES):
            write(chunk)


@contextmanager
def _binary_copy(
    connection: Connection, table: sql.Identifier, columns: Sequence[str]
) -> Iterator[Callable[[bytes | memoryview], None]]:
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(
        table, sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as stream:
        stream.write(copy.HEADER)
        yield stream.write
        stream.write(copy.TRAILER)
