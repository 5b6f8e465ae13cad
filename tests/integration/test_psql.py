"""`hartonomous psql` is psql on the substrate's database, where users have their own place."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import psycopg
import pytest
from planted_relations import load

from hartonomous.store.connection import connect, url

COMMAND = [sys.executable, "-c", "from hartonomous.cli import main; main()", "psql"]


def psql(*arguments: str, dsn: str | None = None, **variables: str):
    environment = os.environ | variables | ({"HARTONOMOUS_DSN": dsn} if dsn else {})
    command = [*COMMAND, "--no-psqlrc", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment)


@pytest.fixture
def planted(connection, dsn):
    load(connection, "model:a", [("king", "queen", 0.5)])
    return dsn


def test_names_need_no_schema(planted):
    done = psql("-qAt", "-c", "SELECT neighbor FROM neighbors('king')", dsn=planted)
    assert (done.stdout, done.stderr, done.returncode) == ("queen\n", "", 0)
    join = "SELECT count(*) FROM relation JOIN relation_rating USING (relation_id)"
    assert psql("-At", "-c", join, dsn=planted).stdout == "1\n"


def test_what_users_make_lies_in_public(planted):
    done = psql("-c", "CREATE TABLE mine (n integer)", "-c", "SELECT 1", dsn=planted)
    assert done.returncode == 0, done.stderr
    by_url = url(planted)
    with psycopg.connect(by_url) as session:
        session.execute("CREATE TABLE by_url (n integer)")
        found = session.execute(
            "SELECT schemaname FROM pg_tables WHERE tablename IN ('mine', 'by_url')"
        ).fetchall()
    assert found == [("public",)] * 2


def test_the_exit_status_is_psqls(planted):
    assert psql("-v", "ON_ERROR_STOP=1", "-c", "SELECT nonsense", dsn=planted).returncode == 1
    assert psql("--file", "/no/such/file", dsn=planted).returncode == 1
    assert psql("-c", "SELECT 1", dsn="host=/no/such/folder").returncode == 2
    assert psql("-c", r"\! kill -KILL $PPID", dsn=planted).returncode == 128 + signal.SIGKILL


def test_no_list_of_processes_shows_a_password(planted):
    given = psycopg.conninfo.make_conninfo(planted, password="h1dden", keepalives_idle="7")
    done = psql("-c", r"\! tr '\\0' ' ' < /proc/$PPID/cmdline", dsn=given)
    assert done.returncode == 0
    assert "keepalives_idle=7" in done.stdout
    assert "h1dden" not in done.stdout


def test_a_secret_that_would_be_seen_is_refused(planted):
    given = psycopg.conninfo.make_conninfo(planted, sslpassword="h1dden")
    done = psql("-c", "SELECT 1", dsn=given)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: sslpassword cannot be handed")
    assert "h1dden" not in done.stderr


def test_the_embedded_server_takes_nothing_from_the_environment(server):
    lost = {"PGHOST": "/no/such/folder", "PGDATABASE": "none", "PGSERVICE": "none"}
    done = psql(
        "-qAt", "-c", "SELECT current_database(), count(*) > 0 FROM schema_migration", **lost
    )
    assert (done.stdout, done.stderr) == ("hartonomous|t\n", "")


def test_our_own_sessions_find_our_names_first(planted):
    with connect(planted) as session:
        assert session.execute("SHOW search_path").fetchone() == ("hartonomous,public",)
