"""The embedded server on machines that clean up, hide users, or take root's rights away."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from programs import wait_stopped

from hartonomous.errors import StoreError
from hartonomous.postgres.account import Account, account_for
from hartonomous.postgres.home import Home, find_home, prepare
from hartonomous.postgres.locks import FileLock
from hartonomous.postgres.server import EmbeddedServer, dsn_of
from hartonomous.store.status import server_status

NO_ENTRY = 54321  # a user that no machine has an entry for


@pytest.fixture(params=["home", "deep/" * 30 + "home"], ids=["socket in data", "socket in tmp"])
def running(request, tmp_path):
    """Give an embedded server of its own, with its socket in either place."""
    with EmbeddedServer(tmp_path / request.param) as server:
        yield server
    pid = server_status(server.home.path).pid
    if pid:
        os.kill(pid, signal.SIGQUIT)
    if server.home.socket != server.home.data:
        shutil.rmtree(server.home.socket, ignore_errors=True)


def open_session(server):
    return psycopg.connect(dsn_of(server.home, "postgres"), autocommit=True)


def clean(server, *, spare):
    """Remove what cleaners of temporary files remove."""
    (server.home.socket / ".s.PGSQL.5432").unlink()
    if server.home.socket != server.home.data:
        shutil.rmtree(server.home.socket)
    if spare:
        shutil.rmtree(server.home.spare)


def test_a_socket_that_was_removed_comes_back_under_its_sessions(running):
    with open_session(running) as before:
        pid = server_status(running.home.path).pid
        for _ in range(2):
            clean(running, spare=False)
            with EmbeddedServer(running.home.path), open_session(running) as session:
                assert session.execute("SELECT 1").fetchone() == (1,)
        assert before.execute("SELECT 2").fetchone() == (2,)
        assert server_status(running.home.path).pid == pid


def test_a_process_that_is_attached_finds_its_socket_again(running):
    clean(running, spare=False)
    running.ensure_running()
    open_session(running).close()


def test_sockets_that_were_all_removed_come_back_with_a_new_start(running):
    clean(running, spare=True)
    running.ensure_running()
    open_session(running).close()
    assert running.home.spare.is_dir()


def test_sessions_of_others_are_not_ended_for_a_socket(running):
    with open_session(running) as other:
        clean(running, spare=True)
        with pytest.raises(StoreError, match="was removed and others have sessions") as caught:
            running.ensure_running()
        assert "\n" not in str(caught.value)
        assert other.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.parametrize("umask", [0o777, 0o077, 0o000])
def test_any_umask_gives_folders_that_are_ours_and_nobody_elses(tmp_path, umask):
    old = os.umask(umask)
    try:
        home = Home(tmp_path / "above/home")
        account = prepare(home)
        lock = FileLock(home.server / "lock", account)
    finally:
        os.umask(old)
    lock.close()
    for folder in (home.path, home.path.parent):
        assert stat.S_IMODE(folder.stat().st_mode) & 0o722 == 0o700
    assert stat.S_IMODE(home.server.stat().st_mode) == 0o700
    assert stat.S_IMODE((home.server / "lock").stat().st_mode) == 0o600


def test_a_server_starts_under_any_umask(tmp_path):
    old = os.umask(0o777)
    try:
        with EmbeddedServer(tmp_path / "home") as server:
            open_session(server).close()
    finally:
        os.umask(old)


def test_a_user_without_a_home_folder_is_told_what_to_set(monkeypatch):
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.delenv("HARTONOMOUS_HOME", raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: NO_ENTRY)
    monkeypatch.setattr(os, "getuid", lambda: NO_ENTRY)
    with pytest.raises(StoreError, match=f"user {NO_ENTRY} has no home folder.*HARTONOMOUS_HOME"):
        find_home()


def test_the_home_of_a_user_that_does_not_exist_is_one_line():
    with pytest.raises(StoreError, match="set HARTONOMOUS_HOME to a folder"):
        find_home("~no_such_user_here/home")


def test_a_user_without_an_entry_is_told_what_initdb_wants():
    with pytest.raises(StoreError, match=rf"hartonomous:x:{NO_ENTRY}:0:.*or set HARTONOMOUS_DSN"):
        Account(NO_ENTRY, 0, str(NO_ENTRY)).require_entry()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_user_without_an_entry_runs_a_server_that_was_made_for_it(tmp_path):
    """PostgreSQL itself does not mind the number; only initdb does."""
    home = tmp_path / "home"
    with EmbeddedServer(home) as server:
        open_session(server).close()
    wait_stopped(home)
    for path in (home / "server", *(home / "server").rglob("*")):
        os.chown(path, NO_ENTRY, NO_ENTRY)
    with EmbeddedServer(home) as server, open_session(server) as session:
        assert (home / "server").stat().st_uid == NO_ENTRY
        assert session.execute("SELECT 1").fetchone() == (1,)


LIMITS = {
    "no capabilities": ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"],
    "no change of user": ["setpriv", "--bounding-set=-setuid,-setgid"],
    "a user namespace": ["unshare", "-Ur"],
}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can have its rights taken away")
@pytest.mark.parametrize("limit", LIMITS)
def test_a_root_that_may_not_become_another_user_is_told_so(tmp_path, limit):
    if shutil.which(LIMITS[limit][0]) is None:
        pytest.skip(f"this machine has no {LIMITS[limit][0]}")
    if subprocess.run([*LIMITS[limit], "true"], capture_output=True).returncode != 0:
        pytest.skip("this machine does not let us take rights away")
    program = """
import sys
from hartonomous.errors import StoreError
from hartonomous.postgres.server import EmbeddedServer
try:
    EmbeddedServer(sys.argv[1])
except StoreError as error:
    print(error)
"""
    command = [*LIMITS[limit], sys.executable, "-c", program, str(tmp_path / "home")]
    said = subprocess.run(command, capture_output=True, text=True)
    assert "this root may not become" in said.stdout, said.stderr
    assert "run as an ordinary user" in said.stdout
    assert said.stdout.count("\n") == 1


def test_other_errors_of_a_file_are_not_blamed_on_roots_rights(tmp_path):
    account = account_for(tmp_path)
    with pytest.raises(OSError) as caught:  # noqa: PT011  the number is what counts
        account.open(Path(tmp_path, "missing/file"), os.O_RDWR)
    assert caught.value.errno == errno.ENOENT
