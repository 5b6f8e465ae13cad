"""The key under which persons are forgotten: made once, whole, and its owner's alone."""

from __future__ import annotations

import os
import re
import threading

import pytest

from hartonomous.errors import ParameterError
from hartonomous.postgres.home import Home
from hartonomous.store.forgetting_key import create_key, own_key_file, read_key


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_key_is_random_and_its_owners_alone(tmp_path):
    for name in ("a", "b"):
        create_key(tmp_path / name)
    assert re.fullmatch("[0-9a-f]{64}", read_key(tmp_path / "a"))
    assert read_key(tmp_path / "a") != read_key(tmp_path / "b")
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600
    assert names_in(tmp_path) == ["a", "b"]


def test_a_key_is_its_owners_under_any_umask_and_in_a_folder_that_root_was_given(tmp_path):
    old = os.umask(0o777)
    try:
        create_key(tmp_path / "key")
    finally:
        os.umask(old)
    found = (tmp_path / "key").stat()
    assert found.st_mode & 0o777 == 0o600
    assert found.st_uid == tmp_path.stat().st_uid


def test_a_key_that_is_there_is_never_written_over(tmp_path):
    create_key(tmp_path / "key")
    before = read_key(tmp_path / "key")
    with pytest.raises(FileExistsError):
        create_key(tmp_path / "key")
    assert read_key(tmp_path / "key") == before
    assert names_in(tmp_path) == ["key"]


def test_all_who_open_at_once_have_one_key(tmp_path):
    home = Home(tmp_path)
    home.server.mkdir()
    keys = set()
    barrier = threading.Barrier(8)

    def open_it():
        barrier.wait()
        keys.add(read_key(own_key_file(home)))

    threads = [threading.Thread(target=open_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 1
    assert names_in(home.server) == ["forgetting.key"]


@pytest.mark.parametrize("text", ["", "0" * 63, "0" * 65, "G" * 64, "0" * 64 + "\n" * 99 + "x"])
def test_what_is_no_key_is_refused_in_one_line(tmp_path, text):
    (tmp_path / "key").write_text(text)
    with pytest.raises(ParameterError, match="64 hexadecimal digits"):
        read_key(tmp_path / "key")


def test_a_missing_key_says_how_one_is_made(tmp_path):
    with pytest.raises(ParameterError, match="hartonomous forgotten key FILE"):
        read_key(tmp_path / "key")


def test_a_key_that_nobody_would_ever_write_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "key")
    with pytest.raises(ParameterError):
        read_key(tmp_path / "key")
