from __future__ import annotations

import contextlib
import os
import signal
import stat
import subprocess
from pathlib import Path

import psycopg
import pytest
from processes import Processes, kill, leave, processes_of, wait_until

from hartonomous.errors import StoreError
from hartonomous.postgres.home import Home
from hartonomous.postgres.server import EmbeddedServer, dsn_of, stop
from hartonomous.store.status import server_status

CONNECT = """
from hartonomous.store.connection import connect
print(connect().execute("SHOW listen_addresses").fetchone()[0] or "no TCP")
"""


def ask(home: Path, query: str, *values: object) -> object:
    with psycopg.connect(dsn_of(Home(home), "postgres")) as connection:
        return connection.execute(query, values).fetchone()[0]


def test_the_first_process_starts_a_server_and_the_last_one_stops_it(processes: Processes):
    assert not processes.status.running
    assert processes.run(CONNECT) == "no TCP"
    processes.wait_stopped()


def test_processes_share_one_server_until_the_last_leaves(processes: Processes):
    first, pid = processes.attach()
    second, same = processes.attach()
    assert same == pid
    assert set(processes.status.attached) >= {second.pid}
    leave(first)
    third, same = processes.attach()
    assert same == pid
    leave(second)
    leave(third)
    processes.wait_stopped()


def test_the_server_stops_when_its_last_client_is_killed(processes: Processes):
    client, _ = processes.attach()
    kill(client)
    processes.wait_stopped()


def test_many_processes_at_once_start_one_server(processes: Processes):
    program = "import hartonomous.store.connection as c; c.connect(); print(c.attach().dsn)"
    clients = [processes.start(program) for _ in range(6)]
    said = {client.communicate(timeout=120) for client in clients}
    assert len(said) == 1, said
    assert [client.returncode for client in clients] == [0] * 6


def test_a_session_of_another_program_keeps_the_server(ours: Processes):
    client, pid = ours.attach()
    with psycopg.connect(dsn_of(Home(ours.home), "postgres")) as psql:
        leave(client)
        later, same = ours.attach()
        assert same == pid
        leave(later)
        assert psql.execute("SELECT 1").fetchone() == (1,)
    ours.wait_stopped()


def test_a_kept_server_stays_until_it_is_stopped(ours: Processes):
    keep = "from hartonomous.postgres.server import EmbeddedServer; EmbeddedServer().keep()"
    ours.run(keep)
    assert ours.status.kept
    client, pid = ours.attach()
    leave(client)
    assert ours.status.pid == pid
    assert stop(ours.home)
    assert not ours.status.running
    assert not ours.status.kept
    assert not stop(ours.home)


def test_an_attached_process_comes_back_after_a_stop(ours: Processes):
    program = """
from hartonomous.store.connection import connect
from hartonomous.postgres.server import stop
connect().execute("SELECT 1")
assert stop()
print(connect().execute("SELECT 2").fetchone()[0])
"""
    assert ours.run(program) == "2"
    ours.wait_stopped()


def test_what_lies_above_the_server_keeps_its_mode_and_owner(ours: Processes):
    ours.home.mkdir(mode=0o750)
    above = [ours.home, *ours.home.parents]
    before = [(path.stat().st_mode, path.stat().st_uid, path.stat().st_gid) for path in above]
    ours.run(CONNECT)
    after = [(path.stat().st_mode, path.stat().st_uid, path.stat().st_gid) for path in above]
    assert after == before
    assert stat.S_IMODE((ours.home / "server").stat().st_mode) == 0o700


def test_only_the_servers_user_reaches_the_socket(processes: Processes):
    client, _ = processes.attach()
    socket = processes.status.socket_directory / ".s.PGSQL.5432"
    owner = socket.stat().st_uid
    for path in (socket.parent, processes.home / "server"):
        assert path.stat().st_uid == owner
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    leave(client)


@pytest.mark.parametrize("name", ["deep/" * 30 + "home", "with, comma and 'quotes' \"", "é"])
def test_any_path_can_be_a_home(fast_path: Path, name: str):
    with processes_of(fast_path / name) as processes:
        assert processes.run(CONNECT) == "no TCP"
        socket = processes.status.socket_directory
        processes.wait_stopped()
    with contextlib.suppress(OSError):
        socket.rmdir()  # it is below /tmp when the home cannot hold it


