"""How much slower is a load than copying the same rows into a table without any order or key?"""

from __future__ import annotations

from statistics import median
from time import perf_counter

from benchmarks.substrates import databases, observations, open_database, overlapping, zoo
from hartonomous.observations import MinedSite, Source
from hartonomous.store import copy
from hartonomous.store.load import load_source

RUNS = 3
OVERLAP = 0.7


def main() -> None:
    """Print medians and ratios of one run."""
    concepts, mined, first = observations(zoo("minilm-l6"))
    second = overlapping(first, OVERLAP)
    count = sum(map(len, first))
    raw, one, two, sizes = [], [], [], []
    with databases() as fresh:
        for _ in range(RUNS):
            with open_database(next(fresh)) as connection:
                empty = _size(connection)
                raw.append(_raw_copy(connection, concepts, first))
                one.append(_load(connection, "model:first", concepts, mined, first))
                sizes.append((_size(connection) - empty) / count)
                two.append(_load(connection, "model:second", concepts, mined, second))
    print(f"load path, {count:,} observations, medians of {RUNS}")
    print(f"  raw COPY of the evidence rows        {median(raw):6.2f} s")
    for name, seconds, wanted in (("into an empty database", one, 12), ("a second, 70 %", two, 20)):
        ratios = median(a / b for a, b in zip(seconds, raw, strict=True))
        print(f"  {name:36} {median(seconds):6.2f} s  {ratios:5.1f}x raw (at most {wanted}x)")
    print(f"  on disk                              {median(sizes):6.0f} bytes an observation")


def _raw_copy(connection, concepts, batches) -> float:
    ids = concepts.ids
    chunks = [copy.evidence_rows(batch, ids[batch.a], 1, 1).tobytes() for batch in batches]
    connection.execute(
        "CREATE TABLE public.bare (relation_id uuid, content_id int, site_id int,"
        " weight real, rank smallint)"
    )
    started = perf_counter()
    statement = "COPY public.bare FROM STDIN (FORMAT binary)"
    with connection.cursor() as cursor, cursor.copy(statement) as stream:
        stream.write(copy.HEADER)
        for chunk in chunks:
            stream.write(chunk)
        stream.write(copy.TRAILER)
    seconds = perf_counter() - started
    connection.execute("DROP TABLE public.bare")
    return seconds


def _load(connection, name, concepts, mined, batches) -> float:
    started = perf_counter()
    site = MinedSite(mined.site, iter(batches))
    load_source(connection, Source(name, "model", bytes(32)), concepts, [site])
    return perf_counter() - started


def _size(connection) -> int:
    connection.execute("CHECKPOINT")
    return connection.execute("SELECT pg_database_size(current_database())").fetchone()[0]


if __name__ == "__main__":
    main()
