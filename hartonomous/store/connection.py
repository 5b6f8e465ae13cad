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

from hartonomous.errors import StoreError
from hartonomous.postgres.home import Home, find_home
from hartonomous.postgres.server import DATABASE, EmbeddedServer, dsn_of
from hartonomous.store import migrations
from hartonomous.store.failures import store_errors
from hartonomous.store.opening import (
    GUEST_SETTINGS,
    dsn_parameters,
    open_own_session,
    open_session,
    with_settings,
)
from hartonomous.store.session import Connection

DSN_VARIABLE = "HARTONOMOUS_DSN"
#: What the embedded server, which speaks English, says while it is being made or comes back.
_MISSING = f'database "{DATABASE}" does not exist'
_PASSING = re.compile(
    "the database system is|No such file|Connection refused|closed the connection|terminating"
)
#: Parameters of a connection that nobody is to read over a shoulder.
_SECRETS = frozenset({"password", "sslpassword"})
_RETRY_SECONDS = 30.0
_POLL_SECONDS = 0.02

#: What PostgreSQL gave the cluster when it was made, the first number of its control file.
_IDENTITY = "SELECT system_identifier FROM pg_catalog.pg_control_system()"

_Check = Callable[[Connection], object]

#: The embedded servers this process is attached to, which is told by the kernel when it ends; a
#: forked child attaches itself.
_attached: dict[Path, EmbeddedServer] = {}
os.register_at_fork(after_in_child=_attached.clear)


def connect(dsn: str | None = None, *, migrate: bool = False) -> Connection:
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
        not ours, older or newer than this version; or the DSN is empty.
    """
    embedded = chosen_dsn(dsn) is None
    return _open(dsn, migrations.migrate if migrate or embedded else migrations.require_current)


def open_unchecked(dsn: str | None = None) -> Connection:
    """Open a session as `connect` does, whatever schema the database has."""
    return _open(dsn, lambda _: None)


def chosen_dsn(dsn: str | None = None) -> str | None:
    """Return the DSN to use, or None for the embedded server.

    Raises
    ------
    StoreError
        It is empty, as a variable is that nobody filled in: no server is meant by that.
    """
    origin = f"--dsn or {DSN_VARIABLE}" if dsn is not None else DSN_VARIABLE
    chosen = os.environ.get(DSN_VARIABLE) if dsn is None else dsn
    if chosen is not None and not chosen.strip():
        raise StoreError(
            f"{origin} is empty: write postgresql://user@host/database, "
            "or leave it out to use the embedded server"
        )
    return chosen


def url(dsn: str | None = None) -> str:
    """Return a libpq URI whose sessions find the schema's names unqualified.

    Passwords are left out, as it is printed. The embedded server is started for it and, when this
    process ends, waits a minute for the first session and then for the end of the last.
    """
    chosen = chosen_dsn(dsn)
    if chosen is None:
        connect().close()
        attach().linger()
        return attach().dsn
    given = dsn_parameters(chosen)
    options = given.get("options") or os.environ.get("PGOPTIONS") or ""
    settings = with_settings(given, options, GUEST_SETTINGS)
    shown = {name: value for name, value in settings.items() if name not in _SECRETS}
    return f"postgresql:///?{urlencode(shown, quote_via=quote)}"


def attach(home: Path | str | None = None) -> EmbeddedServer:
    """Attach this process to the embedded server of a home, for as long as the process lives."""
    path = find_home(home).path
    if path not in _attached:
        _attached[path] = EmbeddedServer(path)
    return _attached[path]


def _open(dsn: str | None, check: _Check) -> Connection:
    chosen = chosen_dsn(dsn)
    return _open_embedded(check) if chosen is None else _checked(open_session(chosen), check)


def _open_embedded(check: _Check) -> Connection:
    server = attach()
    deadline = time.monotonic() + _RETRY_SECONDS
    while isinstance(opened := _attempt(server, check), StoreError):
        if _MISSING in str(opened):
            _create_database(server)
        elif _PASSING.search(str(opened)) and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
            server.ensure_running()  # it may have been killed or stopped since we attached
        else:
            raise opened
    return opened


def _attempt(server: EmbeddedServer, check: _Check) -> Connection | StoreError:
    try:
        return _checked(_open_own(server.home, DATABASE), check)
    except StoreError as error:
        return error


def _open_own(home: Home, database: str) -> Connection:
    return _checked(
        open_own_session(dsn_of(home, database)), lambda session: _require_home(session, home)
    )


def _checked(session: Connection, check: _Check) -> Connection:
    try:
        check(session)
    except BaseException:
        session.close()
        raise
    return session


def _require_home(session: Connection, home: Home) -> None:
    """Refuse a server whose files are not those of this home, before it is asked anything else."""
    with store_errors(), session.transaction():
        (found,) = session.execute(_IDENTITY).fetchone() or (None,)
    if found != home.read_identity():
        raise StoreError(
            f"the server at {home.socket} is not the one whose files are in {home.data}: "
            "run `hartonomous db stop`, then try again"
        )


def _create_database(server: EmbeddedServer) -> None:
    name = sql.Identifier(DATABASE)
    with store_errors(), _open_own(server.home, "postgres") as connection:
        connection.autocommit = True
        connection.execute("SELECT pg_advisory_lock(0)")  # until the session ends
        # Another process may have just made it, or died before the second statement.
        with suppress(psycopg.errors.DuplicateDatabase):
            connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
        connection.execute(
            sql.SQL("ALTER DATABASE {} SET search_path = public, hartonomous").format(name)
        )
