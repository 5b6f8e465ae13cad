"""What a database has to give before the schema is made in it."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg import sql

from hartonomous.errors import StoreError
from hartonomous.store.session import Connection

#: Read from the catalogue itself: to_regclass may answer from a cache that is older than our lock.
_WHAT_IS_THERE = """
SELECT current_database(), current_user, pg_get_userbyid(nspowner),
       EXISTS (SELECT FROM pg_class
                WHERE relnamespace = schema.oid AND relname = 'schema_migration'),
       NOT EXISTS (SELECT FROM pg_depend
                    WHERE refclassid = 'pg_namespace'::regclass AND refobjid = schema.oid
                      AND classid <> 'pg_default_acl'::regclass),
       coalesce(pg_has_role(current_user, nspowner, 'USAGE'), false),
       has_database_privilege(current_database(), 'CREATE'),
       has_database_privilege(current_database(), 'TEMPORARY')
  FROM (SELECT) AS always LEFT JOIN pg_namespace AS schema ON nspname = 'hartonomous'
"""


@dataclass(frozen=True)
class Ground:
    """A database as a role finds it."""

    database: str
    role: str
    #: Who owns the schema ``hartonomous``, None where there is no such schema.
    owner: str | None
    #: Whether the schema has our record of files.
    is_recorded: bool
    is_empty: bool
    is_owned: bool
    may_create: bool
    may_make_temporary: bool

    def require_free(self) -> None:
        """Refuse a schema of our name that somebody else has filled.

        Raises
        ------
        StoreError
            There is one.
        """
        if self.owner is not None and not self.is_empty:
            raise StoreError(
                f"database {self.database} has a schema hartonomous that is not ours: "
                "use another database"
            )

    def require_rights(self) -> None:
        """Refuse a role that can't make the schema here, or can't load afterwards.

        Raises
        ------
        StoreError
            A right is missing; the message has the statement that gives it.
        """
        if self.owner is not None and not self.is_owned:
            raise self._lacks("ALTER SCHEMA hartonomous OWNER TO {role}")
        if self.owner is None and not self.may_create:
            raise self._lacks(
                "GRANT CREATE ON DATABASE {database} TO {role}, "
                "or CREATE SCHEMA hartonomous AUTHORIZATION {role}"
            )
        if not self.may_make_temporary:
            raise self._lacks("GRANT TEMPORARY ON DATABASE {database} TO {role}")

    def _lacks(self, cure: str) -> StoreError:
        names = {"database": self.database, "role": self.role}
        quoted = {name: sql.Identifier(text).as_string() for name, text in names.items()}
        return StoreError(
            f"role {self.role} has not all rights that the schema needs in database "
            f"{self.database}: have an administrator run {cure.format(**quoted)}"
        )


def look_at(connection: Connection) -> Ground:
    """Return what the session's role finds in its database."""
    row = connection.execute(_WHAT_IS_THERE).fetchone()
    if row is None:
        raise StoreError("the database answered without the facts that were asked for")
    return Ground(*row)
