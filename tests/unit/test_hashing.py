from __future__ import annotations

import blake3 as published
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hartonomous import _blake3_reference, hashing
from hartonomous.errors import ParameterError

SEGMENT = 1 << 24

BOTH = pytest.mark.parametrize(
    "blake3", [hashing.blake3, _blake3_reference.blake3], ids=["native", "reference"]
)


def vector_input(length):
    """The input of the official test vectors: bytes 0 to 250, over and over."""
    return (bytes(range(251)) * (length // 251 + 1))[:length]


def expected(data):
    return published.blake3(data).digest()


@BOTH
def test_empty_input_has_the_published_digest(blake3):
    digest = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"
    assert blake3(b"").hex() == digest


@BOTH
@pytest.mark.parametrize(
    "length",
    [
        *(0, 1, 2, 3, 63, 64, 65, 127, 128, 129, 1023, 1024, 1025, 2048, 2049, 3072, 3073, 4096),
        *(4097, 5120, 5121, 6144, 6145, 7168, 7169, 8192, 8193, 16384, 31744, 102400),
    ],
)
def test_official_vector_inputs_hash_as_published(blake3, length):
    data = vector_input(length)
    assert blake3(data) == expected(data)


def test_every_length_up_to_five_thousand_hashes_as_published():
    data = vector_input(5000)
    for length in range(5001):
        assert hashing.blake3(data[:length]) == expected(data[:length]), length


@given(st.integers(0, 5000), st.integers(0, 2**32 - 1))
def test_random_bytes_hash_as_published(length, state):
    data = np.random.default_rng(state).bytes(length)
    assert hashing.blake3(data) == expected(data)


@settings(max_examples=30)
@given(st.binary(max_size=2500))
def test_reference_hashes_as_published(data):
    assert _blake3_reference.blake3(data) == expected(data)


@pytest.mark.parametrize("length", [SEGMENT - 1, SEGMENT, SEGMENT + 1, 2 * SEGMENT + 5000])
def test_large_buffers_and_files_hash_as_published(tmp_path, length):
    data = vector_input(length)
    path = tmp_path / "large"
    path.write_bytes(data)
    assert hashing.blake3(data) == expected(data)
    assert hashing.blake3_file(path) == expected(data)
    assert hashing.blake3_file(path, threads=1) == expected(data)


def test_empty_file_hashes_as_no_bytes(tmp_path):
    path = tmp_path / "empty"
    path.write_bytes(b"")
    assert hashing.blake3_file(path) == expected(b"")


@given(st.lists(st.one_of(st.binary(max_size=70), st.binary(min_size=900, max_size=1200))))
def test_many_keys_hash_as_each_alone(keys):
    digests = hashing.blake3_many(keys)
    assert digests.shape == (len(keys), 32)
    assert [row.tobytes() for row in digests] == [expected(key) for key in keys]


def test_more_keys_than_one_batch_hash_as_each_alone():
    keys = [str(i).encode() * (i % 40) for i in range(10_000)]
    digests = hashing.blake3_many(keys)
    assert all(row.tobytes() == expected(key) for row, key in zip(digests, keys, strict=True))


@pytest.mark.parametrize("width", [0, 1, 32, 63, 64, 65, 128, 1024, 1025])
@pytest.mark.parametrize("count", [0, 1, 7, 8, 9, 100])
def test_rows_hash_as_their_bytes(width, count):
    rows = np.random.default_rng(width).integers(0, 256, (count, width), np.uint8)
    digests = hashing.blake3_rows(rows)
    assert digests.shape == (count, 32)
    assert [row.tobytes() for row in digests] == [expected(row.tobytes()) for row in rows]


def test_strided_rows_hash_as_their_bytes():
    rows = np.random.default_rng(0).integers(0, 256, (50, 80), np.uint8)[::2, 10:50]
    digests = hashing.blake3_rows(rows)
    assert [row.tobytes() for row in digests] == [expected(row.tobytes()) for row in rows]


@pytest.mark.parametrize(
    "data", [bytearray(b"king"), memoryview(b"king"), np.array([*b"king"], "u1")]
)
def test_any_contiguous_buffer_can_be_hashed(data):
    assert hashing.blake3(data) == expected(b"king")


def test_strided_buffer_is_refused():
    with pytest.raises(BufferError):
        hashing.blake3(memoryview(b"k.i.n.g.")[::2])


@pytest.mark.parametrize("rows", [np.zeros(4, np.uint8), np.zeros((2, 2), np.float32)])
def test_rows_of_another_type_or_shape_are_refused(rows):
    with pytest.raises(ParameterError, match="2-D uint8"):
        hashing.blake3_rows(rows)


def test_keys_that_are_not_bytes_are_refused():
    with pytest.raises(TypeError):
        hashing.blake3_many(["king"])
