"""Roles of the server, and what they may do in the schema."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import psycopg
from psycopg import sql

from hartonomous.errors import StoreError, UnknownNameError
from hartonomous.store.failures import first_line, store_errors

_SAYS_WHERE = """
SELECT EXISTS (
    SELECT FROM pg_db_role_setting AS s
    CROSS JOIN LATERAL unnest(s.setconfig) AS c (setting)
    LEFT JOIN pg_database AS d ON d.oid = s.setdatabase
    LEFT JOIN pg_roles AS r ON r.oid = s.setrole
    WHERE coalesce(d.datname, current_database()) = current_database()
        AND coalesce(r.rolname, current_user) = current_user
        AND starts_with(c.setting, 'search_path=')
)
"""

#: Who may do what: each may do what those before may.
Role = Literal["reader", "contributor", "editor"]


def wrong_rights(connection: psycopg.Connection) -> list[str]:
    """Return which rights differ from those that a migration states, a line each."""
    with store_errors(), connection.transaction():
        rows = connection.execute(
            "SELECT concat_ws(' ', privilege, 'on', name, 'for', grantee,"
            " CASE WHEN is_missing THEN 'is missing' END) FROM hartonomous_internal.wrong_rights()"
        ).fetchall()
    return [line for (line,) in rows]


def missing_roles(connection: psycopg.Connection) -> list[str]:
    """Return which of the roles are not there."""
    with store_errors(), connection.transaction():
        rows = connection.execute("SELECT unnest(hartonomous_internal.missing_roles())").fetchall()
    return [name for (name,) in rows]


def state_rights(connection: psycopg.Connection) -> None:
    """Make the roles that are missing, where the session's role may, and state all rights anew.

    Raises
    ------
    StoreError
        The session's role doesn't own the schema.
    """
    try:
        with connection.transaction():
            connection.execute("SELECT hartonomous_internal.make_roles()")
            connection.execute("SELECT hartonomous_internal.state_rights()")
    except psycopg.errors.InsufficientPrivilege as error:
        raise StoreError(
            f"the rights of this schema can only be stated by its owner: {first_line(error)}"
        ) from error


def find_names(connection: psycopg.Connection) -> bool:
    """Let the session's role find our names in this database, whatever brings it there.

    A pooler may drop what a session asks for itself. Nothing is done, and False returned, where
    somebody has said where names are looked for, of the role or of the database.
    """
    with store_errors(), connection.transaction():
        (is_set,) = connection.execute(_SAYS_WHERE).fetchone() or (True,)
        if not is_set:
            database = sql.Identifier(connection.info.dbname)
            connection.execute(
                sql.SQL(
                    "ALTER ROLE CURRENT_USER IN DATABASE {} SET search_path = public, hartonomous"
                ).format(database)
            )
    return not is_set


def grant_role(connection: psycopg.Connection, role: Role, members: Sequence[str]) -> None:
    """Make roles of the server members of one of ours, all of them or none.

    Parameters
    ----------
    connection
        A session of the schema's owner that may create roles, or of a superuser.
    role
        What they may do then. Roles that are missing are made, with their rights.
    members
        Names of roles, such as logins; none makes what is missing and nothing else.

    Raises
    ------
    UnknownNameError
        A member is no role of the server.
    StoreError
        The session's role may not do that; nothing was changed.
    """
    with store_errors(), connection.transaction():
        state_rights(connection)
        if missing := missing_roles(connection):
            raise StoreError(
                f"role {missing[0]} is not there and {connection.info.user} may not create it: "
                "do this as a superuser, or as the schema's owner with CREATEROLE"
            )
        for member in members:
            _grant(connection, role, member)


def _grant(connection: psycopg.Connection, role: Role, member: str) -> None:
    names = sql.Identifier(f"hartonomous_{role}"), sql.Identifier(member)
    try:
        with connection.transaction():
            connection.execute(sql.SQL("GRANT {} TO {}").format(*names))
    except (psycopg.errors.UndefinedObject, psycopg.errors.InvalidName) as error:
        raise UnknownNameError(
            f"no role {member[:80]!r} in this server: CREATE ROLE makes one"
        ) from error
