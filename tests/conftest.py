"""One embedded server for the session, and a fresh migrated database for each test that asks."""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from hartonomous.postgres.account import account_for
from hartonomous.postgres.server import EmbeddedServer, dsn_of, embedded_server, stop
from hartonomous.store import migrations
from hartonomous.store.connection import connect

# A test run in the background may have been started with SIGINT ignored, and so would be every
# process it starts; Ctrl-C has to work for those that are sent one.
signal.signal(signal.SIGINT, signal.default_int_handler)

_TEMPLATE = "hartonomous_template"
#: Set to "system", databases are made in the machine's own PostgreSQL, an older one than ours.
_OTHER_SERVER = "HARTONOMOUS_TEST_SERVER"
_numbers = itertools.count()
#: A disk is slow at making many databases; memory that has to be free to make them there.
_MEMORY, _ENOUGH = Path("/dev/shm"), 2 << 30


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedServer]:
    """Run the embedded server of a temporary home, which every process the tests start shares."""
    with _quick_folder() as folder, pytest.MonkeyPatch.context() as patch:
        home = folder / "home"
        patch.setenv("HARTONOMOUS_HOME", str(home))
        patch.delenv("HARTONOMOUS_DSN", raising=False)
        with embedded_server(home) as running:
            yield running
        stop(home)


@pytest.fixture(scope="session")
def address(request: pytest.FixtureRequest) -> Callable[[str], str]:
    """Give what makes a database's name its DSN, on the embedded server or the machine's own."""
    if os.environ.get(_OTHER_SERVER) == "system":
        postgres = request.getfixturevalue("system_postgresql")
        return lambda name: postgres.replace("/postgres?", f"/{name}?")
    server = request.getfixturevalue("server")
    return lambda name: dsn_of(server.home, name)


@pytest.fixture(scope="session")
def admin(address: Callable[[str], str]) -> Iterator[psycopg.Connection]:
    """Give a superuser's session that makes and drops databases; there is a migrated template."""
    with psycopg.connect(address("postgres"), autocommit=True) as connection:
        # Nobody misses these databases when the machine fails, and each is made and dropped.
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
        connection.execute(f"CREATE DATABASE {_TEMPLATE}")
        with psycopg.connect(address(_TEMPLATE)) as template:
            migrations.migrate(template)
        yield connection


@pytest.fixture
def dsn(address: Callable[[str], str], admin: psycopg.Connection) -> Iterator[str]:
    """Give the DSN of a fresh database with the whole schema."""
    name = f"test_{next(_numbers)}"
    admin.execute(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}")
    yield address(name)
    admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_dsn(address: Callable[[str], str], admin: psycopg.Connection) -> Iterator[str]:
    """Give the DSN of a fresh database without any schema."""
    name = f"test_{next(_numbers)}"
    admin.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    yield address(name)
    admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def connection(dsn: str) -> Iterator[psycopg.Connection]:
    """Give a session on a fresh database with the whole schema."""
    with connect(dsn) as opened:
        yield opened


@pytest.fixture(scope="session")
def pristine(
    address: Callable[[str], str], admin: psycopg.Connection
) -> Iterator[psycopg.Connection]:
    """Give a session on one empty database with the whole schema, to look at and not to change."""
    admin.execute(f"CREATE DATABASE test_pristine TEMPLATE {_TEMPLATE}")
    opened = connect(address("test_pristine"))
    opened.autocommit = True  # it lives for long, and holds no snapshot meanwhile
    opened.execute("SET default_transaction_read_only = on")
    yield opened
    opened.close()  # whether or not a test that ends all sessions has ended it
    admin.execute("DROP DATABASE test_pristine WITH (FORCE)")


@pytest.fixture(scope="session")
def system_postgresql() -> Iterator[str]:
    """Give the DSN of an empty database in a PostgreSQL that the machine came with, 15 or newer."""
    programs = _system_programs()
    if programs is None:
        pytest.skip("this machine has no PostgreSQL 15 or newer of its own")
    # Not below pytest's own folders: they are closed to the server's user when we are root.
    with _quick_folder() as folder:
        account = account_for(folder)
        account.give(folder)
        data = f"{folder}/data"
        quiet = {"cwd": folder, "stdout": subprocess.DEVNULL, "start_new_session": True}
        initdb = [programs / "initdb", "-D", data, "-U", "hartonomous", "--auth=trust", "-N"]
        assert account.run([*initdb, "--encoding=UTF8", "--locale=C"], **quiet) == 0
        options = f"-c listen_addresses= -c unix_socket_directories={folder} -c wal_level=logical"
        pg_ctl = [programs / "pg_ctl", "-D", data, "-w", "-l", f"{folder}/log"]
        assert account.run([*pg_ctl, "-o", options, "start"], **quiet) == 0
        yield f"postgresql://hartonomous@/postgres?host={folder}"
        account.run([*pg_ctl, "-m", "immediate", "stop"], **quiet)


@pytest.fixture
def system_dsn(system_postgresql: str) -> Iterator[str]:
    """Give the DSN of a fresh empty database in the machine's own PostgreSQL."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(system_postgresql, autocommit=True) as postgres:
        postgres.execute(f"CREATE DATABASE {name}")
        yield system_postgresql.replace("/postgres?", f"/{name}?")
        postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextlib.contextmanager
def _quick_folder() -> Iterator[Path]:
    """Give an empty folder, in memory where there is enough: databases come and go in it."""
    usable = os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ENOUGH
    with tempfile.TemporaryDirectory(
        prefix="postgresql-", dir=_MEMORY if usable else None, ignore_cleanup_errors=True
    ) as folder:
        yield Path(folder).resolve()


def _system_programs() -> Path | None:
    """Return the newest of the machine's own PostgreSQL installations."""
    folders = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/usr").glob("pgsql-*/bin")]
    on_path = shutil.which("postgres", path=os.defpath)
    folders += [Path(on_path).resolve().parent] if on_path else []
    versions = {_major(folder): folder for folder in folders if (folder / "initdb").is_file()}
    newest = max(versions, default=0)
    return versions[newest] if newest >= 15 else None


def _major(folder: Path) -> int:
    said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True)
    found = re.search(r"(\d+)", said.stdout)
    return int(found[1]) if found else 0
