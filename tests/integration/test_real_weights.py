"""Real models in GGUF and ONNX: the right numbers under the right names."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import hartonomous
from hartonomous.readers import open_embeddings
from hartonomous.readers.weights import read_config, read_weights

pytestmark = pytest.mark.nightly

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "zoo.py"


def zoo(name, pattern="."):
    """Fetch a model and return its folder, or a file in it."""
    done = subprocess.run(
        [sys.executable, SCRIPT, "fetch", name], check=True, capture_output=True, text=True
    )
    folder = Path(done.stdout.strip().splitlines()[-1])
    return next(folder.glob(pattern)) if pattern != "." else folder


def rows(tensor):
    return tensor.open_matrix().rows(0, tensor.shape[0]).astype(float)


def cosines(a, b):
    return (a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)


def test_smollm2_is_ingested_from_its_gguf(dsn):
    path = zoo("smollm2", "*.gguf")
    config = read_config(path)
    heads = [config[name] for name in ("num_attention_heads", "num_key_value_heads")]
    assert (heads, config["num_hidden_layers"]) == ([9, 3], 30)
    with hartonomous.open(dsn) as substrate:
        report = substrate.ingest_embeddings(path)
        assert report.concepts == 48_471
        near = [row.neighbor for row in substrate.neighbors("Paris")]
    assert "France" in near


def test_a_model_in_onnx_has_the_numbers_it_was_exported_from():
    path, words = zoo("minilm-l3-onnx", "*.onnx"), zoo("minilm-l6", "vocab.txt")
    exported, converted = open_embeddings(path, vocabulary=words), open_embeddings(zoo("minilm-l3"))
    np.testing.assert_array_equal(exported.vectors(), converted.vectors())
    assert exported.vocabulary.concepts == converted.vocabulary.concepts
    layers = [name for name in read_weights(path).tensors if ".encoder.layer." in name]
    assert len(layers) == 3 * 16


def test_every_matrix_of_an_int8_model_is_that_of_the_one_it_was_made_from():
    """The mean row cosine is .99997; 38 of 30,522 rows are below .9999, down to .99946.

    Their largest number is some 13 times the row's standard deviation, so its scale is coarse.
    """
    whole = read_weights(zoo("minilm-l6")).tensors
    small = read_weights(zoo("minilm-l6-int8", "*.onnx")).tensors
    names = [name for name, t in whole.items() if len(t.shape) == 2 and t.dtype == "F32"]
    compared = 0
    for name in names:
        if f"inner.{name}" in small:
            found = cosines(rows(small[f"inner.{name}"]), rows(whole[name]))
            assert (found.mean() > 0.9998, found.min() > 0.996) == (True, True)
            compared += 1
    assert compared == 3 + 6 * 6
    table = "embeddings.word_embeddings.weight"
    found = cosines(rows(small[f"inner.{table}"]), rows(whole[table]))
    assert (found.mean() > 0.99997, found.min() > 0.9994) == (True, True)
