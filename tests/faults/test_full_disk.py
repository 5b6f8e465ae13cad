"""No space on the server's disk: one line says so, and the database is as before."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from laboratory import Laboratory, faults_of, session, state_of
from operations import ingest_model

MEGABYTE = 1 << 20
#: Bytes left free: too few for a load of the small model, as it begins and as it ends; enough.
LEFT = (MEGABYTE // 4, 1 * MEGABYTE, 64 * MEGABYTE)


def test_a_full_disk_ends_a_load_with_one_line_and_changes_nothing(
    laboratory_on_small_disk: Laboratory, tmp_path: Path
):
    laboratory = laboratory_on_small_disk
    before, after = laboratory.rehearse(ingest_model).states
    for left, status, expected in zip(LEFT, (2, 2, 0), (before, before, after), strict=True):
        laboratory.put_back()
        with nearly_full(laboratory, left):
            client = laboratory.start_ingest(temporary=tmp_path)
            _, errors = client.communicate(timeout=120)
        assert client.returncode == status
        assert [line.partition(" (")[0] for line in errors.splitlines()] == (
            ["error: no space is left on the server's disk; nothing was changed"] if status else []
        )
        with session() as connection:
            laboratory.wait_alone(connection)
            assert faults_of(connection) == []
            assert state_of(connection) == expected


@contextmanager
def nearly_full(laboratory: Laboratory, left: int) -> Iterator[None]:
    """Leave this many bytes free on the server's file system."""
    ballast = laboratory.home.path.parent / "ballast"
    free = shutil.disk_usage(ballast.parent).free
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, free - left)
    try:
        yield
    finally:
        ballast.unlink()
