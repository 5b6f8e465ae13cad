from __future__ import annotations

import numpy as np
import pytest

from hartonomous.errors import ParameterError
from hartonomous.geometry.sphere import (
    exponential,
    geodesic,
    hopf,
    multiply,
    normalise,
    spread,
    stereographic,
)

IDENTITY = np.array([0.0, 0.0, 0.0, 1.0])


@pytest.fixture
def points():
    return normalise(np.random.default_rng(0).standard_normal((500, 4)))


def test_norms_are_one_at_any_scale(points):
    for scale in (1e-300, 1e-5, 1e300):
        assert np.abs(np.linalg.norm(normalise(points * scale), axis=1) - 1).max() < 5e-16


def test_the_origin_has_no_direction():
    with pytest.raises(ParameterError, match="origin"):
        normalise(np.array([[1.0, 0, 0, 0], [0, 0, 0, 0]]))


def test_geodesics_are_accurate_at_both_ends():
    tiny = exponential(np.array([[1e-12, 0, 0]]))
    assert geodesic(tiny, IDENTITY) == pytest.approx([1e-12], rel=1e-12)
    assert geodesic(IDENTITY, IDENTITY) == 0
    assert geodesic(IDENTITY, -IDENTITY) == pytest.approx(np.pi)


def test_geodesics_are_a_metric(points):
    a, b, c = points[:100], points[100:200], points[200:300]
    assert geodesic(a, b) == pytest.approx(np.arccos(np.einsum("nd,nd->n", a, b)))
    assert (geodesic(a, c) <= geodesic(a, b) + geodesic(b, c) + 1e-15).all()


def test_the_exponential_goes_as_far_as_it_is_told():
    tangents = np.random.default_rng(1).standard_normal((50, 3)) * 0.5
    assert geodesic(exponential(tangents), IDENTITY) == pytest.approx(
        np.linalg.norm(tangents, axis=1)
    )


def test_multiplying_by_a_unit_quaternion_keeps_distances(points):
    q = points[0]
    assert geodesic(multiply(q, points[1:50]), multiply(q, points[50:99])) == pytest.approx(
        geodesic(points[1:50], points[50:99])
    )
    i, j, k = np.eye(4)[:3]
    assert multiply(i, j) == pytest.approx(k)


def test_stereographic_projection_can_be_taken_back(points):
    flat = stereographic(points)
    square = (flat**2).sum(axis=1, keepdims=True)
    assert np.hstack([2 * flat, 1 - square]) / (1 + square) == pytest.approx(points, abs=1e-9)
    assert np.isfinite(stereographic(-IDENTITY[None])).all()


def test_the_hopf_map_turns_the_z_axis(points):
    conjugate = points * [-1, -1, -1, 1]
    turned = multiply(multiply(points, np.array([0.0, 0, 1, 0])), conjugate)
    assert hopf(points) == pytest.approx(turned[:, :3])
    assert hopf(-points) == pytest.approx(hopf(points))


def test_spread_points_are_distinct_and_a_longer_list_begins_with_a_shorter():
    many = spread(300)
    assert np.linalg.norm(many, axis=1) == pytest.approx(np.ones(300))
    apart = geodesic(many[:, None], many[None]) + 4 * np.eye(300)
    assert apart.min() > 0.08
    assert (spread(20) == many[:20]).all()
    assert spread(0).shape == (0, 4)
