"""Opens one session: a DSN's parameters, our settings behind them, and what a failure means."""

from __future__ import annotations

import logging
import os

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.errors import Diagnostic

from hartonomous.errors import StoreError
from hartonomous.store.environment import hidden_variables, own_parameters
from hartonomous.store.failures import first_line
from hartonomous.store.session import ProcessSession

#: A change looks at what was committed while it waited, so it needs this isolation. A session is
#: idle while its model is mined, which a server's limit for idle sessions does not know.
_SETTINGS = (
    "-c search_path=hartonomous,public",
    r"-c default_transaction_isolation=read\ committed",
    "-c idle_session_timeout=0",
)
#: Sessions of other programs: names need no schema, and what their users make is in public.
GUEST_SETTINGS = ("-c search_path=public,hartonomous", *_SETTINGS[1:])
_OLDEST = 150000
#: SQLSTATE of the notice that names whom a change waits for.
_WAITING = "HT100"
_log = logging.getLogger("hartonomous")


def open_session(dsn: str) -> ProcessSession:
    """Open a session on a server of the user's; libpq's variables fill in what the DSN leaves out.

    Raises
    ------
    StoreError
        The DSN is none, or the server cannot be reached or is older than PostgreSQL 15.
    """
    given = dsn_parameters(dsn)
    options = given.get("options") or os.environ.get("PGOPTIONS") or ""
    return _connect(with_settings(given, options))


def open_own_session(dsn: str) -> ProcessSession:
    """Open a session on the embedded server; it takes nothing from the environment."""
    parameters = own_parameters(with_settings(dsn_parameters(dsn), ""))
    with hidden_variables():
        return _connect(parameters)


def dsn_parameters(dsn: str) -> dict[str, str]:
    """Return the parameters that a connection string names.

    Raises
    ------
    StoreError
        It is no connection string.
    """
    try:
        return {name: str(value) for name, value in conninfo_to_dict(dsn).items()}
    except psycopg.ProgrammingError:
        # The reason quotes the string, which may hold a password: no traceback is to show it.
        raise StoreError(
            "the DSN is no connection string: write postgresql://user@host/database"
        ) from None


def with_settings(
    parameters: dict[str, str], options: str, settings: tuple[str, ...] = _SETTINGS
) -> dict[str, str]:
    """Return parameters with our settings behind the user's own options."""
    missing = [setting for setting in settings if setting not in options]
    named = {"fallback_application_name": "hartonomous"} | parameters
    return named | {"options": " ".join([options, *missing]).lstrip()}


def _connect(parameters: dict[str, str]) -> ProcessSession:
    try:
        connection = ProcessSession.connect(make_conninfo("", **parameters))
    except psycopg.Error as error:
        raise StoreError(f"cannot connect to {_place(parameters)}: {first_line(error)}") from error
    if connection.info.server_version < _OLDEST:
        version = connection.info.parameter_status("server_version")
        connection.close()
        raise StoreError(f"the server is PostgreSQL {version}: hartonomous needs 15 or newer")
    connection.add_notice_handler(_say_waiting)
    return connection


def _say_waiting(said: Diagnostic) -> None:
    """Pass on at once whom a change waits for: it is said on standard error where nobody asks."""
    if said.sqlstate == _WAITING:
        _log.warning("%s", said.message_primary)


def _place(parameters: dict[str, str]) -> str:
    """Name a server and database for people, without the password."""
    host = parameters.get("host") or os.environ.get("PGHOST") or "the local socket"
    database = parameters.get("dbname") or os.environ.get("PGDATABASE") or "its default"
    return f"database {database} at {host}"
