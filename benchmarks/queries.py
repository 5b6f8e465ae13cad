"""How long do answers take, inside a session and as a whole process?"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

from benchmarks.substrates import databases, observations, open_database, zoo
from hartonomous.observations import MinedSource, Source
from hartonomous.store.load import load_source

ASKED = 1000
PROCESSES = 5
QUESTIONS = {
    "neighbors": ("SELECT * FROM neighbors(%s)", 1, "at most 1 ms at p50"),
    "traverse, depth 3, beam 16": (
        "SELECT * FROM traverse(%s, max_depth => 3, beam => 16)", 1,
        "at most 10 ms at p50",
    ),
    "path": ("SELECT * FROM path(%s, %s)", 2, ""),
    "explain": ("SELECT * FROM explain(%s, %s)", 2, ""),
}  # fmt: skip


def main() -> None:
    """Print the latencies of questions about random words."""
    concepts, mined, batches = observations(zoo("minilm-l6"))
    with databases() as fresh:
        dsn = next(fresh)
        with open_database(dsn) as connection:
            site = replace(mined, batches=iter(batches))
            load_source(
                connection,
                MinedSource(Source("model:minilm-l6", "model", bytes(32)), concepts, (site,)),
            )
            words = connection.execute(
                "SELECT label FROM composition WHERE label ~ '^[a-z]{3,}$'"
                " ORDER BY composition_id LIMIT %s",
                [2 * ASKED],
            ).fetchall()
            print(f"answers on {len(concepts):,} concepts, {ASKED} questions each")
            for name, (question, labels, wanted) in QUESTIONS.items():
                asked = ASKED if labels == 1 else ASKED // 10
                p50, p99 = _latencies(connection, question, labels, words, asked)
                print(f"  {name:38} p50 {p50:6.2f} ms  p99 {p99:6.2f} ms  {wanted}")
        print(f"  {'hartonomous neighbors king':38} {_whole_process(dsn):6.2f} s (at most 0.5 s)")


def _latencies(connection, question, labels, words, asked) -> tuple[float, float]:
    milliseconds = []
    for number in range(asked):
        arguments = [words[number + ASKED * place][0] for place in range(labels)]
        started = perf_counter()
        connection.execute(question, arguments).fetchall()
        milliseconds.append(1000 * (perf_counter() - started))
    percentiles = quantiles(milliseconds, n=100)
    return percentiles[49], percentiles[98]


def _whole_process(dsn: str) -> float:
    command = [Path(sys.executable).parent / "hartonomous", "neighbors", "king"]
    environment = {**os.environ, "HARTONOMOUS_DSN": dsn}
    seconds = []
    for _ in range(PROCESSES):
        started = perf_counter()
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
        seconds.append(perf_counter() - started)
    return median(seconds)


if __name__ == "__main__":
    main()
