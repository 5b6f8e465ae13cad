"""Connections to the substrate's database: a server named by a DSN, or the embedded one."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from hartonomous.errors import StoreError
from hartonomous.postgres.home import find_home
from hartonomous.postgres.server import DATABASE, EmbeddedServer, dsn_of
from hartonomous.store import migrations
from hartonomous.store.failures import first_line, store_errors

DSN_VARIABLE = "HARTONOMOUS_DSN"
#: A change looks at what was committed while it waited, so it needs this isolation.
_SETTINGS = (
    "-c search_path=hartonomous,public",
    r"-c default_transaction_isolation=read\ committed",
)
_OLDEST = 150000
#: What the embedded server, which speaks English, says while it is being made or comes back.
_MISSING = f'database "{DATABASE}" does not exist'
_PASSING = re.compile(
    "the database system is|No such file|Connection refused|closed the connection|terminating"
)
_RETRY_SECONDS = 30.0
_POLL_SECONDS = 0.02

_Check = Callable[[psycopg.Connection], object]

#: The embedded servers this process is attached to; the kernel detaches it when it ends.
_attached: dict[Path, EmbeddedServer] = {}


def connect(dsn: str | None = None, *, migrate: bool = False) -> psycopg.Connection:
    """Open a session on the substrate, with the schema ``hartonomous`` on its search path.

    Parameters
    ----------
    dsn
        A libpq connection string or URI. Without one it is ``HARTONOMOUS_DSN``, and without that
        the embedded server of ``HARTONOMOUS_HOME``, started where it does not run and kept until
        this process ends; its database is made and brought up to date as needed.
    migrate
        Bring the database of a DSN up to date, which is otherwise only checked.

    Raises
    ------
    StoreError
        The server cannot be reached or is older than PostgreSQL 15, or the database is missing,
        not ours, older or newer than this version.
    """
    embedded = not chosen_dsn(dsn)
    return _open(dsn, migrations.migrate if migrate or embedded else migrations.require_current)


def open_unchecked(dsn: str | None = None) -> psycopg.Connection:
    """Open a session as `connect` does, whatever schema the database has."""
    return _open(dsn, lambda _: None)


def chosen_dsn(dsn: str | None = None) -> str | None:
    """Return the DSN to use, or None for the embedded server."""
    return dsn or os.environ.get(DSN_VARIABLE) or None


def url(dsn: str | None = None) -> str:
    """Return a libpq URI whose sessions find the schema's names unqualified.

    The embedded server is started for it and, when this process ends, waits a minute for the
    first session and then for the end of the last.
    """
    chosen = chosen_dsn(dsn)
    if not chosen:
        connect().close()
        attach().linger()
        return attach().dsn
    return f"postgresql:///?{urlencode(_parameters(chosen), quote_via=quote)}"


def attach(home: Path | str | None = None) -> EmbeddedServer:
    """Attach this process to the embedded server of a home, for as long as the process lives."""
    path = find_home(home).path
    if path not in _attached:
        _attached[path] = EmbeddedServer(path)
    return _attached[path]


def _open(dsn: str | None, check: _Check) -> psycopg.Connection:
    chosen = chosen_dsn(dsn)
    return _open_checked(chosen, check) if chosen else _open_embedded(check)


def _open_embedded(check: _Check) -> psycopg.Connection:
    server = attach()
    deadline = time.monotonic() + _RETRY_SECONDS
    while isinstance(opened := _attempt(server.dsn, check), StoreError):
        if _MISSING in str(opened):
            _create_database(server)
        elif _PASSING.search(str(opened)) and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
            server.ensure_running()  # it may have been killed or stopped since we attached
        else:
            raise opened
    return opened


def _attempt(dsn: str, check: _Check) -> psycopg.Connection | StoreError:
    try:
        return _open_checked(dsn, check)
    except StoreError as error:
        return error


def _open_checked(dsn: str, check: _Check) -> psycopg.Connection:
    connection = _open_session(dsn)
    try:
        check(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _create_database(server: EmbeddedServer) -> None:
    name = sql.Identifier(DATABASE)
    with store_errors(), _open_session(dsn_of(server.home, "postgres")) as connection:
        connection.autocommit = True
        connection.execute("SELECT pg_advisory_lock(0)")  # until the session ends
        # Another process may have just made it, or died before the second statement.
        with suppress(psycopg.errors.DuplicateDatabase):
            connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
        connection.execute(
            sql.SQL("ALTER DATABASE {} SET search_path = hartonomous, public").format(name)
        )


def _open_session(dsn: str) -> psycopg.Connection:
    parameters = _parameters(dsn)
    try:
        connection: psycopg.Connection = psycopg.connect(make_conninfo("", **parameters))
    except psycopg.Error as error:
        raise StoreError(f"cannot connect to {_place(parameters)}: {first_line(error)}") from error
    if connection.info.server_version < _OLDEST:
        version = connection.info.parameter_status("server_version")
        connection.close()
        raise StoreError(f"the server is PostgreSQL {version}: hartonomous needs 15 or newer")
    return connection


def _parameters(dsn: str) -> dict[str, str]:
    """Return a DSN's parameters with our settings behind the user's own options."""
    try:
        parameters = {name: str(value) for name, value in conninfo_to_dict(dsn).items()}
    except psycopg.ProgrammingError as error:
        # The reason quotes the string, which may hold a password.
        raise StoreError(
            "the DSN is no connection string: write postgresql://user@host/database"
        ) from error
    options = parameters.get("options") or os.environ.get("PGOPTIONS") or ""
    missing = [setting for setting in _SETTINGS if setting not in options]
    if missing:
        parameters["options"] = " ".join([options, *missing]).lstrip()
    parameters.setdefault("fallback_application_name", "hartonomous")
    return parameters


def _place(parameters: dict[str, str]) -> str:
    """Name a server and database for people, without the password."""
    host = parameters.get("host") or os.environ.get("PGHOST") or "the local socket"
    database = parameters.get("dbname") or os.environ.get("PGDATABASE") or "its default"
    return f"database {database} at {host}"
