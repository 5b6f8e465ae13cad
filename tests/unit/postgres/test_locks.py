from __future__ import annotations

import os
import subprocess

import pytest

from hartonomous.errors import StoreError
from hartonomous.postgres.account import Account
from hartonomous.postgres.locks import FileLock

US = Account(os.geteuid(), os.getegid(), "us")


def test_shared_holders_keep_a_lone_one_out_until_the_last_lets_go(tmp_path):
    path = tmp_path / "lock"
    with FileLock(path, US) as lone:
        with FileLock(path, US) as one, FileLock(path, US) as other:
            assert one.try_shared()
            assert other.try_shared()
            assert not lone.try_exclusive()
            one.close()
            assert not lone.try_exclusive()
        assert lone.try_exclusive()


def test_a_child_that_inherits_a_lock_holds_it_on(tmp_path):
    path = tmp_path / "lock"
    with FileLock(path, US) as lock:
        lock.exclusive(timeout=0)
        child = subprocess.Popen(["cat"], stdin=subprocess.PIPE, pass_fds=[lock.fileno()])
    with FileLock(path, US) as other:
        assert not other.try_shared()
        child.communicate()
        other.shared(timeout=10)


def test_waiting_ends_with_one_clear_line(tmp_path):
    path = tmp_path / "lock"
    with FileLock(path, US) as holder, FileLock(path, US) as other:
        holder.exclusive(timeout=0)
        with pytest.raises(StoreError, match="has been locked by another process"):
            other.shared(timeout=0.02)


def test_a_link_in_the_place_of_a_lock_is_refused(tmp_path):
    (tmp_path / "lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="cannot open"):
        FileLock(tmp_path / "lock", US)
    assert not (tmp_path / "elsewhere").exists()
