"""What --help says of options that have no one default is there to be read."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HARTONOMOUS = str(Path(sys.executable).with_name("hartonomous"))


@pytest.mark.parametrize(
    ("command", "default"),
    [
        ("ingest sentences", "one a core"),
        ("ingest model", "above chance"),
        ("neighbors", "consensus where several sources vote"),
        ("delete model", "up to 50,000 pieces"),
    ],
)
def test_help_names_the_default_that_depends(command, default):
    done = subprocess.run(
        [HARTONOMOUS, *command.split(), "--help"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "COLUMNS": "200"},
    )
    assert f"[default: ({default})]" in done.stdout
