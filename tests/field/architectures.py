"""Make every architecture of the installed transformers small, save it, and open it.

Run with names of model types, it prints a line of JSON for each: the verdict and what it rests on.
It runs in a process of its own, as those libraries warn, and keep what they have loaded.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

#: Rows of each model's token embedding, and how many of them have a token.
VOCABULARY = 131
PADDING = 4
_MOST_PARAMETERS = 140_000_000
_MOST_NESTED = 4

#: Sizes that are made small wherever a configuration has more.
_SMALL = {
    "hidden_size d_model n_embd dim embed_dim emb_dim embedding_size hidden_dim d_embed "
    "word_embed_proj_dim encoder_hidden_size decoder_hidden_size projection_dim": 32,
    "intermediate_size d_ff ffn_dim encoder_ffn_dim decoder_ffn_dim n_inner mlp_dim inner_dim "
    "moe_intermediate_size shared_expert_intermediate_size ffn_hidden_size d_inner dff": 64,
    "num_hidden_layers n_layer n_layers num_layers encoder_layers decoder_layers depth "
    "num_decoder_layers num_encoder_layers": 2,
    "num_attention_heads n_head n_heads num_heads encoder_attention_heads num_key_value_heads "
    "decoder_attention_heads num_experts n_routed_experts num_local_experts moe_num_experts": 4,
    "head_dim d_kv d_head v_head_dim kv_channels attention_head_size": 8,
    "max_position_embeddings n_positions max_source_positions max_target_positions": 64,
    "pad_token_id bos_token_id eos_token_id decoder_start_token_id sep_token_id cls_token_id "
    "unk_token_id mask_token_id": 1,
    "vocab_size n_words": VOCABULARY,
}
SMALL = {name: size for names, size in _SMALL.items() for name in names.split()}
#: What some configurations leave open.
_OPEN = {
    "head_dim": 8,
    "num_key_value_heads": 4,
    "layer_types": ["full_attention", "full_attention"],
    "is_decoder": True,
}
_LAYER_LISTS = ("layer_types", "mlp_layer_types", "layers_block_type")


def shrunk(config, nested=0):
    """Make a configuration small where it is, and those of its parts."""
    for name, value in list(vars(config).items()):
        if hasattr(value, "model_type") and nested < _MOST_NESTED:
            shrunk(value, nested + 1)
        elif name == "vocab_size" and value is None:
            config.vocab_size = VOCABULARY
        elif name in SMALL and type(value) is int and value > SMALL[name]:
            setattr(config, name, SMALL[name])
        elif name in _LAYER_LISTS and isinstance(value, list):
            setattr(config, name, value[:2])
    return config


def filled(config):
    """Set what some configurations leave open and their models need."""
    for name, value in _OPEN.items():
        if getattr(config, name, value) is None or name == "is_decoder":
            setattr(config, name, value)
    return config


def variants(cls):
    """Yield ways to a small configuration, as not every one allows each."""
    whole = cls()
    larger = {k: v for k, v in SMALL.items() if type(getattr(whole, k, None)) is int}
    yield lambda: cls(**{k: v for k, v in larger.items() if getattr(whole, k) > v})
    yield lambda: shrunk(cls())
    yield lambda: filled(shrunk(cls()))
    few = {k for k in larger if "layer" in k or k in ("vocab_size", "depth")}
    yield lambda: cls(**{k: larger[k] for k in few if getattr(whole, k) > larger[k]})
    yield cls


def attempt(auto, variant):
    """Return a small model with random weights, or why there is none."""
    import torch

    try:
        with torch.device("meta"):
            outline = auto.from_config(variant())
        size = sum(parameter.numel() for parameter in outline.parameters())
        return auto.from_config(variant()) if size <= _MOST_PARAMETERS else f"{size} parameters"
    except Exception as error:
        return f"{type(error).__name__}: {error}".partition("\n")[0][:120]


def build(model_type, auto):
    """Return a small model of a type; say why in a RuntimeError where none can be made."""
    from transformers import CONFIG_MAPPING

    reasons = []
    for variant in variants(CONFIG_MAPPING[model_type]):
        made = attempt(auto, variant)
        if not isinstance(made, str):
            return made
        reasons.append(made)
    raise RuntimeError("; ".join(dict.fromkeys(reasons)))


def token_tables(model):
    """Return what may be read: the model's own answer, or its tables with a row a token."""
    from torch import nn

    with contextlib.suppress(Exception):
        own = model.get_input_embeddings()
        if own.weight.ndim == 2 and own.weight.shape[0] >= VOCABULARY - 1:
            return [own]
    tables = [m for m in model.modules() if isinstance(m, nn.Embedding)]
    return [table for table in tables if table.num_embeddings == VOCABULARY]


