"""The server's log: bounded, and read for the reason when the server does not start."""

from __future__ import annotations

import os
from pathlib import Path

from hartonomous.postgres.account import Account

_LONGEST = 1 << 20
_TELLING = ("FATAL:", "PANIC:", "initdb: error:", "ERROR:")


class ServerLog:
    """The file that the server's output is appended to.

    Parameters
    ----------
    path
        The log file; created with mode 0600 where it is missing.
    account
        The server's user, to whom a new log is given.
    """

    def __init__(self, path: Path, account: Account) -> None:
        descriptor = account.open(path, os.O_RDWR | os.O_APPEND)
        self._file = os.fdopen(descriptor, "r+b", buffering=0)
        self._shorten()
        self._start = self._size()

    def fileno(self) -> int:
        """Return the descriptor, for a child's output."""
        return self._file.fileno()

    def reason(self) -> str:
        """Return the first line since opening that tells of a failure, else the last line."""
        self._file.seek(self._start)
        lines = self._file.read(_LONGEST).decode(errors="replace").split("\n")
        told = [line.strip() for line in lines if line.strip()]
        for line in told:
            for mark in _TELLING:
                if mark in line:
                    return line.partition(mark)[2].strip()
        return told[-1] if told else "it gave no reason"

    def __enter__(self) -> ServerLog:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def _size(self) -> int:
        return os.fstat(self.fileno()).st_size

    def _shorten(self) -> None:
        """Empty a log that has grown too long; the server appends, so it goes on at the front."""
        if self._size() > _LONGEST:
            os.ftruncate(self.fileno(), 0)
