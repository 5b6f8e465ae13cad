"""Models that are made of real ones, and what each comes from."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

Array = NDArray[np.float32]
Tensors = dict[str, Array]

#: What was done to a model, the least first, as the kind of a pair that differs by it.
IDENTICAL, REQUANTISED, FINE_TUNED = range(3)
KINDS = ("identical", "requantised", "fine-tuned")


@dataclass(frozen=True, eq=False)
class Made:
    """A model in memory, and what it comes from.

    Parameters
    ----------
    name
        What it is called.
    tensors
        Its weights under its architecture's names.
    config
        What its config.json holds.
    tokens
        Its vocabulary, by row.
    root
        The model whose weights it comes from, itself where it was trained from nothing.
    done
        What was done to those weights, by the least kind that says so.
    teacher
        The root of what it was trained to answer like.
    """

    name: str
    tensors: Tensors
    config: Mapping[str, object]
    tokens: tuple[str, ...]
    root: str
    done: int = IDENTICAL
    teacher: str = ""

    def changed(self, name: str, done: int, tensors: Mapping[str, Array]) -> Made:
        """Return this model with other weights."""
        known = {**self.tensors, **tensors}
        return replace(self, name=f"{self.name} {name}", tensors=known, done=max(self.done, done))

    def mapped(self, name: str, done: int, change: Callable[[Array], Array]) -> Made:
        """Return this model with every matrix changed alike."""
        matrices = {key: change(value) for key, value in self.tensors.items() if value.ndim == 2}
        return self.changed(name, done, matrices)

    def write(self, folder: Path) -> Path:
        """Write it as a model folder."""
        folder.mkdir(parents=True, exist_ok=True)
        plain = {name: np.ascontiguousarray(tensor) for name, tensor in self.tensors.items()}
        save_file(plain, folder / "model.safetensors")
        config = {**self.config, "vocab_size": len(self.tokens)}
        (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
        listed = {token: row for row, token in enumerate(self.tokens)}
        kind = "WordPiece" if "bert" in str(config["model_type"]) else "BPE"
        model = {"type": kind, "vocab": listed, "unk_token": self.tokens[0], "merges": []}
        if kind == "WordPiece":
            (folder / "vocab.txt").write_text("\n".join(self.tokens), encoding="utf-8")
        else:
            pre = {"type": "ByteLevel", "add_prefix_space": False, "use_regex": True}
            written = {"version": "1.0", "added_tokens": [], "model": model, "pre_tokenizer": pre}
            written["decoder"] = pre
            (folder / "tokenizer.json").write_text(json.dumps(written), encoding="utf-8")
        return folder


def truth(a: Made, b: Made) -> tuple[str, ...]:
    """Return what may be said of a pair, what was done last or most first.

    Where one was rounded and the other trained, both is true; a student that is but a table has no
    layers, without which no more than ``kin`` may be said.
    """
    if a.root == b.root:
        done = {a.done, b.done}
        most = KINDS[max(done)]
        return (most, KINDS[REQUANTISED]) if done == {REQUANTISED, FINE_TUNED} else (most,)
    taught = a.teacher == b.root or b.teacher == a.root or (a.teacher and a.teacher == b.teacher)
    return ("distilled", "kin") if taught else ("unrelated",)


def opened(folder: Path, name: str, root: str, done: int = IDENTICAL) -> Made:
    """Open one of the zoo's models, under the names that BERT has."""
    tensors = {}
    for key, tensor in load_file(folder / "model.safetensors").items():
        short = key.removeprefix("bert.").replace("gamma", "weight").replace("beta", "bias")
        if short.startswith(("embeddings.", "encoder.")) and tensor.dtype.kind == "f":
            tensors[short] = tensor.astype(np.float32)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return Made(name, tensors, config, tokens_of(folder), root, done)


def tokens_of(folder: Path) -> tuple[str, ...]:
    """Return a model's tokens by row."""
    read = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    vocabulary = {**read["model"]["vocab"]}
    vocabulary.update({each["content"]: each["id"] for each in read["added_tokens"]})
    return tuple(sorted(vocabulary, key=vocabulary.__getitem__))


def opened_l3(folder: Path) -> Made:
    """Open MiniLM-L3, whose matrices an export has named by number, inputs first.

    It and MiniLM-L6 are layers of one model, each trained on (Reimers' MiniLM-L3 and -L6 keep every
    fourth and every second layer of Microsoft's MiniLM-L12-H384).
    """
    raw = load_file(folder / "model.safetensors")
    stem = "model.0.auto_model."
    tensors = {key.removeprefix(stem): each for key, each in raw.items() if key.startswith(stem)}
    numbered = sorted(key for key in raw if key.startswith("onnx::"))
    parts = ("attention.self.query", "attention.self.key", "attention.self.value",
             "attention.output.dense", "intermediate.dense", "output.dense")  # fmt: skip
    for place, key in enumerate(numbered):
        layer, part = divmod(place, len(parts))
        tensors[f"encoder.layer.{layer}.{parts[part]}.weight"] = raw[key].T.copy()
    config = {
        "model_type": "bert", "num_attention_heads": 12, "hidden_act": "gelu",
        "num_hidden_layers": 3,
    }  # fmt: skip
    return Made("minilm-l3", tensors, config, tokens_of(folder), "minilm", FINE_TUNED)


