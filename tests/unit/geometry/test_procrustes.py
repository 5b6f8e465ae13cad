from __future__ import annotations

import numpy as np
import pytest

from hartonomous.errors import ParameterError
from hartonomous.geometry.procrustes import polar_factor, procrustes
from hartonomous.geometry.sphere import normalise


def random_points(n, stream=0):
    return normalise(np.random.default_rng(stream).standard_normal((n, 4)))


def random_rotation(stream=0):
    q, r = np.linalg.qr(np.random.default_rng(100 + stream).standard_normal((4, 4)))
    return q * np.sign(np.diag(r))


@pytest.mark.parametrize("mirror", [1.0, -1.0])
def test_a_planted_rotation_is_found_mirrored_or_not(mirror):
    points, planted = random_points(50), random_rotation() * [mirror, 1, 1, 1]
    found = procrustes(points, points @ planted)
    assert found == pytest.approx(planted, abs=1e-14)
    assert found.T @ found == pytest.approx(np.eye(4), abs=1e-14)


def test_rotations_are_orthogonal_where_the_anchors_leave_them_open():
    line = np.tile([1.0, 0, 0, 0], (6, 1))
    rotation = procrustes(line, line)
    assert rotation.T @ rotation == pytest.approx(np.eye(4), abs=1e-14)
    assert line @ rotation == pytest.approx(line)


@pytest.mark.parametrize("mirror", [1.0, -1.0])
def test_the_polar_factor_is_the_nearest_orthogonal_matrix(mirror):
    matrix = np.random.default_rng(3).standard_normal((4, 4)) * [mirror, 1, 1, 1]
    u, _, vt = np.linalg.svd(matrix)
    assert polar_factor(matrix) == pytest.approx(u @ vt, abs=1e-14)
    assert polar_factor(1e-9 * matrix) == pytest.approx(u @ vt, abs=1e-14)


def test_a_polar_factor_that_is_left_open_is_refused():
    with pytest.raises(ParameterError, match="do not say"):
        polar_factor(np.zeros((4, 4)))
    with pytest.raises(ParameterError, match="fewer than four dimensions"):
        polar_factor(np.diag([1.0, 1.0, 1.0, 0.0]))
