from __future__ import annotations

import numpy as np
import pytest

from hartonomous.errors import ParameterError
from hartonomous.geometry.procrustes import procrustes, robust_procrustes
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


def test_the_residual_is_the_noise():
    points, planted = random_points(5000), random_rotation()
    noise = 0.02 * np.random.default_rng(1).standard_normal(points.shape)
    fit = robust_procrustes(points, normalise(points @ planted + noise))
    assert fit.residual == pytest.approx(0.02 * np.sqrt(3), rel=0.03)
    assert fit.rotation == pytest.approx(planted, abs=2e-3)
    assert fit.anchors == 5000
    assert fit.kept > 4950


def test_thirty_percent_scattered_bad_anchors_are_set_aside():
    points, planted = random_points(1000), random_rotation()
    target = points @ planted + 0.001 * np.random.default_rng(1).standard_normal((1000, 4))
    target[:300] = random_points(300, 2)
    fit = robust_procrustes(points, normalise(target))
    assert fit.rotation == pytest.approx(planted, abs=1e-3)
    assert 690 <= fit.kept <= 701
    assert fit.residual < 0.003


def test_thirty_percent_bad_anchors_that_agree_on_another_rotation_are_set_aside():
    points, planted = random_points(1000), random_rotation()
    target = points @ planted
    target[:300] = points[:300] @ random_rotation(7)
    fit = robust_procrustes(points, target)
    assert fit.rotation == pytest.approx(planted, abs=1e-12)
    assert fit.kept == 700


def test_exact_anchors_are_all_kept():
    points = random_points(40)
    assert robust_procrustes(points, points @ random_rotation()).kept == 40


def test_rotations_are_orthogonal_where_the_anchors_leave_them_open():
    line = np.tile([1.0, 0, 0, 0], (6, 1))
    rotation = procrustes(line, line)
    assert rotation.T @ rotation == pytest.approx(np.eye(4), abs=1e-14)
    assert line @ rotation == pytest.approx(line)


def test_three_anchors_are_too_few():
    points = random_points(3)
    with pytest.raises(ParameterError, match="share 3 concepts"):
        robust_procrustes(points, points)


def test_anchors_come_in_pairs():
    with pytest.raises(ParameterError, match="5 against 6"):
        robust_procrustes(random_points(5), random_points(6))
