"""Streams of rows into the tables that a load fills."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray
from psycopg import sql

from hartonomous.concepts import Concept
from hartonomous.errors import StoreError
from hartonomous.observations import ConceptTable, RelationType
from hartonomous.store import copy
from hartonomous.store.session import Connection

_NUMBER = copy.row_dtype(place="int4", number="int4")
#: Number of fields, then place and hash, each behind its length, then the label's length.
_CONCEPT = struct.Struct(">hiii32si")


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


def number_concepts(connection: Connection, concepts: ConceptTable) -> NDArray[np.int32]:
    """Make concepts known to the database and return their numbers there.

    Returns
    -------
    (n,) int32, 0 for a concept that is to stay forgotten.
    """
    table = sql.Identifier("pg_temp", "incoming_composition")
    with binary_copy(connection, table, ["place", "hash", "label", "kind"]) as write:
        write(b"".join(map(_concept_row, range(len(concepts)), concepts.concepts, concepts.hashes)))
    numbers = np.zeros(len(concepts), dtype=np.int32)
    statement = "COPY (SELECT * FROM hartonomous.number_compositions()) TO STDOUT (FORMAT binary)"
    with connection.cursor() as cursor, cursor.copy(statement) as stream:
        rows = copy.read_rows(b"".join(stream), _NUMBER)
    numbers[rows["place"]] = rows["number"]
    return numbers


def _concept_row(place: int, concept: Concept, digest: NDArray[np.uint8]) -> bytes:
    label, kind = concept.label.encode(), concept.kind.encode()
    head = _CONCEPT.pack(4, 4, place, 32, digest.tobytes(), len(label))
    return b"".join((head, label, len(kind).to_bytes(4, "big"), kind))


def relation_type_id(connection: Connection, relation_type: RelationType) -> int:
    """Return the number of a relation type, which becomes known when it is new.

    Raises
    ------
    ParameterError
        It is known as symmetric and is not, or the other way round.
    """
    row = connection.execute(
        "SELECT hartonomous.ensure_relation_type(%s, %s)",
        [relation_type.name, relation_type.is_symmetric],
    ).fetchone()
    return integer(row)


def integer(row: tuple[object, ...] | None) -> int:
    """Return the number that a statement answered with."""
    if row is None or not isinstance(row[0], int):
        raise StoreError("the database answered without the number that was asked for")
    return row[0]
