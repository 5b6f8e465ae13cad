"""A Python to run the watchdog with, which is not always the program that runs us.

In a frozen application ``sys.executable`` is the application, and in a host such as uWSGI the host:
started as a Python, the first would start itself again and the second nothing.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

_NAME = re.compile(r"python(3(\.\d+)?)?t?")
_RUNNING = Path("/proc/self/exe")


def find_interpreter() -> Path | None:
    """Return a Python that can run a script of the standard library, None where there is none."""
    for path in _candidates():
        if _NAME.fullmatch(path.name) and os.access(path, os.X_OK):
            return path
    return None


def _candidates() -> Iterator[Path]:
    if _RUNNING.exists():
        yield _RUNNING.resolve()
    for folder in (sys.prefix, sys.base_prefix):
        yield (Path(folder) / "bin/python3").resolve()
    if found := shutil.which("python3", path=os.defpath):
        yield Path(found).resolve()
