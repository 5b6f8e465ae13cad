"""Which tensors a folder holds: shards, indices that lie, and files that don't belong."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from planted_models import write_safetensors

from hartonomous.errors import ModelFormatError
from hartonomous.readers.models.checkpoint import read_checkpoint

ONES = np.ones((2, 2), np.float32)


def write(path, *names):
    write_safetensors(path, dict.fromkeys(names, ("float32", ONES)))


def write_shards(folder, weight_map):
    write(folder / "a.safetensors", "w")
    index = folder / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": weight_map}))


def test_shards_are_found_by_their_index(tmp_path):
    write_shards(tmp_path, {"w": "a.safetensors"})
    assert read_checkpoint(tmp_path).tensors["w"].path == tmp_path / "a.safetensors"


def test_links_to_files_are_followed_as_hub_caches_hold_them(tmp_path):
    (tmp_path / "blobs").mkdir()
    (tmp_path / "snapshot").mkdir()
    write(tmp_path / "blobs" / "x", "w")
    (tmp_path / "snapshot" / "model.safetensors").symlink_to(tmp_path / "blobs" / "x")
    assert read_checkpoint(tmp_path / "snapshot").tensors.keys() == {"w"}


@pytest.mark.parametrize(
    "shard",
    ["../a.safetensors", "/etc/passwd", "sub/a.safetensors", "..", "", "a.bin", 7, None, ["a"]],
)
def test_a_shard_outside_the_folder_is_refused(tmp_path, shard):
    write_shards(tmp_path, {"w": shard})
    with pytest.raises(ModelFormatError, match="no name of a shard in this folder"):
        read_checkpoint(tmp_path)


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
def test_a_shard_that_is_no_file_is_refused(tmp_path, make):
    write_shards(tmp_path, {"w": "b.safetensors"})
    make(tmp_path / "b.safetensors")
    with pytest.raises(ModelFormatError, match="no such file, or not a regular one"):
        read_checkpoint(tmp_path)


@pytest.mark.parametrize("shard", ["\0.safetensors", "\ud800.safetensors"])
def test_a_shard_that_no_file_system_takes_is_refused(tmp_path, shard):
    write_shards(tmp_path, {"w": shard})
    (tmp_path / "a.safetensors").unlink()
    with pytest.raises(ModelFormatError, match="no such file"):
        read_checkpoint(tmp_path)


@pytest.mark.parametrize("weight_map", [None, [], "w"])
def test_an_index_that_does_not_fit_its_shards_is_refused(tmp_path, weight_map):
    write_shards(tmp_path, weight_map)
    with pytest.raises(ModelFormatError, match=r"index\.json"):
        read_checkpoint(tmp_path)


def test_what_an_index_names_and_is_not_there_is_noted_and_the_rest_is_read(tmp_path):
    write_shards(tmp_path, {"w": "a.safetensors", "v": "a.safetensors", "u": "b.safetensors"})
    checkpoint = read_checkpoint(tmp_path)
    assert checkpoint.tensors.keys() == {"w"}
    assert checkpoint.missing == {"v": "a.safetensors", "u": "b.safetensors"}
    assert [note.partition(" ")[2] for note in checkpoint.notes] == [
        "names 1 of 2 files that are not there",
        "names 2 tensors that are not there",
    ]


def test_shards_whose_index_has_other_names_are_read(tmp_path):
    write(tmp_path / "model-00001-of-00002.safetensors", "w")
    write(tmp_path / "model-00002-of-00002.safetensors", "v")
    index = {"w": "model-00001-of-00030.safetensors", "v": "model-00030-of-00030.safetensors"}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps({"weight_map": index}))
    checkpoint = read_checkpoint(tmp_path)
    assert checkpoint.tensors.keys() == {"w", "v"}
    assert not checkpoint.missing


def test_shards_without_an_index_are_joined(tmp_path):
    write(tmp_path / "model-00001-of-00002.safetensors", "w")
    write(tmp_path / "model-00002-of-00002.safetensors", "v")
    assert read_checkpoint(tmp_path).tensors.keys() == {"w", "v"}
    write(tmp_path / "model-00002-of-00002.safetensors", "w")
    with pytest.raises(ModelFormatError, match="w is in another shard as well"):
        read_checkpoint(tmp_path)


def test_an_index_goes_before_a_single_file_and_says_so(tmp_path):
    write_shards(tmp_path, {"w": "a.safetensors"})
    write(tmp_path / "model.safetensors", "old")
    checkpoint = read_checkpoint(tmp_path)
    assert checkpoint.tensors.keys() == {"w"}
    assert checkpoint.notes == (
        "model.safetensors was not read: model.safetensors.index.json names other files",
    )


def test_a_single_file_is_read_where_nothing_that_the_index_names_is_there(tmp_path):
    write_shards(tmp_path, {"w": "gone.safetensors"})
    (tmp_path / "a.safetensors").rename(tmp_path / "model.safetensors")
    checkpoint = read_checkpoint(tmp_path)
    assert checkpoint.tensors.keys() == {"w"}
    assert "names 1 of 1 files that are not there" in checkpoint.notes[0]


def test_an_index_of_which_nothing_is_there_names_a_missing_file(tmp_path):
    write_shards(tmp_path, {"w": "b.safetensors"})
    (tmp_path / "a.safetensors").unlink()
    with pytest.raises(ModelFormatError, match=r"b\.safetensors: no such file, though"):
        read_checkpoint(tmp_path)


def test_files_beside_the_weights_are_not_the_weights(tmp_path):
    write(tmp_path / "encoder.safetensors", "w")
    for other in ("optimizer", "adapter_model", "consolidated"):
        write(tmp_path / f"{other}.safetensors", "x")
    assert read_checkpoint(tmp_path).tensors.keys() == {"w"}


def test_several_files_that_do_not_belong_together_are_named(tmp_path):
    write(tmp_path / "a.safetensors", "w")
    write(tmp_path / "b.safetensors", "v")
    with pytest.raises(ModelFormatError, match=r"several .* \(a\.safetensors, b\.safetensors\)"):
        read_checkpoint(tmp_path)
