"""Who works in a session, and on which request: what the audit says of its changes."""

from __future__ import annotations

import os

from hartonomous.errors import ParameterError
from hartonomous.postgres.account import user_name
from hartonomous.store.failures import store_errors
from hartonomous.store.session import Connection, hold

#: What the audit takes of either.
_MOST_CHARACTERS = 80


def act_for(connection: Connection, operator: str | None, reference: str | None) -> None:
    """Say for all changes of a session who makes them.

    Parameters
    ----------
    operator
        A person or program; by default the user of the system.
    reference
        What it is done for, such as the number of a request.

    Raises
    ------
    ParameterError
        Either is not one line of at most 80 characters.
    """
    said = {"operator": operator or user_name(os.geteuid()), "reference": reference or ""}
    for name, value in said.items():
        require_line(name, value)
    with store_errors():
        hold(connection, {f"hartonomous.{name}": value for name, value in said.items()})


def require_line(name: str, value: str) -> None:
    """Refuse what the audit does not take.

    Raises
    ------
    ParameterError
        It is not one line of at most 80 characters.
    """
    if len(value) > _MOST_CHARACTERS or not value.isprintable():
        raise ParameterError(f"{name} is one line of at most {_MOST_CHARACTERS} characters")
