"""Variables and files of another server's lie around where the embedded one is used."""

from __future__ import annotations

import os
import sys

import psycopg
import pytest
from programs import run_program
from psycopg import pq

from hartonomous.errors import StoreError
from hartonomous.postgres.home import Home
from hartonomous.postgres.server import dsn_of
from hartonomous.store import connection
from hartonomous.store.connection import connect, url

VARIABLES = {option.envvar.decode() for option in pq.Conninfo.get_defaults() if option.envvar} | {
    "PGTZ",
    "PGDATESTYLE",
    "PGGEQO",
    "PGSERVICEFILE",
    "PGSYSCONFDIR",
}


@pytest.fixture
def made(server):
    """Make the embedded database before a variable can get in the way."""
    connect().close()
    return server


@pytest.mark.parametrize("variable", sorted(VARIABLES))
def test_the_embedded_server_takes_nothing_from_a_variable(made, monkeypatch, variable):
    monkeypatch.setenv(variable, "7")
    with connect() as session:
        assert session.execute("SELECT 'ü'").fetchone() == ("ü",)
        assert session.execute("SHOW application_name").fetchone() == ("hartonomous",)
    assert os.environ[variable] == "7"


def test_the_embedded_server_takes_nothing_from_all_variables_at_once(made, monkeypatch):
    for variable in VARIABLES:
        monkeypatch.setenv(variable, "Mars/Base")
    with connect() as session:
        assert session.execute("SHOW client_encoding").fetchone() == ("UTF8",)
        assert session.execute("SHOW search_path").fetchone() == ("hartonomous,public",)


def test_a_first_start_takes_nothing_from_variables(tmp_path):
    program = """
import json
from hartonomous.store.connection import connect
print(json.dumps(connect().info.dbname))
"""
    variables = dict.fromkeys(VARIABLES, "Mars/Base")
    home = str(tmp_path / "home")
    assert run_program(program, HARTONOMOUS_HOME=home, **variables) == "hartonomous"


def test_variables_of_a_server_that_runs_lead_nobody_there(made, monkeypatch, system_postgresql):
    """The reported case: a role of our name there, and our schema made in that server."""
    host = system_postgresql.partition("host=")[2]
    for variable, value in {"PGHOST": host, "PGUSER": "hartonomous", "PGPORT": "5432"}.items():
        monkeypatch.setenv(variable, value)
    with connect() as session:
        assert session.execute("SHOW server_version").fetchone()[0].startswith("18")
    with psycopg.connect(system_postgresql) as other:
        names = other.execute("SELECT datname FROM pg_database").fetchall()
    assert ("hartonomous",) not in names


def test_the_printed_address_leads_to_the_embedded_server_whatever_is_set(made, monkeypatch):
    monkeypatch.setenv("PGPORT", "1")
    monkeypatch.setenv("PGHOSTADDR", "127.0.0.1")
    with psycopg.connect(url()) as session:
        assert session.info.dbname == "hartonomous"


def test_a_password_file_is_not_read(made, monkeypatch, tmp_path):
    passwords = tmp_path / ".pgpass"
    passwords.write_text("*:*:*:*:secret\n")
    passwords.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    with connect() as session:
        assert session.info.password == ""
        assert not session.pgconn.used_password


def test_a_dsn_takes_what_libpq_takes(dsn, monkeypatch, tmp_path):
    """A user's own server: host, user and database from variables, or from a service."""
    given = psycopg.conninfo.conninfo_to_dict(dsn)
    for name, variable in {"host": "PGHOST", "user": "PGUSER", "dbname": "PGDATABASE"}.items():
        monkeypatch.setenv(variable, given[name])
    with connect("postgresql://") as session:
        assert session.info.dbname == given["dbname"]
    monkeypatch.setenv("PGDATABASE", "no_such_database")
    service = tmp_path / "services"
    service.write_text(f"[mine]\ndbname={given['dbname']}\nhost={given['host']}\n")
    monkeypatch.setenv("PGSERVICEFILE", str(service))
    with connect("service=mine") as session:
        assert session.info.dbname == given["dbname"]


def test_a_server_of_other_files_is_refused_before_it_is_asked_anything(
    made, monkeypatch, tmp_path
):
    (tmp_path / "server/data/global").mkdir(parents=True)
    other = (42).to_bytes(8, sys.byteorder)
    (tmp_path / "server/data/global/pg_control").write_bytes(other)
    monkeypatch.setattr(connection, "dsn_of", lambda _home, name: dsn_of(made.home, name))
    with pytest.raises(StoreError, match="is not the one whose files are in") as caught:
        connection._open_own(Home(tmp_path), "postgres")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("empty", ["", "  "])
def test_an_empty_dsn_is_a_mistake(made, monkeypatch, empty):
    with pytest.raises(StoreError, match="--dsn or HARTONOMOUS_DSN is empty"):
        connect(empty)
    monkeypatch.setenv("HARTONOMOUS_DSN", empty)
    for ask in (connect, url):
        with pytest.raises(StoreError, match="HARTONOMOUS_DSN is empty: write postgresql://"):
            ask()
