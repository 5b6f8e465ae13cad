"""Tables are read twice at most, and cleaned to the same bits wherever their rows are kept."""

from __future__ import annotations

import os
import unicodedata

import numpy as np
import pytest
from planted_models import write_lines
from scipy.linalg import eigh

from hartonomous.errors import ModelFormatError
from hartonomous.geometry import knn_cost
from hartonomous.miners import moments
from hartonomous.miners.clean_tables import clean_site
from hartonomous.miners.cleaning import RAW, Cleaning
from hartonomous.miners.mining import mine
from hartonomous.progress import Stages
from hartonomous.readers import open_embeddings, stored, usable
from hartonomous.readers.matrix import SelectedRows
from hartonomous.readers.openers import open_sources
from hartonomous.readers.opening import Request
from hartonomous.readers.stored import SpooledRows
from hartonomous.sites import JoinSettings

#: More than a block of rows, and of numbers so unlike that the order of their sums shows.
ROWS, WIDTH = 5000, 24


@pytest.fixture
def path(tmp_path):
    """Give a matrix whose concepts don't come in the order of its rows, some of them twice."""
    rng = np.random.default_rng(5)
    matrix = rng.standard_normal((ROWS, WIDTH)) * 2.0 ** rng.integers(-30, 30, (ROWS, 1))
    np.save(tmp_path / "m.npy", (matrix + rng.standard_normal(WIDTH)).astype("f4"))
    words = [f"wörd{i}" for i in range(ROWS)]
    words[-ROWS // 3 :] = [unicodedata.normalize("NFD", word) for word in words[: ROWS // 3 + 1]]
    write_lines(tmp_path / "m.txt", words)
    return tmp_path / "m.npy"


@pytest.fixture
def spooled(monkeypatch):
    monkeypatch.setattr(stored, "HELD_BYTES", 0)


def rows_of(table):
    return SelectedRows(table.matrix, table.vocabulary.rows)


def all_rows(rows):
    return rows.rows(0, rows.shape[0])


def of_whole_arrays(vectors):
    """Clean as an array that is held whole is cleaned: mean, then scatter, then what is left."""
    mean = vectors.mean(axis=0, dtype=np.float64)
    blocks = [slice(start, start + 4096) for start in range(0, len(vectors), 4096)]
    scatter = sum((vectors[b] - mean).T @ (vectors[b] - mean) for b in blocks)
    _, top = eigh(scatter, subset_by_index=(WIDTH - 2, WIDTH - 1))
    cleaned = np.empty_like(vectors)
    for b in blocks:
        centred = vectors[b] - mean
        cleaned[b] = centred - (centred @ top) @ top.T
    return cleaned


@pytest.mark.parametrize("kept", ["in memory", "in a file"])
def test_each_bit_is_that_of_whole_arrays(path, request, kept):
    if kept == "in a file":
        request.getfixturevalue("spooled")
    table = usable(open_embeddings(path))
    assert (np.diff(table.vocabulary.rows) < 0).any()
    cleaned, _, _ = clean_site(rows_of(table), Cleaning())
    assert isinstance(cleaned, SpooledRows) == (kept == "in a file")
    np.testing.assert_array_equal(all_rows(cleaned), of_whole_arrays(table.vectors()))


def test_the_mean_is_the_sum_row_after_row(path, monkeypatch):
    table = usable(open_embeddings(path))
    whole = table.vectors().mean(axis=0, dtype=np.float64)
    monkeypatch.setattr(moments, "_BLOCK_ROWS", 7)
    np.testing.assert_array_equal(
        moments.mean_of(table.matrix.gathered(table.vocabulary.rows)), whole
    )


def test_raw_rows_are_those_of_the_file(path, spooled):
    table = usable(open_embeddings(path))
    np.testing.assert_array_equal(all_rows(clean_site(rows_of(table), RAW)[0]), table.vectors())


def test_the_file_is_read_twice_from_opening_to_observations(path, spooled, monkeypatch):
    read, watched = [], os.open(path, os.O_RDONLY)

    def counted(file, buffers, place, real=os.preadv):
        count = real(file, buffers, place)
        if os.path.sameopenfile(file, watched):
            read.append(count)
        return count

    monkeypatch.setattr(os, "preadv", counted)
    monkeypatch.setattr(knn_cost, "HELD_BYTES", 0)
    (opened,) = open_sources([path], "embeddings", Request(join=JoinSettings(5)))
    assert len(opened.source.fingerprint) == 32
    assert sum(read) == ROWS * WIDTH * 4
    (mined,) = mine(opened, Stages()).source.sites
    assert sum(len(batch) for batch in mined.batches) > ROWS
    assert sum(read) == 2 * ROWS * WIDTH * 4
    os.close(watched)


def test_a_file_that_changes_between_its_readings_is_refused(path, spooled):
    table = usable(open_embeddings(path))
    with path.open("r+b") as file:
        file.seek(-4, 2)
        file.write(b"\0\0\0\0")
    with pytest.raises(ModelFormatError, match="was changed while it was read"):
        clean_site(rows_of(table), Cleaning())


def mined_columns(path):
    (opened,) = open_sources([path], "embeddings", Request(join=JoinSettings(9)))
    (mined,) = mine(opened, Stages()).source.sites
    batches = list(mined.batches)
    return [np.concatenate([getattr(b, name) for b in batches]) for name in ("a", "b", "weight")]


def test_what_is_mined_does_not_depend_on_what_fits_into_memory(path, monkeypatch):
    held = mined_columns(path)
    monkeypatch.setattr(stored, "HELD_BYTES", 0)
    monkeypatch.setattr(knn_cost, "HELD_BYTES", 0)
    monkeypatch.setattr(knn_cost, "QUERY_BYTES", 1 << 18)
    monkeypatch.setattr(knn_cost, "KEY_BYTES", 1 << 17)
    for held_column, streamed in zip(held, mined_columns(path), strict=True):
        np.testing.assert_array_equal(held_column, streamed)
