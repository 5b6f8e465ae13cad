"""Nothing heavy is imported before it is needed, and what is missing is named."""

from __future__ import annotations

import subprocess
import sys

import pytest
import tiny_models as tiny

from hartonomous.errors import ModelFormatError, ParameterError
from hartonomous.vectors import fingerprints
from hartonomous.vectors.extras import required, versions
from hartonomous.vectors.models import open_model, short_name

HEAVY = "torch transformers sklearn safetensors jsonschema zstandard matplotlib"


def test_neither_the_package_nor_the_command_line_imports_what_is_heavy():
    code = (
        "import sys, hartonomous, hartonomous.cli, hartonomous.vectors\n"
        f"print([m for m in {HEAVY.split()} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ParameterError, match=r"needs torch: pip install 'hartonomous\[vectors\]'"):
        required("torch")


def test_versions_are_those_of_what_is_installed():
    import torch

    assert versions()["torch"] == torch.__version__


@pytest.mark.parametrize(
    ("name", "short"),
    [("Qwen/Qwen2.5-1.5B-Instruct", "Qwen2.5-1.5B-Instruct"), ("a b/../c d.gguf", "c-d")],
)
def test_short_names_are_file_names(name, short):
    assert short_name(name) == short


def test_a_fingerprint_is_that_of_weights_configuration_and_words(planted_folder, tmp_path):
    import shutil

    copy = tmp_path / "elsewhere"
    shutil.copytree(planted_folder, copy)
    (copy / "README.md").write_text("notes")
    same = fingerprints.model_fingerprint(planted_folder)
    assert fingerprints.model_fingerprint(copy) == same
    (copy / "config.json").write_text((copy / "config.json").read_text() + " ")
    assert fingerprints.model_fingerprint(copy) != same


def test_models_that_can_not_be_opened_are_refused_in_one_line(tmp_path):
    with pytest.raises(ModelFormatError, match="no model folder and no GGUF file"):
        open_model(str(tmp_path / "none"))
    with pytest.raises(ModelFormatError, match="holds no safetensors and 0 GGUF"):
        open_model(str(tmp_path))
    with pytest.raises(ParameterError, match="dtype is one of float32"):
        open_model(str(tmp_path), dtype="int3")
    broken = tiny.save(tmp_path / "broken", tiny.llama(40), ["a"])
    weights = broken / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(ModelFormatError, match="transformers can't open it") as caught:
        open_model(str(broken))
    assert "\n" not in str(caught.value)


def test_a_pickle_is_not_opened(tmp_path):
    folder = tiny.save(tmp_path / "pickled", tiny.llama(40), ["a"])
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(ModelFormatError, match="holds no safetensors"):
        open_model(str(folder))
