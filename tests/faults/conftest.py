"""One server for all tests that kill; it lies in memory where there is enough."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from laboratory import Laboratory

_MEMORY = Path("/dev/shm")


@pytest.fixture(scope="session")
def _shared_laboratory() -> Iterator[Laboratory]:
    usable = os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > 2 << 30
    with tempfile.TemporaryDirectory(dir=_MEMORY if usable else None) as folder:
        found = Laboratory(Path(folder).resolve())
        with at_home(found):
            found.prepare()
        yield found
        found.close()


@pytest.fixture
def laboratory(_shared_laboratory: Laboratory) -> Iterator[Laboratory]:
    """Give the server, which every session of this test without a DSN reaches."""
    with at_home(_shared_laboratory):
        yield _shared_laboratory


@contextlib.contextmanager
def at_home(laboratory: Laboratory) -> Iterator[None]:
    """Let the environment name the laboratory's server."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HARTONOMOUS_HOME", str(laboratory.home.path))
        patch.delenv("HARTONOMOUS_DSN", raising=False)
        yield


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a folder on a file system that 256 kB fill."""
    with mounted(tmp_path, "256k") as folder:
        yield folder


@pytest.fixture
def laboratory_on_small_disk(tmp_path: Path) -> Iterator[Laboratory]:
    """Give a server whose file system can be filled."""
    with tempfile.TemporaryDirectory() as folder, mounted(Path(folder), "320m") as disk:
        found = Laboratory(disk)
        with at_home(found):
            found.prepare()
            yield found
        found.close()


@contextlib.contextmanager
def mounted(folder: Path, size: str) -> Iterator[Path]:
    """Mount an empty file system of a size; only root may."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0755", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("no file system can be mounted here: that takes root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
