"""The layout is a function of live evidence alone: to the last bit, at the size of real models."""

from __future__ import annotations

import numpy as np
import pytest

from hartonomous.charting import align
from hartonomous.concepts import Concept
from hartonomous.editing.deletion import delete_model
from hartonomous.editing.state import quarantine_source
from hartonomous.geometry.knn import knn_self_join
from hartonomous.observations import (
    ConceptTable,
    JoinRecord,
    MinedSite,
    MinedSource,
    Observations,
    SiteRecord,
    Source,
    quantise_weights,
)
from hartonomous.store.connection import connect
from hartonomous.store.load import load_source

#: More rows than eigenvectors are found in doubles for: in floats the numbering of concepts shows.
WORDS = 9000
K = 8


def points(name: str) -> np.ndarray:
    """Rows of a world that all models share, disturbed by each in its own way."""
    world = np.random.default_rng(0).normal(size=(WORDS, 6))
    own = np.random.default_rng(ord(name)).normal(size=(WORDS, 6))
    return (world + 0.1 * own).astype(np.float32)


def ingest(connection, name: str) -> None:
    """Load a model that lacks a tenth of the words, another tenth each."""
    some = np.flatnonzero(np.arange(WORDS) % 10 != ord(name) % 10)
    rows = points(name)[some]
    joined = knn_self_join(rows / np.linalg.norm(rows, axis=1, keepdims=True), K)
    table, index = ConceptTable.of([Concept("text", f"word{i}") for i in some.tolist()])
    lists = Observations(
        np.repeat(index, K).astype(np.int32),
        index[joined.indices.ravel()].astype(np.int32),
        quantise_weights(np.clip(joined.scores.ravel(), 0, 1)),
    )
    record = SiteRecord("embedding", JoinRecord(K, "cosine", "exact", 1.0))
    site = MinedSite.alone(record, iter([lists]))
    source = Source(f"model:{name}", "model", name.encode() * 32)
    load_source(connection, MinedSource(source, table, (site,)))


def laid_out(connection) -> bytes:
    align(connection, sample=0, again=True)
    rows = connection.execute(
        "SELECT uuid_send(composition_id) || float8send(x) || float8send(y) || float8send(z)"
        " || float8send(w) FROM composition_position ORDER BY composition_id"
    )
    return b"".join(row for (row,) in rows)


@pytest.fixture
def databases(dsn, empty_dsn):
    with connect(dsn) as one, connect(empty_dsn, migrate=True) as other:
        one.autocommit = other.autocommit = True
        yield one, other


def test_no_order_of_loading_and_no_detour_shows(databases):
    """Two models in one order, and in the other after a third that came, went or was hidden."""
    straight, winding = databases
    for name in "ab":
        ingest(straight, name)
    expected = laid_out(straight)
    for name in "cba":
        ingest(winding, name)
    three = laid_out(winding)
    assert three != expected
    quarantine_source(winding, "model:c")
    assert laid_out(winding) == expected
    delete_model(winding, "model:c")
    assert winding.execute("SELECT count(*) FROM composition_position").fetchone() != (0,)
    assert laid_out(winding) == expected
    delete_model(winding, "model:a")
    assert winding.execute("SELECT count(*) FROM composition_position").fetchone() == (0,)
    ingest(winding, "a")
    assert laid_out(winding) == expected
    ingest(straight, "c")
    assert laid_out(straight) == three
