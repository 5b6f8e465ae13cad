"""Small language models whose answers are known: an encoder of texts, and one that goes on."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from tiny_models import llama, save, tokenizer
from transformers import BertConfig, BertModel

#: What the planted causal model has read: each word is followed by the next of its line.
FOLLOWS = {"the": "king", "king": "rules", "rules": "the", "queen": "rules", "Paris": "rules"}
WORDS = sorted(
    {*FOLLOWS, *FOLLOWS.values(), "sea", "how", "do", "i", "bake", "bread", "at", "home"}
)
HIDDEN = 32


def plant_encoder(folder: Path, *, words: list[str] | None = None, pooling: str = "mean") -> Path:
    """A BERT of random weights, as sentence-transformers lays it out: like words, like vectors."""
    torch.manual_seed(0)
    made = tokenizer(words or WORDS, chat=False)
    made.model_max_length = 64
    config = BertConfig(
        vocab_size=len(made), hidden_size=HIDDEN, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=64, max_position_embeddings=64, pad_token_id=0,
    )  # fmt: skip
    network = BertModel(config, add_pooling_layer=False).eval()
    with torch.no_grad():
        network.embeddings.word_embeddings.weight.normal_(std=1.0)
    network.save_pretrained(folder)
    made.save_pretrained(folder)
    kinds = {"": "Transformer", "1_Pooling": "Pooling", "2_Normalize": "Normalize"}
    modules = [
        {"idx": n, "name": str(n), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for n, (path, kind) in enumerate(kinds.items())
    ]
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / "1_Pooling").mkdir()
    modes = {"mean": "mean_tokens", "cls": "cls_token", "max": "max_tokens"}
    settings = {f"pooling_mode_{name}": mode == pooling for mode, name in modes.items()}
    whole = json.dumps({"word_embedding_dimension": HIDDEN, **settings})
    (folder / "1_Pooling" / "config.json").write_text(whole)
    return folder


def plant_causal(folder: Path, **changes) -> Path:
    """A Llama that goes on with the word that follows, twice as surely as with any other."""
    made = tokenizer(WORDS, chat=False)
    model = llama(len(made), **changes)
    ids = made.convert_tokens_to_ids
    with torch.no_grad():
        for name, weight in model.named_parameters():
            weight.fill_(1.0) if "norm" in name else weight.zero_()
        embed, unembed = model.get_input_embeddings().weight, model.get_output_embeddings().weight
        for place, (word, follows) in enumerate(FOLLOWS.items()):
            embed[ids(word), place] = 1.0
            unembed[ids(follows), place] = 0.5
    return save(folder, model, WORDS, chat=False)
