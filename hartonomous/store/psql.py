"""Runs PostgreSQL's own client on the substrate's database."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence

from psycopg.conninfo import make_conninfo

from hartonomous.postgres.binaries import find_psql
from hartonomous.store import connection
from hartonomous.store.environment import environment_of, own_parameters, without_variables
from hartonomous.store.opening import GUEST_SETTINGS, dsn_parameters, with_settings


def run_psql(dsn: str | None = None, arguments: Sequence[str] = ()) -> int:
    """Run psql until it ends and return its exit status, 128 and the number for a signal.

    Names need no schema in its session, and what its user makes lies in ``public``. The session's
    parameters go by the environment, so that no list of processes shows a password.

    Parameters
    ----------
    dsn
        As for `connection.connect`. The embedded server is started and kept while psql runs.
    arguments
        Those of psql, which come behind ours.

    Raises
    ------
    StoreError
        There is no psql, the embedded server cannot be started, or the DSN is none.
    """
    program = find_psql()
    chosen = connection.chosen_dsn(dsn)
    if chosen is None:
        connection.connect().close()
        own = with_settings(dsn_parameters(connection.attach().dsn), "", GUEST_SETTINGS)
        environment, parameters = without_variables(), own_parameters(own)
    else:
        given = dsn_parameters(chosen)
        options = given.get("options") or os.environ.get("PGOPTIONS") or ""
        environment, parameters = dict(os.environ), with_settings(given, options, GUEST_SETTINGS)
    del parameters["fallback_application_name"]  # psql has its own
    variables, others = environment_of(parameters)
    more = [f"--dbname={make_conninfo('', **others)}"] if others else []
    return _wait([str(program), *more, *arguments], environment | variables)


def _wait(command: Sequence[str], environment: dict[str, str]) -> int:
    """Run a program that takes Ctrl-C as it likes, and return how it ended."""
    with subprocess.Popen(command, env=environment) as process:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            status = process.wait()
        finally:
            signal.signal(signal.SIGINT, before)
    return status if status >= 0 else 128 - status
