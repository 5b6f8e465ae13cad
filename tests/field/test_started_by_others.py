"""Commands as cron, daemons, frozen applications and optimised interpreters start them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sysconfig
import time
from pathlib import Path

import pytest
from programs import run_program, wait_stopped

from hartonomous.postgres import interpreter, watchdog
from hartonomous.postgres.server import EmbeddedServer
from hartonomous.store.status import server_status

COMMAND = str(Path(sysconfig.get_path("scripts"), "hartonomous"))

#: Counts how often it is started; then opens a substrate as an application does.
APP = """
import os, sys
sys.executable = sys.argv[1]
with open(sys.argv[2], "a") as file:
    file.write("started\\n")
import hartonomous
with hartonomous.open() as substrate:
    substrate.sources()
print(0)
"""


def shell(line, *arguments):
    """Run a line of shell in which $0 is the command line; return status, output and errors."""
    done = subprocess.run(["/bin/sh", "-c", line, COMMAND, *arguments], capture_output=True)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.fixture
def written(tmp_path):
    """Write relations as a table."""
    path = tmp_path / "written.tsv"
    path.write_text("king\tqueen\trelated\t0.5\nking\tcrown\trelated\t0.4\n")
    return path


def test_closed_streams_are_as_the_null_device(dsn, written, monkeypatch):
    monkeypatch.setenv("HARTONOMOUS_DSN", dsn)
    assert shell('"$0" ingest relations "$1" --source one 2>&-', written)[0] == 0
    assert shell('"$0" ingest relations "$1" --source two <&- >&- 2>&-', written)[0] == 0
    status, said, _ = shell('"$0" sources')
    assert (status, "one" in said, "two" in said) == (0, True, True)
    assert shell('"$0" neighbors king >&-') == (0, "", "")
    status, _, errors = shell('"$0" delete source one <&-')
    assert (status, "Traceback" in errors) == (1, False)
    assert "one" in shell('"$0" sources')[1]


def test_a_closed_stream_is_nobody_elses_file(dsn, monkeypatch):
    """What is written to a closed standard error must not reach the database's socket."""
    monkeypatch.setenv("HARTONOMOUS_DSN", dsn)
    status, said, _ = shell('"$0" neighbors nobody-knows-this 2>&-')
    assert (status, said) == (2, "")


#: Prints the first line of each command's help.
HELP = """
import json
from typer.main import get_command
from hartonomous.cli import app

def texts(group, path=()):
    for name, command in getattr(group, "commands", {}).items():
        yield from texts(command, (*path, name))
    if not hasattr(group, "commands"):
        yield [*path, (group.help or "nothing").strip().splitlines()[0]]

print(json.dumps(list(texts(get_command(app)))))
"""


def test_each_command_has_its_help_without_docstrings():
    as_written = run_program(HELP)
    assert not [path for *path, line in as_written if line == "nothing"]
    assert run_program(HELP, PYTHONOPTIMIZE="2") == as_written


@pytest.mark.parametrize("name", ["app", "true"])
def test_an_application_is_started_once_and_its_server_stops(tmp_path, name):
    frozen = tmp_path / name
    frozen.write_text(f"#!/bin/sh\necho started >> {tmp_path}/count\nexec sleep 1\n")
    frozen.chmod(0o755)
    home = tmp_path / "home"
    run_program(APP, frozen, tmp_path / "count", HARTONOMOUS_HOME=str(home))
    wait_stopped(home)
    assert (tmp_path / "count").read_text() == "started\n"


def test_a_program_that_is_no_python_runs_the_watchdog_with_one(tmp_path, monkeypatch):
    """As in uWSGI: the running program itself goes by another name."""
    monkeypatch.setattr(interpreter, "_RUNNING", Path("/bin/sh"))
    found = interpreter.find_interpreter()
    assert found is not None
    said = subprocess.run([found, "-I", "-S", "-c", "print(6 * 7)"], capture_output=True)
    assert said.stdout == b"42\n"


NO_PYTHON = """
import hartonomous.postgres.server as server
server.find_interpreter = lambda: None
import hartonomous
with hartonomous.open() as substrate:
    substrate.sources()
print(0)
"""


def test_without_any_python_the_last_one_out_stops_the_server_itself(tmp_path):
    home = tmp_path / "home"
    with EmbeddedServer(home):
        run_program(NO_PYTHON, HARTONOMOUS_HOME=str(home))
        assert server_status(home).running  # others still need it
    wait_stopped(home)
    run_program(NO_PYTHON, HARTONOMOUS_HOME=str(home))
    assert not server_status(home).running  # it was stopped before the program ended


def test_a_number_that_is_another_postgresqls_is_not_believed(server, tmp_path):
    """A pid file left behind, or copied with the home of a server that runs."""
    data = tmp_path / "server/data"
    data.mkdir(parents=True)
    real = (server.home.data / "postmaster.pid").read_text()
    (data / "postmaster.pid").write_text(real)
    for lock in ("server.lock", "lease.lock"):
        shutil.copy(server.home.server / lock, tmp_path / "server")
    assert watchdog.read_postmaster(data) is not None
    found = server_status(tmp_path)
    assert (found.running, found.pid) == (False, None)
    assert server_status(server.home.path).running


def test_a_copied_home_starts_a_server_of_its_own_and_leaves_the_other(tmp_path):
    original, copied = tmp_path / "original", tmp_path / "copied"
    with EmbeddedServer(original):
        before = server_status(original).pid
        ignore = shutil.ignore_patterns(".s.PGSQL.*", "*.lock")
        shutil.copytree(original, copied, ignore=ignore)
        os.chown(copied / "server", *owner(original / "server"))
        for path in (copied / "server").rglob("*"):
            os.chown(path, *owner(original / "server"))
        assert not server_status(copied).running
        with EmbeddedServer(copied):
            assert server_status(copied).pid not in (None, before)
        assert server_status(original).pid == before
    wait_stopped(original)
    wait_stopped(copied)


def owner(path):
    found = path.stat()
    return found.st_uid, found.st_gid


@pytest.mark.parametrize("jump", [-1e6, 1e6])
def test_a_clock_that_jumps_keeps_no_server_and_stops_none(server, monkeypatch, jump):
    now = time.time()
    server.linger()
    monkeypatch.setattr(time, "time", lambda: now + jump)
    os.utime(server.home.server / "linger", (now - jump, now - jump))
    assert watchdog.is_lingering(server.home.server)
    since = watchdog.time_since_boot()
    monkeypatch.setattr(watchdog, "time_since_boot", lambda: since + 61)
    assert not watchdog.is_lingering(server.home.server)


def test_a_wish_of_before_the_machine_started_is_over(server, monkeypatch):
    server.linger()
    monkeypatch.setattr(watchdog, "time_since_boot", lambda: 3.0)
    assert not watchdog.is_lingering(server.home.server)
    (server.home.server / "linger").write_text("nonsense")
    assert not watchdog.is_lingering(server.home.server)
    (server.home.server / "linger").unlink()


def test_a_link_in_the_place_of_a_wish_is_replaced(server, tmp_path):
    (server.home.server / "linger").unlink(missing_ok=True)
    (server.home.server / "linger").symlink_to(tmp_path / "elsewhere")
    server.linger()
    assert not (tmp_path / "elsewhere").exists()
    assert watchdog.is_lingering(server.home.server)
    (server.home.server / "linger").unlink()
