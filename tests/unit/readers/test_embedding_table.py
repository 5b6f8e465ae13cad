from __future__ import annotations

import numpy as np
import pytest
from planted_models import WIDTH, write_lines

from hartonomous.errors import InvalidVectorsError, ParameterError
from hartonomous.readers import LeftOut, open_embeddings, usable

WORDS = [f"word{i}" for i in range(10)]


@pytest.fixture
def write(tmp_path):
    def written(faults, *, dtype=np.float32, words=WORDS):
        matrix = np.ones((len(words), WIDTH), dtype=dtype)
        for row, value in faults.items():
            matrix[row] = value
        np.save(tmp_path / "vectors.npy", matrix)
        write_lines(tmp_path / "vectors.txt", words)
        return open_embeddings(tmp_path / "vectors.npy")

    return written


@pytest.fixture
def partly(write):
    """Give a table with rows that are not finite (2 and 7) and rows of zeros (0, 5, 9)."""
    half_nan = np.ones(WIDTH)
    half_nan[3] = np.nan
    return write({0: 0, 2: half_nan, 5: 0, 7: -np.inf, 9: 0})


def test_invalid_rows_are_named_and_counted(partly):
    with pytest.raises(InvalidVectorsError) as caught:
        usable(partly)
    assert str(caught.value) == (
        "vectors: 2 of 10 rows are not finite: 'word2', 'word7'; "
        "use --skip-invalid to leave them out"
    )


def test_many_invalid_rows_are_not_all_named(write):
    with pytest.raises(InvalidVectorsError, match=r"8 of 10 rows .*word4', \.\.\.;"):
        usable(write(dict.fromkeys(range(8), np.nan)))


def test_invalid_and_zero_rows_are_left_out_and_counted(partly):
    kept = usable(partly, skip_invalid=True)
    assert [c.text for c in kept.vocabulary.concepts] == [WORDS[i] for i in (1, 3, 4, 6, 8)]
    assert kept.vocabulary.rows.tolist() == [1, 3, 4, 6, 8]
    assert kept.left_out == LeftOut(invalid=2, zero=3)


def test_rows_too_small_to_have_a_length_are_left_out_as_zero(write):
    assert usable(write({4: 1e-30})).left_out == LeftOut(zero=1)


def test_faults_of_rows_that_stand_for_no_concept_do_not_matter(write):
    table = write({0: np.nan}, words=["[PAD]", *WORDS[1:]])
    assert usable(table).left_out == LeftOut(special=1)


def test_a_matrix_without_a_usable_row_is_refused(write):
    with pytest.raises(InvalidVectorsError, match="none of its rows has a direction"):
        usable(write(dict.fromkeys(range(10), 0)))
    with pytest.raises(InvalidVectorsError, match="none of its rows has a direction"):
        usable(write(dict.fromkeys(range(10), np.nan)), skip_invalid=True)


def test_what_float32_can_not_hold_is_not_finite(write):
    with pytest.raises(InvalidVectorsError, match="1 of 10 rows"):
        usable(write({4: 1e300}, dtype=np.float64))


def test_one_changed_number_type_or_word_changes_the_fingerprint(write):
    tables = [
        write({}).fingerprint(),
        write({3: 2}).fingerprint(),
        write({}, dtype=np.float64).fingerprint(),
        write({}, words=["emperor", *WORDS[1:]]).fingerprint(),
    ]
    assert len(set(tables)) == len(tables)


def test_rows_outside_the_matrix_are_refused(write):
    for row in (-1, 10):
        with pytest.raises(ParameterError, match="outside the matrix of 10 rows"):
            write({}).matrix.take(np.array([0, row]))
