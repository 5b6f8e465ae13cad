"""Programs of their own for tests of what belongs to a process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

#: Ends what would hang.
_SECONDS = 180


def run_program(program, *arguments, **environment):
    """Run a Python program to its end and return the JSON that it prints."""
    finished = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        env={**os.environ, **environment},
    )
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout)


def run_command(*arguments, **environment):
    """Run a command of ours and return the finished process."""
    return subprocess.run(
        [Path(sysconfig.get_path("scripts"), "hartonomous"), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        env={**os.environ, **environment},
    )
