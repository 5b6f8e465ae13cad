"""Other bases for the same function: turned heads, permuted neurons, a turned residual stream."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks.lineage_models import IDENTICAL, Made, Tensors

#: What has a head's dimensions last, and not the stream's.
_OF_HEADS = ("query.bias", "key.bias", "value.bias", "attention.output.dense.weight")


def permuted(made: Made, seed: int) -> Made:
    """Permute the residual stream, heads and neurons of a BERT, and turn what is inside heads."""
    random = np.random.default_rng(seed)
    width = made.tensors["embeddings.LayerNorm.weight"].shape[0]
    stream = random.permutation(width)
    tensors: Tensors = {}
    for key, each in made.tensors.items():
        if each.shape[-1] == width and not key.endswith(_OF_HEADS):
            each = each[..., stream]  # inputs, biases and norms
        if key.endswith("output.dense.weight"):
            each = each[stream]
        tensors[key] = each
    for stem in _layers(tensors):
        _permute_neurons(tensors, stem, random)
        _turn_heads(tensors, stem, int(str(made.config.get("num_attention_heads", 12))), random)
    return made.changed("permuted", IDENTICAL, tensors)


def _layers(tensors: Tensors) -> Iterator[str]:
    stems = {key.split(".attention")[0] for key in tensors if ".attention.self.query.weight" in key}
    yield from sorted(stems)


def _permute_neurons(tensors: Tensors, stem: str, random: np.random.Generator) -> None:
    up, down = f"{stem}.intermediate.dense", f"{stem}.output.dense.weight"
    order = random.permutation(len(tensors[f"{up}.bias"]))
    tensors[f"{up}.weight"] = tensors[f"{up}.weight"][order]
    tensors[f"{up}.bias"] = tensors[f"{up}.bias"][order]
    tensors[down] = tensors[down][:, order]


def _turn_heads(tensors: Tensors, stem: str, heads: int, random: np.random.Generator) -> None:
    """Change the basis inside each head, and the order of heads."""
    names = [f"{stem}.attention.self.{part}" for part in ("query", "key", "value")]
    written = f"{stem}.attention.output.dense.weight"
    inner = len(tensors[f"{names[0]}.bias"])
    width = inner // heads
    order = random.permutation(heads)
    seen, wrote = np.zeros((inner, inner)), np.zeros((inner, inner))
    back = np.zeros((inner, inner))
    for place, head in enumerate(order):
        to, of = slice(place * width, (place + 1) * width), slice(head * width, (head + 1) * width)
        stretch = random.standard_normal((width, width)) / np.sqrt(width) + np.eye(width)
        seen[to, of] = stretch
        back[to, of] = np.linalg.inv(stretch).T
        wrote[to, of] = stretch
    for name, matrix in zip(names, (seen, back, wrote), strict=True):
        tensors[f"{name}.weight"] = (matrix @ tensors[f"{name}.weight"]).astype(np.float32)
        tensors[f"{name}.bias"] = (matrix @ tensors[f"{name}.bias"]).astype(np.float32)
    tensors[written] = (tensors[written] @ np.linalg.inv(wrote)).astype(np.float32)


def rotated(made: Made, seed: int) -> Made:
    """Turn the residual stream of a Llama, its norms' weights folded into what reads them."""
    random = np.random.default_rng(seed)
    embedding = made.tensors["model.embed_tokens.weight"]
    width = embedding.shape[1]
    turn = np.linalg.qr(random.standard_normal((width, width)))[0].astype(np.float32)
    ones = np.ones(width, np.float32)
    tensors: Tensors = {"model.embed_tokens.weight": embedding @ turn}
    for key, each in made.tensors.items():
        norm = _norm_before(key)
        if norm:
            tensors[key] = (each * made.tensors[norm]) @ turn
        elif key.endswith(("o_proj.weight", "down_proj.weight")):
            tensors[key] = turn.T @ each
        elif each.ndim == 1 and not key.endswith("model.norm.weight"):
            tensors[key] = ones
    return made.changed("rotated", IDENTICAL, tensors)


def _norm_before(key: str) -> str:
    stem, _, part = key.rpartition(".self_attn.")
    if stem and part in {"q_proj.weight", "k_proj.weight", "v_proj.weight"}:
        return f"{stem}.input_layernorm.weight"
    stem, _, part = key.rpartition(".mlp.")
    if stem and part in {"gate_proj.weight", "up_proj.weight"}:
        return f"{stem}.post_attention_layernorm.weight"
    return ""
