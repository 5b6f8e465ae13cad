"""The embedded PostgreSQL: processes share one, the last one out stops it.

Every client holds a shared lock on ``lease.lock`` as long as it lives and the watchdog waits for
that lock alone, so that the kernel says when the last one is gone, however it went.
"""

from __future__ import annotations

import atexit
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from hartonomous.postgres import watchdog
from hartonomous.postgres.cluster import SUPERUSER, Cluster
from hartonomous.postgres.home import Home, find_home, prepare
from hartonomous.postgres.interpreter import find_interpreter
from hartonomous.postgres.locks import FileLock

DATABASE = "hartonomous"
#: It only names the socket: there is no TCP.
PORT = 5432
#: A start after a crash, or a stop with much to write, may take this long elsewhere.
_LOCK_SECONDS = 330.0


class EmbeddedServer:
    """Our share in the embedded server of one home.

    Parameters
    ----------
    home
        The data home; see `hartonomous.postgres.home.find_home` for the default.

    Raises
    ------
    StoreError
        The server cannot be started: the message says why and what to do.
    """

    def __init__(self, home: Path | str | None = None) -> None:
        self.home = find_home(home)
        self._cluster = Cluster(self.home, prepare(self.home))
        self._lease = self._open("lease.lock")
        try:
            self.ensure_running()
        except BaseException:
            self.close()
            raise

    @property
    def dsn(self) -> str:
        """A libpq URI of the database ``hartonomous``, which exists from the first connection."""
        return dsn_of(self.home)

    def ensure_running(self) -> None:
        """Start the server if it does not run, and find its socket again if that was removed."""
        if self._lease.is_closed:  # in a process that was forked from the one that attached
            self._lease = self._open("lease.lock")
        self._lease.shared(_LOCK_SECONDS)
        self._ensure_watched()
        if not self._cluster.is_ready():
            with self._open("start.lock") as lock:
                lock.exclusive(_LOCK_SECONDS)
                self._cluster.start()
        if not self._cluster.is_reachable():
            with self._open("start.lock") as lock:
                lock.exclusive(_LOCK_SECONDS)
                if not self._cluster.is_reachable():
                    self._cluster.make_reachable()

    def keep(self) -> None:
        """Let the server run on when nobody is attached, until `stop`."""
        self._wish("keep", "")

    def linger(self) -> None:
        """Let the server wait a minute for sessions of others once nobody is attached."""
        self._wish("linger", str(watchdog.time_since_boot()))

    def _wish(self, name: str, text: str) -> None:
        """Write a wish for the watchdog as a new file, whatever lies in its place."""
        new = self.home.server / f"{name}.{os.getpid()}"
        new.unlink(missing_ok=True)
        with new.open("x") as file:
            file.write(text)
        new.chmod(0o600)
        new.replace(self.home.server / name)

    def close(self) -> None:
        """Give up our share; the server stops when it was the last and no session is open."""
        self._lease.close()

    def __enter__(self) -> EmbeddedServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open(self, name: str) -> FileLock:
        return FileLock(self.home.server / name, self._cluster.account)

    def _ensure_watched(self) -> None:
        if watchdog.is_kept(self.home.server):
            return
        with self._open("watchdog.lock") as lock:
            unwatched = lock.try_shared()
        if not unwatched:
            return
        if interpreter := find_interpreter():
            _start_watchdog(self.home, interpreter)
        else:
            atexit.register(self._leave)

    def _leave(self) -> None:
        """Stop the server at our end if nobody else needs it, where nothing can watch over it."""
        if not self._lease.is_closed:
            self.close()
            watchdog.stop_unneeded(self.home.server)


@contextmanager
def embedded_server(home: Path | str | None = None) -> Iterator[EmbeddedServer]:
    """Attach to the embedded server of a home, started where it does not run, and detach."""
    with EmbeddedServer(home) as server:
        yield server


def dsn_of(home: Home, database: str = DATABASE) -> str:
    """Return the libpq URI of a database in the embedded server of a home.

    Port and address are named, or the variables of another server would lead there.
    """
    host = quote(str(home.socket), safe="")
    name = quote(database, safe="")
    return f"postgresql://{SUPERUSER}@/{name}?host={host}&port={PORT}&hostaddr="


def stop(home: Path | str | None = None) -> bool:
    """Stop the embedded server for everyone; return whether it was running."""
    found = find_home(home)
    if not found.data.is_dir():
        return False
    cluster = Cluster(found, prepare(found))
    with FileLock(found.server / "start.lock", cluster.account) as lock:
        lock.exclusive(_LOCK_SECONDS)
        for wish in ("keep", "linger"):
            (found.server / wish).unlink(missing_ok=True)
        return cluster.stop()


def _start_watchdog(home: Home, interpreter: Path) -> None:
    """Start the watchdog as a grandchild, so that it is nobody's to wait for."""
    program: list[str | Path] = [interpreter, "-I", "-S", watchdog.__file__, str(home.server)]
    # A frozen application's libraries are not for another Python.
    libraries = os.environ.get("LD_LIBRARY_PATH") if interpreter.samefile("/proc/self/exe") else ""
    subprocess.run(
        ["/bin/sh", "-c", '"$@" &', "sh", *program],
        check=False,
        cwd="/",
        env={"LD_LIBRARY_PATH": libraries} if libraries else {},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
