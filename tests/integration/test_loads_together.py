"""Loads go on beside each other, deletions wait for them, and nobody sees half a source."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
import psycopg
import pytest
from planted_relations import batches, concept, load, random_graph

from hartonomous.editing.deletion import delete_model, delete_source
from hartonomous.editing.feedback import record_feedback
from hartonomous.editing.fingerprint import substrate_fingerprint
from hartonomous.editing.state import quarantine_source
from hartonomous.editing.verification import verify_ratings
from hartonomous.observations import (
    ConceptTable,
    JoinRecord,
    MinedSite,
    MinedSource,
    SiteRecord,
    Source,
)
from hartonomous.store.connection import connect
from hartonomous.store.load import load_source

SPOKES = 40
HUB = [("hub", f"spoke{number}", 0.5) for number in range(SPOKES)]
HUB += [(f"spoke{number}", "hub", 0.5) for number in range(SPOKES)]
#: Ends tests that would hang; nothing waits so long.
PATIENCE = 60
#: A word that nobody knows is an error, so it is asked about only where it is known.
COUNT = """
SELECT count(*) FROM composition AS c CROSS JOIN LATERAL neighbors(c.label, 1000)
WHERE c.label = 'hub'
"""
#: One statement that looks at all there is of a source: all of it, or nothing of it.
WHOLE = f"""
SELECT
    ({COUNT}),
    ({COUNT.replace("hub", "spoke7")}),
    (SELECT count(*) FROM composition),
    (SELECT count(*) FROM source WHERE source_identifier = 'model:hub'),
    (SELECT coalesce(sum(evidence_count), 0)::integer FROM source
        WHERE source_identifier = 'model:hub'),
    (SELECT count(*) FROM relation WHERE composition_a_id = composition_id('spoke9'))
