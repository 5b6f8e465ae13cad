"""Streams of rows into the tables that a load fills."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray
from psycopg import sql

from hartonomous.errors import StoreError
from hartonomous.observations import ConceptTable, Observations
from hartonomous.relations import relation_ids
from hartonomous.store import copy
from hartonomous.store.session import Connection


@contextmanager
def binary_copy(
    connection: Connection, table: sql.Identifier, columns: Sequence[str]
) -> Iterator[Callable[[bytes | memoryview], None]]:
    """Copy into a table; the block writes rows in the binary format."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(
        table, sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as stream:
        stream.write(copy.HEADER)
        yield stream.write
        stream.write(copy.TRAILER)


def copy_concepts(
    connection: Connection, concepts: ConceptTable, indices: Iterable[int] | None = None
) -> None:
    """Copy concepts, all of them or those with the given indices, where loads look for them."""
    statement = "COPY pg_temp.incoming_composition (hash, label, kind) FROM STDIN (FORMAT binary)"
    with connection.cursor() as cursor, cursor.copy(statement) as stream:
        stream.set_types(["bytea", "text", "text"])
        for index in range(len(concepts)) if indices is None else indices:
            concept = concepts.concepts[index]
            digest = concepts.hashes[index].tobytes()
            stream.write_row((digest, concept.label, concept.kind))


def in_key_order(
    batch: Observations, ids: NDArray[np.uint8], relation_type: str
) -> tuple[Observations, NDArray[np.uint8]]:
    """Order a batch by relation id: sorted rows load faster and lie together on disk."""
    keys = relation_ids(ids[batch.a], ids[batch.b], relation_type)
    second_half = keys[:, 8:].copy().view(">u8").ravel().astype(np.uint64)
    order = np.lexsort((second_half, batch.a))
    rank = None if batch.rank is None else batch.rank[order]
    return Observations(batch.a[order], batch.b[order], batch.weight[order], rank), keys[order]


def relation_type_id(connection: Connection, name: str) -> int:
    """Return the number of a relation type."""
    row = connection.execute(
        "SELECT relation_type_id FROM hartonomous.relation_type WHERE name = %s", [name]
    ).fetchone()
    return integer(row)


def integer(row: tuple[object, ...] | None) -> int:
    """Return the number that a statement answered with."""
    if row is None or not isinstance(row[0], int):
        raise StoreError("the database answered without the number that was asked for")
    return row[0]
