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
from tests.unit.geometry.graphs import (
    graph,
    grid,
    path,
    random_knn,
    ring,
    star,
    two_cliques,
    union,
)
from tests.unit.geometry.kernels import instructions

# Solved densely, by the native iteration and by its twin, and by floats first.
SIZES = pytest.mark.parametrize(("n", "backend"), [(40, "native"), (700, "native"), (700, "numpy")])
BACKENDS = pytest.mark.parametrize("backend", ["native", "numpy"])


@SIZES
def test_a_ring_has_pairs_of_one_minus_cosine(n, backend):
    result = spectrum(affinity(*ring(n)), 4, backend=backend)
    expected = 1 - np.cos(2 * np.pi * np.array([1, 1, 2, 2]) / n)
    assert result.values == pytest.approx(expected, abs=1e-10)


@SIZES
def test_a_ring_is_spanned_by_its_sines_and_cosines(n, backend):
    vectors = spectrum(affinity(*ring(n)), 4, backend=backend).vectors
    angle = 2 * np.pi * np.arange(n) / n
    waves = np.sqrt(2 / n) * np.stack(
        [np.cos(angle), np.sin(angle), np.cos(2 * angle), np.sin(2 * angle)], axis=1
    )
    overlap = waves.T @ vectors
    assert overlap[:2, :2] @ overlap[:2, :2].T == pytest.approx(np.eye(2), abs=1e-6)
    assert overlap[2:, 2:] @ overlap[2:, 2:].T == pytest.approx(np.eye(2), abs=1e-6)


@SIZES
def test_a_path_has_cosines(n, backend):
    result = spectrum(affinity(*path(n)), 4, backend=backend)
    modes = np.arange(1, 5)
    assert result.values == pytest.approx(1 - np.cos(np.pi * modes / (n - 1)), abs=1e-10)
    degree = np.r_[1, np.full(n - 2, 2), 1]
    waves = np.sqrt(degree)[:, None] * np.cos(np.pi * np.arange(n)[:, None] * modes / (n - 1))
    waves /= np.linalg.norm(waves, axis=0)
    assert np.abs((waves * result.vectors).sum(axis=0)) == pytest.approx(np.ones(4), abs=1e-6)


@BACKENDS
def test_a_long_grid_varies_along_its_length_first(backend):
    vectors = spectrum(affinity(*grid(12, 60)), 4, backend=backend).vectors
    along = vectors[:, 0].reshape(12, 60).mean(axis=0)
    assert (np.diff(along) * np.sign(along[-1] - along[0]) > 0).sum() >= 55


@BACKENDS
def test_the_first_eigenvector_splits_two_cliques(backend):
    first = spectrum(affinity(*two_cliques(150)), 4, backend=backend).vectors[:, 0]
    assert len({*np.sign(first[:150])}) == 1
    assert (np.sign(first[:150]) == -np.sign(first[150:])).all()


@BACKENDS
def test_eigenpairs_satisfy_their_equation(backend):
    matrix = affinity(*random_knn(800))
    assert components(matrix).max() == 0
    result = spectrum(matrix, 4, backend=backend)
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


@BACKENDS
def test_every_vector_of_a_multiple_eigenvalue_is_found(backend):
    # A complete bipartite graph has the eigenvalue 0 of S n - 2 times.
    n = 300
    pairs = [(i, j) for i in range(100) for j in range(100, n)]
    result = spectrum(affinity(*graph(pairs, n)), 4, backend=backend)
    assert result.values == pytest.approx(np.ones(4), abs=1e-9)
    assert result.vectors.T @ result.vectors == pytest.approx(np.eye(4), abs=1e-13)


@BACKENDS
def test_a_torus_has_a_fourfold_eigenvalue(backend):
    side = 24
    at = np.arange(side * side).reshape(side, side)
    pairs = [(at[i, j], at[(i + 1) % side, j]) for i in range(side) for j in range(side)]
    pairs += [(at[i, j], at[i, (j + 1) % side]) for i in range(side) for j in range(side)]
    values = spectrum(affinity(*graph(pairs, side * side)), 4, backend=backend).values
    assert values == pytest.approx(np.full(4, (1 - np.cos(2 * np.pi / side)) / 2), abs=1e-9)


@pytest.fixture(scope="module")
def large_grid():
    """More rows than doubles alone are used for."""
    return affinity(*grid(90, 110))


def test_floats_first_bring_the_same_vectors(large_grid):
    native, twin = (spectrum(large_grid, 4, backend=name) for name in ("native", "numpy"))
    assert native.residual < TOLERANCE
    assert native.values == pytest.approx(twin.values, abs=1e-9)
    overlap = np.abs((native.vectors * twin.vectors).sum(axis=0))
    assert overlap == pytest.approx(np.ones(4), abs=1e-4)


def test_threads_do_not_change_a_bit(large_grid):
    for matrix in (affinity(*random_knn(800)), large_grid):
        alone = spectrum(matrix, 4, threads=1).vectors.tobytes()
        for threads in (2, 3, 500):
            assert spectrum(matrix, 4, threads=threads).vectors.tobytes() == alone


@pytest.mark.parametrize("most", ["plain", "avx2"])
def test_instruction_sets_do_not_change_a_bit(large_grid, most):
    best = spectrum(large_grid, 4).vectors.tobytes()
    with instructions(most):
        assert spectrum(large_grid, 4).vectors.tobytes() == best


def test_only_so_many_pairs_as_a_block_holds(large_grid):
    with pytest.raises(ParameterError, match="at most 6, not 7"):
        spectrum(large_grid, 7)


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
