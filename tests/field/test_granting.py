"""Roles that are missing at a migration can be added later, and logins become members of them."""

from __future__ import annotations

import os

import psycopg
import pytest
from psycopg import sql
from typer.testing import CliRunner

from hartonomous.cli import app
from hartonomous.errors import StoreError, UnknownNameError
from hartonomous.store import migrations
from hartonomous.store.connection import connect, open_unchecked
from hartonomous.store.rights import grant_role, missing_roles, wrong_rights

ROLES = ["hartonomous_reader", "hartonomous_contributor", "hartonomous_editor"]


@pytest.fixture
def login(admin):
    name = f'field "login" {os.getpid()}'
    admin.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(name)))
    yield name
    admin.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


def cli(*arguments):
    return CliRunner().invoke(app, ["db", *arguments])


def test_a_reader_may_ask_and_not_delete(dsn, login):
    assert cli("grant", "reader", login, "--dsn", dsn).output == f"{login}: reader\n"
    with psycopg.connect(psycopg.conninfo.make_conninfo(dsn, user=login)) as session:
        assert session.execute("SELECT hartonomous.count_relations()").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute("SELECT hartonomous.forget_expired()")


def test_an_editor_may_also_load_and_delete(connection, dsn, login):
    grant_role(connection, "editor", [login])
    connection.commit()
    with connect(psycopg.conninfo.make_conninfo(dsn, user=login)) as session:
        session.execute("SELECT add_evidence('by hand', 'king', 'queen', 0.5)")
        session.execute("SELECT delete_source('by hand')")


def test_all_are_granted_or_none(connection, login):
    with pytest.raises(UnknownNameError, match="no role 'nobody here' in this server"):
        grant_role(connection, "reader", [login, "nobody here"])
    member = "SELECT pg_has_role(%s, 'hartonomous_reader', 'MEMBER')"
    assert connection.execute(member, [login]).fetchone() == (False,)


def test_what_may_not_be_granted_is_one_line(connection, dsn, login):
    grant_role(connection, "reader", [login])
    connection.commit()
    own = psycopg.conninfo.make_conninfo(dsn, user=login)
    with connect(own) as session, pytest.raises(StoreError) as caught:
        grant_role(session, "editor", [login])
    assert "\n" not in str(caught.value)


def test_roles_that_were_missing_are_added_later(admin, empty_dsn, login):
    app_role = sql.Identifier(login)
    for role in ROLES:
        admin.execute(f"ALTER ROLE {role} RENAME TO away_{role}")
    try:
        with psycopg.connect(empty_dsn, autocommit=True) as bare:
            grant = "GRANT CREATE, TEMPORARY ON DATABASE {} TO {}"
            database = sql.Identifier(bare.info.dbname)
            bare.execute(sql.SQL(grant).format(database, app_role))
        own = psycopg.conninfo.make_conninfo(empty_dsn, user=login)
        said = cli("migrate", "--dsn", own).output
        assert f"missing roles: {', '.join(ROLES)}" in said
        with open_unchecked(own) as session:
            assert migrations.migrate(session) == []
            with pytest.raises(StoreError, match="hartonomous_reader is not there and"):
                grant_role(session, "reader", [])
        assert cli("grant", "reader", "--dsn", empty_dsn).output == "the roles are there\n"
        with connect(empty_dsn) as session:
            assert missing_roles(session) == []
            assert wrong_rights(session) == []
            readable = "SELECT has_table_privilege('hartonomous_reader', 'relation_list', 'SELECT')"
            assert session.execute(readable).fetchone() == (True,)
        with psycopg.connect(empty_dsn, autocommit=True) as bare:
            bare.execute(sql.SQL("DROP OWNED BY {} CASCADE").format(app_role))
            for role in ROLES:
                bare.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")
    finally:
        for role in ROLES:
            admin.execute(f"ALTER ROLE away_{role} RENAME TO {role}")
