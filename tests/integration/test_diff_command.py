"""hartonomous diff on tiny models whose weights are edited, as a user runs it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from planted_models import write_safetensors
from planted_transformers import plant_transformer
from safetensors.numpy import load_file

HARTONOMOUS = str(Path(sys.executable).with_name("hartonomous"))
DOWN = "model.layers.1.mlp.down_proj.weight"


@pytest.fixture
def run(dsn):
    """Run the command line on a fresh database."""

    def run(*arguments, status=0):
        done = subprocess.run(
            [HARTONOMOUS, *map(str, arguments)],
            env={**os.environ, "HARTONOMOUS_DSN": dsn},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == status, done.stderr
        return done

    return run


@pytest.fixture
def models(tmp_path):
    """A model, the same rounded, with noise, and with what one neuron writes changed."""
    base = tmp_path / "base"
    base.mkdir()
    plant_transformer(base, "Llama")
    weights = load_file(base / "model.safetensors")
    random = np.random.default_rng(0)
    noise = {
        name: tensor + 0.002 * tensor.std() * random.standard_normal(tensor.shape)
        for name, tensor in weights.items()
    }
    change = dict(weights)
    change[DOWN] = weights[DOWN].copy()
    change[DOWN][:, 5] = 0.02 * random.standard_normal(len(weights[DOWN]))
    variants = {"rounded": rounded(weights), "noise": noise, "edited": change}
    for name, tensors in variants.items():
        folder = tmp_path / name
        shutil.copytree(base, folder)
        stored = {n: ("float32", np.asarray(t, np.float32)) for n, t in tensors.items()}
        write_safetensors(folder / "model.safetensors", stored)
    return tmp_path


def rounded(weights):
    """Round each tensor to 127 steps on either side of 0."""
    steps = {name: np.abs(tensor).max() / 127 for name, tensor in weights.items()}
    return {name: np.rint(tensor / steps[name]) * steps[name] for name, tensor in weights.items()}


def ingest(run, models, *names):
    for name in names:
        sites = ("--sites", "embedding,attention,mlp", "--min-signal", "all", "--k", "5")
        run("ingest", "model", models / name, *sites, "--quiet")


def test_an_edit_is_found_at_its_site_as_table_json_and_picture(run, models):
    ingest(run, models, "base", "edited", "rounded")
    out = models / "diff.png"
    found = run("diff", "model:base", "model:edited", "--null", "model:rounded", "--out", out)
    assert out.read_bytes().startswith(b"\x89PNG")
    first = found.stdout.splitlines()[1].split()
    assert first[0] == "layer1-mlp-out"
    assert "layer1-5" in found.stdout
    assert "1 of 21 sites moved further than the null" in found.stderr
    said = json.loads(
        run("diff", "model:base", "model:edited", "--null", "model:rounded", "--json").stdout
    )
    assert {site["site_position"]: site["moved"] for site in said["sites"] if site["moved"]} == {
        "layer1-mlp-out": 1
    }
    assert {relation["concept"] for relation in said["relations"]} == {"neuron:model:base layer1-5"}
    assert {relation["is_gained"] for relation in said["relations"]} == {True, False}
    assert [(row["concept"], row["moved_sites"]) for row in said["concepts"]] == [
        ("neuron:model:base layer1-5", 1)
    ]
    rows = run("diff", "model:base", "model:edited", "--null", "model:rounded", "--csv").stdout
    assert len(rows.splitlines()) == 1 + len(said["relations"])


def test_rounding_and_noise_alone_change_nothing(run, models):
    ingest(run, models, "base", "rounded", "noise")
    for other in ("rounded", "noise"):
        said = json.loads(run("diff", "model:base", f"model:{other}", "--json").stdout)
        assert {site["moved"] for site in said["sites"]} == {0}
        assert said["relations"] == []
    found = run("diff", "model:base", "model:noise")
    assert "no relation was gained or lost beyond the null" in found.stderr


def test_what_is_misused_is_one_line(run, models):
    ingest(run, models, "base")
    for asked, says in (
        (("model:base", "model:bas"), "there is no live source model:bas"),
        (("model:base", "model:base"), "two different sources"),
        (("model:base", "model:base", "--out", "x.exe"), "a plot is one of"),
    ):
        refused = run("diff", *asked, status=2)
        assert refused.stderr.count("\n") == 1
        assert says in refused.stderr
