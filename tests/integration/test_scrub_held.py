"""A scrub says done only when nobody keeps deleted rows alive, and finds files nobody names."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from planted_relations import load
from processes import Processes, wait_until

from hartonomous.editing.audit import audit
from hartonomous.errors import StoreError
from hartonomous.postgres.home import Home
from hartonomous.store.connection import connect
from hartonomous.store.scrub import scrub


@pytest.fixture
def deleted(connection, dsn):
    """Give a database in which a word was deleted while a snapshot of before was held."""
    connection.autocommit = True
    load(connection, "model:a", [("king", "zyxgone", 0.5)])
    return connection


@contextlib.contextmanager
def snapshot(dsn):
    with psycopg.connect(dsn) as session:
        session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        session.execute("SELECT 1")
        yield session


def test_a_snapshot_of_before_is_named_and_nothing_is_said_to_be_done(deleted, dsn):
    with snapshot(dsn) as other:
        deleted.execute("SELECT delete_model('model:a')")
        report = scrub(dsn, wait=0.2)
        assert not report.is_done
        (holder,) = report.held_by
        assert f"session {other.info.backend_pid} of hartonomous" in holder.who
        assert f"pg_terminate_backend({other.info.backend_pid})" in holder.way_on
        assert "tables and indexes" not in report.done
    assert scrub(dsn, wait=5).is_done


def test_who_writes_in_another_database_is_named(deleted, dsn, empty_dsn):
    with psycopg.connect(empty_dsn) as other:
        other.execute("SELECT pg_current_xact_id()")
        deleted.execute("SELECT delete_model('model:a')")
        (holder,) = scrub(dsn, wait=0.2).held_by
        assert f"session {other.info.backend_pid} of hartonomous" in holder.who
    with psycopg.connect(empty_dsn) as other:
        other.execute("SELECT 1")  # who only reads there sees none of our rows
        assert scrub(dsn, wait=5).is_done


def test_who_came_after_the_deletion_is_nobodys_obstacle(deleted, dsn):
    deleted.execute("SELECT delete_model('model:a')")
    deleted.execute("CREATE TEMP TABLE later AS SELECT 1")
    scrub(dsn, wait=5)
    assert scrub(dsn, wait=5).is_done


def test_a_lock_that_is_held_is_not_waited_for_without_end(deleted, dsn):
    with psycopg.connect(dsn) as reader:
        reader.execute("SELECT count(*) FROM hartonomous.composition")
        report = scrub(dsn, wait=0.3)
        assert any(f"session {reader.info.backend_pid} " in h.who for h in report.held_by)
    assert scrub(dsn, wait=5).is_done


def test_a_snapshot_that_ends_meanwhile_is_waited_for(deleted, dsn):
    program = (
        "import psycopg, time; s = psycopg.connect(" + repr(dsn) + ");"
        "s.execute('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ'); s.execute('SELECT 1');"
        "print(flush=True); time.sleep(1)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as holding:
        holding.stdout.readline()
        deleted.execute("SELECT delete_model('model:a')")
        assert scrub(dsn, wait=60).is_done


def test_a_replication_slot_that_holds_rows_is_named(system_dsn):
    with connect(system_dsn, migrate=True) as session:
        session.autocommit = True
        session.execute("SELECT pg_create_logical_replication_slot('zyxslot', 'pgoutput')")
        try:
            (holder,) = scrub(system_dsn, wait=0.2).held_by
            assert "replication slot zyxslot" in str(holder)
        finally:
            session.execute("SELECT pg_drop_replication_slot('zyxslot')")
    assert scrub(system_dsn, wait=5).is_done


def test_the_audit_says_what_a_scrub_reached_and_for_whom(deleted, dsn):
    with snapshot(dsn):
        deleted.execute("SELECT delete_model('model:a')")
        scrub(dsn, operator="j.doe", reference="TICKET-7", wait=0.1)
    scrub(dsn)
    second, first = audit(deleted, 2)
    assert (first.action, first.details["operator"]) == ("scrub", "j.doe")
    assert first.details["reference"] == "TICKET-7"
    assert first.details["not_reached"] == ["deleted rows that others may still see"]
    assert "tables and indexes" in second.details["reached"]


def test_a_role_that_owns_no_table_is_refused(deleted, dsn):
    name = f"test_scrubber_{deleted.info.backend_pid}"
    deleted.execute(f"CREATE ROLE {name} LOGIN IN ROLE hartonomous_editor")
    try:
        with pytest.raises(StoreError, match="as their owner"):
            scrub(dsn.replace("postgresql://hartonomous@", f"postgresql://{name}@"))
    finally:
        deleted.execute(f"DROP ROLE {name}")


PREPARED = """
import psycopg
from hartonomous.store.connection import attach, connect
from hartonomous.store.scrub import scrub
session = connect()
session.autocommit = True
session.execute("CREATE TABLE public.t AS SELECT 1 AS n")
session.execute("ALTER SYSTEM SET max_prepared_transactions = 2")
"""
HOLD = """
from hartonomous.store.connection import connect
session = connect()
session.execute("BEGIN")
session.execute("INSERT INTO public.t VALUES (2)")
session.execute("PREPARE TRANSACTION 'zyxprepared'")
"""
SCRUB = """
from hartonomous.store.scrub import scrub
report = scrub(wait=0.2)
print(report)
"""
COUNT = """
from hartonomous.store.connection import connect
print(connect().execute("SELECT count(*) FROM source").fetchone()[0])
"""
KEEP = "from hartonomous.postgres.server import EmbeddedServer; EmbeddedServer().keep()"
RELEASE = """
from hartonomous.store.connection import connect
session = connect()
session.autocommit = True
session.execute("ROLLBACK PREPARED 'zyxprepared'")
"""
STOP = "from hartonomous.postgres import server; server.stop()"


def test_a_prepared_transaction_is_named(ours: Processes):
    ours.run(KEEP)
    ours.run(PREPARED)
    ours.run(STOP)
    ours.run(HOLD)
    said = ours.run(SCRUB)
    assert "zyxprepared" in said
    assert "ROLLBACK PREPARED" in said
    assert "server log" not in said
    ours.run(RELEASE)
    said = ours.run(SCRUB)
    assert "server log" in said
    assert "zyxprepared" not in said


UNCOMMITTED = """
import os
from hartonomous.store.connection import connect
session = connect()
session.execute("CREATE TABLE public.crashed AS SELECT generate_series(1, 50000) AS n")
print(session.execute("SELECT pg_relation_filepath('public.crashed')").fetchone()[0])
connect().execute("CHECKPOINT")
print(session.info.backend_pid, flush=True)
import sys
sys.stdin.read()
"""


def test_files_of_a_killed_load_are_removed_and_nothing_else(ours: Processes):
    ours.run(KEEP)
    client = ours.start(UNCOMMITTED)
    left = Home(ours.home).data / client.stdout.readline().strip()
    backend = int(client.stdout.readline())
    assert "0 removed" not in ours.run(SCRUB)
    assert left.exists(), "a load that is open keeps its files"
    os.kill(backend, signal.SIGKILL)
    wait_until(lambda: not Path(f"/proc/{backend}").exists())
    client.kill()
    client.wait()
    assert ours.run(COUNT) == "0"
    assert left.exists(), "the server does not look for it"
    said = ours.run(SCRUB)
    assert "removed)" in said
    assert "(0 removed)" not in said
    assert not left.exists()
    assert ours.run(COUNT) == "0"
