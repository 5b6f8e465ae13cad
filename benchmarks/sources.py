"""What do several sources cost, and what do readers notice while one comes?

Six sources are planted from MiniLM's own observations: each holds a share of its relations and
others instead.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from statistics import median
from time import perf_counter

from benchmarks.forgetting import asking
from benchmarks.scale import p50, plain_words, row, timed
from benchmarks.substrates import databases, observations, open_database, overlapping, zoo
from hartonomous.observations import ConceptTable, MinedSite, MinedSource, Observations, Source
from hartonomous.store.load import load_source

SHARES = (1, 0.7, 0.5, 0.9, 0.6, 0.8)
QUESTIONS = (
    ("neighbors", "SELECT * FROM neighbors(%s)", 1),
    ("traverse", "SELECT * FROM traverse_relations(%s)", 1),
    ("strongest path", "SELECT * FROM strongest_path(%s, %s)", 2),
    ("who lists it", "SELECT * FROM neighbors(%s, towards => true)", 1),
)


def main() -> None:
    """Print latencies at 1, 3 and 6 sources, loads beside each other, and the rate of an export."""
    concepts, mined, first = observations(zoo("minilm-l6"))
    sources = [overlapping(first, share) if share < 1 else first for share in SHARES]
    words = plain_words(concepts)
    with databases() as fresh:
        dsn = next(fresh)
        with open_database(dsn) as connection:
            for number, batches in enumerate(sources, 1):
                if number == len(sources):
                    with asking(dsn) as milliseconds:
                        load(connection, number, concepts, mined, batches)
                    row("slowest answer while the sixth loads", f"{max(milliseconds):.1f} ms")
                else:
                    load(connection, number, concepts, mined, batches)
                if number in (1, 3, 6):
                    ask(connection, words, number)
            export(connection)
        together(fresh, concepts, mined, sources)


def ask(connection, words: list[str], sources: int) -> None:
    """Print the median time of each question."""
    pairs = list(zip(words, words[1:] + words[:1], strict=True))
    for name, statement, labels in QUESTIONS:
        asked = [(word,) for word in words] if labels == 1 else pairs[:20]
        row(f"{name} p50, {sources} sources", f"{p50(connection, statement, asked):.2f} ms")


def export(connection) -> None:
    """Stream all relations as rows."""
    (count,) = connection.execute("SELECT count_relations()").fetchone()
    statement = (
        "COPY (SELECT composition_a_id, composition_b_id, elo_score FROM relation)"
        " TO STDOUT (FORMAT binary)"
    )
    started = perf_counter()
    with connection.cursor() as cursor, cursor.copy(statement) as stream:
        for _ in stream:
            pass
    rate = count / (perf_counter() - started)
    row(f"COPY of {count:,} relations", f"{rate / 1e6:.2f} M rows a second (wanted 1)")


def together(fresh, concepts: ConceptTable, mined: MinedSite, sources) -> None:
    """Load two sources one after the other, and beside each other."""
    apart, beside = [], []
    for _ in range(3):
        with open_database(next(fresh)) as one:
            apart.append(
                timed(lambda c=one: [load(c, n, concepts, mined, sources[n]) for n in (1, 2)])
            )
        dsn = next(fresh)
        with open_database(dsn) as one, open_database(dsn) as two, ThreadPoolExecutor(2) as pool:
            started = perf_counter()
            tasks = [
                pool.submit(load, connection, number, concepts, mined, sources[number])
                for number, connection in ((1, one), (2, two))
            ]
            for task in tasks:
                task.result()
            beside.append(perf_counter() - started)
    row("two loads, one after the other", f"{median(apart):.2f} s")
    row("two loads beside each other", f"{median(beside):.2f} s")


def load(connection, number: int, concepts, mined: MinedSite, batches: list[Observations]) -> None:
    """Load one of the sources."""
    source = Source(f"model:{number}", "model", bytes([number]) * 32)
    load_source(connection, MinedSource(source, concepts, (replace(mined, batches=iter(batches)),)))


if __name__ == "__main__":
    main()
