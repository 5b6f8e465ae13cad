"""How the embedded server and a database do, seen without changing either."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from hartonomous.errors import ParameterError, StoreError
from hartonomous.postgres import watchdog
from hartonomous.postgres.home import find_home
from hartonomous.store import migrations
from hartonomous.store.deletion_marks import BEHIND, is_behind, mark_file
from hartonomous.store.failures import store_errors
from hartonomous.store.forgetting_key import chosen_key_file
from hartonomous.store.rights import wrong_rights


@dataclass(frozen=True)
class ServerStatus:
    """An embedded server."""

    running: bool
    #: Whether it was asked to stay when nobody is attached.
    kept: bool
    pid: int | None
    data_directory: Path
    socket_directory: Path
    #: Bytes under the data directory.
    data_bytes: int
    #: Processes that hold a share in the server.
    attached: tuple[int, ...]


@dataclass(frozen=True)
class DatabaseStatus:
    """A database in any server."""

    name: str
    server_version: str
    #: Bytes of the database's files.
    database_bytes: int
    #: The last schema or migration file that was applied, None in a database without our schema.
    schema_version: str | None
    #: ``current``, or why this version of hartonomous cannot work with the database as it is.
    state: str


def server_status(home: Path | str | None = None) -> ServerStatus:
    """Return how the embedded server of a home does, without starting it."""
    found = find_home(home)
    running = watchdog.is_running(found.server)
    postmaster = watchdog.read_postmaster(found.data) if running else None
    return ServerStatus(
        running=postmaster is not None,
        kept=watchdog.is_kept(found.server),
        pid=postmaster.pid if postmaster else None,
        data_directory=found.data,
        socket_directory=found.socket,
        data_bytes=_folder_bytes(found.data),
        attached=_holders(found.server / "lease.lock"),
    )


def database_status(connection: psycopg.Connection, dsn: str | None = None) -> DatabaseStatus:
    """Return how a database does, whatever the state of its schema.

    Parameters
    ----------
    dsn
        Where it is, by which is known whether it is older than its deletions.
    """
    with store_errors():
        size = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    version, state = None, "current"
    try:
        version = migrations.schema_version(connection)
        migrations.require_current(connection)
        if wrong := wrong_rights(connection):
            state = (
                f"{len(wrong)} rights differ from ours, the first is {wrong[0]}: "
                "run `hartonomous db migrate`"
            )
        if is_behind(connection, mark_file(dsn, chosen_key_file())):
            state = BEHIND
    except (StoreError, ParameterError) as error:
        state = str(error)
    return DatabaseStatus(
        name=connection.info.dbname,
        server_version=connection.info.parameter_status("server_version") or "unknown",
        database_bytes=size[0] if size else 0,
        schema_version=version,
        state=state,
    )


def _folder_bytes(folder: Path) -> int:
    total = 0
    for path, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                total += Path(path, name).lstat().st_size
    return total


def _holders(path: Path) -> tuple[int, ...]:
    """Return the processes that share a lock, as the kernel lists them."""
    try:
        inode = path.stat().st_ino
        lines = Path("/proc/locks").read_text().splitlines()
    except OSError:
        return ()
    # 1: FLOCK  ADVISORY  READ 4711 fe:00:131073 0 EOF; those that wait have -> behind the number
    locks = [line.split() for line in lines if " FLOCK " in line and "->" not in line]
    pids = {int(lock[4]) for lock in locks if lock[3] == "READ" and lock[5].endswith(f":{inode}")}
    return tuple(sorted(pids))
