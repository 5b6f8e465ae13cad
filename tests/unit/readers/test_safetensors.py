from __future__ import annotations

import struct

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given
from hypothesis import strategies as st
from planted_models import safetensors_bytes, write_safetensors

from hartonomous.errors import ModelFormatError
from hartonomous.readers.safetensors import read_header

GOOD = {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]}
BUFFER = np.arange(4, dtype="<f4").tobytes()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.safetensors"


def entry(**changes):
    return {"w": {**GOOD, **changes}}


def refuse(path, content, match):
    path.write_bytes(content)
    with pytest.raises(ModelFormatError, match=match) as caught:
        read_header(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_of_the_formats_own_library_is_read(path):
    tensors = {"b": np.ones(3, np.float16), "w": np.arange(6, dtype=np.float32).reshape(3, 2)}
    safetensors.numpy.save_file(tensors, path, metadata={"format": "pt"})
    header = read_header(path)
    assert header.keys() == {"b", "w"}
    np.testing.assert_array_equal(header["w"].open_matrix().rows(0, 3), tensors["w"])


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16", "float64"])
def test_every_floating_point_type_is_read_as_float32(path, dtype):
    numbers = np.array([[1.5, -2.25], [0, 2**-10]], dtype=np.float32)
    write_safetensors(path, {"w": (dtype, numbers)})
    matrix = read_header(path)["w"].open_matrix()
    assert matrix.dtype == dtype
    np.testing.assert_array_equal(matrix.take(np.array([1, 0])), numbers[::-1])


@pytest.mark.parametrize(
    ("dtype", "codes", "numbers"),
    [
        ("I8", [0, 1, 127, 128, 255], [0, 1, 127, -128, -1]),
        ("F8_E4M3", [0x00, 0x01, 0x38, 0x7E, 0xB8], [0, 2**-9, 1, 448, -1]),
        ("F8_E5M2", [0x00, 0x01, 0x3C, 0x7B, 0xBC], [0, 2**-16, 1, 57344, -1]),
    ],
)
def test_numbers_of_eight_bits_are_read(path, dtype, codes, numbers):
    header = {"w": {"dtype": dtype, "shape": [1, 5], "data_offsets": [0, 5]}}
    path.write_bytes(safetensors_bytes(header, bytes(codes)))
    np.testing.assert_array_equal(read_header(path)["w"].open_matrix().rows(0, 1), [numbers])


def test_the_codes_of_float8_that_mean_no_number_are_none(path):
    codes = {"F8_E4M3": [0x7F, 0xFF], "F8_E5M2": [0x7D, 0x7C]}
    for dtype, none in codes.items():
        header = {"w": {"dtype": dtype, "shape": [1, 2], "data_offsets": [0, 2]}}
        path.write_bytes(safetensors_bytes(header, bytes(none)))
        assert not np.isfinite(read_header(path)["w"].open_matrix().rows(0, 1)).any()


@pytest.mark.parametrize("length", [17, 10**6, 2**63, 2**64 - 1])
def test_a_header_length_past_the_file_is_refused(path, length):
    content = struct.pack("<Q", length) + b"{}" + bytes(14)
    refuse(path, content, "no safetensors file, or cut off")


@pytest.mark.parametrize("content", [b"", b"\x00", b"1234567"])
def test_a_file_too_short_for_a_header_is_refused(path, content):
    refuse(path, content, "no safetensors file, or cut off|an empty file")


@pytest.mark.parametrize("header", ["[]", "7", " ", "{", "\xff", "[" * 50_000, '{"a": 1, "a": 1}'])
def test_a_header_that_is_no_object_is_refused(path, header):
    encoded = header.encode("latin-1")
    refuse(path, struct.pack("<Q", len(encoded)) + encoded, "JSON")


@pytest.mark.parametrize(
    "header",
    [
        {"w": []},
        entry(shape=[2, 3]),
        entry(shape=[-2, -2]),
        entry(shape=[2.0, 2]),
        entry(shape=[True, 4]),
        entry(shape="22"),
        entry(shape=[2**62, 2**62]),
        entry(shape=[2] * 40),
        entry(dtype=7),
        entry(dtype="F16"),
        entry(data_offsets=[16, 0]),
        entry(data_offsets=[-16, 0]),
        entry(data_offsets=[0]),
        entry(data_offsets=[0, 10**30]),
    ],
)
def test_an_entry_that_contradicts_itself_is_refused(path, header):
    refuse(path, safetensors_bytes(header, BUFFER), "of w ")


def test_missing_fields_are_refused(path):
    for field in GOOD:
        header = {"w": {name: value for name, value in GOOD.items() if name != field}}
        refuse(path, safetensors_bytes(header, BUFFER), "malformed")


@pytest.mark.parametrize("buffer", [BUFFER[:-1], BUFFER + b"\0", b""])
def test_a_file_that_is_cut_off_or_too_long_is_refused(path, buffer):
    refuse(path, safetensors_bytes({"w": GOOD}, buffer), "cut off or too long")


def test_overlaps_and_holes_are_refused(path):
    refuse(path, safetensors_bytes({"w": GOOD, "v": GOOD}, BUFFER), "overlaps")
    moved = {**GOOD, "data_offsets": [20, 36]}
    refuse(path, safetensors_bytes({"w": GOOD, "v": moved}, BUFFER * 3), "overlaps")


@pytest.mark.parametrize(
    ("changes", "buffer", "match"),
    [
        ({"dtype": "I32"}, BUFFER, "is I32, neither floating point nor 8-bit numbers: packed"),
        ({"dtype": "F4"}, BUFFER, "is F4, neither floating point"),
        ({"shape": [4]}, BUFFER, "no matrix"),
        ({"shape": [0, 2], "data_offsets": [0, 0]}, b"", "no matrix"),
    ],
)
def test_what_is_no_matrix_of_floats_is_not_opened(path, changes, buffer, match):
    path.write_bytes(safetensors_bytes(entry(**changes), buffer))
    with pytest.raises(ModelFormatError, match=match):
        read_header(path)["w"].open_matrix()


@given(st.binary(max_size=200))
def test_no_bytes_whatever_break_the_reader(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("fuzz") / "model.safetensors"
    path.write_bytes(content)
    with pytest.raises(ModelFormatError):
        read_header(path)
