"""LoRA adapters: what is read equals what PEFT merges, tensor by tensor."""

from __future__ import annotations

import json
import warnings

import numpy as np
import pytest
import torch
from planted_models import safetensors_bytes, write_lines, write_safetensors
from planted_weights import TABLE, WORDPIECE, lora_embedding
from transformers import BertConfig, BertForMaskedLM, BertModel, GPT2Config, GPT2Model

from hartonomous.errors import ModelFormatError
from hartonomous.readers import open_embeddings
from hartonomous.readers.weights import read_config, read_weights

WORDS = 23
SMALL_BERT = BertConfig(
    vocab_size=WORDS,
    hidden_size=16,
    num_hidden_layers=2,
    num_attention_heads=2,
    intermediate_size=32,
    max_position_embeddings=8,
)
SMALL_GPT2 = GPT2Config(vocab_size=WORDS, n_embd=16, n_layer=2, n_head=2, n_positions=8)

CASES = {
    "heads": (BertModel, SMALL_BERT, {"target_modules": ["query", "value"]}),
    "embedding": (
        BertModel, SMALL_BERT, {"target_modules": ["word_embeddings", "dense"]}
    ),
    "root of the rank": (
        BertModel, SMALL_BERT, {"target_modules": ["query"], "use_rslora": True}
    ),
    "ranks and alphas of their own": (
        BertModel,
        SMALL_BERT,
        {
            "target_modules": ["query", "key"],
            "rank_pattern": {"key": 2},
            "alpha_pattern": {"^encoder.layer.0.attention.self.query": 3, "self.key": 5},
        },
    ),
    "whole modules and biases": (
        BertModel,
        SMALL_BERT,
        {"target_modules": ["query"], "modules_to_save": ["pooler"], "bias": "all"},
    ),
    "turned layers": (
        GPT2Model,
        SMALL_GPT2,
        {"target_modules": ["c_attn", "wte"], "fan_in_fan_out": True},
    ),
}  # fmt: skip


