"""Processes that ask or change at the same time: ``python workers.py VERB ARGUMENT ...``."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psycopg
from operations import ingest_document, ingest_vectors, say

from hartonomous.concepts import Concept
from hartonomous.errors import HartonomousError
from hartonomous.observations import (
    ConceptTable,
    MinedSite,
    MinedSource,
    Observations,
    SiteRecord,
    Source,
)
from hartonomous.store.connection import connect
from hartonomous.store.failures import store_errors
from hartonomous.store.load import load_source
from hartonomous.store.session import Connection

#: A word of model:a, which the tests that read leave alone.
WORD = "word650"

_NEIGHBORS = "SELECT count(*) FROM neighbors(%s)"
_TRAVERSAL = "SELECT count(*) FROM traverse_relations(%s)"
_PATH = "SELECT count(*) FROM strongest_path(%s, 'word651')"
_RELATION = "SELECT count(*) FROM relation WHERE composition_a_id = composition_id(%s)"
_CONCEPT = "SELECT count(*) FROM composition WHERE label = %s"


def ask(connection: Connection, *questions: str) -> int:
    """Ask about the word, and see that every answer has rows."""
    for question in questions:
        (rows,) = connection.execute(question, [WORD]).fetchone()
        if rows == 0:
            sys.exit(f"no rows: {question}")
    return len(questions)


def neighbors(connection: Connection) -> int:
    return ask(connection, _NEIGHBORS)


def traversal(connection: Connection) -> int:
    return ask(connection, _TRAVERSAL, _PATH)


def tables(connection: Connection) -> int:
    return ask(connection, _RELATION, _CONCEPT)


def transaction(connection: Connection) -> int:
    """Ask twice in one transaction, which thinks in between."""
    with connection.transaction():
        asked = ask(connection, _CONCEPT, _NEIGHBORS, _TRAVERSAL)
        time.sleep(0.01)
        return asked + ask(connection, _TRAVERSAL, _RELATION, _NEIGHBORS)


READERS: tuple[Callable[[Connection], int], ...] = (neighbors, traversal, tables, transaction)


def read(kind: str, stop: str) -> None:
    """Ask until a file appears and say how many answers there were; the first makes a file."""
    (reader,) = (reader for reader in READERS if reader.__name__ == kind)
    connection = connect()
    connection.autocommit = True
    answers = 0
    while not Path(stop).exists():
        answers += reader(connection)
        Path(f"{stop}-{kind}").touch()
    say(answers)


def change(number: str, folder: str) -> None:
    """Make random changes to sources of one's own."""
    connection = connect()
    connection.autocommit = True
    with store_errors():
        make_changes(connection, Path(folder), int(number))


def make_changes(connection: Connection, folder: Path, number: int, count: int = 4) -> None:
    """Load, delete, quarantine and restore; the number alone says what is there in the end."""
    chance = random.Random(number)
    model, state = f"model:{number}", "absent"
    for step in range(count):
        ingest_document(connection, folder, 10 * number + step)
        if state == "absent":
            ingest_vectors(connection, folder / f"{'abc'[number % 3]}.npy", model)
            state = "live"
            continue
        other = "quarantine_source" if state == "live" else "restore_source"
        verb = chance.choice(["delete_model", other])
        connection.execute(f"SELECT {verb}(%s)", [model])
        state = {"delete_model": "absent", "quarantine_source": "quarantined"}.get(verb, "live")


def lose() -> None:
    """Load a source whose backend dies in mid-copy."""
    connection = connect()
    connection.autocommit = True
    table, _ = ConceptTable.of([Concept("text", f"word{number}") for number in range(2000)])
    mined = MinedSite.alone(SiteRecord("embedding"), batches_with_a_kill(connection))
    source = Source("model:lost", "model", bytes(32))
    load_source(connection, MinedSource(source, table, (mined,)))


def batches_with_a_kill(connection: Connection) -> Iterator[Observations]:
    """Kill the backend between the first batch and so many that psycopg must notice."""
    distances = np.arange(1, 101, dtype=np.int32)
    for first in range(0, 2000, 50):
        a = np.repeat(np.arange(first, first + 50, dtype=np.int32), len(distances))
        b = (a + np.tile(distances, 50)) % 2000
        yield Observations(a, b, np.full(len(a), 9, dtype=np.int32))
        if first == 0:
            os.kill(connection.info.backend_pid, signal.SIGKILL)


if __name__ == "__main__":
    try:
        {"read": read, "change": change, "lose": lose}[sys.argv[1]](*sys.argv[2:])
    except (HartonomousError, psycopg.Error) as error:
        sys.exit(f"error: {error}")
