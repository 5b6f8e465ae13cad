"""Locks on files that the kernel lets go of when their last holder dies, however it dies."""

from __future__ import annotations

import fcntl
import os
import time
import weakref
from pathlib import Path

from hartonomous.errors import StoreError
from hartonomous.postgres.account import Account

_POLL_SECONDS = 0.005


class FileLock:
    """One flock; every holder opens the file for itself, programs may inherit the descriptor.

    A forked child is another process, so its copy is closed: what it needs it asks for itself.

    Parameters
    ----------
    path
        The lock file; created with mode 0600 where it is missing.
    account
        The server's user, to whom the file is given.

    Raises
    ------
    StoreError
        The file cannot be opened or created; a symbolic link is refused.
    """

    def __init__(self, path: Path, account: Account) -> None:
        self.path = path
        try:
            self._descriptor = account.open(path, os.O_RDWR)
        except OSError as error:
            raise StoreError(f"cannot open {path} ({error.strerror})") from error
        _open.add(self)

    def fileno(self) -> int:
        """Return the descriptor, for a child process that is to hold the lock with us."""
        return self._descriptor

    @property
    def is_closed(self) -> bool:
        """Whether it was closed, or taken over from the process that this one was forked from."""
        return self._descriptor < 0

    def try_exclusive(self) -> bool:
        """Take the lock alone if nobody else has it; return whether we hold it."""
        return self._try(fcntl.LOCK_EX)

    def try_shared(self) -> bool:
        """Take the lock beside others if nobody holds it alone; return whether we hold it."""
        return self._try(fcntl.LOCK_SH)

    def shared(self, timeout: float) -> None:
        """Take the lock beside others, waiting at most ``timeout`` seconds for a lone holder."""
        self._wait(fcntl.LOCK_SH, timeout)

    def exclusive(self, timeout: float) -> None:
        """Take the lock alone, waiting at most ``timeout`` seconds for the others."""
        self._wait(fcntl.LOCK_EX, timeout)

    def close(self) -> None:
        """Let go, unless a child process that inherited the descriptor still holds on."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> FileLock:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _try(self, kind: int) -> bool:
        try:
            fcntl.flock(self._descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _wait(self, kind: int, timeout: float) -> None:
        # Polled, since a blocking flock has no time limit and a signal cannot end it early.
        deadline = time.monotonic() + timeout
        while not self._try(kind):
            if time.monotonic() > deadline:
                raise StoreError(
                    f"{self.path} has been locked by another process for {timeout:.0f} s: "
                    "see what `hartonomous db status` says, or try again"
                )
            time.sleep(_POLL_SECONDS)


_open: weakref.WeakSet[FileLock] = weakref.WeakSet()


def _close_all() -> None:
    for lock in list(_open):
        lock.close()


os.register_at_fork(after_in_child=_close_all)
