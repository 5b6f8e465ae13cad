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
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

#: How long the server waits for a session after its URL was given out.
LINGER_SECONDS = 60.0
#: Between looks at the sessions of other programs, once no client of ours is left.
POLL_SECONDS = 0.1


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
    children = _read(Path(f"/proc/{pid}/task/{pid}/children")).split()
    return any(b"[local]" in _read(Path(f"/proc/{int(child)}/cmdline")) for child in children)


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
            with suppress(ProcessLookupError):
                os.kill(postmaster.pid, signal.SIGINT)
            fcntl.flock(running, fcntl.LOCK_EX)
            return
        os.close(running)
        fcntl.flock(lease, fcntl.LOCK_UN)
        time.sleep(POLL_SECONDS)


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
