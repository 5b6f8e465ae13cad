"""What every reader of embeddings must do, whatever the format."""

from __future__ import annotations

import numpy as np
import pytest
from planted_models import FORMATS, VECTORS, WIDTH
from planted_tables import TABLES
from planted_weights import WEIGHTS

from hartonomous.readers import LeftOut, open_embeddings, usable
from hartonomous.readers.stored import FileRows, SpooledRows


@pytest.fixture(params=(*FORMATS, *TABLES, *WEIGHTS), ids=lambda build: build.__name__)
def build(request):
    return request.param


@pytest.fixture
def planted(build, tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    return build(folder)


@pytest.fixture
def table(planted):
    return open_embeddings(planted.path)


def test_every_planted_concept_is_found_once_and_nothing_else(table, planted):
    assert sorted(c.label for c in table.vocabulary.concepts) == sorted(
        c.label for c in planted.concepts
    )


def test_each_concept_has_its_own_vector(table):
    concepts = [table.vocabulary.concepts[i] for i in table.vocabulary.concept_of_row]
    np.testing.assert_array_equal(table.vectors(), np.stack([VECTORS[c] for c in concepts]))


def test_what_is_left_out_is_counted_by_reason(table, planted):
    assert table.left_out == LeftOut(**planted.left_out)
    assert len(table.vocabulary.rows) + table.left_out.total == table.matrix.shape[0]


def test_rows_come_in_the_order_of_their_concepts(table):
    assert np.all(np.diff(table.vocabulary.concept_of_row) >= 0)
    assert table.vocabulary.rows.dtype == np.int64
    assert table.vocabulary.concept_of_row.dtype == np.int32


def test_a_block_of_rows_is_float32_and_equals_the_rows_taken(table):
    rows = table.matrix.rows(1, 4)
    assert rows.dtype == np.float32
    assert rows.shape == (3, WIDTH)
    np.testing.assert_array_equal(rows, table.matrix.take(np.arange(1, 4)))


def test_the_matrix_stays_on_disk(table):
    assert isinstance(table.matrix.stored, (FileRows, SpooledRows))


def test_the_stored_type_is_named(table, planted):
    assert table.dtype == planted.dtype


def test_the_source_is_named_after_its_path(table, planted):
    assert table.name == (planted.name or planted.path.stem)


def test_all_planted_vectors_are_usable(table):
    assert usable(table).vocabulary is table.vocabulary


def test_the_fingerprint_says_what_was_read_and_not_where(table, build, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    copy = open_embeddings(build(elsewhere).path)
    assert copy.fingerprint() == table.fingerprint()
    assert len(table.fingerprint()) == 32
