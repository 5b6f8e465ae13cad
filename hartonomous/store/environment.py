"""Keeps the embedded server's sessions apart from libpq's variables, service and password files.

They are for servers of the user's own: ``PGHOSTADDR`` alone leads a session to another server.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import pq

from hartonomous.errors import StoreError

#: What libpq takes from the environment whatever the parameters say.
_BEHIND_PARAMETERS = ("PGSERVICE", "PGTZ", "PGDATESTYLE", "PGGEQO")
#: A parameter set to nothing counts as set, but these have to be something.
_NEUTRAL = {
    "application_name": "hartonomous",
    "client_encoding": "UTF8",
    "connect_timeout": "60",
    "max_protocol_version": "3.0",
    "min_protocol_version": "3.0",
    "sslcertmode": "allow",
}
#: ``~/.pgpass`` is read where no file is named.
_NO_FILE = os.devnull + "/none"

_hiding = threading.RLock()


def own_parameters(given: dict[str, str]) -> dict[str, str]:
    """Return parameters of a session with a value for each that a variable would set."""
    found = {"passfile": _NO_FILE, "client_encoding": "UTF8"} | given
    for option in pq.Conninfo.get_defaults():
        name, variable = option.keyword.decode(), (option.envvar or b"").decode()
        if variable in os.environ and variable not in _BEHIND_PARAMETERS:
            found.setdefault(name, _NEUTRAL.get(name) or (option.compiled or b"").decode())
    return found


def environment_of(parameters: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return variables that make another program open this session, and what has no variable.

    No list of processes shows variables, as it shows arguments.

    Raises
    ------
    StoreError
        A secret has no variable.
    """
    variables, others = {}, {}
    options = {option.keyword.decode(): option for option in pq.Conninfo.get_defaults()}
    for name, value in parameters.items():
        option = options.get(name)
        if option and option.envvar:
            variables[option.envvar.decode()] = value
        elif option and option.dispchar == b"*":
            raise StoreError(f"{name} cannot be handed to another program unseen: leave it out")
        else:
            others[name] = value
    return variables, others


def without_variables() -> dict[str, str]:
    """Return this process's environment without what libpq takes from it."""
    defaults = pq.Conninfo.get_defaults()
    known = {option.envvar.decode() for option in defaults if option.envvar}
    hidden = known.union(_BEHIND_PARAMETERS)
    return {name: value for name, value in os.environ.items() if name not in hidden}


@contextmanager
def hidden_variables() -> Iterator[None]:
    """Take what no parameter can replace out of the environment while a session is opened."""
    with _hiding:
        hidden = {name: os.environ[name] for name in _BEHIND_PARAMETERS if name in os.environ}
        try:
            for name in hidden:
                del os.environ[name]
            yield
        finally:
            os.environ.update(hidden)


def _free() -> None:
    """Give a child a lock of its own: the thread that held it does not exist there."""
    global _hiding
    _hiding = threading.RLock()


os.register_at_fork(after_in_child=_free)
