"""Tiny transformers of every architecture with a head, neurons and experts whose answers are known.

Token t's embedding holds a code of its own in one subspace and, in another, that of the token whose
partner it is. The planted head looks with the one for the other and writes it, in a basis of its
own; planted neurons answer to one token each and promote another; everything else is random. Norms
have random weights, which the planted matrices undo, as training would.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from planted_models import write_safetensors

TOKENS, WIDTH, HEADS, HEAD_WIDTH, NEURONS, LAYERS, EXPERTS = 240, 64, 4, 16, 48, 2, 3
#: The planted head; with two key heads for four, it uses key head 0 and not 1.
HEAD = 1
#: Neurons that answer to one token each, and the expert they are in where there are experts.
PLANTED_NEURONS = 12
EXPERT = 2

Array = NDArray[np.float32]


@dataclass(frozen=True)
class PlantedTransformer:
    """A model folder and what is in it."""

    path: Path
    #: The token that each token's planted head looks for and writes.
    partner: NDArray[np.int64]
    #: The token that each planted neuron answers to, and the one it promotes.
    answers_to: NDArray[np.int64]
    promotes: NDArray[np.int64]


@dataclass(frozen=True)
class Style:
    """How an architecture differs from the others."""

    config: dict[str, Any]
    export: Callable[[Tiny], dict[str, Array]]
    key_heads: int = HEADS
    norms_after: bool = False
    is_causal: bool = False
    has_bias: bool = False
    is_gated: bool = False
    #: Whether the embedding is normed, and the first layer's attention isn't.
    first_norm: bool = False
    experts: int = 0


class Tiny:
    """The weights of one, in one convention."""

    def __init__(self, style: Style, seed: int) -> None:
        self.style, self.random = style, np.random.default_rng(seed)
        self.partner = self.random.permutation(TOKENS)
        basis = np.linalg.qr(self.random.standard_normal((WIDTH, WIDTH)))[0].astype(np.float32)
        self.own, self.others = basis[:, :HEAD_WIDTH], basis[:, HEAD_WIDTH : 2 * HEAD_WIDTH]
        rest = basis[:, 2 * HEAD_WIDTH :]
        code = self.random.standard_normal((TOKENS, HEAD_WIDTH)).astype(np.float32)
        self.code = code / np.linalg.norm(code, axis=1, keepdims=True)
        held = self.code[np.argsort(self.partner)]
        noise = 0.1 * self.random.standard_normal((TOKENS, rest.shape[1])).astype(np.float32)
        self.embedding = self.code @ self.own.T + held @ self.others.T + noise @ rest.T
        self.norms = {name: self.norm() for name in ("first", "final", "position", "type")}
        self.layers = [self._layer() for _ in range(LAYERS)]
        self._plant()

    def matrix(self, *shape: int, scale: float = 1.0) -> Array:
        """Return random numbers."""
        spread = scale / np.sqrt(shape[-1])
        return (spread * self.random.standard_normal(shape)).astype(np.float32)

    def norm(self) -> Array:
        """Return the weights of a norm."""
        return np.exp(0.7 * self.random.standard_normal(WIDTH)).astype(np.float32)

    def bias(self, count: int) -> Array:
        """Return what a linear map adds."""
        return self.matrix(count, scale=0.3) if self.style.has_bias else np.zeros(count, np.float32)

    def _layer(self) -> dict[str, Any]:
        inner, kept = HEADS * HEAD_WIDTH, self.style.key_heads * HEAD_WIDTH
        experts = max(1, self.style.experts)
        return {
            "q": self.matrix(inner, WIDTH), "k": self.matrix(kept, WIDTH),
            "v": self.matrix(kept, WIDTH), "o": self.matrix(WIDTH, inner, scale=0.02),
            "bq": self.bias(inner), "bk": self.bias(kept), "bv": self.bias(kept),
            "bo": 0.02 * self.bias(WIDTH), "n1": self.norm(), "n2": self.norm(),
            "up": [self.matrix(NEURONS, WIDTH) for _ in range(experts)],
            "gate": [self.matrix(NEURONS, WIDTH) for _ in range(experts)],
            "down": [self.matrix(WIDTH, NEURONS, scale=0.02) for _ in range(experts)],
            "bup": self.bias(NEURONS), "bdown": 0.02 * self.bias(WIDTH),
            "router": self.matrix(experts, WIDTH),
        }  # fmt: skip

    def _plant(self) -> None:
        style, first = self.style, self.layers[0]
        normed_first = style.norms_after or style.first_norm
        read = self.norms["first"] if normed_first else first["n1"]
        turn = np.linalg.qr(self.random.standard_normal((HEAD_WIDTH, HEAD_WIDTH)))[0]
        stretch = np.diag(np.exp(self.random.standard_normal(HEAD_WIDTH)))
        kept = HEAD // (HEADS // style.key_heads)
        head, key = self._rows(HEAD), self._rows(kept)
        first["q"][head] = stretch @ turn @ (self.own / read[:, None]).T
        first["k"][key] = np.linalg.inv(stretch) @ turn @ (self.others / read[:, None]).T
        first["v"][key] = stretch @ (self.own / read[:, None]).T
        written = (self.others / self._read_by()[:, None]) @ np.linalg.inv(stretch)
        first["o"][:, head] = 0.02 * written
        self._plant_neurons(first)

    def _read_by(self) -> Array:
        """Return the norm through which what layer 0 writes is read."""
        if self.style.is_causal:
            return self.norms["final"]
        first, second = self.layers
        return first["n1"] * first["n2"] if self.style.norms_after else second["n1"]

    def _plant_neurons(self, first: dict[str, Any]) -> None:
        expert = EXPERT if self.style.experts else 0
        self.answers_to = self.random.permutation(TOKENS)[:PLANTED_NEURONS]
        self.promotes = self.random.permutation(TOKENS)[:PLANTED_NEURONS]
        seen = first["n1"] if self.style.norms_after else first["n2"]
        side = "gate" if self.style.is_gated else "up"
        answers = (self.code[self.answers_to] @ self.own.T) / seen
        first[side][expert][:PLANTED_NEURONS] = answers
        towards = (self.code[self.promotes] @ self.own.T) / self._read_by()
        first["down"][expert][:, :PLANTED_NEURONS] = 0.02 * towards.T

    def _rows(self, head: int) -> slice:
        return slice(head * HEAD_WIDTH, (head + 1) * HEAD_WIDTH)


def _bert(tiny: Tiny) -> dict[str, Array]:
    named = {
        "embeddings.word_embeddings.weight": tiny.embedding,
        "embeddings.position_embeddings.weight": tiny.matrix(32, WIDTH, scale=0.3),
        "embeddings.token_type_embeddings.weight": tiny.matrix(2, WIDTH, scale=0.3),
        "embeddings.LayerNorm.gamma": tiny.norms["first"],
        "embeddings.LayerNorm.beta": tiny.matrix(WIDTH, scale=0.3),
    }
    for number, layer in enumerate(tiny.layers):
        place = f"encoder.layer.{number}."
        parts = {
            "attention.self.query": ("q", "bq"), "attention.self.key": ("k", "bk"),
            "attention.self.value": ("v", "bv"), "attention.output.dense": ("o", "bo"),
        }  # fmt: skip
        for name, (weight, bias) in parts.items():
            named[f"{place}{name}.weight"] = layer[weight]
            named[f"{place}{name}.bias"] = layer[bias]
        named |= {
            f"{place}intermediate.dense.weight": layer["up"][0],
            f"{place}intermediate.dense.bias": layer["bup"],
            f"{place}output.dense.weight": layer["down"][0],
            f"{place}output.dense.bias": layer["bdown"],
            f"{place}attention.output.LayerNorm.weight": layer["n1"],
            f"{place}attention.output.LayerNorm.bias": tiny.matrix(WIDTH, scale=0.3),
            f"{place}output.LayerNorm.weight": layer["n2"],
            f"{place}output.LayerNorm.bias": tiny.matrix(WIDTH, scale=0.3),
        }
    return {f"bert.{name}": tensor for name, tensor in named.items()}


def _gpt2(tiny: Tiny) -> dict[str, Array]:
    named = {
        "wte.weight": tiny.embedding,
        "wpe.weight": tiny.matrix(32, WIDTH, scale=0.3),
        "ln_f.weight": tiny.norms["final"],
        "ln_f.bias": tiny.matrix(WIDTH, scale=0.3),
    }
    for number, layer in enumerate(tiny.layers):
        place = f"h.{number}."
        stacked = np.concatenate([layer["q"], layer["k"], layer["v"]])
        named |= {
            f"{place}attn.c_attn.weight": stacked.T.copy(),
            f"{place}attn.c_attn.bias": np.concatenate([layer["bq"], layer["bk"], layer["bv"]]),
            f"{place}attn.c_proj.weight": layer["o"].T.copy(),
            f"{place}attn.c_proj.bias": layer["bo"],
            f"{place}mlp.c_fc.weight": layer["up"][0].T.copy(),
            f"{place}mlp.c_fc.bias": layer["bup"],
            f"{place}mlp.c_proj.weight": layer["down"][0].T.copy(),
            f"{place}mlp.c_proj.bias": layer["bdown"],
            f"{place}ln_1.weight": layer["n1"],
            f"{place}ln_1.bias": tiny.matrix(WIDTH, scale=0.3),
            f"{place}ln_2.weight": layer["n2"],
            f"{place}ln_2.bias": tiny.matrix(WIDTH, scale=0.3),
        }
    return {f"transformer.{name}": tensor for name, tensor in named.items()}


def _llama(tiny: Tiny) -> dict[str, Array]:
    named = {"embed_tokens.weight": tiny.embedding, "norm.weight": tiny.norms["final"]}
    for number, layer in enumerate(tiny.layers):
        place = f"layers.{number}."
        for name in "qkvo":
            named[f"{place}self_attn.{name}_proj.weight"] = layer[name]
        named[f"{place}input_layernorm.weight"] = layer["n1"]
        named[f"{place}post_attention_layernorm.weight"] = layer["n2"]
        if not tiny.style.experts:
            for name in ("gate", "up", "down"):
                named[f"{place}mlp.{name}_proj.weight"] = layer[name][0]
            continue
        named[f"{place}block_sparse_moe.gate.weight"] = layer["router"]
        for expert in range(tiny.style.experts):
            inside = f"{place}block_sparse_moe.experts.{expert}."
            for name, side in (("w1", "gate"), ("w3", "up"), ("w2", "down")):
                named[f"{inside}{name}.weight"] = layer[side][expert]
    return {f"model.{name}": tensor for name, tensor in named.items()}


def _t5(tiny: Tiny) -> dict[str, Array]:
    named = {
        "shared.weight": tiny.embedding,
        "encoder.final_layer_norm.weight": tiny.norms["final"],
    }
    for number, layer in enumerate(tiny.layers):
        place = f"encoder.block.{number}.layer."
        for name in "qkvo":
            named[f"{place}0.SelfAttention.{name}.weight"] = layer[name]
        named |= {
            f"{place}0.layer_norm.weight": layer["n1"],
            f"{place}1.layer_norm.weight": layer["n2"],
            f"{place}1.DenseReluDense.wi.weight": layer["up"][0],
            f"{place}1.DenseReluDense.wo.weight": layer["down"][0],
        }
    return named


def _modernbert(tiny: Tiny) -> dict[str, Array]:
    named = {
        "embeddings.tok_embeddings.weight": tiny.embedding,
        "embeddings.norm.weight": tiny.norms["first"],
        "final_norm.weight": tiny.norms["final"],
    }
    for number, layer in enumerate(tiny.layers):
        place = f"layers.{number}."
        named |= {
            f"{place}attn.Wqkv.weight": np.concatenate([layer["q"], layer["k"], layer["v"]]),
            f"{place}attn.Wo.weight": layer["o"],
            f"{place}mlp.Wi.weight": np.concatenate([layer["gate"][0], layer["up"][0]]),
            f"{place}mlp.Wo.weight": layer["down"][0],
            f"{place}mlp_norm.weight": layer["n2"],
        }
        if number:
            named[f"{place}attn_norm.weight"] = layer["n1"]
    return {f"model.{name}": tensor for name, tensor in named.items()}


STYLES = {
    "BERT": Style(
        {"model_type": "bert", "num_attention_heads": HEADS, "hidden_act": "gelu"},
        _bert, norms_after=True, has_bias=True,
    ),
    "GPT-2": Style(
        {"model_type": "gpt2", "n_head": HEADS, "activation_function": "gelu_new"},
        _gpt2, is_causal=True, has_bias=True,
    ),
    "Llama": Style(
        {"model_type": "llama", "num_attention_heads": HEADS, "num_key_value_heads": 2},
        _llama, key_heads=2, is_causal=True, is_gated=True,
    ),
    "Mixtral": Style(
        {
            "model_type": "mixtral", "num_attention_heads": HEADS, "num_key_value_heads": 2,
            "num_experts_per_tok": 2,
        },
        _llama, key_heads=2, is_causal=True, is_gated=True, experts=EXPERTS,
    ),
    "T5": Style({"model_type": "t5", "num_heads": HEADS, "d_kv": HEAD_WIDTH}, _t5),
    "ModernBERT": Style(
        {"model_type": "modernbert", "num_attention_heads": HEADS},
        _modernbert, is_gated=True, first_norm=True,
    ),
}  # fmt: skip


def plant_transformer(folder: Path, architecture: str, seed: int = 0) -> PlantedTransformer:
    """Write a tiny model of an architecture."""
    style = STYLES[architecture]
    tiny = Tiny(style, seed)
    tensors = {name: ("float32", tensor) for name, tensor in style.export(tiny).items()}
    write_safetensors(folder / "model.safetensors", tensors)
    (folder / "config.json").write_text(json.dumps(style.config))
    (folder / "vocab.txt").write_text("\n".join(f"token{t}" for t in range(TOKENS)))
    return PlantedTransformer(folder, tiny.partner, tiny.answers_to, tiny.promotes)
