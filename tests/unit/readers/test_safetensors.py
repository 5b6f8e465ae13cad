from __future__ import annotations

import json
import os
import struct
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given
from hypothesis import strategies as st
from planted_models import safetensors_bytes, write_safetensors

from hartonomous.errors import ModelFormatError
from hartonomous.readers.safetensors import read_checkpoint, read_header

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


def test_float32_rows_are_not_copied(path):
    write_safetensors(path, {"w": ("float32", np.ones((4, 4), np.float32))})
    matrix = read_header(path)["w"].open_matrix()
    assert np.shares_memory(matrix.rows(1, 3), matrix.stored)


@pytest.mark.parametrize("length", [17, 10**6, 2**63, 2**64 - 1])
def test_a_header_length_past_the_file_is_refused(path, length):
    content = struct.pack("<Q", length) + b"{}" + bytes(14)
    refuse(path, content, "no safetensors file, or cut off")


@pytest.mark.parametrize("content", [b"", b"\x00", b"1234567"])
def test_a_file_too_short_for_a_header_is_refused(path, content):
    refuse(path, content, "no safetensors file, or cut off")


@pytest.mark.parametrize("header", ["[]", "7", "", "{", "\xff", "[" * 50_000, '{"a": 1, "a": 1}'])
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
        ({"dtype": "I32"}, BUFFER, "is I32, not floating point"),
        ({"dtype": "F4"}, BUFFER, "is F4, not floating point"),
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


def write_shards(folder, weight_map):
    write_safetensors(folder / "a.safetensors", {"w": ("float32", np.ones((2, 2), np.float32))})
    index = folder / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": weight_map}))


def test_shards_are_found_by_their_index(tmp_path):
    write_shards(tmp_path, {"w": "a.safetensors"})
    assert read_checkpoint(tmp_path)["w"].path == tmp_path / "a.safetensors"


def test_links_to_files_are_followed_as_hub_caches_hold_them(tmp_path):
    (tmp_path / "blobs").mkdir()
    (tmp_path / "snapshot").mkdir()
    write_safetensors(tmp_path / "blobs" / "x", {"w": ("float32", np.ones((2, 2), np.float32))})
    (tmp_path / "snapshot" / "model.safetensors").symlink_to(tmp_path / "blobs" / "x")
    assert read_checkpoint(tmp_path / "snapshot").keys() == {"w"}


@pytest.mark.parametrize(
    "shard",
    ["../a.safetensors", "/etc/passwd", "sub/a.safetensors", "..", "", "a.bin", 7, None, ["a"]],
)
def test_a_shard_outside_the_folder_is_refused(tmp_path, shard):
    write_shards(tmp_path, {"w": shard})
    with pytest.raises(ModelFormatError, match="no name of a shard in this folder"):
        read_checkpoint(tmp_path)


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("nowhere")])
def test_a_shard_that_is_no_file_is_refused(tmp_path, make):
    write_shards(tmp_path, {"w": "b.safetensors"})
    make(tmp_path / "b.safetensors")
    with pytest.raises(ModelFormatError, match="no such file, or not a regular one"):
        read_checkpoint(tmp_path)


@pytest.mark.parametrize("shard", ["\0.safetensors", "\ud800.safetensors"])
def test_a_shard_that_no_file_system_takes_is_refused(tmp_path, shard):
    write_shards(tmp_path, {"w": shard})
    with pytest.raises(ModelFormatError):
        read_checkpoint(tmp_path)


@pytest.mark.parametrize("weight_map", [None, [], "w", {"v": "a.safetensors"}])
def test_an_index_that_does_not_fit_its_shards_is_refused(tmp_path, weight_map):
    write_shards(tmp_path, weight_map)
    with pytest.raises(ModelFormatError, match=r"index\.json"):
        read_checkpoint(tmp_path)
