"""How much slower is a load than copying a row an observation into a table without order or key?"""

from __future__ import annotations

from statistics import median
from time import perf_counter

import numpy as np

from benchmarks.substrates import databases, observations, open_database, overlapping, zoo
from hartonomous.observations import WEIGHT_UNIT, MinedSite, MinedSource, Source
from hartonomous.store import copy
from hartonomous.store.load import load_source

RUNS = 3
OVERLAP = 0.7
#: The yardstick: one row of 34 bytes for each observation, under a content-addressed key.
_ROW = copy.row_dtype(
    relation_id="uuid", content_id="int4", site_id="int4", weight="float4", rank="int2"
)


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
                raw.append(raw_copy(connection, concepts, first))
                one.append(_load(connection, "model:first", concepts, mined, first))
                sizes.append((_size(connection) - empty) / count)
                two.append(_load(connection, "model:second", concepts, mined, second))
    print(f"load path, {count:,} observations, medians of {RUNS}")
    print(f"  raw COPY of the evidence rows        {median(raw):6.2f} s")
    for name, seconds, wanted in (
        ("into an empty database", one, 1.8),
        ("a second, 70 %", two, 1.8),
    ):
        ratios = median(a / b for a, b in zip(seconds, raw, strict=True))
        print(f"  {name:36} {median(seconds):6.2f} s  {ratios:5.2f}x raw (at most {wanted}x)")
    print(f"  on disk {median(sizes):.1f} bytes an observation (at most 16)")


def raw_copy(connection, concepts, batches) -> float:
    chunks = [_rows(batch, concepts.ids).tobytes() for batch in batches]
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


def _rows(batch, ids) -> np.ndarray:
    rows = copy.empty_rows(len(batch), _ROW)
    rows["relation_id"] = copy.as_uuids(np.hstack([ids[batch.a][:, :8], ids[batch.b][:, :8]]))
    rows["content_id"] = rows["site_id"] = 1
    rows["weight"] = batch.weight / WEIGHT_UNIT
    rows["rank"] = np.arange(len(batch)) % 50 + 1
    return rows


def _load(connection, name, concepts, mined, batches) -> float:
    started = perf_counter()
    site = MinedSite.alone(mined.sites[0], iter(batches), expected=sum(map(len, batches)))
    load_source(connection, MinedSource(Source(name, "model", bytes(32)), concepts, (site,)))
    return perf_counter() - started


def _size(connection) -> int:
    connection.execute("CHECKPOINT")
    return connection.execute("SELECT pg_database_size(current_database())").fetchone()[0]


if __name__ == "__main__":
    main()
