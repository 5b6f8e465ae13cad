"""Several processes change, and ask, at once: it ends as it would one after the other."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest
import workers
from ingesting import ingest_embeddings
from laboratory import Laboratory, State, faults_of, session, state_of
from operations import K

from hartonomous.store.session import Connection

ONE = pytest.param(1, id="1 round")
MANY = pytest.param(40, id="40 rounds", marks=pytest.mark.nightly)
THREE = (1, 2, 3)
NIGHTLY = [pytest.param(range(n, n + 4), marks=pytest.mark.nightly) for n in range(10, 50, 4)]

#: Seconds for processes to start on a busy machine.
PATIENCE = 120.0


def wait_for(files: list[Path]) -> None:
    """Wait until every reader has answered once."""
    deadline = time.monotonic() + PATIENCE
    while not all(file.exists() for file in files):
        assert time.monotonic() < deadline, "a reader does not answer"
        time.sleep(0.01)


@pytest.mark.parametrize("rounds", [ONE, MANY])
def test_readers_never_see_an_error_or_an_empty_answer(
    laboratory: Laboratory, tmp_path: Path, rounds: int
):
    laboratory.put_back()
    stop = tmp_path / "stop"
    readers = [
        laboratory.start(workers.__file__, "read", reader.__name__, stop)
        for reader in workers.READERS
    ]
    try:
        wait_for([tmp_path / f"stop-{reader.__name__}" for reader in workers.READERS])
        with session() as connection:
            for _ in range(rounds):
                change_all_but_one(connection, laboratory.vectors)
            assert faults_of(connection) == []
    finally:
        stop.touch()
        answers = [int(ended(reader)) for reader in readers]
    assert min(answers) >= rounds


@pytest.mark.parametrize("numbers", [THREE, *NIGHTLY], ids=str)
def test_random_changes_at_once_end_as_they_do_one_after_the_other(
    laboratory: Laboratory, numbers: tuple[int, ...]
):
    laboratory.put_back()
    with session() as connection:
        for number in reversed(numbers):
            workers.make_changes(connection, laboratory.vectors, number)
        expected = state_of(connection)
    laboratory.put_back()
    changes = [
        laboratory.start(workers.__file__, "change", number, laboratory.vectors)
        for number in numbers
    ]
    for process in changes:
        assert ended(process) == ""
    assert remains() == expected


def test_two_models_that_share_most_relations_are_ingested_at_once(laboratory: Laboratory):
    laboratory.put_back()
    for name in ("first", "second"):
        ended(start_ingest(laboratory, name))
    expected = remains()
    laboratory.put_back()
    at_once = [start_ingest(laboratory, name) for name in ("second", "first")]
    assert all("observations" in ended(process) for process in at_once)
    assert remains() == expected


def test_the_same_model_ingested_twice_at_once_is_loaded_once(laboratory: Laboratory):
    laboratory.put_back()
    ended(start_ingest(laboratory, "first"))
    expected = remains()
    laboratory.put_back()
    at_once = [start_ingest(laboratory, "first") for _ in range(3)]
    said = sorted("is loaded already" in ended(process) for process in at_once)
    assert said == [False, True, True]
    assert remains() == expected


def change_all_but_one(connection: Connection, folder: Path) -> None:
    """Change every model but one in every way; all is as before in the end."""
    ingest_embeddings(connection, folder / "c.npy", k=K)
    for change in (
        "quarantine_source('model:b')",
        "restore_source('model:b')",
        "delete_model('model:c')",
        "delete_model('model:b')",
        "delete_model('model:small')",
        "refresh_ratings()",
    ):
        connection.execute(f"SELECT {change}")
    for name in ("small", "b"):
        ingest_embeddings(connection, folder / f"{name}.npy", k=K)


def start_ingest(laboratory: Laboratory, name: str) -> subprocess.Popen[str]:
    """Start to ingest one of two models that look much alike."""
    file = {"first": "b", "second": "c"}[name]
    return laboratory.start_ingest(file, "--source", f"model:{name}")


def ended(process: subprocess.Popen[str]) -> str:
    """Return what a process printed that ended well."""
    output, errors = process.communicate(timeout=120)
    others = [line for line in errors.splitlines() if not line.startswith("waiting for ")]
    assert (process.returncode, others) == (0, [])
    return output


def remains() -> State:
    with session() as connection:
        assert faults_of(connection) == []
        # the partition of what is deleted while others are at work stays, empty, for who comes next
        connection.execute("SELECT hartonomous_internal.drop_left_tables()")
        return state_of(connection)