def save(model, folder):
    """Save a model, by the library's own way or, where that has doubts, file by file."""
    import torch
    from safetensors.torch import save_model

    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.is_floating_point():
                parameter.copy_(torch.randn_like(parameter))
    try:
        model.save_pretrained(folder)
    except Exception:
        save_model(model, folder / "model.safetensors")
        (folder / "config.json").write_text(json.dumps(model.config.to_dict(), default=str))


def without_sizes(config):
    """Return a configuration that leaves out what its class knows by itself."""
    if not isinstance(config, dict):
        return config
    return {k: without_sizes(v) for k, v in config.items() if k not in ("vocab_size", "n_words")}


def weights(table):
    """Return the numbers of a table; Molmo's has those of added tokens apart."""
    parts = [p.detach().float().numpy() for p in table.parameters() if p.ndim == 2]
    return np.concatenate(parts)


def opened(folder, rows):
    """Open a folder whose tokeniser has fewer tokens than the table has rows."""
    from hartonomous.readers import open_embeddings

    vocabulary = {f"word{i}": i for i in range(rows - PADDING)}
    tokenizer = {"model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": "word0"}}
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    return open_embeddings(folder)


def verdict(model_type, auto, folder):
    """Say ``found``, or what was read instead, or why there was nothing to read."""
    from hartonomous.errors import HartonomousError

    try:
        model = build(model_type, auto)
    except RuntimeError as error:
        return "not built", str(error)
    tables = token_tables(model)
    if not tables:
        return "no token table", type(model).__name__
    save(model, folder)
    wanted = [weights(table) for table in tables]
    config = json.loads((folder / "config.json").read_text())
    for written in (config, without_sizes(config)):
        (folder / "config.json").write_text(json.dumps(written))
        try:
            table = opened(folder, len(wanted[0]))
        except HartonomousError as error:
            return "refused", str(error).replace(str(folder), "")[:300]
        read = table.matrix.rows(0, table.matrix.shape[0])
        if not any(np.array_equal(read, one) for one in wanted):
            return "wrong", table.tensor_name
        if table.left_out.unused != PADDING:
            return "wrong", f"{table.tensor_name}: {table.left_out}"
    return "found", table.tensor_name


def verdicts(model_types: list[str]) -> Iterator[tuple[str, str, str]]:
    """Yield each model type, by itself and with a head, with its verdict and what it rests on."""
    import transformers
    from transformers.models.auto import modeling_auto as known

    heads = {
        **dict.fromkeys(known.MODEL_FOR_PRETRAINING_MAPPING_NAMES, "AutoModelForPreTraining"),
        **dict.fromkeys(known.MODEL_FOR_CAUSAL_LM_MAPPING_NAMES, "AutoModelForCausalLM"),
    }
    for model_type in model_types:
        for auto in dict.fromkeys(("AutoModel", heads.get(model_type, "AutoModel"))):
            folder = Path(tempfile.mkdtemp(prefix="architecture-"))
            try:
                said, detail = verdict(model_type, getattr(transformers, auto), folder)
            finally:
                shutil.rmtree(folder)
            yield f"{model_type} {auto}", said, detail


def main():
    """Print the verdicts; without names, the model types that are known, by group."""
    import torch
    import transformers
    from transformers.models.auto import modeling_auto as known

    transformers.logging.set_verbosity_error()
    torch.manual_seed(0)
    torch.set_num_threads(1)
    if sys.argv[1:] == ["list"]:
        causal = sorted(known.MODEL_FOR_CAUSAL_LM_MAPPING_NAMES)
        listed = {"all": sorted(known.MODEL_MAPPING_NAMES), "causal": causal}
        sys.stdout.write(json.dumps(listed) + "\n")
        return
    for line in verdicts(sys.argv[1:]):
        sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
