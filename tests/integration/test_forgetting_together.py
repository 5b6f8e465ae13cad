"""Several sessions at once: the laws hold, nobody deadlocks, readers never see half a change."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import psycopg
import pytest
from ingesting import ingest_text
from planted_relations import load, random_graph

from hartonomous.editing.audit import verify_audit
from hartonomous.editing.deletion import delete_model, delete_subject
from hartonomous.editing.feedback import record_feedback
from hartonomous.editing.fingerprint import substrate_fingerprint
from hartonomous.editing.state import quarantine_source, restore_source
from hartonomous.editing.verification import verify_ratings
from hartonomous.errors import StoreError, UnknownNameError
from hartonomous.store.connection import connect

ROUNDS = 6


def session(dsn):
    opened = connect(dsn)
    opened.autocommit = True
    return opened


def graph(number):
    return random_graph(np.random.default_rng(number), nodes=60, degree=8)


@pytest.fixture
def substrate(connection):
    connection.autocommit = True
    load(connection, "model:base", graph(0))
    return connection


def test_ingest_delete_and_query_at_once_keep_the_laws(substrate, dsn, tmp_path):  # noqa: C901
    before = substrate_fingerprint(substrate)
    done = threading.Event()
    note = tmp_path / "note.txt"
    note.write_text("w1 w2 w3 w4. w5 and w6 said w7 to somebody.")

    def models(number):
        with session(dsn) as own:
            for _ in range(ROUNDS):
                load(own, f"model:{number}", graph(number))
                delete_model(own, f"model:{number}")

    def person(name):
        with session(dsn) as own:
            for _ in range(ROUNDS):
                ingest_text(own, [note], subject=name)
                record_feedback(own, name, "w1", "w2", "reject")
                delete_subject(own, name)

    def quarantine():
        with session(dsn) as own:
            for _ in range(ROUNDS):
                quarantine_source(own, "model:base")
                restore_source(own, "model:base")

    def readers():
        asked = 0
        with session(dsn) as own:
            while not done.is_set():
                for question in (
                    "SELECT * FROM neighbors('w1')",
                    "SELECT * FROM explain_relation('w1', 'w2')",
                    "SELECT * FROM traverse_relations('w1')",
                ):
                    try:
                        own.execute(question).fetchall()
                    except psycopg.Error as refused:  # while quarantined sources alone know it
                        if refused.sqlstate != "HT003":
                            raise
                    asked += 1
        return asked

    with ThreadPoolExecutor(8) as pool:
        asking = [pool.submit(readers) for _ in range(2)]
        changing = [pool.submit(models, 1), pool.submit(models, 2), pool.submit(quarantine)]
        changing += [pool.submit(person, name) for name in ("user_1", "user_12")]
        try:
            for change in changing:
                change.result(timeout=120)
        finally:
            done.set()
        assert all(asked.result(timeout=60) > 0 for asked in asking)
    assert verify_ratings(substrate) == ()
    assert verify_audit(substrate) == ()
    assert substrate_fingerprint(substrate) == before


def test_readers_see_a_model_whole_or_not_at_all(substrate, dsn):
    done = threading.Event()
    counts = set()

    def read():
        with session(dsn) as own:
            while not done.is_set():
                rows = own.execute(
                    "SELECT neighbor FROM composition AS c"
                    " CROSS JOIN LATERAL neighbors(c.label, 1000) WHERE c.label = 'hub'"
                ).fetchall()
                counts.add(len(rows))

    spokes = [("hub", f"spoke{number}", 0.5) for number in range(40)]
    with ThreadPoolExecutor(2) as pool:
        reading = [pool.submit(read) for _ in range(2)]
        try:
            load(substrate, "model:wheel", spokes[:10])
            for _ in range(ROUNDS):
                load(substrate, "model:hub", spokes)
                delete_model(substrate, "model:hub")
        finally:
            done.set()
        for each in reading:
            each.result(timeout=60)
    assert counts <= {0, 10, 40}


def test_two_sessions_that_delete_the_same_model_delete_it_once(substrate, dsn):
    load(substrate, "model:b", graph(1))
    barrier = threading.Barrier(2)

    def delete():
        with session(dsn) as own:
            barrier.wait()
            try:
                return delete_model(own, "model:b").sources
            except UnknownNameError as error:
                return str(error)

    with ThreadPoolExecutor(2) as pool:
        results = sorted((pool.submit(delete).result for _ in range(2)), key=id)
        outcomes = [result(timeout=60) for result in results]
    assert 1 in outcomes
    assert any("deleted for good" in str(outcome) for outcome in outcomes)


def test_a_long_reader_holds_up_neither_others_nor_the_deletion(substrate, dsn):
    load(substrate, "model:b", graph(1))
    with psycopg.connect(dsn) as long_reader, session(dsn) as other:
        long_reader.execute("SELECT count(*) FROM hartonomous.evidence")
        with ThreadPoolExecutor(1) as pool, session(dsn) as deleter:
            deletion = pool.submit(delete_model, deleter, "model:b")
            other.execute("SET statement_timeout = '10s'")
            for _ in range(50):
                other.execute("SELECT * FROM neighbors('w1')").fetchall()
            assert deletion.result(timeout=60).sources == 1
        long_reader.rollback()


def test_a_source_that_another_session_loads_is_waited_for(substrate, dsn):
    with psycopg.connect(dsn) as loader, session(dsn) as deleter:
        loader.execute("SELECT hartonomous.lock_loader()")
        deleter.execute("SET lock_timeout = '50ms'")
        with pytest.raises(StoreError, match=r"lock_timeout \(50ms\) ended the wait for process"):
            delete_model(deleter, "model:base")
        loader.rollback()
        deleter.execute("SET lock_timeout = 0")
        assert delete_model(deleter, "model:base").sources == 1


def test_who_read_and_waits_for_a_deletion_that_waits_for_readers_goes_on(substrate, dsn):
    """What is a deadlock for a moment, until the deletion no longer waits, ends nobody's work."""
    with psycopg.connect(dsn) as loader, psycopg.connect(dsn) as deleter:
        deleter.execute("SELECT hartonomous.lock_writer()")
        loader.execute("SELECT FROM hartonomous.relation_list LIMIT 1")
        with ThreadPoolExecutor(1) as pool:
            turn = pool.submit(loader.execute, "SELECT hartonomous.lock_loader()")
            while not substrate.execute(
                "SELECT FROM pg_locks WHERE NOT granted AND mode = 'RowExclusiveLock'"
            ).fetchall():
                threading.Event().wait(0.005)
            deleter.execute("SET deadlock_timeout = '60s'")  # the other one is to find it
            deleter.execute("SET lock_timeout = '2500ms'")
            with pytest.raises(psycopg.errors.LockNotAvailable):
                deleter.execute(
                    "LOCK TABLE ONLY hartonomous.relation_list IN ACCESS EXCLUSIVE MODE"
                )
            deleter.rollback()
            turn.result(timeout=60)


def test_a_reader_who_comes_while_a_deletion_waits_misses_nothing(substrate, dsn):
    load(substrate, "model:big", graph(1))
    counted = "SELECT evidence_count FROM source WHERE source_identifier = 'model:big'"
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock'"
    with session(dsn) as holder, session(dsn) as own, session(dsn) as reader:
        holder.autocommit = reader.autocommit = False
        reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        holder.execute("SELECT FROM relation_list LIMIT 1")
        with ThreadPoolExecutor(1) as pool:
            deleted = pool.submit(delete_model, own, "model:big")
            while substrate.execute(waiting).fetchone() == (0,) and not deleted.done():
                threading.Event().wait(0.005)
            reader.execute("SELECT FROM content")
            holder.commit()
            deleted.result(timeout=60)
        assert reader.execute(counted).fetchone() > (0,)
        reader.rollback()
        assert reader.execute(counted).fetchone() is None
