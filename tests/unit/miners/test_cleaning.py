from __future__ import annotations

import numpy as np
import pytest

from hartonomous.errors import InvalidVectorsError, ParameterError
from hartonomous.miners.cleaning import RAW, Cleaning, CleaningRecord, clean

WIDTH = 32


def unit(vector):
    return vector / np.linalg.norm(vector)


@pytest.fixture
def planted():
    """Give vectors with a mean and two strong directions laid over noise, and the directions."""
    rng = np.random.default_rng(7)
    noise = rng.standard_normal((5000, WIDTH)) * 0.1
    first, second = np.linalg.qr(rng.standard_normal((WIDTH, 2)))[0].T
    strengths = rng.standard_normal((5000, 2)) * (3, 2)
    mean = rng.standard_normal(WIDTH) * 5
    vectors = noise + mean + strengths @ np.stack([first, second])
    return vectors.astype(np.float32), first, second


def spread(vectors, direction):
    return float(np.std(vectors @ direction))


def test_the_mean_and_the_planted_directions_are_gone_and_the_rest_is_as_it_was(planted):
    vectors, first, second = planted
    cleaned, _ = clean(vectors)
    np.testing.assert_allclose(cleaned.mean(axis=0), 0, atol=1e-5)
    assert spread(cleaned, first) < 0.01
    assert spread(cleaned, second) < 0.01
    other = np.linalg.svd(np.stack([first, second]))[2][5]
    assert spread(cleaned, other) == pytest.approx(spread(vectors, other), rel=1e-3)


def test_one_component_takes_the_strongest_direction_only(planted):
    vectors, first, second = planted
    cleaned, _ = clean(vectors, Cleaning(components=1))
    assert spread(cleaned, first) < 0.1
    assert spread(cleaned, second) > 1.9


def test_no_component_takes_the_mean_only(planted):
    vectors, _, _ = planted
    cleaned, record = clean(vectors, Cleaning(components=0))
    np.testing.assert_allclose(cleaned, vectors - vectors.mean(axis=0), atol=1e-4)
    assert record == CleaningRecord(mean=True, components=0)


def test_components_can_go_while_the_mean_stays(planted):
    vectors, first, _ = planted
    cleaned, record = clean(vectors, Cleaning(mean=False, components=2))
    np.testing.assert_allclose(cleaned.mean(axis=0), vectors.mean(axis=0), atol=1e-4)
    assert spread(cleaned, first) < 0.01
    assert not record.mean


def test_raw_vectors_are_given_back_as_they_are(planted):
    vectors, _, _ = planted
    cleaned, record = clean(vectors, RAW)
    assert cleaned is vectors
    assert record == CleaningRecord(mean=False, components=0)


def test_what_was_taken_away_is_recorded(planted):
    assert clean(planted[0])[1] == CleaningRecord(mean=True, components=2)


def test_the_vectors_given_are_not_changed_and_the_result_is_float32(planted):
    vectors, _, _ = planted
    before = vectors.copy()
    cleaned, _ = clean(vectors)
    np.testing.assert_array_equal(vectors, before)
    assert cleaned.dtype == np.float32
    assert cleaned.shape == vectors.shape


def test_cleaning_twice_gives_the_same_numbers(planted):
    vectors, _, _ = planted
    np.testing.assert_array_equal(clean(vectors)[0], clean(vectors)[0])


def test_it_agrees_with_the_plain_formula(planted):
    vectors, _, _ = planted
    centred = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
    top = np.linalg.svd(centred, full_matrices=False)[2][:2]
    np.testing.assert_allclose(clean(vectors)[0], centred - centred @ top.T @ top, atol=1e-4)


def test_a_large_common_mean_does_not_drown_the_components():
    rng = np.random.default_rng(3)
    direction = unit(rng.standard_normal(WIDTH))
    vectors = 1000 + rng.standard_normal((500, 1)) * direction + rng.normal(0, 0.01, (500, WIDTH))
    cleaned, _ = clean(vectors.astype(np.float32), Cleaning(components=1))
    assert spread(cleaned, direction) < 0.01


def test_equal_vectors_become_zero():
    cleaned, _ = clean(np.ones((10, WIDTH), dtype=np.float32))
    np.testing.assert_allclose(cleaned, 0, atol=1e-6)


def test_no_vectors_stay_no_vectors():
    cleaned, record = clean(np.empty((0, WIDTH), dtype=np.float32))
    assert cleaned.shape == (0, WIDTH)
    assert record == CleaningRecord(mean=False, components=0)


@pytest.mark.parametrize("components", [-1, WIDTH, WIDTH + 1])
def test_components_out_of_range_are_refused(components):
    with pytest.raises(ParameterError, match=f"take {components} components away"):
        clean(np.ones((10, WIDTH), dtype=np.float32), Cleaning(components=components))


@pytest.mark.parametrize(("width", "components"), [(3, 1), (5, 1), (6, 2), (384, 2)])
def test_of_few_dimensions_fewer_components_go(width, components):
    cleaned, record = clean(
        np.random.default_rng(5).standard_normal((500, width)).astype(np.float32)
    )
    assert record == CleaningRecord(mean=True, components=components)
    assert np.linalg.matrix_rank(cleaned) == width - components


def test_vectors_too_long_for_float32_are_refused(planted):
    with pytest.raises(InvalidVectorsError, match="too long"):
        clean(planted[0] * np.float32(1e30), Cleaning())
