"""The process that stops the embedded server when its last client is gone, and its pid file.

Every client holds a shared lock on the lease file for as long as it lives. The watchdog asks for
that lock alone, so the kernel wakes it when the last client ends, even by ``kill -9``. Sessions of
other programs, such as psql, hold no lease: for these it looks at the server's processes.

Run as a script with nothing but the standard library, so that it costs little: it imports no
other module of the package.
"""

from __future__ import annotations

import fcntl
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

#: How long the server waits for a session after its URL was given out.
LINGER_SECONDS = 60.0
#: Between looks at the sessions of other programs, once no client of ours is left.
POLL_SECONDS = 0.1
#: Recovery replays at most a gigabyte of log; a shutdown writes at most that much.
RECOVERY_SECONDS = 60.0
SHUTDOWN_SECONDS = 30.0


@dataclass(frozen=True)
class Postmaster:
    """What PostgreSQL wrote in ``postmaster.pid``."""

    pid: int
    #: ``starting``, ``ready``, ``stopping`` or ``standby``.
    status: str


def read_postmaster(data: Path) -> Postmaster | None:
    """Return what ``postmaster.pid`` says if its process lives, else None."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        found = Postmaster(int(lines[0]), "".join(lines[7:8]).strip())
    except (OSError, ValueError, IndexError):
        return None
    return found if is_postgres(found.pid) else None


def is_postgres(pid: int) -> bool:
    """Return whether a process of this number lives, is no zombie and is called postgres."""
    try:
        line = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    name, _, rest = line.rpartition(")")
    return name.endswith("(postgres") and rest.split()[0] not in "ZX"


def is_kept(server: Path) -> bool:
    """Return whether ``hartonomous db start`` asked the server to stay."""
    return (server / "keep").exists()


def has_sessions(pid: int) -> bool:
    """Return whether a postmaster serves a session, told by the titles of its processes."""
    return any(b"[local]" in title for title in _titles(pid))


def is_recovering(pid: int) -> bool:
    """Return whether a postmaster has no WAL writer, the last thing that comes at a start."""
    if not is_postgres(pid) or not _children(pid).exists():
        return False
    return not any(b"walwriter" in title for title in _titles(pid))


def is_lingering(server: Path) -> bool:
    """Return whether a URL was given out so lately that its first session may still come."""
    try:
        return time.time() - (server / "linger").stat().st_mtime < LINGER_SECONDS
    except OSError:
        return False


def watch(server: Path) -> None:
    """Wait until nobody uses the server, then stop it and wait for its end."""
    alone = _open(server / "watchdog.lock")
    if not _try_exclusive(alone):
        return
    lease = _open(server / "lease.lock")
    while True:
        fcntl.flock(lease, fcntl.LOCK_EX)
        # Every process of the server holds its lock. New clients wait while we hold the lease.
        running = _open(server / "server.lock")
        if is_kept(server) or _try_exclusive(running):
            return
        postmaster = read_postmaster(server / "data")
        if postmaster and not is_lingering(server) and not has_sessions(postmaster.pid):
            shut_down(postmaster, running)
            return
        os.close(running)
        fcntl.flock(lease, fcntl.LOCK_UN)
        time.sleep(POLL_SECONDS)


def shut_down(postmaster: Postmaster, lock: int) -> None:
    """Stop a server, and return when none of its processes holds the lock any more.

    A fast shutdown that reaches PostgreSQL 18 while it recovers from a killed process never ends,
    so the recovery comes first. What still hangs is shut down immediately, which loses nothing.
    """
    if postmaster.status != "stopping":
        _wait(lambda: not is_recovering(postmaster.pid), RECOVERY_SECONDS)
        _signal(postmaster.pid, signal.SIGINT)
    if not _wait(lambda: _try_exclusive(lock), SHUTDOWN_SECONDS):
        _signal(postmaster.pid, signal.SIGQUIT)
        _wait(lambda: _try_exclusive(lock), SHUTDOWN_SECONDS)


def _signal(pid: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def _wait(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True


def _titles(pid: int) -> list[bytes]:
    """Return what the children of a process call themselves, nothing when it is gone."""
    return [_read(Path(f"/proc/{int(child)}/cmdline")) for child in _read(_children(pid)).split()]


def _children(pid: int) -> Path:
    return Path(f"/proc/{pid}/task/{pid}/children")


def _try_exclusive(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # the process has just ended, or the kernel keeps no such list
        return b""


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


if __name__ == "__main__":
    watch(Path(sys.argv[1]))
