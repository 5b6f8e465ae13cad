from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from hartonomous.errors import ParameterError
from hartonomous.geometry.affinity import affinity, components
from hartonomous.geometry.spectrum import TOLERANCE, fix_signs, gram_schmidt, spectrum
from tests.unit.geometry.graphs import grid, path, random_knn, ring, star, two_cliques, union

SIZES = (40, 700)  # solved densely, and by Lanczos iteration


@pytest.mark.parametrize("n", SIZES)
def test_a_ring_has_pairs_of_one_minus_cosine(n):
    result = spectrum(affinity(*ring(n)), 4)
    expected = 1 - np.cos(2 * np.pi * np.array([1, 1, 2, 2]) / n)
    assert result.values == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("n", SIZES)
def test_a_ring_is_spanned_by_its_sines_and_cosines(n):
    vectors = spectrum(affinity(*ring(n)), 4).vectors
    angle = 2 * np.pi * np.arange(n) / n
    waves = np.sqrt(2 / n) * np.stack(
        [np.cos(angle), np.sin(angle), np.cos(2 * angle), np.sin(2 * angle)], axis=1
    )
    overlap = waves.T @ vectors
    assert overlap[:2, :2] @ overlap[:2, :2].T == pytest.approx(np.eye(2), abs=1e-6)
    assert overlap[2:, 2:] @ overlap[2:, 2:].T == pytest.approx(np.eye(2), abs=1e-6)


@pytest.mark.parametrize("n", SIZES)
def test_a_path_has_cosines(n):
    result = spectrum(affinity(*path(n)), 4)
    modes = np.arange(1, 5)
    assert result.values == pytest.approx(1 - np.cos(np.pi * modes / (n - 1)), abs=1e-10)
    degree = np.r_[1, np.full(n - 2, 2), 1]
    waves = np.sqrt(degree)[:, None] * np.cos(np.pi * np.arange(n)[:, None] * modes / (n - 1))
    waves /= np.linalg.norm(waves, axis=0)
    assert np.abs((waves * result.vectors).sum(axis=0)) == pytest.approx(np.ones(4), abs=1e-6)


def test_a_long_grid_varies_along_its_length_first():
    vectors = spectrum(affinity(*grid(12, 60)), 4).vectors
    along = vectors[:, 0].reshape(12, 60).mean(axis=0)
    assert (np.diff(along) * np.sign(along[-1] - along[0]) > 0).sum() >= 55


def test_the_first_eigenvector_splits_two_cliques():
    first = spectrum(affinity(*two_cliques(20)), 4).vectors[:, 0]
    assert len({*np.sign(first[:20])}) == 1
    assert (np.sign(first[:20]) == -np.sign(first[20:])).all()


def test_eigenpairs_satisfy_their_equation():
    matrix = affinity(*random_knn(800))
    assert components(matrix).max() == 0
    result = spectrum(matrix, 4)
    degree = np.asarray(matrix.sum(axis=1))
    normalised = matrix.toarray() / np.sqrt(np.outer(degree, degree))
    exact = 1 - np.linalg.eigvalsh(normalised)[::-1][1:5]
    assert result.values == pytest.approx(exact, abs=1e-9)
    off = result.vectors - normalised @ result.vectors - result.vectors * result.values
    assert np.linalg.norm(off, axis=0).max() < TOLERANCE
    assert result.residual < TOLERANCE
    assert result.vectors.T @ result.vectors == pytest.approx(np.eye(4), abs=1e-14)
    trivial = np.sqrt(degree / degree.sum())
    assert trivial @ result.vectors == pytest.approx(np.zeros(4), abs=TOLERANCE)


def test_threads_do_not_change_a_bit():
    matrix = affinity(*random_knn(800))
    one, three = spectrum(matrix, 4, threads=1), spectrum(matrix, 4, threads=3)
    assert one.vectors.tobytes() == three.vectors.tobytes()


PRINT_DIGEST = """
import hashlib
from hartonomous.geometry.eigenmaps import eigenmaps
from tests.unit.geometry.graphs import grid
print(hashlib.sha256(eigenmaps(*grid(100, 150)).positions.tobytes()).hexdigest())
"""


def test_blas_threads_and_runs_do_not_change_a_bit():
    digests = {
        subprocess.run(
            [sys.executable, "-c", PRINT_DIGEST],
            env={**os.environ, "OPENBLAS_NUM_THREADS": threads},
            cwd=Path(__file__).parents[3],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for threads in ("1", "2", "2")
    }
    assert len(digests) == 1


def test_the_order_of_relations_does_not_change_a_bit():
    sources, targets, weights, n = random_knn(500)
    mixed = np.random.default_rng(0).permutation(len(sources))
    there = affinity(sources, targets, weights, n)
    again = affinity(sources[mixed], targets[mixed], weights[mixed], n)
    assert there.data.tobytes() == again.data.tobytes()
    assert (there.indices == again.indices).all()


def test_a_relation_one_end_lists_counts_half_and_of_two_the_heavier_counts():
    sources, targets = np.array([0, 1, 1, 1, 2]), np.array([1, 0, 2, 2, 2])
    matrix = affinity(sources, targets, np.array([1, 1, 0.5, 0.25, 1]), 3, sharpness=1.0)
    assert matrix.toarray() == pytest.approx(np.array([[0, 1, 0], [1, 0, 0.25], [0, 0.25, 0]]))


def test_components_are_numbered_from_the_largest():
    matrix = affinity(*union(path(3), star(6), path(3), ring(5)))
    assert components(matrix).tolist() == [2] * 3 + [0] * 6 + [3] * 3 + [1] * 5


@pytest.mark.parametrize(
    ("sources", "targets", "weights", "says"),
    [
        ([0, 1], [1], [1.0], "2, 1 and 1"),
        ([0], [3], [1.0], "outside 0 to 2"),
        ([-1], [1], [1.0], "from -1"),
        ([0], [1], [np.nan], "finite"),
        ([0], [1], [-0.5], "at least 0"),
    ],
)
def test_bad_graphs_are_refused(sources, targets, weights, says):
    with pytest.raises(ParameterError, match=says):
        affinity(np.array(sources), np.array(targets), np.array(weights), 3)


def test_gram_schmidt_keeps_the_first_directions():
    columns = np.array([[2.0, 1.0], [0.0, 3.0], [0.0, 0.0]])
    assert gram_schmidt(columns) == pytest.approx(np.array([[1, 0], [0, 1], [0, 0]]))


def test_rounding_does_not_choose_a_sign():
    column = np.array([[-1.0], [0.5], [1.0 + 1e-12]])
    assert fix_signs(column)[0, 0] == 1.0
