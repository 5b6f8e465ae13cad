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
    #: Seconds since 1970 at which it started, as text: only ever compared.
    started: str
    #: ``starting``, ``ready``, ``stopping`` or ``standby``.
    status: str

    @property
    def token(self) -> str:
        """Name this one run of the server."""
        return f"{self.pid} {self.started}"


def read_postmaster(data: Path) -> Postmaster | None:
    """Return what ``postmaster.pid`` says if its process lives, else None."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        found = Postmaster(int(lines[0]), lines[2].strip(), (lines[7:8] or [""])[0].strip())
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
    """Return whether ``hartonomous db start`` asked the server that runs now to stay."""
    postmaster = read_postmaster(server / "data")
    try:
        return postmaster is not None and (server / "keep").read_text() == postmaster.token
    except OSError:
        return False


def has_sessions(pid: int) -> bool:
    """Return whether a postmaster serves a session, told by the titles of its processes."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        titles = [Path(f"/proc/{child}/cmdline").read_bytes() for child in children]
    except OSError:  # a child has just ended, or the kernel keeps no such list
        return False
    return any(b"[local]" in title for title in titles)


def is_lingering(server: Path) -> bool:
    """Return whether a URL was given out so lately that its first session may still come."""
    try:
        return time.time() - (server / "linger").stat().st_mtime < LINGER_SECONDS
    except OSError:
        return False


def watch(server: Path) -> None:
    """Wait until nobody uses the server, then stop it and wait for its end."""
    alone = _open(server / "watchdog.lock")
    try:
        fcntl.flock(alone, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    lease = _open(server / "lease.lock")
    while True:
        fcntl.flock(lease, fcntl.LOCK_EX)
        postmaster = read_postmaster(server / "data")
        if postmaster is None or is_kept(server):
            return
        if not is_lingering(server) and not has_sessions(postmaster.pid):
            break
        fcntl.flock(lease, fcntl.LOCK_UN)
        time.sleep(POLL_SECONDS)
    os.kill(postmaster.pid, signal.SIGINT)
    # Every process of the server holds this one; new clients wait on the lease until we return.
    fcntl.flock(_open(server / "server.lock"), fcntl.LOCK_EX)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


if __name__ == "__main__":
    watch(Path(sys.argv[1]))
