"""How long does forgetting take, and what do readers notice of it?

The yardstick is the straightforward SQL on copies of the same tables in the same run: delete the
evidence, rate what was touched anew row by row, delete what is orphaned.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from statistics import quantiles
from time import perf_counter

import psycopg

from benchmarks.substrates import databases, observations, open_database, overlapping, zoo
from hartonomous.editing.deletion import delete_model, delete_subject
from hartonomous.editing.fingerprint import substrate_fingerprint
from hartonomous.editing.state import quarantine_source, restore_source
from hartonomous.editing.verification import verify_ratings
from hartonomous.miners.mining import mine
from hartonomous.observations import MinedSource, Source
from hartonomous.progress import Stages
from hartonomous.readers.running_text import RunningText
from hartonomous.sites import OpenedSource
from hartonomous.store.load import load_source
from hartonomous.store.load_batch import load_sources

PERSON_DOCUMENTS = 100
EVIDENCE_OF_DOCUMENTS = 1_000_000
BATCH = 500

STRAIGHTFORWARD = (
    "CREATE TEMP TABLE gone (id) ON COMMIT DROP AS SELECT DISTINCT relation_id"
    " FROM plain.relation_evidence WHERE content_id = %(content)s",
    "ANALYZE gone",
    "DELETE FROM plain.relation_evidence WHERE content_id = %(content)s",
    "UPDATE plain.relation AS r SET elo_score = e.elo FROM ("
    " SELECT relation_id, 1500 + least(1000, 0.1 * count(*)) + 500 * avg(weight)"
    " + least(200, 20 * count(DISTINCT content_id)) AS elo"
    " FROM plain.relation_evidence WHERE relation_id IN (SELECT id FROM gone) GROUP BY relation_id"
    ") AS e WHERE e.relation_id = r.relation_id",
    "DELETE FROM plain.relation AS r WHERE NOT EXISTS ("
    " SELECT FROM plain.relation_evidence AS e WHERE e.relation_id = r.relation_id)",
    "DELETE FROM plain.composition AS c WHERE NOT EXISTS ("
    " SELECT FROM plain.relation AS r WHERE r.composition_a_id = c.composition_id)"
    " AND NOT EXISTS ("
    " SELECT FROM plain.relation AS r WHERE r.composition_b_id = c.composition_id)",
)


def main() -> None:
    """Print times, and their ratio to the straightforward SQL."""
    with databases() as fresh:
        _models(next(fresh))
        _documents(next(fresh))


def _models(dsn: str) -> None:
    concepts, mined, first = observations(zoo("minilm-l6"))
    with open_database(dsn) as connection:
        fingerprints = []
        for number, share in enumerate((1, 0.7, 0.5)):
            batches = overlapping(first, share) if share < 1 else first
            site = replace(mined, batches=iter(batches))
            source = Source(f"model:{number}", "model", bytes([number]) * 32)
            load_source(connection, MinedSource(source, concepts, (site,)))
            fingerprints.append(_timed(substrate_fingerprint, connection))
        total = _one(connection, "SELECT count(*) FROM relation_evidence")
        print(f"one of three models, of {total:,} pieces of evidence")
        _line("substrate_fingerprint()", fingerprints[-1][0], "s", "at most 4 s")
        _whole_graph(connection)
        plain = _straightforward(connection)
        out = _timed(quarantine_source, connection, "model:2")[0]
        restore_source(connection, "model:2")
        _line("quarantine_source", out, "s", "at most 0.05 s")
        seconds, deletion = _timed(delete_model, connection, "model:2")
        exact = substrate_fingerprint(connection) == fingerprints[1][1]
        load_source(
            connection,
            MinedSource(source, concepts, (replace(mined, batches=iter(batches)),)),
        )
        with asking(dsn) as milliseconds:
            delete_model(connection, "model:2")
        _line("delete_model", seconds, "s", "at most 0.2 s")
        _line("the straightforward SQL", plain, "s", "")
        _line("ratio", plain / seconds, "x", "at least 3x")
        percentiles = quantiles(milliseconds, n=100)
        _line("neighbors meanwhile, p99", percentiles[98], "ms", "at most 20 ms")
        _line("neighbors meanwhile, slowest", max(milliseconds), "ms", "at most 50 ms")
        print(f"  evidence gone {deletion.evidence:,}; fingerprint as before the load: {exact}")


def _whole_graph(connection: psycopg.Connection) -> None:
    """Questions about all relations, without summaries and with them."""
    for title, counted, best in (("", 3, 3), (", summaries", 0.3, 0.3)):
        seconds = _timed(_one, connection, "SELECT count_relations()")[0]
        _line(f"count of relations{title}", seconds, "s", f"at most {counted} s")
        seconds = _timed(_one, connection, "SELECT count(*) FROM strongest(100)")[0]
        _line(f"best 100 of all{title}", seconds, "s", f"at most {best} s")
        connection.execute("SELECT summarise_relations()")
    connection.execute("DELETE FROM relation_summary")


def _straightforward(connection: psycopg.Connection) -> float:
    """Delete the third model from copies of the tables as one would by hand."""
    connection.execute("CREATE SCHEMA plain")
    connection.execute(
        "CREATE TABLE plain.relation_evidence AS"
        " SELECT md5(relation_id::text)::uuid AS relation_id, content_id, site_id, weight,"
        " rank FROM hartonomous.relation_evidence;"
        "CREATE TABLE plain.relation AS SELECT md5(relation_id::text)::uuid AS relation_id,"
        " composition_a_id, composition_b_id, elo_score FROM hartonomous.relation;"
        "CREATE TABLE plain.composition AS TABLE hartonomous.composition;"
        "ALTER TABLE plain.relation_evidence ADD PRIMARY KEY (relation_id, content_id, site_id);"
        "CREATE INDEX ON plain.relation_evidence (content_id);"
        "ALTER TABLE plain.relation ADD PRIMARY KEY (relation_id);"
        "CREATE INDEX ON plain.relation (composition_a_id);"
        "CREATE INDEX ON plain.relation (composition_b_id);"
        "ALTER TABLE plain.composition ADD PRIMARY KEY (composition_id);"
        "ANALYZE plain.relation_evidence, plain.relation, plain.composition"
    )
    content = _one(connection, "SELECT max(content_id) FROM content")
    started = perf_counter()
    with connection.transaction():
        for statement in STRAIGHTFORWARD:
            connection.execute(statement.replace("%(content)s", str(content)))
    seconds = perf_counter() - started
    connection.execute("DROP SCHEMA plain CASCADE")
    return seconds


def _documents(dsn: str) -> None:
    with open_database(dsn) as connection:
        evidence, notes = 0, iter(_glosses())
        batch: list[MinedSource] = []
        while evidence < EVIDENCE_OF_DOCUMENTS:
            number, text = next(notes)
            batch.append(_mined(number, text, None))
            evidence += batch[-1].expected
            if len(batch) == BATCH:
                load_sources(connection, batch)
                batch = []
        load_sources(connection, batch)
        person = [next(notes) for _ in range(PERSON_DOCUMENTS)]
        before = substrate_fingerprint(connection)
        load_sources(connection, [_mined(number, text, "person") for number, text in person])
        connection.execute("VACUUM ANALYZE")
        seconds, deletion = _timed(delete_subject, connection, "person")
        print(f"one person's {PERSON_DOCUMENTS} documents, of {evidence:,} pieces of evidence")
        _line("delete_subject", 1000 * seconds, "ms", "at most 50 ms")
        exact = substrate_fingerprint(connection) == before and not verify_ratings(connection)
        print(f"  evidence gone {deletion.evidence:,}; fingerprint as before the load: {exact}")


def _mined(number: int, text: str, subject: str | None) -> MinedSource:
    words = RunningText(lambda: [text])
    source = Source(
        f"{subject or 'note'}_{number}", "document", number.to_bytes(32, "big"), subject
    )
    return mine(OpenedSource(source, words.concepts, words.sites), Stages()).source


def _glosses() -> Iterator[tuple[int, str]]:
    """Number and definition of every noun and verb of WordNet."""
    number = 0
    for name in ("data.noun", "data.verb"):
        for line in (zoo("wordnet") / "dict" / name).read_text(encoding="utf-8").splitlines():
            if not line.startswith("  "):
                number += 1
                yield number, line.partition("| ")[2]


@contextmanager
def asking(dsn: str) -> Iterator[list[float]]:
    """Ask for neighbours all the time, in a session of its own, and give the latencies in ms."""
    milliseconds: list[float] = []
    stop = threading.Event()
    session = open_database(dsn)
    words = session.execute(
        "SELECT label FROM composition ORDER BY composition_id LIMIT 1000"
    ).fetchall()

    def ask() -> None:
        for word in itertools.cycle(words):
            if stop.is_set():
                return
            started = perf_counter()
            session.execute("SELECT * FROM neighbors(%s)", word).fetchall()
            milliseconds.append(1000 * (perf_counter() - started))

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield milliseconds
    finally:
        stop.set()
        thread.join()
        session.close()


def _one(connection: psycopg.Connection, question: str):
    return connection.execute(question).fetchone()[0]


def _timed(function, *arguments):
    started = perf_counter()
    answer = function(*arguments)
    return perf_counter() - started, answer


def _line(name: str, value: float, unit: str, wanted: str) -> None:
    print(f"  {name:30} {value:8.2f} {unit:3} {wanted}")


if __name__ == "__main__":
    main()
