"""Roles with limits, changes that wait for each other, and clients that are killed meanwhile."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import psycopg
import pytest
from planted_relations import load
from psycopg import sql

import hartonomous
from hartonomous.concepts import Concept
from hartonomous.errors import StoreError
from hartonomous.observations import (
    ConceptTable,
    MinedSite,
    MinedSource,
    Observations,
    SiteRecord,
    Source,
)
from hartonomous.store.connection import connect
from hartonomous.store.failures import store_errors
from hartonomous.store.load import load_source

LIMITS = ["statement_timeout", "idle_in_transaction_session_timeout", "transaction_timeout"]

#: Tables that readers may read and changes lock.
READABLE = ("schema_migration", "source_pair", "relation_summary", "relation_list", "content")

#: Deletes a model; says so before.
DELETE = """
import sys
import hartonomous
with hartonomous.open(sys.argv[1]) as substrate:
    print("now", flush=True)
    substrate.delete_source("by hand")
"""


@pytest.fixture
def planted(dsn):
    with connect(dsn) as session:
        session.autocommit = True
        session.execute("SELECT add_evidence('by hand', 'king', 'queen', 0.5)")
    return dsn


@pytest.fixture
def loading(planted):
    """Give a session in which a load is open."""
    with psycopg.connect(planted) as session:
        session.execute("SELECT hartonomous.lock_loader()")
        yield session


def set_for_database(session, name, value):
    database = sql.Identifier(session.info.dbname)
    statement = sql.SQL("ALTER DATABASE {} SET {} = {}")
    session.execute(statement.format(database, sql.Identifier(name), value))
    session.commit()


@pytest.mark.parametrize("limit", LIMITS)
def test_a_limit_of_the_role_does_not_reach_a_transaction(planted, limit):
    with psycopg.connect(planted) as admin:
        known = admin.execute("SELECT FROM pg_settings WHERE name = %s", [limit]).rowcount
        if not known:
            pytest.skip(f"this PostgreSQL has no {limit}")
        set_for_database(admin, limit, "150ms")
    with connect(planted) as session:
        session.autocommit = True
        with session.transaction():
            session.execute("SELECT pg_sleep(0.3)")
            time.sleep(0.3)
            assert session.execute("SELECT 1").fetchone() == (1,)


def test_a_limit_of_the_role_still_holds_for_questions(planted):
    with psycopg.connect(planted) as admin:
        set_for_database(admin, "statement_timeout", "50ms")
    with connect(planted) as session:
        session.autocommit = True
        with pytest.raises(psycopg.errors.QueryCanceled):
            session.execute("SELECT pg_sleep(5)")


def test_a_change_waits_as_long_as_lock_timeout_says_and_names_whom_for(planted, loading):
    with hartonomous.open(f"{planted}&options=-c%20lock_timeout%3D200ms") as substrate:
        with pytest.raises(StoreError) as caught:
            substrate.delete_source("by hand")
        pid = loading.info.backend_pid
        assert f"lock_timeout (200ms) ended the wait for process {pid} of" in str(caught.value)
        assert "\n" not in str(caught.value)
        loading.rollback()
        substrate.delete_source("by hand")


def test_a_change_that_waits_says_at_once_for_whom(planted, loading, caplog):
    with hartonomous.open(planted) as substrate, caplog.at_level(logging.WARNING):
        deletion = threading.Thread(target=substrate.delete_source, args=["by hand"])
        deletion.start()
        expected = f"waiting for process {loading.info.backend_pid} of"
        deadline = time.monotonic() + 60
        while not any(message.startswith(expected) for message in caplog.messages):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert deletion.is_alive()
        loading.rollback()
        deletion.join(60)
        assert not deletion.is_alive()


def test_loads_do_not_wait_for_each_other(planted, loading, caplog):
    with hartonomous.open(f"{planted}&options=-c%20lock_timeout%3D200ms") as substrate:
        substrate.record_feedback("someone", "king", "queen", "accept")
    assert caplog.messages == []


def test_a_reader_holds_up_nobody(planted, admin):
    """Whatever it locks: tables that it may read, or numbers, which anybody may lock."""
    reader = sql.Identifier(f"field reader {os.getpid()}")
    admin.execute(sql.SQL("CREATE ROLE {} LOGIN IN ROLE hartonomous_reader").format(reader))
    try:
        name = f"field reader {os.getpid()}"
        own = psycopg.conninfo.make_conninfo(planted, user=name)
        with psycopg.connect(own) as session:
            numbers = "generate_series(0, 9) AS n"
            session.execute(f"SELECT pg_advisory_lock(1751216500, n) FROM {numbers}")
            for table in READABLE:
                session.execute(f"LOCK TABLE hartonomous.{table} IN ACCESS SHARE MODE")
            limited = f"{planted}&options=-c%20lock_timeout%3D2s"
            with connect(limited) as writer:
                load(writer, "model:a", [("king", "queen", 0.5)])
                load(writer, "model:b", [("king", "queen", 0.5)])
            with hartonomous.open(limited) as substrate:
                substrate.record_feedback("someone", "king", "queen", "accept")
                substrate.summarise_relations(0)
                substrate.add_evidence("by hand", "king", "man", 0.5)
                substrate.delete_source("by hand")
                substrate.delete_model("model:a")
            for mode in ("ROW EXCLUSIVE", "SHARE ROW EXCLUSIVE", "ACCESS EXCLUSIVE"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege), session.transaction():
                    session.execute(f"LOCK TABLE hartonomous.schema_migration IN {mode} MODE")
            internal = "hartonomous_internal.take_turn(true)"
            for function in ("hartonomous.lock_writer()", "hartonomous.lock_loader()", internal):
                with pytest.raises(psycopg.errors.InsufficientPrivilege), session.transaction():
                    session.execute(f"SELECT {function}")
    finally:
        admin.execute(sql.SQL("DROP ROLE {}").format(reader))


def test_no_function_asks_for_a_lock_that_anybody_may_hold(connection):
    rows = connection.execute(
        "SELECT proname FROM pg_proc"
        " WHERE pronamespace::regnamespace::text ~ '^hartonomous' AND prosrc LIKE '%advisory%'"
    )
    assert rows.fetchall() == []


def test_a_change_whose_client_was_killed_does_not_wait_on(planted, loading):
    client = subprocess.Popen(
        [sys.executable, "-c", DELETE, planted], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert client.stdout.readline() == b"now\n"
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = %s::regclass"
    table = "hartonomous.schema_migration"
    wait_for(loading, waiting, table, 1)
    client.send_signal(signal.SIGKILL)
    client.wait(60)
    client.stdout.close()
    wait_for(loading, waiting, table, 0)
    loading.rollback()
    with hartonomous.open(planted) as substrate:
        assert [found.source_identifier for found in substrate.sources()] == ["by hand"]


def wait_for(session, query, value, expected):
    deadline = time.monotonic() + 60
    while session.execute(query, [value]).fetchone() != (expected,):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_server_without_locks_left_names_its_setting(planted):
    with connect(planted) as session:
        session.autocommit = True
        with (
            pytest.raises(StoreError, match="raise its setting max_locks_per_transaction"),
            store_errors(),
            session.transaction(),
        ):
            session.execute("SELECT pg_advisory_xact_lock(n) FROM generate_series(1, 200000) AS n")


def test_a_load_goes_on_under_the_limits_of_its_role(planted):
    """It is idle while its model is mined, and its copying takes longer than a question may."""
    with psycopg.connect(planted) as admin:
        for limit in ("statement_timeout", "idle_session_timeout"):
            set_for_database(admin, limit, "300ms")
    with connect(planted) as session:
        session.autocommit = True
        time.sleep(0.6)
        table, _ = ConceptTable.of([Concept("text", f"word{number}") for number in range(200)])
        mined = MinedSite.alone(SiteRecord("embedding"), slow_batches())
        report = load_source(
            session, MinedSource(Source("model:slow", "model", bytes(32)), table, (mined,))
        )
    assert report.observations == 2


def slow_batches():
    for a, b in ((0, 1), (2, 3)):
        time.sleep(0.4)
        pair = (np.array([a], dtype=np.int32), np.array([b], dtype=np.int32))
        yield Observations(*pair, np.array([9], dtype=np.int32))


def test_a_session_without_foreign_keys_changes_nothing(planted):
    with (
        hartonomous.open(f"{planted}&options=-c%20session_replication_role%3Dreplica") as substrate,
        pytest.raises(StoreError, match="session_replication_role is replica") as caught,
    ):
        substrate.delete_source("by hand")
    assert "\n" not in str(caught.value)
    with hartonomous.open(planted) as substrate:
        assert len(substrate.sources()) == 1


def test_an_error_ends_no_session_whatever_its_role_says(planted):
    with psycopg.connect(planted) as admin:
        set_for_database(admin, "exit_on_error", "on")
    with hartonomous.open(planted) as substrate:
        assert substrate.record_feedback("someone", "king", "queen", "accept")


#: Rows of catalogues that came and went, and those that are there.
_CATALOGUES = """
SELECT sum(pg_stat_get_xact_tuples_inserted(oid)) FROM pg_class
WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind = 'r'
"""


@pytest.mark.parametrize(
    "said",
    [
        "SELECT record_feedback('user_1', 'king', 'queen', 'accept')",
        "SELECT record_feedback('user_1', 'king', 'queen', 'correct', 'dog')",
        "SELECT add_evidence('by another hand', 'king', 'dog', 0.5)",
        "SELECT add_evidence('by hand', 'king', 'dog', 0.5)",
    ],
)
def test_what_is_said_one_by_one_leaves_nothing_in_catalogues(planted, said):
    with connect(planted) as session:
        session.execute(said)
        assert session.execute(_CATALOGUES).fetchone() == (0,)
