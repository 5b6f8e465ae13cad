"""What is done to a database while something dies: each operation yields after every commit.

The tests run an operation step by step to learn which states it may leave behind, and as a
process of its own, ``python operations.py NAME FOLDER``, to kill it or the server under it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from hartonomous.errors import HartonomousError
from hartonomous.ingest import ingest
from hartonomous.readers.opening import Request
from hartonomous.sites import JoinSettings
from hartonomous.store.charts import (
    ChartFacts,
    NewChart,
    NewLayout,
    last_change,
    number_ids,
    read_graph,
    write_layout,
)
from hartonomous.store.connection import connect
from hartonomous.store.failures import store_errors
from hartonomous.store.scrub import scrub
from hartonomous.store.session import Connection

#: Neighbours mined of each concept: so many that each model but the small one has a partition.
K = 50
#: Whose documents and feedback are in the database that most operations start from.
SUBJECT = "ada"
DOCUMENTS = 5

#: Does something to the database; word vectors lie in the folder.
Operation = Callable[[Connection, Path], Iterator[None]]


def prepare(connection: Connection, folder: Path) -> None:
    """Bring an empty database to the state that most operations start from."""
    for name in ("a", "b", "small"):
        ingest_vectors(connection, folder / f"{name}.npy")
    for number in range(DOCUMENTS):
        ingest_document(connection, folder, number)
        judge(connection, number)
    write_layout(
        connection, planted_layout(connection, "model:a", "model:b"), last_change(connection)
    )


def ingest_first_model(connection: Connection, folder: Path) -> Iterator[None]:
    """Mine a model into an empty database."""
    ingest_vectors(connection, folder / "a.npy")
    yield


def ingest_model(connection: Connection, folder: Path) -> Iterator[None]:
    """Mine a model that shares most of its relations with those that are there."""
    ingest_vectors(connection, folder / "c.npy")
    yield


def delete_large_model(connection: Connection, folder: Path) -> Iterator[None]:
    """Delete a model that has a partition of its own."""
    connection.execute("SELECT delete_model('model:a')")
    yield


def delete_small_model(connection: Connection, folder: Path) -> Iterator[None]:
    """Delete a model that shares a partition with others."""
    connection.execute("SELECT delete_model('model:small')")
    yield


def quarantine_and_restore(connection: Connection, folder: Path) -> Iterator[None]:
    """Take a model out of the answers and bring it back, twice."""
    for verb in 2 * ["quarantine_source", "restore_source"]:
        connection.execute(f"SELECT {verb}('model:b')")
        yield


def ingest_documents(connection: Connection, folder: Path) -> Iterator[None]:
    """Load a person's documents, one by one."""
    for number in range(DOCUMENTS):
        ingest_document(connection, folder, 10 + number)
        yield


def record_feedback(connection: Connection, folder: Path) -> Iterator[None]:
    """Let a person judge relations, one by one."""
    for number in range(DOCUMENTS):
        judge(connection, 10 + number)
        yield


def delete_subject(connection: Connection, folder: Path) -> Iterator[None]:
    """Delete all that a person contributed."""
    connection.execute("SELECT delete_subject(%s)", [SUBJECT])
    yield


def delete_concepts(connection: Connection, folder: Path) -> Iterator[None]:
    """Delete concepts for good, one by one."""
    for number in range(2):
        connection.execute("SELECT delete_concept(ARRAY[%s], forget => true)", [f"word{number}"])
        yield


def scrub_disk(connection: Connection, folder: Path) -> Iterator[None]:
    """Write everything anew, which changes nothing of what is known."""
    scrub()
    yield


def replay_forgotten(connection: Connection, folder: Path) -> Iterator[None]:
    """Find that deletions are missing here, as after a restore, and do them again."""
    with connection.transaction(force_rollback=True):
        connection.execute("SELECT delete_subject(%s)", [SUBJECT])
        connection.execute("SELECT delete_model('model:a')")
        connection.execute("SELECT delete_concept(ARRAY['word7'])")
        exported = connection.execute("SELECT export_forgotten()::text").fetchone()
        mark = connection.execute("SELECT audit_id, hash FROM database_mark()").fetchone()
    connection.execute("SELECT withhold_answers(%s, %s)", mark)
    yield
    connection.execute("SELECT replay_forgotten(%s::jsonb)", exported)
    yield


OPERATIONS: tuple[Operation, ...] = (
    ingest_first_model,
    ingest_model,
    delete_large_model,
    delete_small_model,
    quarantine_and_restore,
    ingest_documents,
    record_feedback,
    delete_subject,
    delete_concepts,
    scrub_disk,
    replay_forgotten,
)


def ingest_vectors(connection: Connection, path: Path, source: str | None = None) -> None:
    """Load the vectors of one file."""
    ingest(connection, "embeddings", [path], Request(source, join=JoinSettings(K)))


def ingest_document(connection: Connection, folder: Path, number: int) -> None:
    """Load a document of a person, in which some words of the models follow each other."""
    path = folder / f"note{number}.txt"
    path.write_text(" ".join(f"word{number + step}" for step in range(60)), encoding="utf-8")
    ingest(connection, "text", [path], Request(subject=SUBJECT))


def judge(connection: Connection, number: int) -> None:
    """Let a person accept, reject or correct the relation of two words."""
    verdict = ("accept", "reject", "correct")[number % 3]
    corrected = "a word of its own" if verdict == "correct" else None
    words = (f"word{number}", f"word{2 * number + 1}")
    connection.execute(
        "SELECT record_feedback(%s, %s, %s, %s, %s)", [SUBJECT, *words, verdict, corrected]
    )


def planted_layout(connection: Connection, *sources: str) -> NewLayout:
    """Put a tenth of the concepts of some sources on the sphere, each where its id says."""
    charts = []
    for source in sources:
        ids = read_graph(connection, source).ids
        ids = ids[ids[:, 15] < 26]
        component = np.zeros(len(ids), dtype=np.int64)
        facts = ChartFacts(len(ids), 1, residual=0.0)
        charts.append(NewChart(source, ids, planted_points(ids), component, facts))
    ids, _ = number_ids(np.concatenate([chart.ids for chart in charts]))
    return NewLayout(ids, planted_points(ids), tuple(charts))


def planted_points(ids: np.ndarray) -> np.ndarray:
    points = ids[:, :4] - 127.5
    return points / np.linalg.norm(points, axis=1, keepdims=True)


def plant_vectors(folder: Path) -> None:
    """Write word vectors: b and c look like a, and have most of its words."""
    draw = np.random.default_rng(7)
    width, rows = 16, 2000
    seen = draw.normal(size=(2 * rows, width))
    spans = {"a": (0, rows), "b": (300, rows), "c": (600, rows), "small": (0, 60)}
    for name, (first, count) in spans.items():
        noise = draw.normal(scale=0.05, size=(count, width))
        np.save(folder / f"{name}.npy", (seen[first : first + count] + noise).astype(np.float32))
        words = "".join(f"word{number}\n" for number in range(first, first + count))
        (folder / f"{name}.txt").write_text(words, encoding="utf-8")


def main(name: str, folder: str) -> None:
    """Do an operation to the embedded database; say when it begins."""
    operation = {operation.__name__: operation for operation in OPERATIONS}[name]
    connection = connect()
    connection.autocommit = True
    say(connection.info.backend_pid)
    with store_errors():
        for _ in operation(connection, Path(folder)):
            pass


def say(fact: object) -> None:
    """Tell the test that started this process."""
    sys.stdout.write(f"{fact}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except HartonomousError as error:
        sys.exit(f"error: {error}")
