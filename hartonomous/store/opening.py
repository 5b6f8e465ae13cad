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

_SEARCH_PATH = "hartonomous,public"
#: A change looks at what was committed while it waited, so it needs this isolation. A session is
#: idle while its model is mined, which a server's limit for idle sessions does not know.
#: An error is an answer and ends no session.
_SETTINGS = (
    f"-c search_path={_SEARCH_PATH}",
    r"-c default_transaction_isolation=read\ committed",
    "-c idle_session_timeout=0",
    "-c exit_on_error=off",
)
#: Sessions of other programs: names need no schema, and what their users make is in public.
GUEST_SETTINGS = ("-c search_path=public,hartonomous", *_SETTINGS[1:])
_OLDEST = 150000
#: SQLSTATE of the notice that names whom a change waits for.
_WAITING = "HT100"
#: What pgbouncer and its like say to settings in a session's options.
_NO_OPTIONS = "unsupported startup parameter"
_POOLER_WITHOUT_OPTIONS = (
    "the pooler at this address takes no options: leave them (PGOPTIONS) out, set them by "
    "ALTER ROLE, or give the server's own address"
)
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
    try:
        session = _connect(with_settings(given, options))
    except StoreError as error:
        if _NO_OPTIONS not in str(error):
            raise
        if options:
            raise StoreError(_POOLER_WITHOUT_OPTIONS) from error
        session = _connect(with_settings(given, "") | {"options": ""})
    _look_for_pooler(session)
    return session


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


def _look_for_pooler(session: ProcessSession) -> None:
    """Keep nothing in a session whose own options have got lost: a pooler shares it out."""
    with session.transaction():
        (path,) = session.execute("SELECT current_setting('search_path')").fetchone() or ("",)
    if path != _SEARCH_PATH:
        session.keep_nothing()


def _say_waiting(said: Diagnostic) -> None:
    """Pass on at once whom a change waits for: it is said on standard error where nobody asks."""
    if said.sqlstate == _WAITING:
        _log.warning("%s", said.message_primary)


def _place(parameters: dict[str, str]) -> str:
    """Name a server and database for people, without the password."""
    host = parameters.get("host") or os.environ.get("PGHOST") or "the local socket"
    database = parameters.get("dbname") or os.environ.get("PGDATABASE") or "its default"
    return f"database {database} at {host}"
