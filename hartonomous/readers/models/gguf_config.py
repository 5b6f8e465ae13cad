"""What GGUF's keys say of an architecture, under the names that a config.json uses."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hartonomous.readers.models.gguf_header import Header
from hartonomous.readers.models.gguf_parts import read_gguf_parts

#: Names of config.json by what follows the architecture's name in a key.
_NAMES = {
    "block_count": "num_hidden_layers",
    "embedding_length": "hidden_size",
    "feed_forward_length": "intermediate_size",
    "context_length": "max_position_embeddings",
    "vocab_size": "vocab_size",
    "attention.head_count": "num_attention_heads",
    "attention.head_count_kv": "num_key_value_heads",
    "attention.key_length": "head_dim",
    "attention.value_length": "v_head_dim",
    "attention.layer_norm_rms_epsilon": "rms_norm_eps",
    "attention.layer_norm_epsilon": "layer_norm_eps",
    "attention.sliding_window": "sliding_window",
    "attn_logit_softcapping": "attn_logit_softcapping",
    "final_logit_softcapping": "final_logit_softcapping",
    "rope.freq_base": "rope_theta",
    "expert_count": "num_local_experts",
    "expert_used_count": "num_experts_per_tok",
    "expert_feed_forward_length": "moe_intermediate_size",
}
#: Architectures that config.json calls by another name.
_MODEL_TYPES = {
    "command-r": "cohere",
    "gptneox": "gpt_neox",
    "gptj": "gptj",
    "nomic-bert": "nomic_bert",
    "jina-bert-v2": "bert",
    "modern-bert": "modernbert",
    "phi2": "phi",
    "qwen2moe": "qwen2_moe",
    "qwen3moe": "qwen3_moe",
    "gemma3": "gemma3_text",
    "t5encoder": "t5",
}


def gguf_config(path: Path) -> dict[str, Any]:
    """Return what a GGUF file's keys say of its architecture, named as in a config.json.

    A setting that each layer has of its own comes as a list. What a file leaves out is left out;
    ``tie_word_embeddings`` is true where the file holds no ``output.weight``, ``vocab_size`` is
    counted where it isn't said, and Llama with experts is Mixtral.

    Raises
    ------
    ModelFormatError
        When the header is malformed.
    """
    return config_of(read_gguf_parts(path))


def config_of(parts: Sequence[Header]) -> dict[str, Any]:
    """Return what the keys of a model's first file say, named as in a config.json."""
    keys = parts[0].keys
    architecture = str(keys.get("general.architecture", ""))
    config: dict[str, Any] = {}
    for ending, name in _NAMES.items():
        value = keys.get(f"{architecture}.{ending}")
        if value is not None:
            config[name] = list(value) if isinstance(value, tuple) else value
    if "num_attention_heads" in config:
        config.setdefault("num_key_value_heads", config["num_attention_heads"])
    tokens = keys.get("tokenizer.ggml.tokens")
    if isinstance(tokens, tuple):
        config.setdefault("vocab_size", len(tokens))
    config["model_type"] = _model_type(architecture, experts=config.get("num_local_experts"))
    held = {entry.name for header in parts for entry in header.entries}
    config["tie_word_embeddings"] = "output.weight" not in held
    return config


def _model_type(architecture: str, experts: object) -> str:
    if architecture == "llama" and experts:
        return "mixtral"
    return _MODEL_TYPES.get(architecture, architecture)
