"""One embedded server that things are killed on; its database is put back before each try."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import operations
import psycopg
from operations import Operation

from hartonomous.postgres.cluster import processes_in
from hartonomous.postgres.home import Home
from hartonomous.postgres.server import dsn_of
from hartonomous.postgres.server import stop as stop_server
from hartonomous.postgres.watchdog import read_postmaster
from hartonomous.store.connection import connect
from hartonomous.store.session import Connection

#: Databases to start from: with the schema alone, and with sources of every kind.
EMPTY, LOADED = "empty", "loaded"

#: The command line, as it is installed.
_COMMAND = ("-c", "from hartonomous.cli import main; main()")

#: What is killed: the client, its backend, the postmaster alone, or all of the server at once.
VICTIMS = ("client", "backend", "postmaster", "server")

#: Tables of the schema and temporary ones; a partition of lists is named after its source.
_TABLES = """
SELECT coalesce(c.source_identifier, t.relname) AS name
FROM pg_class AS t
LEFT JOIN hartonomous.content AS c ON t.relname = 'relation_list_' || c.content_id
WHERE t.relkind IN ('r', 'p')
    AND (t.relnamespace = 'hartonomous'::regnamespace OR t.relpersistence = 't')
ORDER BY 1
"""


@dataclass(frozen=True)
class State:
    """What is in the database, as far as it may not be half done."""

    fingerprint: str
    audit_rows: int
    tables: tuple[str, ...]


@dataclass(frozen=True)
class Rehearsal:
    """How an operation goes when nothing happens to it."""

    #: Before it and after each of its commits.
    states: tuple[State, ...]
    seconds: float


class Laboratory:
    """A server in a folder of its own, and what is needed to kill it and look at the remains."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder / "home")
        self.vectors = folder / "vectors"
        #: Where clients put temporary files.
        self.temporary = folder / "temporary"
        self._rehearsals: dict[Operation, Rehearsal] = {}
        for made in (self.vectors, self.temporary):
            made.mkdir()
        operations.plant_vectors(self.vectors)

    def prepare(self) -> None:
        """Make the databases that operations start from."""
        self._keep_as(EMPTY)
        with session() as connection:
            operations.prepare(connection, self.vectors)
        self._keep_as(LOADED)

    def _keep_as(self, name: str) -> None:
        connect().close()
        with self.admin() as admin:
            admin.execute(f"ALTER DATABASE hartonomous RENAME TO {name}")
            admin.execute(f"CREATE DATABASE hartonomous TEMPLATE {name}")

    def put_back(self, name: str = LOADED) -> None:
        """Make the database what it was in the beginning."""
        with self.admin() as admin:
            admin.execute("DROP DATABASE IF EXISTS hartonomous WITH (FORCE)")
            admin.execute(f"CREATE DATABASE hartonomous TEMPLATE {name}")

    @contextlib.contextmanager
    def admin(self) -> Iterator[psycopg.Connection]:
        """Give a superuser's session outside the database, the server started where it is gone."""
        connect().close()
        dsn = dsn_of(self.home, "postgres")
        with contextlib.closing(psycopg.connect(dsn, autocommit=True)) as admin:
            yield admin

    @property
    def postmaster(self) -> int:
        """The server's process id."""
        found = read_postmaster(self.home.data)
        assert found, "the server does not run"
        return found.pid

    def start(self, *command: object, temporary: Path | None = None) -> subprocess.Popen[str]:
        """Start a client of the server: a Python program and its arguments."""
        environment = {**os.environ, "TMPDIR": str(temporary or self.temporary)}
        return subprocess.Popen(
            [sys.executable, *map(str, command)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
            start_new_session=True,
        )

    def start_ingest(
        self, name: str = "c", *options: str, temporary: Path | None = None
    ) -> subprocess.Popen[str]:
        """Start the command that ingests a planted model."""
        arguments = ("ingest", "embeddings", self.vectors / f"{name}.npy", "--k", operations.K)
        return self.start(*_COMMAND, *arguments, *options, temporary=temporary)

    def start_operation(self, operation: Operation) -> tuple[subprocess.Popen[str], int]:
        """Start an operation on a fresh database; return it, and its backend, as it begins."""
        self.put_back(template_of(operation))
        client = self.start(operations.__file__, operation.__name__, self.vectors)
        line = client.stdout.readline()
        assert line, client.stderr.read()
        return client, int(line)

    def kill(self, victim: str, client: subprocess.Popen[str], backend: int) -> None:
        """Kill one of `VICTIMS` in a way that nothing can refuse."""
        pids = {"client": [client.pid], "backend": [backend], "postmaster": [self.postmaster]}
        for pid in pids.get(victim) or [self.postmaster, *processes_in(self.home.data)]:
            kill(pid)

    def rehearse(self, operation: Operation) -> Rehearsal:
        """Return how an operation goes undisturbed; it is tried out once."""
        if operation not in self._rehearsals:
            self.put_back(template_of(operation))
            with session() as connection:
                self._rehearsals[operation] = self._try(operation, connection)
        return self._rehearsals[operation]

    def _try(self, operation: Operation, connection: Connection) -> Rehearsal:
        states = [state_of(connection)]
        seconds = -time.perf_counter()
        for _ in operation(connection, self.vectors):
            seconds += time.perf_counter()
            states.append(state_of(connection))
            seconds -= time.perf_counter()
        return Rehearsal(tuple(states), seconds + time.perf_counter())

    def wait_alone(self, connection: Connection) -> None:
        """Wait until the database has no other session, as a backend outlives its client."""
        others = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        wait_until(lambda: connection.execute(others).fetchone() == (0,))

    def stray_files(self) -> list[Path]:
        """Temporary files that somebody left, ours and PostgreSQL's own."""
        sorts = [path for path in self.home.data.glob("base/pgsql_tmp/*") if path.exists()]
        return [*self.temporary.iterdir(), *sorts]

    def close(self) -> None:
        """Stop the server."""
        stop_server(self.home.path)


@contextlib.contextmanager
def session() -> Iterator[Connection]:
    """Give a session on the database, the server started where it does not run."""
    with contextlib.closing(connect()) as connection:
        connection.autocommit = True
        yield connection


def template_of(operation: Operation) -> str:
    """Name the database that an operation starts from."""
    return EMPTY if operation is operations.ingest_first_model else LOADED


def state_of(connection: Connection) -> State:
    """Read the state of the database."""
    (fingerprint,) = connection.execute("SELECT substrate_fingerprint()").fetchone()
    (audit_rows,) = connection.execute("SELECT count(*) FROM audit").fetchone()
    tables = connection.execute(_TABLES).fetchall()
    return State(fingerprint, audit_rows, tuple(name for (name,) in tables))


def faults_of(connection: Connection) -> list[object]:
    """Return what the database finds wrong with itself."""
    checks = ("SELECT * FROM verify_ratings()", "SELECT * FROM verify_audit()")
    return [row for check in checks for row in connection.execute(check)]


def kill(pid: int) -> None:
    """Kill a process, which may be gone already."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def wait_until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait until a condition holds; the limit only ends tests that would hang."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)