def write_pair(folder, model_class, config, settings):
    """Write a base and an adapter with random numbers; return the latter and PEFT's merge."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from peft import LoraConfig, get_peft_model

        torch.manual_seed(0)
        model = model_class(config)
        model.save_pretrained(folder / "base")
        adapted = get_peft_model(model, LoraConfig(r=4, lora_alpha=6, **settings))
        with torch.no_grad():
            for parameter in adapted.parameters():
                if parameter.requires_grad:
                    parameter.copy_(torch.randn_like(parameter))
        adapted.save_pretrained(folder / "adapter")
        merged = adapted.merge_and_unload().state_dict()
    write_lines(folder / "base" / "vocab.txt", [f"word{n}" for n in range(WORDS)])
    rename(folder, str(folder / "base"))
    return folder / "adapter", {name: tensor.numpy() for name, tensor in merged.items()}


def rename(folder, base, **changes):
    """Change what an adapter says of its base, and of itself."""
    path = folder / "adapter" / "adapter_config.json"
    config = {**json.loads(path.read_text()), "base_model_name_or_path": base, **changes}
    path.write_text(json.dumps(config))


@pytest.mark.parametrize("case", CASES)
def test_every_tensor_is_what_peft_merges(tmp_path, case):
    adapter, merged = write_pair(tmp_path, *CASES[case])
    found, base = read_weights(adapter).tensors, read_weights(tmp_path / "base").tensors
    assert set(found) == set(base) == set(merged)
    changed = 0
    for name, tensor in found.items():
        np.testing.assert_allclose(tensor.read_numbers(), merged[name], rtol=1e-5, atol=1e-5)
        if len(tensor.shape) == 2:
            rows = tensor.open_matrix().rows(0, tensor.shape[0])
            np.testing.assert_allclose(rows, merged[name], rtol=1e-5, atol=1e-5)
        changed += not np.array_equal(tensor.read_numbers(), base[name].read_numbers())
    assert changed >= 2


def test_a_base_that_was_saved_with_more_around_it_is_merged_too(tmp_path):
    modules = {"target_modules": ["word_embeddings", "query"]}
    adapter, merged = write_pair(tmp_path, BertModel, SMALL_BERT, modules)
    inner = BertModel.from_pretrained(tmp_path / "base")
    whole = BertForMaskedLM(SMALL_BERT)
    whole.bert.load_state_dict(inner.state_dict(), strict=False)
    whole.save_pretrained(tmp_path / "base")
    name = "embeddings.word_embeddings.weight"
    found = read_weights(adapter).tensors[f"bert.{name}"]
    np.testing.assert_allclose(found.read_numbers(), merged[name], rtol=1e-5, atol=1e-5)


def test_the_embedding_is_read_with_the_bases_words_and_settings(tmp_path):
    adapter, merged = write_pair(tmp_path, *CASES["embedding"])
    opened = open_embeddings(adapter)
    assert opened.name == "adapter"
    assert len(opened.vocabulary.concepts) == WORDS
    np.testing.assert_allclose(
        opened.vectors(), merged["embeddings.word_embeddings.weight"], rtol=1e-5, atol=1e-5
    )
    assert opened.notes[-1] == "8 tensors of the base changed, 0 replaced"
    assert read_config(adapter)["vocab_size"] == WORDS


def test_a_base_is_found_beside_it_or_given(tmp_path):
    adapter = lora_embedding(tmp_path).path
    assert read_weights(adapter).notes == ("1 tensors of the base changed, 0 replaced",)
    (tmp_path / "base").rename(tmp_path / "elsewhere")
    with pytest.raises(ModelFormatError, match=r"only an adapter \(LORA\) of acme/base.*--base"):
        open_embeddings(adapter)
    opened = open_embeddings(adapter, base=tmp_path / "elsewhere")
    assert opened.tensor_name == TABLE
    with pytest.raises(ModelFormatError, match="no such folder, where an adapter's base"):
        open_embeddings(adapter, base=tmp_path / "base")


def test_a_base_in_the_hubs_cache_can_be_given(tmp_path):
    adapter = lora_embedding(tmp_path).path
    snapshots = tmp_path / "models--acme--base" / "snapshots"
    snapshots.mkdir(parents=True)
    (tmp_path / "base").rename(snapshots / "0123abc")
    opened = open_embeddings(adapter, base=snapshots.parent)
    assert len(opened.vocabulary.rows) + opened.left_out.total == len(WORDPIECE)


def test_what_is_no_adapter_has_no_base(tmp_path):
    lora_embedding(tmp_path)
    with pytest.raises(ModelFormatError, match="no adapter, which alone has a base"):
        open_embeddings(tmp_path / "base", base=tmp_path)
    adapter = tmp_path / "adapter"
    with pytest.raises(ModelFormatError, match="an adapter too"):
        open_embeddings(adapter, base=_copy(adapter, tmp_path / "copy"))


def _copy(folder, target):
    target.mkdir()
    for path in folder.iterdir():
        (target / path.name).write_bytes(path.read_bytes())
    return target


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"use_dora": True}, "an adapter by DoRA; LoRA is read"),
        ({"peft_type": "IA3"}, "an adapter by IA3; LoRA is read"),
        ({"init_lora_weights": "pissa_niter_16"}, "began with pissa_niter_16, which changes"),
        ({"lora_alpha": "8"}, "'8' is no alpha"),
        ({"lora_alpha": 1e999}, "inf is no alpha"),
        ({"alpha_pattern": {"(a+)+$": 2}}, "alpha_pattern is no object of modules' names"),
        ({"alpha_pattern": ["a"]}, "alpha_pattern is no object of modules' names"),
    ],
)
def test_what_is_not_plain_lora_is_named(tmp_path, changes, says):
    adapter = lora_embedding(tmp_path).path
    rename(tmp_path, "acme/base", **changes)
    with pytest.raises(ModelFormatError, match=says):
        open_embeddings(adapter)


ONE = np.ones((1, len(WORDPIECE)), np.float32)
MODULE = "base_model.model.bert.embeddings.word_embeddings"


@pytest.mark.parametrize(
    ("tensors", "says"),
    [
        ({f"{MODULE}.lora_embedding_A": ONE}, "only a part of the change"),
        ({f"{MODULE}.lora_embedding_A": ONE, f"{MODULE}.lora_B.weight": ONE}, "only a part"),
        ({f"{MODULE}.lora_embedding_A": ONE, f"{MODULE}.lora_embedding_B": ONE}, "no change of"),
        ({f"{MODULE}.lora_embedding_A": ONE, f"{MODULE}.lora_embedding_B": ONE[0]}, "no change of"),
        ({f"{MODULE}.lora_embedding_A": ONE[0, 0], f"{MODULE}.lora_embedding_B": ONE}, "a part"),
        ({"base_model.model.x.lora_A.weight": ONE, "base_model.model.x.lora_B.weight": ONE},
         "changes x, which its base doesn't have"),
        ({f"{MODULE}.lora_magnitude_vector": ONE}, "a kind of adapter that isn't read"),
        ({f"{MODULE}.token_adapter.trainable_tokens_delta": ONE}, "a kind of adapter that isn't"),
    ],
)  # fmt: skip
def test_halves_that_do_not_fit_are_one_line(tmp_path, tensors, says):
    adapter = lora_embedding(tmp_path).path
    arrays = {name: ("float32", np.asarray(array)) for name, array in tensors.items()}
    write_safetensors(adapter / "adapter_model.safetensors", arrays)
    with pytest.raises(ModelFormatError, match=says) as caught:
        open_embeddings(adapter)
    assert "\n" not in str(caught.value)


def test_a_change_of_a_table_that_was_saved_whole_is_added_to_that(tmp_path):
    adapter = lora_embedding(tmp_path).path
    tall = np.arange(5, dtype=np.float32).reshape(1, -1)
    wide = np.ones((3, 1), np.float32)
    arrays = {
        f"{MODULE}.base_layer.weight": np.full((5, 3), 7, np.float32),
        f"{MODULE}.lora_embedding_A": tall,
        f"{MODULE}.lora_embedding_B": wide,
    }
    tensors = {name: ("float32", array) for name, array in arrays.items()}
    write_safetensors(adapter / "adapter_model.safetensors", tensors)
    found = read_weights(adapter).tensors[TABLE]
    np.testing.assert_array_equal(found.read_numbers(), 7 + 2 * (wide @ tall).T)


def test_nothing_is_added_to_codes(tmp_path):
    adapter = lora_embedding(tmp_path).path
    path = tmp_path / "base" / "model.safetensors"
    path.write_bytes(safetensors_bytes(
        {TABLE: {"dtype": "I8", "shape": [len(WORDPIECE), 6],
                 "data_offsets": [0, 6 * len(WORDPIECE)]}},
        bytes(6 * len(WORDPIECE)),
    ))  # fmt: skip
    with pytest.raises(ModelFormatError, match="is I8, to which nothing is added"):
        open_embeddings(adapter)


@pytest.mark.parametrize("base", ["\0", "x" * 5000, "", 7, None, "\ud800", "adapter", "."])
def test_a_base_that_cannot_be_is_not_there(tmp_path, base):
    adapter = lora_embedding(tmp_path).path
    rename(tmp_path, base)
    with pytest.raises(ModelFormatError, match="only an adapter"):
        open_embeddings(adapter)