"""
THERE, GONE = (SPOKES, 1, SPOKES + 1 + 2, 1, 2 * SPOKES, 1), (0, 0, 2, 0, 0, 0)


@pytest.fixture
def substrate(connection):
    connection.autocommit = True
    load(connection, "model:base", [("a", "b", 0.5)])
    return connection


@contextmanager
def session(dsn: str, isolation: psycopg.IsolationLevel | None = None) -> Iterator:
    with connect(dsn) as opened:
        opened.autocommit = isolation is None
        opened.isolation_level = isolation
        yield opened


def graph(number: int, prefix: str = "w") -> list[tuple[str, str, float]]:
    seen = random_graph(np.random.default_rng(number), nodes=60, degree=6)
    return [(a.replace("w", prefix), b.replace("w", prefix), weight) for a, b, weight in seen]


def load_in_steps(connection, name: str, seen, step: Callable[[], object], expected: int) -> None:
    """Load a source, and do something between its first batch and the others."""
    table, index = ConceptTable.of([concept(label) for label in sorted({a for a, *_ in seen})])
    place = {each.label: number for number, each in enumerate(table.concepts)}
    assert len(place) == len(index)
    rows = [(place[a], place[b], weight) for a, b, weight in seen if b in place]

    def stream():
        for number, batch in enumerate(batches(rows, 5)):
            if number == 1:
                step()
            yield batch

    site = MinedSite.alone(SiteRecord("embedding", JoinRecord(1)), stream(), expected=expected)
    source = Source(name, "model", bytes(32))
    load_source(connection, MinedSource(source, table, (site,)))


def wait_for_a_waiting_session(connection) -> None:
    """Wait until some session waits for a lock."""
    waiting = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    for _ in range(1000):
        if connection.execute(waiting).fetchone() > (0,):
            return
        threading.Event().wait(0.01)
    raise AssertionError("nobody waits")


@pytest.mark.parametrize("expected", [0, 100_000], ids=["shared", "own partition"])
@pytest.mark.parametrize(
    ("first", "second"),
    [("left", "right"), ("w", "w")],
    ids=["disjoint", "overlapping"],
)
def test_two_loads_at_once_end_as_one_after_the_other(substrate, dsn, first, second, expected):
    sources = {"model:1": graph(1, first), "model:2": graph(2, second)}

    def nothing() -> None:
        """Go on."""

    for name, seen in reversed(sources.items()):
        load_in_steps(substrate, name, seen, nothing, expected)
    one_after_the_other = substrate_fingerprint(substrate)
    for name in sources:
        delete_model(substrate, name)
    # vocabularies that overlap make the second wait until the first is whole
    barrier = threading.Barrier(2)
    step = barrier.wait if first != second else nothing

    def run(name: str) -> None:
        with session(dsn) as own:
            load_in_steps(own, name, sources[name], lambda: step(), expected)

    with ThreadPoolExecutor(2) as pool:
        for loaded in [pool.submit(run, name) for name in sources]:
            loaded.result(timeout=PATIENCE)
    assert verify_ratings(substrate) == ()
    assert substrate_fingerprint(substrate) == one_after_the_other


def test_a_load_of_known_concepts_waits_for_nobody(substrate, dsn):
    seen = graph(1)
    load(substrate, "model:known", seen)

    def meanwhile() -> None:
        with session(dsn) as other:
            other.execute("SET lock_timeout = '5s'")
            load(other, "model:2", graph(2))
            load(other, "note", graph(3), kind="document")
            record_feedback(other, "user_1", "w1", "w2", "accept")
            other.execute("SELECT add_evidence('by hand', 'w1', 'w2', 0.5)")

    with session(dsn) as own:
        load_in_steps(own, "model:1", seen, meanwhile, 100_000)
    names = substrate.execute("SELECT source_identifier FROM content").fetchall()
    assert len(names) == 7
    assert verify_ratings(substrate) == ()


def test_sources_that_stay_empty_are_loaded_beside_each_other(substrate, dsn):
    """Both end with nothing, as documents of one word do."""
    before = substrate_fingerprint(substrate)
    barrier = threading.Barrier(2)

    def run(name: str) -> None:
        with session(dsn) as own, own.transaction():
            own.execute("SELECT open_source(%s, 'document', sha256(%s))", [name, name.encode()])
            barrier.wait(PATIENCE)
            own.execute("SELECT close_sources()")

    with ThreadPoolExecutor(2) as pool:
        for loaded in [pool.submit(run, name) for name in ("one", "two")]:
            loaded.result(timeout=PATIENCE)
    assert substrate_fingerprint(substrate) == before


def test_loads_that_remove_what_stayed_empty_do_not_wait_in_a_circle(substrate, dsn):
    """A source that goes takes its agreement along, and then that of the others is counted."""
    barrier = threading.Barrier(2)

    def run(name: str, prefix: str) -> None:
        with session(dsn) as own, own.transaction():
            own.execute("DELETE FROM source_pair WHERE content_id = 0")
            barrier.wait(PATIENCE)
            load_in_steps(own, name, graph(1, prefix), lambda: None, 0)

    with ThreadPoolExecutor(2) as pool:
        for loaded in [pool.submit(run, f"model:{word}", word) for word in ("left", "right")]:
            loaded.result(timeout=PATIENCE)
    assert verify_ratings(substrate) == ()
    assert substrate.execute("SELECT count(*) FROM source_pair").fetchone() > (0,)


def test_what_a_load_that_failed_brought_is_brought_by_the_one_that_waited(substrate, dsn):
    with ThreadPoolExecutor(1) as pool, session(dsn) as own:
        waiting: list[Future] = []

        def fail() -> None:
            def run() -> None:
                with session(dsn) as other:
                    load(other, "model:2", graph(1))

            waiting.append(pool.submit(run))
            wait_for_a_waiting_session(substrate)
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            load_in_steps(own, "model:1", graph(1), fail, 0)
        waiting[0].result(timeout=PATIENCE)
    assert verify_ratings(substrate) == ()
    names = substrate.execute("SELECT source_identifier FROM content ORDER BY 1").fetchall()
    assert names == [("model:2",), ("model:base",)]


@pytest.mark.parametrize(
    "change",
    [
        lambda own: delete_model(own, "model:base"),
        lambda own: quarantine_source(own, "model:base"),
        lambda own: own.execute("DELETE FROM relation_evidence WHERE rank = 1"),
        lambda own: own.execute("SELECT delete_concept(ARRAY['a'])"),
    ],
    ids=["delete", "quarantine", "by hand", "concept"],
)
def test_what_takes_away_waits_for_a_load_and_then_knows_of_it(substrate, dsn, change):
    with ThreadPoolExecutor(1) as pool:
        changes: list[Future] = []

        def run() -> None:
            with session(dsn) as other:
                change(other)

        def start_it() -> None:
            changes.append(pool.submit(run))
            wait_for_a_waiting_session(substrate)
            assert not changes[0].done()

        with session(dsn) as own:
            load_in_steps(own, "model:1", [*graph(1), ("a", "b", 0.5), ("b", "w1", 0.5)],
                          start_it, 100_000)  # fmt: skip
        changes[0].result(timeout=PATIENCE)
    assert verify_ratings(substrate) == ()
    assert substrate.execute("SELECT find_composition('b')").fetchone() != (None,)


@pytest.mark.parametrize("kind", ["model", "document"])
def test_each_statement_sees_a_source_whole_or_not_at_all(substrate, dsn, kind):
    done = threading.Event()
    seen = set()

    def read() -> None:
        with session(dsn) as own:
            while not done.is_set():
                seen.add(own.execute(WHOLE).fetchone())

    with ThreadPoolExecutor(2) as pool:
        reading = [pool.submit(read) for _ in range(2)]
        try:
            for _ in range(6):
                load(substrate, "model:hub", HUB, kind=kind)
                delete_source(substrate, "model:hub")
        finally:
            done.set()
        for each in reading:
            each.result(timeout=PATIENCE)
    assert seen <= {THERE, GONE}


@pytest.mark.parametrize("kind", ["model", "document"])
@pytest.mark.parametrize("asked", [COUNT, WHOLE, "SELECT count(*) FROM content"])
def test_a_repeatable_reader_sees_one_moment(substrate, dsn, kind, asked):
    with session(dsn, psycopg.IsolationLevel.REPEATABLE_READ) as reader:
        reader.execute(asked)
        load(substrate, "model:hub", HUB, kind=kind)
        assert reader.execute(WHOLE).fetchone() == GONE, "it came after the moment"
        reader.rollback()
        reader.execute(asked)
        delete_source(substrate, "model:hub")
        assert reader.execute(WHOLE).fetchone() == THERE, "it went after the moment"
        reader.rollback()
        assert reader.execute(WHOLE).fetchone() == GONE


def test_a_statement_that_met_a_deletion_mixes_nothing(substrate, dsn):
    """A summary that the statement still sees is not mixed with lists that are gone."""
    load(substrate, "model:hub", HUB)
    load(substrate, "model:other", [("hub", "other", 0.9), ("spoke7", "other", 0.8)])
    substrate.execute("SELECT summarise_relations(30)")
    before = substrate.execute("SELECT * FROM traverse_relations('hub', 2, 300)").fetchall()
    with session(dsn) as deleter, session(dsn) as reader, ThreadPoolExecutor(1) as pool:
        with deleter.transaction():
            delete_model(deleter, "model:hub")
            asked = pool.submit(
                lambda: reader.execute("SELECT * FROM traverse_relations('hub', 2, 300)").fetchall()
            )
            wait_for_a_waiting_session(substrate)
        answer = asked.result(timeout=PATIENCE)
    after = substrate.execute("SELECT * FROM traverse_relations('hub', 2, 300)").fetchall()
    assert before != after
    assert answer in (before, after)


def test_a_reader_for_long_does_not_stop_a_deletion(substrate, dsn):
    load(substrate, "model:hub", HUB)
    before = substrate.execute("SELECT max(content_id) FROM content").fetchone()[0]
    left = f"SELECT to_regclass('relation_list_{before}') IS NOT NULL"
    with session(dsn, psycopg.IsolationLevel.REPEATABLE_READ) as dump:
        dump.execute("LOCK TABLE relation_list IN ACCESS SHARE MODE")
        dump.execute("SELECT count(*) FROM content")
        assert delete_model(substrate, "model:hub").evidence == 2 * SPOKES
        assert substrate.execute(WHOLE).fetchone() == GONE
        assert dump.execute(WHOLE).fetchone() == THERE
        assert substrate.execute(left).fetchone() == (True,)
        assert substrate.execute("SELECT hartonomous_internal.drop_left_tables()").fetchone() == (
            0,
        )
        assert verify_ratings(substrate) == ()
        dump.rollback()
    assert substrate.execute("SELECT hartonomous_internal.drop_left_tables()").fetchone() == (1,)
    assert substrate.execute(left).fetchone() == (False,)
    assert substrate.execute("SELECT to_regclass('relation_list_1')").fetchone() != (None,)


def test_a_left_table_goes_with_the_next_deletion(substrate, dsn):
    load(substrate, "model:hub", HUB)
    with session(dsn, psycopg.IsolationLevel.REPEATABLE_READ) as dump:
        dump.execute("SELECT count(*) FROM relation_list")
        delete_model(substrate, "model:hub")
    load(substrate, "model:hub", HUB)
    delete_model(substrate, "model:hub")
    tables = substrate.execute(
        "SELECT inhrelid::regclass::text FROM pg_inherits"
        " WHERE inhparent = 'relation_list'::regclass ORDER BY 1"
    ).fetchall()
    assert tables == [("relation_list_1",), ("relation_list_shared",)]


@pytest.mark.parametrize(
    "change",
    ["add_evidence('by hand', 'a', 'b', 0.5)", "record_feedback('ann', 'a', 'b', 'accept')"],
)
def test_who_waits_for_a_deletion_does_not_keep_it_from_the_lists(substrate, dsn, change):
    load(substrate, "model:hub", HUB)
    table = substrate.execute("SELECT 'relation_list_' || max(content_id) FROM content").fetchone()
    with session(dsn) as deleter, session(dsn) as other, ThreadPoolExecutor(1) as pool:
        with deleter.transaction():
            deleter.execute("SELECT lock_writer()")
            waiting = pool.submit(other.execute, f"SELECT {change}")
            wait_for_a_waiting_session(substrate)
            deleter.execute("SELECT delete_model('model:hub')")
            assert deleter.execute("SELECT to_regclass(%s)", table).fetchone() == (None,)
        waiting.result(timeout=PATIENCE)
    assert verify_ratings(substrate) == ()