def test_psql_connects_by_the_url(ours: Processes):
    url = ours.run("from hartonomous.store.connection import url; print(url())")
    query = ["psql", url, "-Atc", "SELECT count(*) > 0 FROM schema_migration"]
    try:
        finished = subprocess.run(query, capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("this machine has no psql")
    assert finished.stdout.strip() == "t", finished.stderr


def test_a_data_directory_of_another_version_is_refused(ours: Processes):
    leave(ours.attach()[0])
    ours.wait_stopped()
    version = ours.home / "server/data/PG_VERSION"
    version.write_text("13\n")
    with pytest.raises(StoreError, match="made by PostgreSQL 13 and this is PostgreSQL 1"):
        EmbeddedServer(ours.home)


def test_a_home_that_is_a_file_is_refused(tmp_path: Path):
    (tmp_path / "home").write_text("")
    with pytest.raises(StoreError, match="set HARTONOMOUS_HOME"):
        EmbeddedServer(tmp_path / "home")


def test_a_planted_folder_is_refused(tmp_path: Path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "home").mkdir()
    (tmp_path / "home/server").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="is not a folder"):
        EmbeddedServer(tmp_path / "home")


@pytest.mark.parametrize(
    ("options", "message"),
    [("size=8m", "No space left on device"), ("ro", "Read-only.*set HARTONOMOUS_HOME")],
)
def test_a_disk_that_cannot_be_written_is_one_clear_line(
    tmp_path: Path, options: str, message: str
):
    mount = ["mount", "-t", "tmpfs", "-o", options, "none", str(tmp_path)]
    if os.geteuid() != 0 or subprocess.run(mount, stderr=subprocess.DEVNULL).returncode != 0:
        pytest.skip("this machine does not let us mount a small disk")
    try:
        with pytest.raises(StoreError, match=message) as caught:
            EmbeddedServer(tmp_path / "home")
        assert "\n" not in str(caught.value)
    finally:
        subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)


def test_a_server_started_by_other_means_is_left_alone(ours: Processes):
    client, pid = ours.attach()
    # To us, a server that holds no lock of ours is one that somebody else started.
    (ours.home / "server/server.lock").unlink()
    with pytest.raises(StoreError, match="did not start"):
        EmbeddedServer(ours.home)
    assert ask(ours.home, "SELECT 1") == 1
    kill(client)
    os.kill(pid, signal.SIGINT)
    ours.wait_stopped()


def test_what_people_store_does_not_reach_the_log(ours: Processes):
    secret = "a-word-nobody-should-read"
    client, _ = ours.attach()
    dsn = dsn_of(Home(ours.home), "postgres")
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE word (label text PRIMARY KEY, CHECK (label <> 'x'))")
        for value in (secret, secret):
            with contextlib.suppress(psycopg.errors.UniqueViolation):
                connection.execute("INSERT INTO word VALUES (%s)", [value])
        with pytest.raises(psycopg.errors.InvalidTextRepresentation):
            connection.execute(f"SELECT '{secret}'::uuid")
    killed = psycopg.pq.PGconn.connect(dsn.encode())
    killed.send_query(f"SELECT '{secret}', pg_sleep(60)".encode())
    busy = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%%pg_sleep(60)' AND state = %s"
    wait_until(lambda: ask(ours.home, busy, "active") == 1)
    os.kill(killed.backend_pid, signal.SIGKILL)
    wait_until(lambda: "terminated by signal 9" in (ours.home / "server/server.log").read_text())
    assert secret not in (ours.home / "server/server.log").read_text()
    killed.finish()
    leave(client)


def test_a_log_that_grew_too_long_is_emptied(ours: Processes):
    client, _ = ours.attach()
    leave(client)
    ours.wait_stopped()
    log = ours.home / "server/server.log"
    with log.open("a") as file:
        file.write("a line of the log\n" * 100_000)
    leave(ours.attach()[0])
    assert log.stat().st_size < 100_000


def test_the_status_of_a_home_without_a_server(tmp_path: Path):
    found = server_status(tmp_path / "nothing")
    assert (found.running, found.kept, found.pid, found.attached) == (False, False, None, ())
    assert list(tmp_path.iterdir()) == []
