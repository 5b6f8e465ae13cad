"""Injections and rollbacks that are cut short at each of their steps."""

from __future__ import annotations

import json
from pathlib import Path

import pairs
import pytest
from safetensors.numpy import load_file, save_file

from hartonomous.errors import ModelFormatError
from hartonomous.vectors.packages import inject as injecting
from hartonomous.vectors.packages.container import open_container
from hartonomous.vectors.packages.extract import ExtractSettings, extract
from hartonomous.vectors.packages.inject import inject
from hartonomous.vectors.packages.rollback import roll_back, sha256
from hartonomous.vectors.packages.weights_file import InjectSettings

SHARDS = ("a.safetensors", "b.safetensors", "c.safetensors")


def shard(folder: Path) -> None:
    """Split a model folder's weights over three files."""
    tensors = load_file(folder / "model.safetensors")
    names = sorted(tensors)
    placed = {name: SHARDS[n % 3] for n, name in enumerate(names)}
    for file in SHARDS:
        save_file({n: tensors[n] for n in names if placed[n] == file}, folder / file)
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": placed}))


@pytest.fixture
def made(tmp_path):
    base, special = pairs.pair(tmp_path)
    shard(base)
    shard(special)
    extract(base, special, tmp_path / "a.awv", ExtractSettings(0, quantization="fp32"))
    return base, special, open_container(tmp_path / "a.awv")


def digests(folder):
    return {file: sha256(folder / file) for file in SHARDS}


class Killed(BaseException):
    """What nothing catches."""


def killed_at(monkeypatch, step, owner, name):
    """Make the call of that number, from 0, of a function the last thing that happens."""
    calls, original = [], getattr(owner, name)

    def dying(*arguments, **options):
        if len(calls) == step:
            raise Killed
        calls.append(1)
        return original(*arguments, **options)

    monkeypatch.setattr(owner, name, dying)


@pytest.mark.parametrize("step", range(3))
def test_a_killed_injection_leaves_nothing_and_the_target_as_it_was(
    made, tmp_path, monkeypatch, step
):
    base, special, container = made
    before = digests(base)
    with monkeypatch.context() as patch:
        killed_at(patch, step, injecting, "write_weights")
        with pytest.raises(Killed):
            inject(container, base, tmp_path / "out")
    assert digests(base) == before
    assert not [p.name for p in tmp_path.iterdir() if "out" in p.name]
    inject(container, base, tmp_path / "out")
    assert digests(tmp_path / "out") == digests(special)


def test_a_model_without_one_of_its_shards_is_refused(made, tmp_path):
    base, special, _ = made
    (special / SHARDS[1]).unlink()
    with pytest.raises(ModelFormatError, match=r"its index names b|several safetensors files"):
        extract(base, special, tmp_path / "b.awv")


def test_shards_are_stacked_upon(made, tmp_path):
    base, _, container = made
    inject(container, base, tmp_path / "out")
    both = inject(container, tmp_path / "out", tmp_path / "both", InjectSettings("additive"))
    assert both.conflicts.both > 1000
    assert both.conflicts.opposite / both.conflicts.both < 0.01  # a skill agrees with itself


def test_what_a_kill_without_warning_left_is_cleared_away(made, tmp_path):
    base, special, container = made
    left = tmp_path / ".out.unfinished"
    left.mkdir()
    (left / "a.safetensors").write_bytes(b"half")
    (left / "stale.json").write_text("{}")
    inject(container, base, tmp_path / "out")
    assert digests(tmp_path / "out") == digests(special)
    assert not (tmp_path / "out" / "stale.json").exists()
    assert not left.exists()


@pytest.mark.parametrize("step", range(3))
def test_a_killed_rollback_is_finished_by_the_next(made, tmp_path, monkeypatch, step):
    base, _, container = made
    inject(container, base, tmp_path / "out")
    with monkeypatch.context() as patch:
        killed_at(patch, step, Path, "replace")
        with pytest.raises(Killed):
            roll_back(tmp_path / "out")
    assert roll_back(tmp_path / "out") == SHARDS
    assert digests(tmp_path / "out") == digests(base)
    assert not (tmp_path / "out" / "checkpoint").exists()


def test_a_rollback_killed_before_its_record_goes_is_finished_by_the_next(
    made, tmp_path, monkeypatch
):
    base, _, container = made
    inject(container, base, tmp_path / "out")
    with monkeypatch.context() as patch:
        killed_at(patch, 0, Path, "unlink")
        with pytest.raises(Killed):
            roll_back(tmp_path / "out")
    roll_back(tmp_path / "out")
    assert digests(tmp_path / "out") == digests(base)
