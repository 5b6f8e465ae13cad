"""One PostgreSQL cluster on disk: start it, stop it, and clear up after a crash.

Every process of the server inherits a descriptor that holds ``server.lock``, so the kernel tells
whether any of them still lives, even one that lost its postmaster.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from hartonomous.errors import StoreError
from hartonomous.postgres.account import Account
from hartonomous.postgres.binaries import Programs, programs_for
from hartonomous.postgres.home import SOCKET_NAME, Home, prepare
from hartonomous.postgres.locks import FileLock
from hartonomous.postgres.log import ServerLog
from hartonomous.postgres.watchdog import has_sessions, read_postmaster, shut_down

SUPERUSER = "hartonomous"
_POLL_SECONDS = 0.005
#: Recovery after a crash replays at most a few checkpoints' worth of log.
_START_SECONDS = 300.0
#: Somebody may kill the server while it starts.
_LAUNCHES = 3
#: How long processes that lost their postmaster may take to end when asked.
_ORPHAN_SECONDS = 5.0
#: How long locked files may belong to processes that we cannot see before we say so.
_UNSEEN_SECONDS = 30.0
#: Fixed at each start, so that neither a file nor ALTER SYSTEM can undo them.
_SETTINGS = {
    "listen_addresses": "",
    # One server without replicas: COPY into a table made in its transaction then writes no log.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    # What people store must not reach the log: no statements, and no errors, which quote values.
    "log_statement": "none",
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_checkpoints": "off",
}
#: Containers often have 64 MB there, which one parallel hash join outgrows.
_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108  PostgreSQL's choice, only measured here
_ENOUGH_SHARED_MEMORY = 1 << 30


@dataclass(frozen=True)
class Cluster:
    """The data directory of one home and the user that runs it."""

    home: Home
    account: Account

    def is_ready(self) -> bool:
        """Return whether the server takes connections now."""
        postmaster = read_postmaster(self.home.data)
        return postmaster is not None and postmaster.status == "ready" and not self._is_free()

    def start(self) -> None:
        """Bring the server up, whatever was left behind; the caller holds ``start.lock``.

        Raises
        ------
        StoreError
            The data directory is of another version, the disk is full, or PostgreSQL refused.
        """
        try:
            with ServerLog(self.home.log, self.account) as log:
                self._start(log)
        except OSError as error:
            raise StoreError(
                f"cannot start PostgreSQL in {self.home.server} ({error.strerror})"
            ) from error

    def is_reachable(self) -> bool:
        """Return whether the socket is where sessions look for it."""
        return (self.home.socket / SOCKET_NAME).is_socket()

    def make_reachable(self) -> None:
        """Bring back a running server's socket that somebody removed; needs ``start.lock``.

        Raises
        ------
        StoreError
            Both sockets are gone, and others have sessions that a new start would end.
        """
        prepare(self.home)
        spare = self.home.spare / SOCKET_NAME
        if spare.is_socket():
            link = self.home.socket / "link"
            link.unlink(missing_ok=True)
            link.symlink_to(spare)
            link.replace(self.home.socket / SOCKET_NAME)
            return
        postmaster = read_postmaster(self.home.data)
        if postmaster is not None and has_sessions(postmaster.pid):
            raise StoreError(
                f"the server's socket {self.home.socket / SOCKET_NAME} was removed and others have "
                "sessions: when they end, or after `hartonomous db stop`, it comes back"
            )
        self.stop()
        self.start()

    def stop(self) -> bool:
        """Stop the server, ending its sessions, and return whether one was running."""
        postmaster = read_postmaster(self.home.data)
        if postmaster is None or self._is_free():
            return False
        with self._lock() as lock:
            shut_down(postmaster, lock.fileno())
        return True

    def _lock(self) -> FileLock:
        return FileLock(self.home.server / "server.lock", self.account)

    def _is_free(self) -> bool:
        with self._lock() as lock:
            return lock.try_shared()

    def _start(self, log: ServerLog) -> None:
        started = time.monotonic()
        launches = 0
        while not self.is_ready():
            with self._lock() as lock:
                if lock.try_exclusive():
                    if launches == _LAUNCHES:
                        raise self._refusal(log)
                    self._launch(lock, log)
                    launches += 1
            postmaster = read_postmaster(self.home.data)
            if postmaster is None and not launches:
                self._end_orphans()
            elif postmaster is not None and postmaster.status == "stopping":
                self.stop()
            if time.monotonic() - started > _START_SECONDS:
                raise StoreError(f"PostgreSQL takes too long to start: see {self.home.log}")
            time.sleep(_POLL_SECONDS)

    def _launch(self, lock: FileLock, log: ServerLog) -> None:
        """Start the postmaster; it inherits ``lock``, which proves that no other server lives."""
        self._refuse_foreign()
        programs = programs_for(self.account)
        if not self.home.data.is_dir():
            self._initialise(programs, lock, log)
        self._refuse_other_version(programs)
        self._clear_leftovers()
        settings = _SETTINGS | _memory_settings()
        # The server names the second one as seen from the folder that it works in.
        settings["unix_socket_directories"] = f"{self._as_seen(self.home.socket)}, ../spare"
        # The shell ends at once, so the postmaster is no child of ours that we had to reap.
        command: list[str | Path] = ["/bin/sh", "-c", '"$@" &', "sh", programs.postgres]
        command += ["-D", self._as_seen(self.home.data)]
        command += [f"--{name}={value}" for name, value in settings.items()]
        self._run(command, self.home.data, lock, log)

    def _initialise(self, programs: Programs, lock: FileLock, log: ServerLog) -> None:
        """Make the data directory beside its place and move it there when it is whole."""
        self.account.require_entry()
        new = self.home.server / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir()
        new.chmod(0o700)  # whatever the umask
        self.account.give(new)
        command: list[str | Path] = [programs.initdb, "-D", self._as_seen(new), "-U", SUPERUSER]
        command += ["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-instructions"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if self._run(command, new, lock, log) != 0:
            raise self._refusal(log)
        new.rename(self.home.data)
        _sync(self.home.server)

    def _run(self, command: list[str | Path], folder: Path, lock: FileLock, log: ServerLog) -> int:
        """Run a program of PostgreSQL as the server's user, inside a folder of the server."""
        environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}
        environment |= {"TZ": os.environ["TZ"]} if "TZ" in os.environ else {}
        return self.account.run(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            umask=0o077,
            start_new_session=True,
            pass_fds=[lock.fileno()],
        )

    def _as_seen(self, folder: Path) -> str:
        """Return a name for the folder a program is started in, or for one outside the home.

        Where a folder above ours is closed to that user, the server goes by the working directory
        that it is started in, which needs no way there.
        """
        if self.home.server not in folder.parents or self.account.can_read(self.home.server):
            return str(folder)
        return "/proc/self/cwd"

    def _refuse_other_version(self, programs: Programs) -> None:
        version = (self.home.data / "PG_VERSION").read_text().strip()
        if version != programs.major:
            raise StoreError(
                f"{self.home.data} was made by PostgreSQL {version} and this is PostgreSQL "
                f"{programs.major}: dump it with the programs of {version} and restore it here"
            )

    def _refuse_foreign(self) -> None:
        """Refuse a data directory whose server was started by other means."""
        postmaster = read_postmaster(self.home.data)
        if postmaster is not None and postmaster.pid in processes_in(self.home.data):
            raise StoreError(
                f"{self.home.data} is run by a PostgreSQL that hartonomous did not start "
                f"(process {postmaster.pid}): stop that one first"
            )

    def _clear_leftovers(self) -> None:
        """Remove what a killed server left: by now its process number may be another's."""
        (self.home.data / "postmaster.pid").unlink(missing_ok=True)
        for folder in (self.home.socket, self.home.spare):
            for path in folder.glob(".s.PGSQL.*"):
                path.unlink(missing_ok=True)

    def _end_orphans(self) -> None:
        """End processes of the server that lost their postmaster; recovery follows anyway."""
        for number in (signal.SIGQUIT, signal.SIGKILL):
            for pid in processes_in(self.home.data):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
            if self._wait_free(_ORPHAN_SECONDS):
                return
        if not self._wait_free(_UNSEEN_SECONDS):
            raise StoreError(
                f"{self.home.server} is in use by processes that cannot be seen from here: "
                "stop them, in whatever container or machine they run"
            )

    def _wait_free(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while not (free := self._is_free()) and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
        return free

    def _refusal(self, log: ServerLog) -> StoreError:
        return StoreError(f"PostgreSQL in {self.home.data} did not start: {log.reason()}")


def _memory_settings() -> dict[str, str]:
    """Keep parallel queries' memory in files where shared memory is too small for them."""
    try:
        enough = shutil.disk_usage(_SHARED_MEMORY).total >= _ENOUGH_SHARED_MEMORY
    except OSError:
        enough = False
    return {} if enough else {"dynamic_shared_memory_type": "mmap"}


def _sync(folder: Path) -> None:
    """Make a rename in a folder last."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def processes_in(folder: Path) -> list[int]:
    """Return the processes that work in a folder, as far as we may look."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            with contextlib.suppress(OSError):
                if (process / "cwd").samefile(folder):
                    found.append(int(process.name))
    return found
