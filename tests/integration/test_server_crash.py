"""Whatever is killed, and whenever, the next start brings the server back with what it held."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from pathlib import Path

import psycopg
import pytest
from processes import Processes, kill, leave, wait_until

from hartonomous.postgres.cluster import processes_in
from hartonomous.postgres.home import Home
from hartonomous.postgres.server import dsn_of
from hartonomous.postgres.watchdog import read_postmaster

WRITE = """
from hartonomous.store.connection import connect
with connect() as connection:
    connection.execute("CREATE TABLE IF NOT EXISTS public.kept (n int)")
    connection.execute("INSERT INTO public.kept VALUES (1)")
"""
COUNT = """
from hartonomous.store.connection import connect
print(connect().execute("SELECT count(*) FROM public.kept").fetchone()[0])
"""


def kill_postmaster(processes: Processes) -> None:
    os.kill(processes.status.pid, signal.SIGKILL)
    wait_until(lambda: not processes.status.running)


def test_a_killed_postmaster_is_replaced_and_nothing_is_lost(processes: Processes):
    client, pid = processes.attach()
    processes.run(WRITE)
    kill_postmaster(processes)
    assert processes.run(COUNT) == "1"
    assert processes.status.pid != pid
    leave(client)
    processes.wait_stopped()


def test_an_attached_process_connects_again_after_the_postmaster_was_killed(ours: Processes):
    program = """
import os, signal
from hartonomous.store.connection import attach, connect
from hartonomous.postgres.watchdog import read_postmaster
connect()
os.kill(read_postmaster(attach().home.data).pid, signal.SIGKILL)
print(connect().execute("SELECT 7").fetchone()[0])
"""
    assert ours.run(program) == "7"


def test_a_backend_that_outlives_its_postmaster_is_ended(ours: Processes):
    client, _ = ours.attach()
    session = psycopg.pq.PGconn.connect(dsn_of(Home(ours.home), "postgres").encode())
    # Pure computing does not notice that the postmaster is gone.
    session.send_query(b"SELECT count(*) FROM generate_series(1, 10000000000)")
    kill_postmaster(ours)
    assert session.backend_pid in processes_in(ours.home / "server/data")
    other, _ = ours.attach()
    assert session.backend_pid not in processes_in(ours.home / "server/data")
    session.finish()
    leave(client)
    leave(other)


def test_a_killed_backend_takes_nobody_else_down_for_long(ours: Processes):
    program = """
import os, signal
from hartonomous.store.connection import connect
os.kill(connect().info.backend_pid, signal.SIGKILL)
print(connect().execute("SELECT 7").fetchone()[0])
"""
    assert ours.run(program) == "7"


def test_a_server_that_recovers_when_its_last_client_leaves_stops_all_the_same(ours: Processes):
    """PostgreSQL 18 never ends a fast shutdown that reaches it while it recovers."""
    client, _ = ours.attach()
    wait_until(lambda: bool(wal_writers(ours.home)))
    os.kill(wal_writers(ours.home)[0], signal.SIGKILL)
    kill(client)
    ours.wait_stopped()


def wal_writers(home: Path) -> list[int]:
    processes = processes_in(home / "server/data")
    return [pid for pid in processes if any(b"walwriter" in word for word in command_of(pid))]


def command_of(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:  # it has just ended
        return []


def test_a_killed_watchdog_is_replaced(ours: Processes):
    client, _ = ours.attach()
    wait_until(lambda: len(watchdogs(ours.home)) == 1)
    os.kill(watchdogs(ours.home)[0], signal.SIGKILL)
    wait_until(lambda: not watchdogs(ours.home))
    leave(client)
    assert ours.status.running
    leave(ours.attach()[0])
    ours.wait_stopped()


def watchdogs(home: Path) -> list[int]:
    commands = {int(path.name): command_of(int(path.name)) for path in Path("/proc").glob("[0-9]*")}
    server = os.fsencode(home / "server")
    return [
        pid
        for pid, words in commands.items()
        if server in words and any(b"watchdog" in word for word in words)
    ]


def test_a_number_that_now_belongs_to_another_process_does_not_matter(ours: Processes):
    leave(ours.attach()[0])
    ours.wait_stopped()
    data = ours.home / "server/data"
    for name in ("postmaster.pid", ".s.PGSQL.5432.lock"):
        (data / name).write_text(f"{os.getpid()}\n{data}\n1\n5432\n{data}\n\n1 1\nready   \n")
    (data / ".s.PGSQL.5432").touch()
    assert read_postmaster(data) is None
    leave(ours.attach()[0])


@pytest.mark.parametrize("delay", [0.0, 0.05, 0.1, 0.2, 0.3, 0.5])
def test_a_first_start_that_was_killed_is_done_again(ours: Processes, delay: float):
    client = ours.start(WRITE)
    wait_until((ours.home / "server/server.lock").exists)
    time.sleep(delay)
    kill(client)
    ours.run(WRITE)
    assert int(ours.run(COUNT)) in (1, 2)


def test_a_killed_initdb_is_done_again(ours: Processes):
    client = ours.start(WRITE)
    new = ours.home / "server/data.new"
    wait_until(lambda: new.exists() and bool(processes_in(new)))
    for pid in processes_in(new):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    _, errors = client.communicate(timeout=60)
    assert client.returncode != 0
    assert "StoreError" in errors
    ours.run(WRITE)
    assert ours.run(COUNT) == "1"


def test_random_kills_lose_nothing_that_was_committed(ours: Processes):
    """Kill clients, backends, the watchdog and the postmaster at random while rows are written."""
    chance = random.Random(20)
    committed = 0
    for _ in range(20):
        writer = ours.start(WRITE)
        time.sleep(chance.uniform(0.0, 0.6))
        victims = [writer.pid, *watchdogs(ours.home), *processes_in(ours.home / "server/data")]
        with contextlib.suppress(ProcessLookupError):
            os.kill(chance.choice(victims), signal.SIGKILL)
        writer.communicate(timeout=120)
        committed += writer.returncode == 0
    assert committed <= int(ours.run(COUNT)) <= 20
