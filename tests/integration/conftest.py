"""Homes of their own for tests that start, stop and kill servers."""

from __future__ import annotations

import os
import pwd
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from processes import Processes, processes_of
from restorable import Restorable, fill

import hartonomous
from hartonomous.postgres.account import Account
from hartonomous.store.forgetting_key import KEY_VARIABLE, create_key

#: Many clusters are made and thrown away, which a disk is slow at.
_MEMORY = Path("/dev/shm")


@pytest.fixture
def fast_path() -> Iterator[Path]:
    """Give an empty folder that only its owner may enter, in memory where there is enough."""
    usable = os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > 1 << 30
    with tempfile.TemporaryDirectory(dir=_MEMORY if usable else None) as folder:
        yield Path(folder).resolve()


@pytest.fixture(params=["as we are", "as an ordinary user"])
def processes(request: pytest.FixtureRequest, fast_path: Path) -> Iterator[Processes]:
    """Give processes of the user who runs the tests, and where that is root of another one."""
    if request.param == "as we are":
        with processes_of(fast_path / "home") as ours:
            yield ours
        return
    if os.geteuid() != 0:
        pytest.skip("the tests already run as an ordinary user")
    nobody = pwd.getpwnam("nobody")
    account = Account(nobody.pw_uid, nobody.pw_gid, "nobody")
    account.give(fast_path)
    with processes_of(fast_path / "home", _run_as(account)) as theirs:
        yield theirs


@pytest.fixture
def ours(fast_path: Path) -> Iterator[Processes]:
    """Give processes of the user who runs the tests."""
    with processes_of(fast_path / "home") as found:
        yield found


def _run_as(account: Account) -> tuple[str, ...]:
    """Return what to put before a command to run it as a user who can read this interpreter."""
    if shutil.which("setpriv") is None:
        pytest.skip("there is no setpriv to become an ordinary user with")
    become = ["setpriv", f"--reuid={account.uid}", f"--regid={account.gid}", "--clear-groups"]
    if not account.can_read(Path(sys.executable), Path(hartonomous.__file__)):
        # An interpreter or a checkout below /root: this user may look there, and only look.
        become += ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    if Account(os.geteuid(), os.getegid(), "").run([*become, sys.executable, "-c", ""]) != 0:
        pytest.skip("this machine does not let us become an ordinary user")
    return tuple(become)


@pytest.fixture
def database(dsn, admin, tmp_path, monkeypatch) -> Iterator[Restorable]:
    """Give a database with models and persons, its key, and a way to back it up and restore it."""
    create_key(tmp_path / "key")
    monkeypatch.setenv(KEY_VARIABLE, str(tmp_path / "key"))
    restorable = Restorable(dsn, admin, tmp_path)
    fill(restorable)
    yield restorable
    admin.execute(f"DROP DATABASE IF EXISTS {restorable.name}_backup WITH (FORCE)")