def opened_smollm2(folder: Path, layers: int) -> Made:
    """Open the first layers of SmolLM2, a Llama, from its 4-bit file."""
    from gguf import GGUFReader, dequantize

    reader = GGUFReader(next(folder.glob("*.gguf")))
    names = {"attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj",
             "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj",
             "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj",
             "attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm"}  # fmt: skip
    wanted = {"token_embd.weight": "model.embed_tokens.weight",
              "output_norm.weight": "model.norm.weight"}  # fmt: skip
    for layer in range(layers):
        for short, name in names.items():
            wanted[f"blk.{layer}.{short}.weight"] = f"model.layers.{layer}.{name}.weight"
    tensors = {
        wanted[each.name]: dequantize(each.data, each.tensor_type).astype(np.float32)
        for each in reader.tensors
        if each.name in wanted
    }
    listed = reader.fields["tokenizer.ggml.tokens"]
    tokens = tuple(bytes(listed.parts[place]).decode() for place in listed.data)
    config = {"model_type": "llama", "num_attention_heads": 9, "num_key_value_heads": 3,
              "rms_norm_eps": 1e-5, "hidden_act": "silu", "bos_token_id": 1}  # fmt: skip
    return Made("smollm2", tensors, config, tokens, "smollm2")


def rounded(bits: int, group: int) -> Callable[[Array], Array]:
    """Return what rounds groups of a row's numbers to so many bits, by their largest."""
    most = 2 ** (bits - 1) - 1

    def change(matrix: Array) -> Array:
        size = group if group and matrix.shape[1] % group == 0 else matrix.shape[1]
        cut = matrix.reshape(-1, size)
        scale = np.maximum(np.abs(cut).max(axis=1, keepdims=True), 1e-12) / most
        return (np.round(cut / scale) * scale).reshape(matrix.shape).astype(np.float32)

    return change


def pruned(matrix: Array) -> Array:
    """Put the smaller half of a matrix's numbers to 0."""
    bound = np.median(np.abs(matrix))
    return np.where(np.abs(matrix) < bound, 0, matrix).astype(np.float32)


def half(matrix: Array) -> Array:
    """Round to float16."""
    return matrix.astype(np.float16).astype(np.float32)


def without_layers(made: Made, kept: tuple[int, ...]) -> Made:
    """Keep some layers of a BERT."""
    tensors = {key: each for key, each in made.tensors.items() if "layer." not in key}
    for place, layer in enumerate(kept):
        stem = f"encoder.layer.{layer}."
        for key, each in made.tensors.items():
            if key.startswith(stem):
                tensors[key.replace(stem, f"encoder.layer.{place}.")] = each
    config = {**made.config, "num_hidden_layers": len(kept)}
    return replace(
        made, name=f"{made.name} {len(kept)} layers", tensors=tensors, config=config,
        done=FINE_TUNED,
    )  # fmt: skip


def vocabulary_cut(made: Made, seed: int) -> Made:
    """Keep three fifths of the tokens."""
    count = len(made.tokens)
    random = np.random.default_rng(seed)
    kept = np.sort(random.choice(np.arange(110, count), count * 3 // 5, replace=False))
    rows = np.concatenate([np.arange(110), kept])
    return _with_vocabulary(made, "cut", made_embedding(made)[rows], [made.tokens[r] for r in rows])


def vocabulary_extended(made: Made, seed: int) -> Made:
    """Add five thousand tokens, drawn like the others."""
    own = made_embedding(made)
    random = np.random.default_rng(seed)
    drawn = own[random.integers(0, len(own), (2, 5000))].mean(axis=0)
    tokens = [*made.tokens, *(f"neologism{number}" for number in range(5000))]
    return _with_vocabulary(made, "extended", np.concatenate([own, drawn]), tokens)


def embedding_name(made: Made) -> str:
    """Return what the token embedding is called."""
    names = ("embeddings.word_embeddings.weight", "model.embed_tokens.weight")
    return next(name for name in names if name in made.tensors)


def made_embedding(made: Made) -> Array:
    """Return the token embedding."""
    return made.tensors[embedding_name(made)]


def _with_vocabulary(made: Made, name: str, table: Array, tokens: list[str]) -> Made:
    changed = made.changed(name, FINE_TUNED, {embedding_name(made): table.astype(np.float32)})
    return replace(changed, tokens=tuple(tokens))


def averaged(a: Made, b: Made) -> Made:
    """Merge two models by the mean of their weights."""
    tensors = {key: (each + b.tensors[key]) / 2 for key, each in a.tensors.items()
               if key in b.tensors and b.tensors[key].shape == each.shape}  # fmt: skip
    return a.changed(f"+ {b.name}", FINE_TUNED, tensors)


def untrained(made: Made, seed: int) -> Made:
    """Return random weights of the same spread under the same names and configuration."""
    random = np.random.default_rng(seed)
    tensors = {
        key: (each.std() * random.standard_normal(each.shape)).astype(np.float32)
        if each.ndim == 2
        else each
        for key, each in made.tensors.items()
    }
    name = f"random {seed}, {made.name}"
    return replace(made, name=name, tensors=tensors, root=name, done=IDENTICAL)
