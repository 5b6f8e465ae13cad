"""Small files that somebody hands in: receipts and keys."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from hartonomous.errors import ParameterError


def read_small(path: Path, most_bytes: int) -> bytes:
    """Return the bytes of a regular file; what would never end is not waited for.

    Raises
    ------
    ParameterError
        It is missing, no regular file, or has more than ``most_bytes``.
    """
    try:
        # a FIFO that nobody writes to would block the opening itself
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise ParameterError(f"{path}: this is no file")
            data = file.read(most_bytes + 1)
    except OSError as error:
        raise ParameterError(f"{path}: {error.strerror}") from None
    if len(data) > most_bytes:
        raise ParameterError(f"{path}: it has more than {most_bytes:,} bytes")
    return data
