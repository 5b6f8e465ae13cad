"""Model folders as downloads, other programs and other versions leave them."""

from __future__ import annotations

import json

import numpy as np
import pytest
from files_of_field import WORDS
from planted_models import write_safetensors

from hartonomous.readers import open_embeddings

VOCABULARY = {word: row for row, word in enumerate(WORDS)}
COMMIT, OTHER = "ab" * 20, "cd" * 20


def weights(path, **tensors):
    path.parent.mkdir(parents=True, exist_ok=True)
    write_safetensors(path, {name: ("float32", array) for name, array in tensors.items()})


@pytest.fixture
def cached(field):
    """Give a model in the hub's cache, with two revisions."""
    repository = field.folder / "models--acme--tiny"
    for commit, name in ((COMMIT, "main"), (OTHER, "v2")):
        field.model({"vocab.json": VOCABULARY}, name=f"models--acme--tiny/snapshots/{commit}")
        field.write(f"models--acme--tiny/refs/{name}", commit)
    return repository


def test_a_model_of_the_hubs_cache_is_opened_at_its_main_revision(field, cached):
    assert field.labels(cached) == WORDS
    assert open_embeddings(cached).name == "acme/tiny"


def test_a_cache_without_a_main_revision_names_those_it_has(field, cached):
    (cached / "refs" / "main").unlink()
    assert COMMIT in field.refusal(cached)


@pytest.mark.parametrize("reference", ["../../../etc", "x" * 1000, ""])
def test_a_reference_that_is_no_commit_leads_nowhere(field, cached, reference):
    field.write("models--acme--tiny/refs/main", reference)
    assert "holds no revision main" in field.refusal(cached)


def test_the_hubs_whole_cache_names_its_models(field, cached):
    assert "models--acme--tiny" in field.refusal(field.folder)


@pytest.mark.parametrize(
    "structure",
    [{"query": ["query_0_Static"], "document": ["document_0_Static", "document_1_Dense"]}],
)
@pytest.mark.parametrize("name", ["router_config.json", "config.json"])
def test_a_router_names_its_routes_and_each_can_be_given(field, structure, name):
    field.write("model/modules.json", [{"path": "", "type": "sentence_transformers.models.Router"}])
    field.write(f"model/{name}", {"types": {"query_0_Static": "x"}, "structure": structure})
    for route in ("query_0_Static", "document_0_Static"):
        field.model({"vocab.json": VOCABULARY}, name=f"model/{route}", tensor="embedding.weight")
    line = field.refusal(field.folder / "model")
    assert "one of its routes: query_0_Static, document_0_Static" in line
    assert field.labels(field.folder / "model" / "query_0_Static") == WORDS


def test_an_adapter_is_named_with_its_base(field):
    config = {"base_model_name_or_path": "acme/base", "peft_type": "LORA"}
    low = np.ones((4, 6), "f4")
    path = field.folder / "model" / "adapter_model.safetensors"
    weights(path, **{"base_model.model.layers.0.q_proj.lora_A.weight": low})
    field.write("model/adapter_config.json", config)
    assert "only an adapter (LORA) of acme/base" in field.refusal(path.parent)
    field.write("model/vocab.json", VOCABULARY)
    assert "only an adapter (LORA) of acme/base" in field.refusal(path.parent)


def test_an_adapter_that_holds_the_whole_table_is_read(field):
    path = field.folder / "model" / "adapter_model.safetensors"
    weights(path, **{"base_model.model.model.embed_tokens.weight": field.vectors[:40]})
    field.write("model/adapter_config.json", {"base_model_name_or_path": "acme/base"})
    field.write("model/vocab.json", VOCABULARY)
    assert field.labels(path.parent) == WORDS


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("onnx/model.onnx", "weights for ONNX only"),
        ("openvino_model.xml", "weights for OpenVINO only"),
        ("model.gguf", "weights for GGUF only"),
        ("tf_model.h5", "weights for TensorFlow only"),
        ("flax_model.msgpack", "weights for Flax only"),
        ("pytorch_model.bin", "only a pickle checkpoint"),
        ("model.safetensors.incomplete", "an unfinished download"),
        ("model_index.json", "a diffusers pipeline"),
        ("config.cfg", "a spaCy pipeline"),
        ("glove.vec", "give a file of word vectors (glove.vec)"),
    ],
)
def test_a_folder_without_safetensors_says_what_it_holds(field, file, says):
    field.write(f"model/{file}", b"{}")
    field.write("model/tokenizer_config.json", {})
    field.write("model/meta.json", {})
    assert says in field.refusal(field.folder / "model")


