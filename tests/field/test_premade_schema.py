"""An administrator prepares the database for a role that may do little in it."""

from __future__ import annotations

import os

import psycopg
import pytest
from psycopg import sql

from hartonomous.errors import StoreError
from hartonomous.store import migrations
from hartonomous.store.connection import connect, open_unchecked
from hartonomous.store.failures import store_errors

BOTH = (
    "CREATE SCHEMA hartonomous AUTHORIZATION {role};"
    " CREATE SCHEMA hartonomous_internal AUTHORIZATION {role}"
)


@pytest.fixture
def role(admin):
    name = f"field app {os.getpid()}"
    admin.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(name)))
    yield name
    admin.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


@pytest.fixture
def bare(empty_dsn, role, admin):
    """Give an administrator's session on a database in which the role may do nothing yet."""
    with psycopg.connect(empty_dsn, autocommit=True) as session:
        database = sql.Identifier(session.info.dbname)
        session.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
        session.execute(
            sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, sql.Identifier(role))
        )
        yield session
        session.execute(sql.SQL("DROP OWNED BY {} CASCADE").format(sql.Identifier(role)))


def dsn_as(session, role):
    return psycopg.conninfo.make_conninfo(session.info.dsn, user=role)


def migrate_as(session, role):
    with open_unchecked(dsn_as(session, role)) as own:
        return migrations.migrate(own)


def grant(session, statement, role):
    database = sql.Identifier(session.info.dbname)
    session.execute(sql.SQL(statement).format(role=sql.Identifier(role), database=database))


def test_an_empty_schema_that_is_the_roles_own_is_taken(bare, role):
    grant(bare, "GRANT TEMPORARY ON DATABASE {database} TO {role}", role)
    grant(bare, BOTH, role)
    assert migrate_as(bare, role)
    with connect(dsn_as(bare, role)) as own:
        assert own.execute("SELECT add_evidence('by hand', 'king', 'queen', 1)").fetchone() == (2,)
        assert own.execute("SELECT count(*) FROM neighbors('king')").fetchone() == (1,)


def test_a_schema_that_is_the_roles_through_another_role_is_taken(bare, role, admin):
    group = f"field group {os.getpid()}"
    admin.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(group)))
    try:
        grant(bare, "GRANT TEMPORARY, CREATE ON DATABASE {database} TO {role}", group)
        grant(bare, "CREATE SCHEMA hartonomous AUTHORIZATION {role}", group)
        admin.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(group), sql.Identifier(role)))
        assert migrate_as(bare, role)
    finally:
        bare.execute(sql.SQL("DROP OWNED BY {} CASCADE").format(sql.Identifier(role)))
        bare.execute(sql.SQL("DROP OWNED BY {} CASCADE").format(sql.Identifier(group)))
        admin.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(group)))


TEMPORARY = "GRANT TEMPORARY ON DATABASE {database} TO {role}"
#: What an administrator did already, and the statements that are still to be run.
REFUSALS = {
    "SELECT 1": f"{BOTH}; {TEMPORARY}",
    "CREATE SCHEMA hartonomous": (
        "ALTER SCHEMA hartonomous OWNER TO {role};"
        f" CREATE SCHEMA hartonomous_internal AUTHORIZATION {{role}}; {TEMPORARY}"
    ),
    "CREATE SCHEMA hartonomous AUTHORIZATION {role}": (
        f"CREATE SCHEMA hartonomous_internal AUTHORIZATION {{role}}; {TEMPORARY}"
    ),
    f"CREATE SCHEMA hartonomous AUTHORIZATION {{role}}; {TEMPORARY}": (
        "CREATE SCHEMA hartonomous_internal AUTHORIZATION {role}"
    ),
    f"CREATE SCHEMA hartonomous; CREATE SCHEMA hartonomous_internal; {TEMPORARY}": (
        "ALTER SCHEMA hartonomous OWNER TO {role};"
        " ALTER SCHEMA hartonomous_internal OWNER TO {role}"
    ),
    "GRANT CREATE ON DATABASE {database} TO {role}": TEMPORARY,
}


@pytest.mark.parametrize("given", REFUSALS)
def test_missing_rights_are_named_with_all_statements_that_give_them(bare, role, given):
    grant(bare, given, role)
    cure = sql.SQL(REFUSALS[given]).format(
        role=sql.Identifier(role), database=sql.Identifier(bare.info.dbname)
    )
    with pytest.raises(StoreError) as caught:
        migrate_as(bare, role)
    assert cure.as_string() in str(caught.value)
    assert "\n" not in str(caught.value)
    made = "SELECT count(*) FROM pg_tables WHERE schemaname = 'hartonomous'"
    assert bare.execute(made).fetchone() == (0,)


@pytest.mark.parametrize("given", REFUSALS)
def test_the_statements_that_are_named_are_enough(bare, role, given):
    grant(bare, given, role)
    with pytest.raises(StoreError) as caught:
        migrate_as(bare, role)
    bare.execute(str(caught.value).partition("run ")[2].partition(" (")[0])
    assert migrate_as(bare, role) != []
    assert migrate_as(bare, role) == []


def test_a_grant_in_place_of_schemas_is_enough(bare, role):
    with pytest.raises(StoreError) as caught:
        migrate_as(bare, role)
    said = str(caught.value).partition(" (")
    bare.execute(said[2].partition(" does for")[0])
    bare.execute(said[0].rpartition("; ")[2])
    assert migrate_as(bare, role) != []


@pytest.mark.parametrize(
    "thing",
    ["CREATE TABLE hartonomous.mine ()", "CREATE TYPE hartonomous.mine AS ENUM ('a')",
     "CREATE FUNCTION hartonomous.mine() RETURNS int LANGUAGE sql RETURN 1"],
)  # fmt: skip
def test_a_schema_that_holds_anything_is_left_alone(bare, role, thing):
    grant(bare, "GRANT TEMPORARY ON DATABASE {database} TO {role}", role)
    bare.execute("CREATE SCHEMA hartonomous")
    bare.execute(thing)
    grant(bare, "ALTER SCHEMA hartonomous OWNER TO {role}", role)
    with pytest.raises(StoreError, match="a schema hartonomous that is not ours"):
        migrate_as(bare, role)


def test_a_schema_without_the_other_names_the_dump_that_has_both(connection):
    connection.execute("DROP SCHEMA hartonomous_internal CASCADE")
    connection.commit()
    for ask in (migrations.migrate, migrations.require_current):
        with pytest.raises(StoreError, match=r"without hartonomous_internal.* -n 'hartonomous\*'"):
            ask(connection)
        connection.rollback()


def test_the_database_that_new_ones_are_copied_from_is_left_alone(empty_dsn):
    dsn = psycopg.conninfo.make_conninfo(empty_dsn, dbname="template1")
    with (
        open_unchecked(dsn) as own,
        pytest.raises(StoreError, match="every new database is a copy of template1"),
    ):
        migrations.migrate(own)


def test_a_load_without_temporary_tables_names_the_grant(bare, role):
    grant(bare, "GRANT TEMPORARY, CREATE ON DATABASE {database} TO {role}", role)
    migrate_as(bare, role)
    grant(bare, "REVOKE TEMPORARY ON DATABASE {database} FROM {role}", role)
    with (
        connect(dsn_as(bare, role)) as own,
        pytest.raises(StoreError, match="GRANT TEMPORARY on the database to the schema's owner"),
        store_errors(),
    ):
        own.execute("SELECT * FROM open_source('model:m', 'model', sha256('a'), NULL, 10)")
