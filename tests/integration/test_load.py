"""The load path: one source, one transaction, and the same state in any order."""

from __future__ import annotations

import threading
import time

import numpy as np
import psycopg
import pytest
from planted_relations import batches, concept, load, random_graph

from hartonomous.errors import SourceTakenError, StoreError
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

#: Every row that says what is known, without local numbers and times.
STATE = """
SELECT 'relation', relation_id::text, composition_a_id::text, composition_b_id::text,
       source_count, evidence_count, weight_sum::text, elo_score::text
FROM relation
UNION ALL
SELECT 'evidence', e.relation_id::text, c.source_identifier, s.position, e.rank, 0,
       e.weight::text, ''
FROM relation_evidence AS e JOIN content AS c USING (content_id) JOIN site AS s USING (site_id)
UNION ALL
SELECT 'concept', composition_id::text, label, kind, 0, 0, hash::text, '' FROM composition
ORDER BY 1, 2, 3, 4
"""
#: What a load makes and must not leave behind.
LEFT_BEHIND = """
SELECT relname FROM pg_class WHERE relnamespace = 'hartonomous'::regnamespace AND relkind = 'r'
AND relname LIKE 'relation_list_%' AND relname NOT LIKE '%shared'
"""


def state(connection):
    return connection.execute(STATE).fetchall()


def left_behind(connection):
    return {name for (name,) in connection.execute(LEFT_BEHIND)}


def graph(number, nodes=40, degree=6):
    return random_graph(np.random.default_rng(number), nodes, degree)


@pytest.fixture
def another(empty_dsn):
    """Give a session on a second database."""
    with connect(empty_dsn, migrate=True) as opened:
        yield opened


def test_every_observation_is_stored_as_it_was_seen(connection):
    load(connection, "model:a", [("a", "b", 0.5), ("a", "c", 0.75), ("##b", "a", 0.125)])
    rows = connection.execute("SELECT a, b, weight, rank FROM evidence ORDER BY a, rank").fetchall()
    assert rows == [("##b", "a", 0.125, 1), ("a", "c", 0.75, 1), ("a", "b", 0.5, 2)]


def test_the_report_counts(connection):
    report = load(connection, "model:a", [("a", "b", 0.5), ("b", "c", 0.5)], sites=("x", "y"))
    assert (report.source, report.is_new, report.concepts, report.observations) == (
        "model:a",
        True,
        3,
        4,
    )


@pytest.mark.parametrize("kind", ["model", "document"])
def test_the_same_source_again_changes_nothing(connection, kind):
    load(connection, "one", graph(1), kind=kind)
    before = state(connection)
    report = load(connection, "one", graph(1), kind=kind)
    assert (report.is_new, report.observations) == (False, 0)
    assert state(connection) == before


@pytest.mark.parametrize("kind", ["model", "document"])
def test_another_source_under_a_taken_name_is_refused(connection, kind):
    load(connection, "one", graph(1), kind=kind)
    before = state(connection)
    with pytest.raises(SourceTakenError, match="one is taken by another"):
        load(connection, "one", graph(2), kind=kind)
    assert state(connection) == before


def test_the_order_of_loading_does_not_show(connection, another):
    sources = [
        ("model:a", graph(1), "model"),
        ("model:b", graph(2), "model"),
        ("note", graph(3, 10), "document"),
    ]
    for name, seen, kind in sources:
        load(connection, name, seen, kind=kind)
    for name, seen, kind in reversed(sources):
        load(another, name, seen, kind=kind)
    assert state(connection) == state(another)


def test_batches_may_be_cut_between_any_lists(connection, another):
    seen = graph(1)
    for session, size in ((connection, 1), (another, 1000)):
        table, index = ConceptTable.of([concept(f"w{i}") for i in range(40)])
        rows = [(index[int(a[1:])], index[int(b[1:])], weight) for a, b, weight in seen]
        site = MinedSite.alone(SiteRecord("embedding", JoinRecord(1)), batches(rows, size))
        source = Source("model:a", "model", bytes(32))
        load_source(session, MinedSource(source, table, (site,)))
    assert state(connection) == state(another)


def test_sites_of_a_model_meet_in_one_relation(connection):
    load(connection, "model:a", graph(1), sites=[f"layer0-head{i}-qk" for i in range(5)])
    counts = connection.execute(
        "SELECT DISTINCT source_count, evidence_count FROM relation"
    ).fetchall()
    assert counts == [(1, 5)]