def test_a_folder_whose_folders_hold_weights_names_them(field):
    field.model({"vocab.json": VOCABULARY}, name="model/text_encoder")
    assert "give one of them (text_encoder)" in field.refusal(field.folder / "model")


def test_the_text_encoder_of_a_pipeline_is_read_with_the_words_of_its_tokeniser(field):
    encoder = field.model({"config.json": {}}, name="sd/text_encoder")
    words = field.write("sd/tokenizer/vocab.json", VOCABULARY)
    assert "--vocabulary" in field.refusal(encoder)
    assert field.labels(encoder, vocabulary=words) == WORDS


def test_a_spacy_pipeline_is_named(field):
    field.write("nlp/vocab/strings.json", WORDS)
    field.write("nlp/vocab/vectors", b"\x93NUMPY")
    assert "a spaCy pipeline" in field.refusal(field.folder / "nlp")


def test_what_an_index_names_and_nobody_needs_may_be_missing(field):
    shard = "model-00001-of-00002.safetensors"
    weights(field.folder / "m" / shard, **{"model.embed_tokens.weight": field.vectors[:40]})
    absent = "model-00002-of-00002.safetensors"
    index = {"model.embed_tokens.weight": shard, "lm_head.weight": absent}
    field.write("m/model.safetensors.index.json", {"weight_map": index})
    field.write("m/vocab.json", VOCABULARY)
    table = open_embeddings(field.folder / "m")
    assert len(table.vocabulary.concepts) == 40
    assert "names 1 of 2 files that are not there" in table.notes[0]


def test_a_missing_shard_that_holds_the_token_embedding_is_named(field):
    shard = "model-00002-of-00002.safetensors"
    weights(field.folder / "m" / shard, **{"lm_head.weight": field.vectors[:40]})
    absent = "model-00001-of-00002.safetensors"
    index = {"lm_head.weight": shard, "model.embed_tokens.weight": absent}
    field.write("m/model.safetensors.index.json", {"weight_map": index})
    field.write("m/vocab.json", VOCABULARY)
    line = field.refusal(field.folder / "m")
    assert "model-00001-of-00002.safetensors: no such file" in line
    assert "model.embed_tokens.weight" in line


@pytest.mark.parametrize("there", ["model.embed_tokens.weight", "lm_head.weight"])
def test_a_shard_that_is_missing_is_named_without_an_index(field, there):
    shard = field.folder / "m" / "model-00002-of-00003.safetensors"
    weights(shard, **{there: field.vectors[: 40 if "embed" in there else 7]})
    field.write("m/vocab.json", VOCABULARY)
    if "embed" in there:
        assert open_embeddings(field.folder / "m").notes == ("2 of 3 shards are not there",)
    else:
        assert "2 of 3 shards are not there" in field.refusal(field.folder / "m")


def test_an_index_that_names_another_shard_for_the_token_embedding_is_named(field):
    one, other = (f"model-0000{i}-of-00002.safetensors" for i in (1, 2))
    weights(field.folder / "m" / one, **{"model.embed_tokens.weight": field.vectors[:40]})
    weights(field.folder / "m" / other, **{"lm_head.weight": field.vectors[:40]})
    index = {"model.embed_tokens.weight": other, "lm_head.weight": other}
    field.write("m/model.safetensors.index.json", {"weight_map": index})
    field.write("m/vocab.json", VOCABULARY)
    assert f"{other}: is without the token embedding" in field.refusal(field.folder / "m")


def eight_bits(field, beside):
    """Write a model whose table is of 8 bits, with a tensor of float32 beside it."""
    table = (field.vectors[:40] * 8).astype("i1")
    tensors = {
        "model.embed_tokens.weight": ("I8", table),
        **{n: ("F32", t) for n, t in beside.items()},
    }
    header, content = {}, b""
    for name, (dtype, array) in tensors.items():
        end = len(content) + array.nbytes
        header[name] = {"dtype": dtype, "shape": array.shape, "data_offsets": [len(content), end]}
        content += array.tobytes()
    head = json.dumps(header).encode()
    written = len(head).to_bytes(8, "little") + head + content
    files = {"vocab.json": VOCABULARY, "model.safetensors": written}
    return table, field.model(files, tensor=None)


