"""Ctrl-C, and a server that is stopped: the command says so and the database is as before."""

from __future__ import annotations

import contextlib
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import workers
from laboratory import Laboratory, State, kill, session, state_of, wait_until
from operations import ingest_model

from hartonomous.postgres.server import stop as stop_server

#: A load waits for this one first and for that one last.
WRITER_LOCK = "SELECT hartonomous.lock_writer()"
AUDIT_LOCK = "LOCK TABLE hartonomous.audit IN SHARE MODE"

TRIES = [*range(3), *(pytest.param(n, marks=pytest.mark.nightly) for n in range(3, 40))]


@pytest.mark.parametrize("number", TRIES)
def test_ctrl_c_at_any_moment_ends_the_command_and_leaves_a_whole_state(
    laboratory: Laboratory, number: int
):
    before, after = laboratory.rehearse(ingest_model).states
    client = start_ingest(laboratory)
    time.sleep(moment(laboratory, number))
    client.send_signal(signal.SIGINT)
    output, errors = client.communicate(timeout=60)
    found = remains(laboratory)
    assert found in (before, after)
    if client.returncode == 0:  # it came too late, or into a callback, where Python drops it
        assert found == after
    else:  # an import that it broke off may end with an error of its own
        assert client.returncode == 130 or "Traceback" in errors
    assert found == after or output == ""


@pytest.mark.parametrize("lock", [WRITER_LOCK, AUDIT_LOCK], ids=["at its begin", "at its end"])
def test_ctrl_c_in_mid_load_leaves_nothing_of_the_source(laboratory: Laboratory, lock: str):
    before = laboratory.rehearse(ingest_model).states[0]
    with ingest_that_waits(laboratory, lock) as client:
        client.send_signal(signal.SIGINT)
        output, errors = client.communicate(timeout=60)
    assert (client.returncode, output) == (130, "")
    assert len(errors.splitlines()) <= 1
    assert remains(laboratory) == before


@pytest.mark.parametrize("lock", [WRITER_LOCK, AUDIT_LOCK], ids=["at its begin", "at its end"])
def test_a_server_stopped_in_mid_load_is_one_line_and_leaves_nothing_of_the_source(
    laboratory: Laboratory, lock: str
):
    before = laboratory.rehearse(ingest_model).states[0]
    with ingest_that_waits(laboratory, lock) as client:
        assert stop_server(laboratory.home.path)
        assert_refused(client)
    assert remains(laboratory) == before


@pytest.mark.parametrize("number", TRIES)
def test_a_server_stopped_at_any_moment_leaves_a_whole_state(laboratory: Laboratory, number: int):
    before, after = laboratory.rehearse(ingest_model).states
    client = start_ingest(laboratory)
    time.sleep(moment(laboratory, number))
    assert stop_server(laboratory.home.path)
    if client.wait(timeout=60) != 0:
        assert_refused(client)
    client.communicate()
    assert remains(laboratory) == (before if client.returncode else after)


def test_a_load_whose_backend_died_is_one_line(laboratory: Laboratory):
    before = laboratory.rehearse(ingest_model).states[0]
    with ingest_that_waits(laboratory, WRITER_LOCK) as client:
        with laboratory.admin() as admin:
            (backend,) = admin.execute(
                "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            ).fetchone()
        kill(backend)
        assert_refused(client)
    assert remains(laboratory) == before


def test_a_server_that_dies_in_mid_copy_is_one_line(laboratory: Laboratory):
    before = laboratory.rehearse(ingest_model).states[0]
    laboratory.put_back()
    client = laboratory.start(workers.__file__, "lose")
    _, errors = client.communicate(timeout=60)
    (line,) = errors.splitlines()
    assert line.startswith("error: the server is gone")
    assert remains(laboratory) == before


def test_a_client_needs_no_room_for_temporary_files(laboratory: Laboratory, small_disk: Path):
    after = laboratory.rehearse(ingest_model).states[-1]
    laboratory.put_back()
    client = laboratory.start_ingest(temporary=small_disk)
    _, errors = client.communicate(timeout=60)
    assert (client.returncode, errors) == (0, "")
    assert remains(laboratory) == after


def start_ingest(laboratory: Laboratory) -> subprocess.Popen[str]:
    """Start the command on a database as it was first; return when it has a session."""
    laboratory.put_back()
    sessions = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = 'hartonomous'"
        " AND backend_type = 'client backend' AND backend_start > %s"
    )
    with laboratory.admin() as admin:
        now = admin.execute("SELECT clock_timestamp()").fetchone()
        client = laboratory.start_ingest()
        wait_until(
            lambda: client.poll() is not None or admin.execute(sessions, now).fetchone() > (0,)
        )
    return client


def moment(laboratory: Laboratory, number: int) -> float:
    """Draw the seconds that pass before a try is disturbed."""
    return random.Random(number).random() * laboratory.rehearse(ingest_model).seconds


@contextlib.contextmanager
def ingest_that_waits(laboratory: Laboratory, lock: str) -> Iterator[subprocess.Popen[str]]:
    """Give a command in mid-load, which can't go on for the lock that another session holds."""
    laboratory.put_back()
    with laboratory.admin() as admin, session() as blocker:
        blocker.autocommit = False
        blocker.execute(lock)
        client = laboratory.start_ingest()
        waits = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        wait_until(lambda: client.poll() is not None or admin.execute(waits).fetchone() > (0,))
        assert client.poll() is None, client.stderr.read()
        yield client


def assert_refused(client: subprocess.Popen[str]) -> None:
    """See that a command ended as one that could not do what it was to do."""
    output, errors = client.communicate(timeout=60)
    assert (client.returncode, output) == (2, "")
    *waits, line = errors.splitlines()
    assert line.startswith("error: ")
    assert all(wait.startswith("waiting for process ") for wait in waits)


def remains(laboratory: Laboratory) -> State:
    """Return the state when no other session is left; the server is started where it is gone."""
    with session() as connection:
        laboratory.wait_alone(connection)
        assert laboratory.stray_files() == []
        return state_of(connection)
