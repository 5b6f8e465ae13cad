from __future__ import annotations

import json

import numpy as np
import pytest
from planted_models import WIDTH, bert_vocab_txt, write_lines, write_safetensors

from hartonomous.errors import ModelFormatError
from hartonomous.readers import open_embeddings, open_model

TOKENS = ["[PAD]", "king", "queen", "##ing"]


def write(folder, tensors, *, vocab_size=4):
    """Write a model folder with the given tensors, each of its shape and distinct numbers."""
    folder.mkdir(exist_ok=True)
    arrays = {
        name: ("float32", np.arange(np.prod(shape), dtype=np.float32).reshape(shape) + 1)
        for name, shape in tensors.items()
    }
    write_safetensors(folder / "model.safetensors", arrays)
    (folder / "config.json").write_text(json.dumps({"vocab_size": vocab_size}))
    write_lines(folder / "vocab.txt", TOKENS)
    return folder


LAYOUTS = {
    "BERT": "bert.embeddings.word_embeddings.weight",
    "BERT without its prefix": "embeddings.word_embeddings.weight",
    "RoBERTa": "roberta.embeddings.word_embeddings.weight",
    "DistilBERT": "distilbert.embeddings.word_embeddings.weight",
    "MPNet": "mpnet.embeddings.word_embeddings.weight",
    "GPT-2": "transformer.wte.weight",
    "GPT-2 without its prefix": "wte.weight",
    "GPT-NeoX": "gpt_neox.embed_in.weight",
    "Llama, Mistral, Qwen, Gemma": "model.embed_tokens.weight",
    "Llama without its prefix": "embed_tokens.weight",
    "a language model with eyes": "model.language_model.embed_tokens.weight",
    "T5": "shared.weight",
    "CLIP": "text_model.embeddings.token_embedding.weight",
    "CLIP as OpenAI wrote it": "token_embedding.weight",
    "StaticEmbedding": "embedding.weight",
    "model2vec": "embeddings",
}


@pytest.mark.parametrize("name", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_the_token_embedding_of_every_layout_is_found(tmp_path, name):
    others = {
        "encoder.position_embeddings.weight": (9, WIDTH),
        "vision_model.embeddings.patch_embedding.weight": (2, 3, 2, 2),
        "lm_head.weight": (len(TOKENS), WIDTH),
        "final_norm.weight": (WIDTH,),
    }
    table = open_model(write(tmp_path, {**others, name: (len(TOKENS), WIDTH)}))
    assert table.tensor_name == name


def test_a_shared_embedding_goes_before_its_copies(tmp_path):
    shape = (len(TOKENS), WIDTH)
    names = ("decoder.embed_tokens.weight", "encoder.embed_tokens.weight", "shared.weight")
    assert open_model(write(tmp_path, dict.fromkeys(names, shape))).tensor_name == "shared.weight"


def test_of_several_embeddings_the_one_with_a_row_a_word_is_taken(tmp_path):
    tensors = {"audio.embed_tokens.weight": (9, 2), "text.embed_tokens.weight": (4, 2)}
    assert open_model(write(tmp_path, tensors)).tensor_name == "text.embed_tokens.weight"


def write_different(folder, *names):
    """Write a model folder with matrices of one shape and different numbers."""
    write(folder, {})
    arrays = {n: ("float32", np.full((4, 2), i, np.float32)) for i, n in enumerate(names, 1)}
    write_safetensors(folder / "model.safetensors", arrays)
    return folder


def test_several_embeddings_that_fit_are_named_and_one_can_be_chosen(tmp_path):
    names = ["a.embed_tokens.weight", "b.embed_tokens.weight"]
    folder = write_different(tmp_path, *names)
    with pytest.raises(ModelFormatError, match=r"a\.embed_tokens\.weight 4x2, b\.embed_tok"):
        open_model(folder)
    assert open_model(folder, tensor=names[1]).tensor_name == names[1]


def test_an_unknown_layout_names_the_matrices_with_a_row_a_word_first(tmp_path):
    folder = write(tmp_path, {"big.weight": (50, 2), "table": (4, 2), "list": (4, 2)})
    with pytest.raises(ModelFormatError, match=r"such as list 4x2, table 4x2, big\.weight 50x2"):
        open_model(folder)
    assert open_model(folder, tensor="table").matrix.shape == (4, 2)


def test_a_tensor_that_is_not_there_is_refused_with_those_that_are(tmp_path):
    folder = write(tmp_path, {"wte.weight": (4, 2)})
    with pytest.raises(ModelFormatError, match=r"no tensor x; .* such as wte\.weight 4x2"):
        open_model(folder, tensor="x")


def test_names_from_a_hostile_file_stay_on_one_short_line(tmp_path):
    folder = write(tmp_path, {"a\nb": (4, 2), "x" * 10_000: (4, 2)})
    with pytest.raises(ModelFormatError, match=r"'a\\nb'") as caught:
        open_model(folder)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize("path", ["\0", "x\0y", "\ud800", "x" * 5000])
def test_a_module_path_that_no_file_system_takes_is_one_clear_line(tmp_path, path):
    folder = write(tmp_path, {"wte.weight": (4, 2)})
    (folder / "modules.json").write_text(json.dumps([{"path": path}]))
    with pytest.raises(ModelFormatError):
        open_embeddings(folder)


def test_rows_past_the_vocabulary_are_unused_when_config_json_counts_them(tmp_path):
    table = open_model(write(tmp_path, {"wte.weight": (5, 2)}, vocab_size=5))
    assert table.left_out.unused == 1


@pytest.mark.parametrize(("rows", "vocab_size"), [(8, 4), (8, 8), (3, 4), (3, 3)])
def test_vocabulary_and_matrix_of_different_lengths_are_refused(tmp_path, rows, vocab_size):
    folder = write(tmp_path, {"wte.weight": (rows, 2)}, vocab_size=vocab_size)
    with pytest.raises(ModelFormatError, match=rf"different lengths, 4 tokens and {rows} rows"):
        open_model(folder)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "model.pkl", "model.ckpt"])