def test_a_site_without_observations_is_fine(connection):
    load(connection, "model:a", [("a", "b", 0.5)])
    table, _ = ConceptTable.of([concept("a"), concept("b")])
    report = load_source(
        connection,
        MinedSource(
            Source("model:b", "model", b"b" * 32),
            table,
            (MinedSite.alone(SiteRecord("empty", JoinRecord(1)), iter(())),),
        ),
    )
    assert report.observations == 0
    assert connection.execute("SELECT count(*) FROM relation").fetchone() == (1,)


class Interruption(BaseException):
    """Stands for whatever ends a load between two batches."""


@pytest.mark.parametrize("error", [Interruption, KeyboardInterrupt, RuntimeError])
@pytest.mark.parametrize("kind", ["model", "document"])
def test_an_interrupted_load_leaves_nothing(connection, kind, error):
    def interrupt():
        raise error

    load(connection, "model:a", graph(1))
    before, tables = state(connection), left_behind(connection)
    connection.commit()
    with pytest.raises(error):
        load_source(connection, disturbed(kind, graph(2), interrupt))
    assert state(connection) == before
    assert left_behind(connection) == tables
    load(connection, "broken", graph(2), kind=kind)


def test_a_load_whose_session_is_ended_leaves_nothing(dsn, connection, admin):
    load(connection, "model:a", graph(1))
    before, tables = state(connection), left_behind(connection)
    connection.commit()
    with connect(dsn) as doomed:
        pid = doomed.info.backend_pid
        end = disturbed(
            "model", graph(2), lambda: admin.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        )
        with pytest.raises(StoreError, match="not committed is undone"):
            load_source(doomed, end)
    assert state(connection) == before
    assert left_behind(connection) == tables


def disturbed(kind, seen, disturb):
    """A source in whose stream something happens between two batches."""
    table, index = ConceptTable.of([concept(f"w{i}") for i in range(40)])
    rows = [(index[int(a[1:])], index[int(b[1:])], weight) for a, b, weight in seen]

    def stream():
        for number, batch in enumerate(batches(rows, 2)):
            if number == 5:
                disturb()
            yield batch

    site = MinedSite.alone(SiteRecord("embedding", JoinRecord(1)), stream(), expected=100_000)
    return MinedSource(Source("broken", kind, bytes(32)), table, (site,))


def test_concurrent_loads_that_share_relations(dsn, connection):
    sources = [(f"model:{n}", graph(n % 3, 60, 8)) for n in range(4)] + [("note", graph(9, 20, 5))]
    errors = in_threads(
        lambda name, seen: in_a_session(dsn, name, seen), [(name, seen) for name, seen in sources]
    )
    assert errors == []
    wrong = connection.execute(
        "SELECT count(*) FROM relation WHERE elo_score <> calculate_elo_from_evidence(relation_id)"
    ).fetchone()
    names = connection.execute("SELECT source_identifier FROM content ORDER BY 1").fetchall()
    assert (wrong, names) == ((0,), sorted((name,) for name, _ in sources))


def test_the_same_source_twice_at_once_is_loaded_once(dsn, connection):
    reports = []
    errors = in_threads(
        lambda: reports.append(in_a_session(dsn, "model:a", graph(1))), [(), (), ()]
    )
    assert errors == []
    assert sorted(report.is_new for report in reports) == [False, False, True]


def in_a_session(dsn, name, seen):
    with connect(dsn) as session:
        return load(session, name, seen, kind="document" if name == "note" else "model")


def in_threads(function, arguments):
    """Run a function several times at once; return what it raised."""
    errors = []

    def run(*some):
        try:
            function(*some)
        except Exception as error:  # the test shows it
            errors.append(error)

    threads = [threading.Thread(target=run, args=some) for some in arguments]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def test_readers_never_see_less_while_others_load(dsn, connection):
    load(connection, "model:0", [("king", f"w{i}", 0.5) for i in range(20)])
    wrong, stop = [], threading.Event()

    def read():
        with psycopg.connect(dsn, autocommit=True) as session:
            session.execute("SET search_path = hartonomous, public")
            while not stop.is_set():
                found = session.execute("SELECT count(*) FROM neighbors('king', 100)").fetchone()
                reached = session.execute(
                    "SELECT count(*) FROM traverse_relations('king', 1)"
                ).fetchone()
                if found[0] < 20 or reached[0] < 16:
                    wrong.append((found, reached))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(1, 8):
        load(connection, f"model:{number}", [("king", f"w{i}", 0.5) for i in range(20)])
        time.sleep(0.02)
    stop.set()
    for reader in readers:
        reader.join()
    assert wrong == []
