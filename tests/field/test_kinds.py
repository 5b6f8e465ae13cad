"""Kinds of files that people have: each is read rightly, or refused in a line that says why.

The tables are in the modules `kinds_of_...`: a name, how one is made, and what has to come of it.
"""

from __future__ import annotations

import random

import kinds_of_arrays
import kinds_of_arrow
import kinds_of_models
import kinds_of_tables
import kinds_of_text
import kinds_of_vocabularies
import numpy as np
import pytest
from ingesting import ingest_embeddings

from hartonomous.editing.deletion import delete_source
from hartonomous.editing.fingerprint import substrate_fingerprint
from hartonomous.errors import HartonomousError
from hartonomous.readers import open_embeddings, usable

TABLES = (
    kinds_of_text.KINDS,
    kinds_of_tables.KINDS,
    kinds_of_arrays.KINDS,
    kinds_of_arrow.KINDS,
    kinds_of_models.KINDS,
    kinds_of_vocabularies.KINDS,
)
KINDS = {name: kind for table in TABLES for name, kind in table.items()}
assert len(KINDS) == sum(map(len, TABLES))
#: Those that `make test` loads into a database as well; another number takes others.
SEED, QUICK = 20, 10
READ = [name for name, kind in KINDS.items() if not kind.says]
REFUSED = [name for name, kind in KINDS.items() if kind.says]


@pytest.mark.parametrize("name", READ)
def test_a_kind_is_read_as_it_is(field, name):
    kind = KINDS[name]
    path = kind.make(field)
    table = usable(open_embeddings(path))
    vocabulary = table.vocabulary
    by_row = np.argsort(vocabulary.rows)
    labels = [vocabulary.concepts[vocabulary.concept_of_row[at]].label for at in by_row]
    assert labels == list(kind.labels)
    rows = range(len(labels)) if kind.rows is None else kind.rows
    np.testing.assert_allclose(
        table.vectors()[by_row], field.vectors[list(rows)], rtol=0, atol=kind.near
    )
    assert {why: n for why, n in vars(table.left_out).items() if n} == dict(kind.left_out)
    assert bool(table.notes) == bool(kind.note), table.notes
    assert kind.note in "".join(table.notes)


@pytest.mark.parametrize("name", REFUSED)
def test_a_kind_is_refused_in_a_line_that_says_what_it_is(field, name):
    kind = KINDS[name]
    path = kind.make(field)
    with pytest.raises(HartonomousError) as caught:
        usable(open_embeddings(path))
    assert kind.says in str(caught.value)
    assert "\n" not in str(caught.value)


def loaded(names):
    """Return what is loaded by each run, and by the nightly one alone."""
    quick = random.Random(SEED).sample(names, QUICK)
    marks = {True: (), False: (pytest.mark.nightly,)}
    return [pytest.param(name, marks=marks[name in quick]) for name in names]


@pytest.mark.parametrize("name", loaded(READ))
def test_a_kind_comes_into_a_database_and_goes_without_a_trace(connection, field, name):
    kind = KINDS[name]
    before = substrate_fingerprint(connection)
    ingest_embeddings(connection, kind.make(field), source="model:kind", k=5, raw=True)
    stored = connection.execute("SELECT label FROM composition").fetchall()
    assert {label for (label,) in stored} == set(kind.labels)
    delete_source(connection, "model:kind")
    assert substrate_fingerprint(connection) == before


@pytest.mark.parametrize("name", loaded(REFUSED))
def test_a_kind_that_is_refused_leaves_nothing(connection, field, name):
    before = substrate_fingerprint(connection)
    path = KINDS[name].make(field)
    with pytest.raises(HartonomousError):
        ingest_embeddings(connection, path, source="model:kind", k=5, raw=True)
    assert substrate_fingerprint(connection) == before
