"""What a database has to give before the schema is made in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from psycopg import sql

from hartonomous.errors import StoreError
from hartonomous.store.session import Connection

#: Read from the catalogue itself: to_regclass may answer from a cache that is older than our lock.
_WHAT_IS_THERE = """
SELECT current_database(), current_user,
       EXISTS (SELECT FROM pg_namespace AS n JOIN pg_class AS c ON relnamespace = n.oid
                WHERE nspname = 'hartonomous' AND relname = 'schema_migration'),
       coalesce(array_agg(name) FILTER (WHERE there.oid IS NULL), '{}'),
       coalesce(array_agg(name)
                FILTER (WHERE NOT pg_has_role(current_user, nspowner, 'USAGE')), '{}'),
       coalesce(array_agg(name) FILTER (WHERE EXISTS (
           SELECT FROM pg_depend WHERE refclassid = 'pg_namespace'::regclass
              AND refobjid = there.oid AND classid <> 'pg_default_acl'::regclass)), '{}'),
       has_database_privilege(current_database(), 'CREATE'),
       has_database_privilege(current_database(), 'TEMPORARY')
  FROM unnest('{hartonomous, hartonomous_internal}'::text[]) WITH ORDINALITY AS schema (name, place)
  LEFT JOIN pg_namespace AS there ON nspname = name
"""
#: What a server copies where nothing else is named.
_TEMPLATES = ("template0", "template1")


@dataclass(frozen=True)
class Ground:
    """A database as a role finds it."""

    database: str
    role: str
    #: Whether our record of files is there.
    is_recorded: bool
    #: Of our two schemas, those that aren't there, that aren't the role's, and that hold anything.
    missing: list[str]
    foreign: list[str]
    filled: list[str]
    may_create: bool
    may_make_temporary: bool

    def require_free(self) -> None:
        """Refuse a schema of our name that somebody else has filled.

        Raises
        ------
        StoreError
            There is one.
        """
        if self.filled:
            raise StoreError(
                f"database {self.database} has a schema {self.filled[0]} that is not ours: "
                "use another database"
            )

    def require_whole(self) -> None:
        """Refuse one of our schemas that is there without the other.

        Raises
        ------
        StoreError
            It is, as the dump of one schema leaves it.
        """
        if self.is_recorded and self.missing:
            raise StoreError(
                f"database {self.database} has our schema without {self.missing[0]}, as a dump of "
                "one schema leaves it: restore a dump of both, pg_dump -n 'hartonomous*'"
            )

    def require_rights(self) -> None:
        """Refuse a role that can't make the schema here, or can't load afterwards.

        Raises
        ------
        StoreError
            A right is missing; the message has all statements that give what is. Or every new
            database would be a copy of this one.
        """
        if self.database in _TEMPLATES:
            raise StoreError(
                f"every new database is a copy of {self.database}, with all that is in it: make "
                "one by CREATE DATABASE and migrate that"
            )
        cures = list(self._cures())
        if cures:
            if self.missing and not self.may_create:
                cures[-1] += " (GRANT CREATE ON DATABASE {database} TO {role} does for schemas)"
            names = {"database": self.database, "role": self.role}
            quoted = {name: sql.Identifier(text).as_string() for name, text in names.items()}
            said = "; ".join(cures).format(**quoted)
            raise StoreError(
                f"role {self.role} has not all rights that the schema needs in database "
                f"{self.database}: have an administrator run {said}"
            )

    def _cures(self) -> Iterator[str]:
        """Yield the statements that an administrator has to run, in order."""
        for schema in self.foreign:
            yield f"ALTER SCHEMA {schema} OWNER TO {{role}}"
        for schema in () if self.may_create else self.missing:
            yield f"CREATE SCHEMA {schema} AUTHORIZATION {{role}}"
        if not self.may_make_temporary:
            yield "GRANT TEMPORARY ON DATABASE {database} TO {role}"


def look_at(connection: Connection) -> Ground:
    """Return what the session's role finds in its database."""
    row = connection.execute(_WHAT_IS_THERE).fetchone()
    if row is None:
        raise StoreError("the database answered without the facts that were asked for")
    return Ground(*row)