def test_a_pickle_checkpoint_is_refused_and_never_opened(tmp_path, name):
    (tmp_path / name).write_bytes(b"cos\nabort\n(tR.")  # would end this process
    with pytest.raises(ModelFormatError, match=r"only a pickle checkpoint .* refused"):
        open_model(tmp_path)


def test_a_pickle_beside_safetensors_is_ignored(tmp_path):
    (tmp_path / "pytorch_model.bin").write_bytes(b"cos\nabort\n(tR.")
    assert open_model(write(tmp_path, {"wte.weight": (4, 2)})).matrix.shape == (4, 2)


def test_a_missing_or_empty_folder_is_one_clear_line(tmp_path):
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(ModelFormatError, match="no such folder, or an empty one"):
            open_model(folder)


def test_a_folder_without_weights_or_vocabulary_says_what_is_missing(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelFormatError, match=r"holds no model\.safetensors"):
        open_model(tmp_path)
    folder = write(tmp_path, {"wte.weight": (4, 2)})
    (folder / "vocab.txt").unlink()
    with pytest.raises(ModelFormatError, match=r"holds no tokenizer\.json"):
        open_model(folder)


@pytest.mark.parametrize(
    "modules",
    ["7", "[]", "[7]", "[{}]", '[{"path": 7}]', '[{"path": "../x"}]', '[{"path": "/etc"}]', "{"],
)
def test_a_modules_file_that_leads_nowhere_or_out_is_refused(tmp_path, modules):
    folder = write(tmp_path, {"wte.weight": (4, 2)})
    (folder / "modules.json").write_text(modules)
    with pytest.raises(ModelFormatError, match=r"modules\.json"):
        open_model(folder)


@pytest.mark.parametrize("config", ["{", "[]", "\x00", '{"vocab_size": 1, "vocab_size": 2}'])
def test_a_malformed_config_is_one_clear_line(tmp_path, config):
    folder = write(tmp_path, {"wte.weight": (4, 2)})
    (folder / "config.json").write_text(config)
    with pytest.raises(ModelFormatError, match=r"config\.json"):
        open_model(folder)


def test_a_folder_in_the_hubs_cache_is_named_after_its_model(tmp_path):
    folder = tmp_path / "models--org--some--model" / "snapshots" / "0123abc"
    folder.mkdir(parents=True)
    assert open_model(bert_vocab_txt(folder).path).name == "org/some/model"


def test_a_folder_is_named_by_its_own_name_whatever_way_it_is_written(tmp_path, monkeypatch):
    folder = write(tmp_path / "minilm", {"wte.weight": (4, 2)})
    monkeypatch.chdir(folder)
    assert open_model(folder / ".." / "minilm").name == "minilm"
