"""The stories on real models: a task vector that works, a fine-tune that comes back bit by bit."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hartonomous.vectors.packages.rollback import sha256

pytestmark = pytest.mark.nightly

ROOT = Path(__file__).resolve().parents[3]


def zoo(name):
    """Fetch a model and return its folder."""
    script = ROOT / "scripts" / "zoo.py"
    done = subprocess.run(
        [sys.executable, script, "fetch", name], check=True, capture_output=True, text=True
    )
    return Path(done.stdout.strip().splitlines()[-1])


def vectors(*words):
    """Run a command and return its answer."""
    command = [Path(sys.executable).with_name("hartonomous"), "vectors", *words, "--json"]
    done = subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def test_the_plural_vector_does_what_examples_do(tmp_path):
    model, tasks = zoo("smollm2"), ROOT / "scripts" / "vectors" / "tasks"
    sessions = []
    for task in ("plural", "past"):
        config = tmp_path / f"{task}.yaml"
        config.write_text(
            f"model: {model}\nprompt_config: {tasks / task}.yaml\ntag: {task}\nbatch_size: 32\n"
        )
        sessions.append(vectors("task", "--config", config, "--out", tmp_path)["folder"])
    found = vectors("check", sessions[0], "--other", sessions[1])
    assert found["measurable"]
    assert found["recovery"]["value"] >= 0.75
    assert found["recovery"]["low"] >= 0.6
    assert max(control["recovery"]["value"] for control in found["controls"]) <= 0.1


def test_a_real_fine_tune_comes_back_bit_by_bit(tmp_path):
    base, special = zoo("minilm-l6"), zoo("minilm-sre")
    before = sha256(base / "model.safetensors")
    options = ["--significance-threshold", "0", "--quantization", "fp32"]
    vectors("extract", base, special, "--out", tmp_path / "a.awv", *options)
    done = vectors("inject", tmp_path / "a.awv", "--target", base, "--out", tmp_path / "out")
    assert done["injection"]["exact"]
    assert sha256(base / "model.safetensors") == before
    subprocess.run(
        [Path(sys.executable).with_name("hartonomous"), "vectors", "rollback", tmp_path / "out"],
        check=True,
    )
    assert sha256(tmp_path / "out" / "model.safetensors") == before