@pytest.mark.parametrize("name", ["weight_zero_point", "zero_point", "weight.zeros"])
def test_the_zero_of_whole_numbers_is_taken_off(field, name):
    zero, scale = np.arange(40, dtype="f4") - 9, np.arange(1, 41, dtype="f4")
    beside = {f"model.embed_tokens.{name}": zero, "model.embed_tokens.weight_scale": scale}
    table, folder = eight_bits(field, beside)
    expected = (table - zero[:, None]) * scale[:, None]
    assert np.array_equal(open_embeddings(folder).matrix.rows(0, 40), expected)


def test_the_largest_number_of_a_row_is_its_scale(field):
    largest = np.arange(1, 41, dtype="f4")
    table, folder = eight_bits(field, {"model.embed_tokens.SCB": largest})
    read = open_embeddings(folder).matrix.rows(0, 40)
    assert np.allclose(read, table * largest[:, None] / 127, rtol=1e-6)


def embedding(field, config=None, **tensors):
    folder = field.folder / "model"
    weights(folder / "model.safetensors", **{n.replace("__", "."): t for n, t in tensors.items()})
    field.write("model/vocab.json", VOCABULARY)
    field.write("model/config.json", {"vocab_size": 40, **(config or {})})
    return folder


def test_equal_copies_are_one_table(field):
    own, other = field.vectors[:40], field.vectors[20:60]
    folder = embedding(
        field,
        encoder__embed_tokens__weight=own,
        decoder__embed_tokens__weight=own,
        lm_head__weight=other,
    )
    assert open_embeddings(folder).tensor_name == "decoder.embed_tokens.weight"


def test_a_models_own_table_goes_before_that_of_a_later_layer(field):
    own, other = field.vectors[:40], field.vectors[20:60]
    tensors = {"model.embed_tokens.weight": own, "model.layers.61.embed_tokens.weight": other}
    assert open_embeddings(embedding(field, **tensors)).tensor_name == "model.embed_tokens.weight"


@pytest.mark.parametrize("head", ["lm_head.weight", "cls.predictions.decoder.weight"])
def test_a_tied_head_is_the_token_table(field, head):
    tensors = {head: field.vectors[:40], "model.norm.weight": field.vectors[0]}
    assert open_embeddings(embedding(field, **tensors)).tensor_name == head
    untied = embedding(field, {"tie_word_embeddings": False}, **tensors)
    assert "name one with --tensor" in field.refusal(untied)


@pytest.mark.parametrize("name", ["a.strange_embedding_name.weight", "w.weight"])
def test_a_table_of_an_unknown_name_is_told_by_its_rows(field, name):
    tensors = {name: field.vectors[:40], "position_embeddings.weight": field.vectors[:40] + 1}
    assert open_embeddings(embedding(field, **tensors)).tensor_name == name


@pytest.mark.parametrize(
    ("dtype", "width", "shape"), [("U32", 4, (40, 2)), ("U8", 1, (480, 1)), ("I32", 4, (40, 2))]
)
def test_packed_numbers_are_called_quantised(field, dtype, width, shape):
    size = shape[0] * shape[1] * width
    entry = {"dtype": dtype, "shape": list(shape), "data_offsets": [0, size]}
    header = json.dumps({"model.embed_tokens.weight": entry}).encode()
    content = len(header).to_bytes(8, "little") + header + bytes(range(1, 251)) * (size // 250 + 1)
    files = {"vocab.json": VOCABULARY, "model.safetensors": content[: 8 + len(header) + size]}
    assert "packed or quantised" in field.refusal(field.model(files, tensor=None))


@pytest.mark.parametrize(
    "tensors",
    [
        {"mapping": np.full(40, 99, "f4")},
        {"mapping": np.full(40, -1, "f4")},
        {"weights": np.ones(7, "f4")},
        {"mapping": np.zeros(40, "f4"), "weights": np.ones(41, "f4")},
    ],
)
def test_a_mapping_or_weights_that_do_not_fit_are_refused(field, tensors):
    folder = embedding(field, embeddings=field.vectors[:40], **tensors)
    assert "embeddings: " in field.refusal(folder).replace("embeddings, ", "embeddings: ")
