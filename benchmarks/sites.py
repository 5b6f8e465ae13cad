"""All sites of a model from its weights: what do they cost, and which say more than chance?

Every head is held against what other sources list. As a control, heads that mean nothing (a random
projection, and heads with their inputs permuted) are screened as if they were sites.
"""

from __future__ import annotations

import resource
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import psycopg

from benchmarks.consensus import load, most_frequent
from benchmarks.substrates import databases, open_database, zoo
from hartonomous.ingest import IngestReport, ingest
from hartonomous.miners.screening import Screen, Screening
from hartonomous.observations import Signal
from hartonomous.readers.openers import open_sources
from hartonomous.readers.opening import Request
from hartonomous.readers.transformer.choice import SiteChoice
from hartonomous.sites import VectorSite
from hartonomous.store.reference import sources_reference

MODEL = "minilm-l6"
#: Heads of each layer that are screened without their meaning.
CONTROLS = ("0", "5", "9")


def main() -> None:
    """Print cost and signals of the heads of a real model."""
    with databases() as fresh, open_database(next(fresh)) as connection:
        load(connection, zoo("splade-tiny"))
        with tempfile.TemporaryDirectory() as folder:
            load(connection, most_frequent(zoo("glove-50d"), Path(folder)))
        screening(connection)
        controls(connection)
        everything(connection)
        neurons(connection)


def screening(connection: psycopg.Connection) -> None:
    """Screen all heads and mine those above chance."""
    started = perf_counter()
    report = mine(connection, "model:screened", Screening())
    mined = [site for site in report.sites if site.join and site.join.signal]
    count = len(mined) + len(report.left_out_sites)
    print(f"{count} heads screened, {len(mined)} above chance mined: {since(started)}")
    for site in mined:
        print(f"  {site.position:<18} {shown(site.join.signal)}")
    near = sorted(report.left_out_sites, key=lambda site: -site.signal.value)
    for site in near[:3]:
        print(f"  {site.position:<18} {shown(site.signal)}, left out")


def controls(connection: psycopg.Connection) -> None:
    """Screen what means nothing as if it were a site."""
    request = Request(sites=SiteChoice(("attention",), heads=",".join(CONTROLS)))
    (opened,) = open_sources([zoo(MODEL)], "model", request)
    reference = sources_reference(connection, opened.concepts())
    if reference is None:
        raise SystemExit("nothing votes")
    screen = Screen(reference)
    for name in ("random", "permuted"):
        signals = [screen.signal(without_meaning(site, name)) for site in vectors(opened.sites)]
        above = sum(signal.low > 0 for signal in signals)
        print(f"control, {name}: {above} of {len(signals)} above chance")


def vectors(sites: Sequence[object]) -> list[VectorSite]:
    """Return the vector sites."""
    return [site for site in sites if isinstance(site, VectorSite)]


def without_meaning(site: VectorSite, name: str) -> VectorSite:
    """Put one of a site's nulls in its place, and hold it against the others."""
    chosen = next(null for null in site.nulls if null.name == name)
    others = tuple(null for null in site.nulls if null is not chosen)
    return replace(site, queries=chosen.queries, keys=chosen.keys, nulls=others)


def everything(connection: psycopg.Connection) -> None:
    """Mine and load every head."""
    started = perf_counter()
    report = mine(connection, "model:all", Screening(everything=True))
    size = connection.execute(
        "SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class AS c"
        " WHERE c.relname = (SELECT 'relation_list_' || content_id FROM hartonomous.content"
        " WHERE source_identifier = 'model:all')"
    ).fetchone()
    print(f"all heads, {report.observations:,} observations: {since(started)}")
    if size and size[0]:
        print(f"  {int(size[0]) / report.observations:.1f} bytes an observation, with indexes")


def neurons(connection: psycopg.Connection) -> None:
    """Mine what all neurons answer to and promote."""
    started = perf_counter()
    report = mine(connection, "model:neurons", Screening(everything=True), kinds=("mlp",))
    print(f"all neurons, {report.observations:,} observations: {since(started)}")


def mine(
    connection: psycopg.Connection,
    name: str,
    screening: Screening,
    kinds: tuple[str, ...] = ("embedding", "attention"),
) -> IngestReport:
    """Ingest the model."""
    request = Request(name, sites=SiteChoice(kinds), screening=str(screening))
    return ingest(connection, "model", [zoo(MODEL)], request, screening=screening)


def since(started: float) -> str:
    """Say how long it took and how much memory this process ever had."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    return f"{perf_counter() - started:.0f} s, peak {peak:,} MB"


def shown(signal: Signal) -> str:
    """Show a signal with its interval."""
    interval = f"[{100 * signal.low:+.1f}, {100 * signal.high:+.1f}]"
    figures = f"{100 * signal.score:.1f} % against {100 * signal.null:.1f} %"
    return f"{figures}: {100 * signal.value:+.1f} {interval}"


if __name__ == "__main__":
    main()
