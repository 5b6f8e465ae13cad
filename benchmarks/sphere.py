"""From stored relations to committed positions, and answers on the sphere."""

from __future__ import annotations

from dataclasses import replace
from statistics import median, quantiles
from time import perf_counter

import numpy as np

from benchmarks.substrates import databases, observations, open_database, zoo
from hartonomous.charting import align
from hartonomous.geometry.sphere import normalise
from hartonomous.observations import (
    ConceptTable,
    MinedSite,
    MinedSource,
    Observations,
    SiteRecord,
    Source,
)
from hartonomous.store.charts import ChartFacts, NewChart, align_charts, last_change
from hartonomous.store.load import load_source

RUNS = 3
ASKED = 1000
SHARED = 10_000


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
    with databases() as fresh, open_database(next(fresh)) as connection:
        print(f"  {_two_models(connection, concepts)}")


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


def _two_models(connection, concepts: ConceptTable) -> str:
    """Align two charts of the same concepts, one turned and disturbed."""
    rng = np.random.default_rng(0)
    points = normalise(rng.normal(size=(SHARED, 4)))
    turn = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    disturbed = normalise(points + 0.01 * rng.normal(size=points.shape)) @ turn
    for name in ("model:a", "model:b"):
        batch = Observations(
            *(np.array([n], dtype=np.int32) for n in (0, 1, 1))  # a source says something
        )
        site = MinedSite.alone(SiteRecord("planted"), iter([batch]))
        load_source(connection, MinedSource(Source(name, "model", bytes(32)), concepts, (site,)))
    charts = [
        NewChart(name, concepts.ids[:SHARED], chart, np.zeros(SHARED, int), ChartFacts(1, ()))
        for name, chart in (("model:a", points), ("model:b", disturbed))
    ]
    align_charts(connection, charts, last_change(connection))
    times = []
    for _ in range(RUNS):
        started = perf_counter()
        align_charts(connection, [], last_change(connection))
        times.append(perf_counter() - started)
    return f"two models, {SHARED:,} shared concepts {median(times):6.2f} s   (at most 1 s)"


if __name__ == "__main__":
    main()
