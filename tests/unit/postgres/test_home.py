from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from hartonomous.errors import StoreError
from hartonomous.postgres.home import Home, find_home, prepare


def test_the_home_is_the_argument_then_the_variable_then_the_usual_place(tmp_path, monkeypatch):
    monkeypatch.setenv("HARTONOMOUS_HOME", str(tmp_path / "variable"))
    assert find_home(tmp_path / "argument").path == tmp_path / "argument"
    assert find_home().path == tmp_path / "variable"
    monkeypatch.setenv("HARTONOMOUS_HOME", "")
    monkeypatch.setenv("HOME", str(tmp_path))
    own = tmp_path / ".local/share/hartonomous"
    assert find_home().path == (Path("/var/lib/hartonomous") if os.geteuid() == 0 else own)


def test_a_link_and_its_target_are_one_home(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path)
    assert find_home(tmp_path / "link/home") == find_home(tmp_path / "home")


@pytest.mark.parametrize("name", ["home", "a" * 200, "with,comma", "with space", "ü" * 40])
def test_a_socket_address_fits_and_libpq_can_read_it(tmp_path, name):
    address = Home(tmp_path / name).socket / ".s.PGSQL.5432"
    assert len(os.fsencode(address)) <= 107
    assert not set(" ,'\"") & set(str(address))


def test_homes_that_are_too_deep_have_sockets_of_their_own(tmp_path):
    one, other = Home(tmp_path / ("a" * 200)), Home(tmp_path / ("b" * 200))
    assert one.socket != other.socket


def test_prepare_makes_private_folders_of_an_unprivileged_user(tmp_path):
    account = prepare(Home(tmp_path / "home"))
    server = (tmp_path / "home/server").stat()
    assert account.uid != 0
    assert (server.st_uid, stat.S_IMODE(server.st_mode)) == (account.uid, 0o700)
    assert prepare(Home(tmp_path / "home")) == account


def test_a_socket_folder_that_somebody_else_planted_is_refused(tmp_path):
    home = Home(tmp_path / ("a" * 200))
    home.socket.symlink_to(tmp_path)
    try:
        with pytest.raises(StoreError, match=r"is not a folder: move it away"):
            prepare(home)
    finally:
        home.socket.unlink()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_socket_folder_of_another_user_is_refused(tmp_path):
    home = Home(tmp_path / ("b" * 200))
    home.socket.mkdir()
    os.chown(home.socket, 12345, 12345)
    try:
        with pytest.raises(StoreError, match="belongs to user 12345: run as that user"):
            prepare(home)
    finally:
        home.socket.rmdir()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_root_runs_the_server_as_the_owner_of_its_folder(tmp_path):
    (tmp_path / "server").mkdir()
    os.chown(tmp_path / "server", 12345, 12346)
    account = prepare(Home(tmp_path))
    assert (account.uid, account.gid, account.name) == (12345, 12346, "12345")
