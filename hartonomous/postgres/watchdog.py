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
#: How long the end of a session takes at most.
SESSION_SECONDS = 1.0
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


def is_running(server: Path) -> bool:
    """Return whether the process that ``postmaster.pid`` names is this home's server.

    A number left behind, or copied with the home, may by now be another PostgreSQL's. Ours holds
    the lock; one that was started by other means works in the data directory, where we may look.
    """
    postmaster = read_postmaster(server / "data")
    if postmaster is None:
        return False
    try:
        return is_held(server / "server.lock") or _works_in(postmaster.pid, server / "data")
    except OSError:
        return False


def is_held(path: Path) -> bool:
    """Return whether a process holds a lock alone; makes no file."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(descriptor)


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
        since = time_since_boot() - float(_read(server / "linger") or "-inf")
    except ValueError:
        return False
    return 0 <= since < LINGER_SECONDS


def time_since_boot() -> float:
    """Return seconds by a clock that all processes share and that nobody sets."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def watch(server: Path) -> None:
    """Wait until nobody uses the server, then stop it and wait for its end."""
    alone = _open(server / "watchdog.lock")
    if not _try_exclusive(alone):
        return
    lease = _open(server / "lease.lock")
    while True:
        fcntl.flock(lease, fcntl.LOCK_EX)
        if is_kept(server) or _stop_idle(server):
            return
        fcntl.flock(lease, fcntl.LOCK_UN)
        time.sleep(POLL_SECONDS)


def stop_unneeded(server: Path) -> None:
    """Stop the server if nobody uses it now and no watchdog is there to see to it."""
    alone, lease = _open(server / "watchdog.lock"), _open(server / "lease.lock")
    try:
        if _try_exclusive(alone) and _try_exclusive(lease) and not is_kept(server):
            _wait(lambda: _stop_idle(server), SESSION_SECONDS)
    finally:
        os.close(alone)
        os.close(lease)


def _stop_idle(server: Path) -> bool:
    """Stop the server unless it has sessions; return whether it is stopped.

    The caller holds the lease, so that new clients wait; every process of the server holds its own
    lock.
    """
    running = _open(server / "server.lock")
    try:
        if _try_exclusive(running):
            return True
        postmaster = read_postmaster(server / "data")
        if not postmaster or is_lingering(server) or has_sessions(postmaster.pid):
            return False
        shut_down(postmaster, running)
    finally:
        os.close(running)
    return True


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


def _works_in(pid: int, folder: Path) -> bool:
    return Path(f"/proc/{pid}/cwd").samefile(folder)


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
