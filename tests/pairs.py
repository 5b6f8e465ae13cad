"""Small pairs of a base model and its specialised form."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

SHAPES = {
    "embeddings.word_embeddings.weight": (40, 16),
    "encoder.layer.0.attention.self.query.weight": (16, 16),
    "encoder.layer.0.output.dense.weight": (16, 32),
    "encoder.layer.1.attention.self.query.weight": (16, 16),
    "encoder.layer.1.output.dense.weight": (16, 32),
    "encoder.layer.1.output.LayerNorm.bias": (16,),
}
CONFIG = {
    "model_type": "bert",
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "vocab_size": 40,
}


def weights(seed: int, dtype: str = "float32") -> dict:
    rng = np.random.default_rng(seed)
    return {name: rng.normal(0, 0.3, shape).astype(dtype) for name, shape in SHAPES.items()}


def changed(base: dict, seed: int, size: float = 0.01) -> dict:
    rng = np.random.default_rng(seed)
    return {n: (w + rng.normal(0, size, w.shape)).astype(w.dtype) for n, w in base.items()}


def write(folder: Path, tensors: dict, **config) -> Path:
    folder.mkdir(parents=True)
    save_file(tensors, folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps({**CONFIG, **config}))
    return folder


def pair(folder: Path, *, seed: int = 0, size: float = 0.01, dtype: str = "float32"):
    """Write a base and a specialised model; return their folders."""
    base = weights(seed, dtype)
    return (
        write(folder / "base", base),
        write(folder / "special", changed(base, seed + 1, size)),
    )
