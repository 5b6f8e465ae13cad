"""Rows that mean nothing, and directions that hold nearly all: what cleaning leaves of them."""

from __future__ import annotations

import io
import unicodedata

import numpy as np
import pytest
from ingesting import ingest_embeddings
from planted_models import write_lines

from hartonomous.errors import InvalidVectorsError
from hartonomous.geometry.rows import HeldRows
from hartonomous.miners.clean_tables import clean_site
from hartonomous.miners.cleaning import RAW, Cleaning, clean, clean_rows
from hartonomous.readers import open_embeddings
from hartonomous.readers.matrix import SelectedRows

WIDTH = 24


@pytest.fixture
def rng():
    return np.random.default_rng(11)


@pytest.fixture
def table_of(tmp_path):
    def build(matrix):
        np.save(tmp_path / "m.npy", matrix)
        write_lines(tmp_path / "m.txt", [f"word{i}" for i in range(len(matrix))])
        return open_embeddings(tmp_path / "m.npy")

    return build


def rows_of(table):
    return SelectedRows(table.matrix, table.vocabulary.rows)


def in_double(rows):
    """Clean as the formula says, in double, and give rows of unit length."""
    centred = rows.astype(np.float64) - rows.mean(axis=0, dtype=np.float64)
    top = np.linalg.svd(centred, full_matrices=False)[2][:2]
    rest = centred - centred @ top.T @ top
    return rest / np.linalg.norm(rest, axis=1, keepdims=True)


@pytest.mark.parametrize("strength", [3, 30, 300, 3000])
@pytest.mark.parametrize("mean", [0, 50])
def test_a_direction_that_holds_nearly_all_costs_no_digits_of_the_others(rng, strength, mean):
    direction = np.linalg.qr(rng.standard_normal((WIDTH, 1)))[0].T
    along = strength * rng.standard_normal((500, 1)) * direction
    rows = (rng.standard_normal((500, WIDTH)) * 0.5 + along + mean).astype(np.float32)
    cleaned, _ = clean(rows)
    units = cleaned / np.linalg.norm(cleaned, axis=1, keepdims=True)
    np.testing.assert_allclose(units @ units.T, in_double(rows) @ in_double(rows).T, atol=2e-5)


def test_equal_rows_have_no_direction_of_their_own(table_of, rng):
    table = table_of(np.tile(rng.standard_normal(WIDTH), (50, 1)).astype("f4"))
    with pytest.raises(InvalidVectorsError, match=r"none of its 50 rows .* use --raw"):
        clean_site(rows_of(table), Cleaning())
    assert clean_site(rows_of(table), RAW)[0].shape[0] == 50


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_a_table_too_small_for_cleaning_says_so(table_of, rng, rows):
    table = table_of(rng.standard_normal((rows, WIDTH)).astype("f4"))
    with pytest.raises(InvalidVectorsError, match="beyond what all share"):
        clean_site(rows_of(table), Cleaning())


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
@pytest.mark.parametrize("scale", [0.02, 1, 40])
def test_tokens_that_were_put_at_the_mean_are_left_out_as_zero(table_of, rng, dtype, scale):
    trained = (rng.standard_normal((300, WIDTH)) + rng.standard_normal(WIDTH)) * scale
    fresh = np.tile(trained.mean(axis=0), (20, 1))
    rows = np.vstack([trained, fresh]).astype("f4")
    if dtype == "bfloat16":
        rows = (rows.view("u4") + 0x8000 & 0xFFFF0000).view("f4")
    elif dtype == "float16":
        rows = rows.astype("f2").astype("f4")
    _, gone = clean_rows(HeldRows(rows), Cleaning(), dtype)
    assert gone.tolist() == list(range(300, 320))


def test_tokens_drawn_close_around_the_mean_are_left_out_too(table_of, rng):
    trained = rng.standard_normal((300, WIDTH)) + 0.3
    drawn = trained.mean(axis=0) + rng.standard_normal((20, WIDTH)) * 1e-9**0.5
    table = table_of(np.vstack([trained, drawn]).astype("f4"))
    _, _, gone = clean_site(rows_of(table), Cleaning())
    assert gone.tolist() == list(range(300, 320))


@pytest.mark.parametrize("share", [1e-2, 1e-3])
def test_short_rows_that_say_something_stay(table_of, rng, share):
    rows = rng.standard_normal((300, WIDTH))
    rows[::7] = rows.mean(axis=0) + rows[::7] * share
    _, gone = clean_rows(HeldRows(rows.astype("f4")))
    assert gone.size == 0


def test_one_coordinate_far_larger_than_the_others_hides_no_row(rng):
    rows = rng.standard_normal((300, WIDTH))
    rows[:, 3] *= 2000
    rows[:, 5] += 900
    rounded = (rows.astype("f4").view("u4") + 0x8000 & 0xFFFF0000).view("f4")
    _, gone = clean_rows(HeldRows(rounded), Cleaning(), "bfloat16")
    assert gone.size == 0


def test_the_rows_that_are_left_out_are_counted_and_said(connection, table_of, rng, tmp_path):
    trained = rng.standard_normal((60, WIDTH))
    table_of(np.vstack([trained, np.tile(trained.mean(axis=0), (5, 1))]).astype("f4"))
    report = ingest_embeddings(connection, tmp_path / "m.npy", k=5)
    assert report.left_out == {"zero": 5}
    assert report.concepts == 60


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_words_of_several_rows_are_one_concept_and_no_flood(connection, tmp_path, rng, form):
    words = [f"wörd{i}" for i in range(60)]
    twice = [unicodedata.normalize(form, word) for word in words[:20]]
    file = io.StringIO()
    for word in (*words, *twice, *twice):
        file.write(f"{word} {' '.join(f'{n:.4f}' for n in rng.standard_normal(WIDTH))}\n")
    (tmp_path / "v.txt").write_text(file.getvalue())
    report = ingest_embeddings(connection, tmp_path / "v.txt", k=5)
    assert report.concepts == 60
    assert report.observations > 60 * 5
    assert report.flags == ()
