"""Programs of their own for tests of what belongs to a process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

from hartonomous.store.status import server_status

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


def wait_stopped(home):
    """Wait until the embedded server of a home is gone."""
    deadline = time.monotonic() + _SECONDS
    while server_status(home).running:
        assert time.monotonic() < deadline
        time.sleep(0.02)
