"""From stored relations to committed positions, and answers on the sphere."""

from __future__ import annotations

from dataclasses import replace
from statistics import median, quantiles
from time import perf_counter

from benchmarks.substrates import databases, observations, open_database, zoo
from hartonomous.charting import align
from hartonomous.observations import MinedSource, Source
from hartonomous.store.load import load_source

RUNS = 3
ASKED = 1000


def main() -> None:
    """Print times of one run."""
    concepts, mined, batches = observations(zoo("minilm-l6"))
    with databases() as fresh, open_database(next(fresh)) as connection:
        site = replace(mined, batches=iter(batches))
        load_source(
            connection,
            MinedSource(Source("model:minilm-l6", "model", bytes(32)), concepts, (site,)),
        )
        print(f"sphere, MiniLM, {len(concepts):,} concepts, medians of {RUNS}")
        for sample, wanted in ((0, "(at most 6 s)"), (32, "(with trustworthiness measured)")):
            runs = [align(connection, again=True, sample=sample) for _ in range(RUNS)]
            stages = [sum(stage.seconds for stage in run.stages) for run in runs]
            print(f"  relations to positions        {median(stages):7.2f} s   {wanted}")
        for stage in runs[-1].stages:
            print(f"    {stage.name:28}{stage.seconds:7.2f} s")
        _answers(connection)


def _answers(connection) -> None:
    words = connection.execute(
        "SELECT label FROM composition WHERE label ~ '^[a-z]{3,}$' ORDER BY hash LIMIT %s", [ASKED]
    ).fetchall()
    for question, wanted in (
        ("SELECT * FROM near(%s)", "at most 2 ms"),
        ("SELECT * FROM hartonomous.position(%s)", "at most 0.5 ms"),
    ):
        times = []
        for label in words:
            started = perf_counter()
            connection.execute(question, label).fetchall()
            times.append(1000 * (perf_counter() - started))
        percentiles = quantiles(times, n=100)
        name = question.split()[-1].removeprefix("hartonomous.").removesuffix("(%s)")
        print(
            f"  {name:28} p50 {percentiles[49]:6.2f} ms  p99 {percentiles[98]:6.2f} ms  ({wanted})"
        )


if __name__ == "__main__":
    main()
