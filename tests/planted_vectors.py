"""Task and trait vectors of a tiny model that promote known tokens."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from planted_models import write_safetensors
from planted_transformers import plant_transformer

from hartonomous.readers.opening import Place, Request
from hartonomous.readers.pretrained import model_fingerprint
from hartonomous.readers.transformer.model import open_transformer


def plant_model(folder: Path) -> Path:
    """Write a tiny causal model."""
    folder.mkdir(parents=True)
    return plant_transformer(folder, "Llama").path


def direction_of(model: Path, *tokens: int):
    """The direction that promotes some tokens most: the sum of how each is read."""
    opened = open_transformer(Place.of(model), Request())
    rows = np.concatenate([rows for _, rows in opened.written(1).blocks()])
    return (rows - rows.mean(axis=0))[list(tokens)].sum(axis=0)


def write_session(folder: Path, task: str, model: Path, vectors, **facts) -> Path:
    """Write a session of task vectors, by layer."""
    folder.mkdir(parents=True)
    tensors = {
        f"layer_{n}_pos_last": ("float32", np.float32(v).reshape(-1)) for n, v in vectors.items()
    }
    write_safetensors(folder / "task_vectors.safetensors", tensors)
    said = {"model_fingerprint": model_fingerprint(model), "prompt_file": f"/x/{task}.yaml"}
    (folder / "metadata.json").write_text(json.dumps({**said, **facts}))
    return folder


def write_trait(folder: Path, trait: str, model: Path, layer: int, vector, changed=None) -> Path:
    """Write a trait's vector of one layer."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"mean_diff_layer{layer}.safetensors"
    write_safetensors(path, {"vector": ("float32", np.float32(vector))})
    said = {
        "trait": trait, "method": "mean_diff", "layer": layer, "residual_norm": 10.0,
        "model_fingerprint": model_fingerprint(model),
    }  # fmt: skip
    path.with_name(f"{path.stem}_metadata.json").write_text(json.dumps({**said, **(changed or {})}))
    return path
