"""A server, fresh databases and real observations for the benchmarks of the store."""

from __future__ import annotations

import itertools
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import psycopg

from hartonomous.miners.mining import mine
from hartonomous.observations import ConceptTable, MinedSite, Observations
from hartonomous.postgres.server import dsn_of, embedded_server, stop
from hartonomous.progress import Stages
from hartonomous.readers.openers import open_sources
from hartonomous.readers.opening import Request
from hartonomous.sites import JoinSettings
from hartonomous.store import migrations
from hartonomous.store.connection import connect

K = 50
_numbers = itertools.count()


def zoo(name: str) -> Path:
    """Folder of a real model, fetched when it is not here yet."""
    script = Path(__file__).parents[1] / "scripts" / "zoo.py"
    done = subprocess.run(
        [sys.executable, script, "fetch", name], check=True, capture_output=True, text=True
    )
    return Path(done.stdout.strip().splitlines()[-1])


@contextmanager
def databases() -> Iterator[Iterator[str]]:
    """Endless DSNs of fresh, migrated databases on a server of their own at stock settings."""
    with tempfile.TemporaryDirectory(
        prefix="hartonomous-bench-", ignore_cleanup_errors=True
    ) as home:
        folder = Path(home) / "home"
        try:
            with (
                embedded_server(folder) as server,
                psycopg.connect(dsn_of(server.home, "postgres"), autocommit=True) as admin,
            ):
                yield (_fresh(server, admin) for _ in itertools.repeat(None))
        finally:
            stop(folder)


def _fresh(server, admin) -> str:
    name = f"bench_{next(_numbers)}"
    admin.execute(f"CREATE DATABASE {name}")
    with psycopg.connect(dsn_of(server.home, name)) as connection:
        migrations.migrate(connection)
    return dsn_of(server.home, name)


def open_database(dsn: str) -> psycopg.Connection:
    """Session on a benchmark's database."""
    connection = connect(dsn)
    connection.autocommit = True
    return connection


def observations(model: Path) -> tuple[ConceptTable, MinedSite, list[Observations]]:
    """A real model's observations, mined and held in memory."""
    (opened,) = open_sources([model], "embeddings", Request(join=JoinSettings(K)))
    source = mine(opened, Stages()).source
    (mined,) = source.sites
    return source.concepts, mined, list(mined.batches)


def overlapping(batches: list[Observations], share: float) -> list[Observations]:
    """The observations of a model that holds ``share`` of these relations and others instead."""
    random = np.random.default_rng(0)
    concepts = 1 + max(int(batch.a.max()) for batch in batches)
    return [_changed(batch, share, concepts, random) for batch in batches]


def _changed(
    batch: Observations, share: float, concepts: int, random: np.random.Generator
) -> Observations:
    b = batch.b.copy()
    changed = random.random(len(b)) >= share
    b[changed] = random.integers(0, concepts, changed.sum())
    # Few collide; those keep what they had.
    pairs = batch.a.astype(np.int64) * concepts + b
    _, inverse, counts = np.unique(pairs, return_inverse=True, return_counts=True)
    lists_with_twins = np.unique(batch.a[(counts[inverse] > 1) | (b == batch.a)])
    kept = np.isin(batch.a, lists_with_twins)
    return replace(batch, b=np.where(kept, batch.b, b))
