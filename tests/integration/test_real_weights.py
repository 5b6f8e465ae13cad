"""Real models in GGUF and ONNX: the right numbers under the right names."""

from __future__ import annotations

import subprocess
import sys
import warnings
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


def test_a_gguf_has_the_numbers_that_transformers_reads_from_it():
    """But for the rows of W_Q and W_K, which converters permute within heads, both alike."""
    import torch
    from transformers import AutoModelForCausalLM

    path = zoo("smollm2", "*.gguf")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = AutoModelForCausalLM.from_pretrained(
            path.parent, gguf_file=path.name, dtype=torch.float32
        )
    wanted = {name: tensor.numpy() for name, tensor in model.state_dict().items()}
    found = read_weights(path).tensors
    np.testing.assert_array_equal(
        rows(found["token_embd.weight"]), wanted["model.embed_tokens.weight"]
    )
    layer, width = "model.layers.7", model.config.hidden_size
    for own, theirs in (("ffn_down", "mlp.down_proj"), ("attn_v", "self_attn.v_proj")):
        np.testing.assert_array_equal(
            rows(found[f"blk.7.{own}.weight"]), wanted[f"{layer}.{theirs}.weight"]
        )
    q, k = (rows(found[f"blk.7.attn_{n}.weight"]).reshape(-1, 64, width) for n in "qk")
    their_q, their_k = (
        wanted[f"{layer}.self_attn.{n}_proj.weight"].astype(float).reshape(-1, 64, width)
        for n in "qk"
    )
    assert not np.array_equal(q, their_q)
    for head in range(9):
        np.testing.assert_allclose(
            q[head].T @ k[head // 3], their_q[head].T @ their_k[head // 3], atol=1e-6
        )
