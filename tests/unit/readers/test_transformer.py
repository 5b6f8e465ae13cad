from __future__ import annotations

import json

import numpy as np
import pytest
from planted_models import write_safetensors
from planted_transformers import plant_transformer

from hartonomous.errors import InvalidVectorsError, ModelFormatError, ParameterError
from hartonomous.geometry.rows import HeldRows
from hartonomous.miners.balancing import balance, whiten
from hartonomous.readers.openers import open_sources
from hartonomous.readers.opening import Request
from hartonomous.readers.safetensors import read_header
from hartonomous.readers.transformer.choice import SiteChoice
from hartonomous.readers.transformer.functions import rms_norm


@pytest.fixture
def model(tmp_path):
    plant_transformer(tmp_path, "Llama")
    return tmp_path


def opened(path, **chosen):
    (source,) = open_sources([path], "model", Request(sites=SiteChoice(**chosen)))
    return source


def gathered(path, **chosen):
    for site in opened(path, **chosen).sites:
        site.queries.gathered()
        if site.keys is not None:
            site.keys.gathered()


def change(folder, edit):
    """Rewrite the weights with some of them changed."""
    path = folder / "model.safetensors"
    tensors = {name: tensor.open_matrix().rows(0, tensor.shape[0]) if len(tensor.shape) == 2
               else tensor.read_numbers().astype(np.float32)
               for name, tensor in read_header(path).items()}  # fmt: skip
    edit(tensors)
    write_safetensors(path, {name: ("float32", tensor) for name, tensor in tensors.items()})


def test_sites_layers_and_heads_are_chosen(model):
    positions = [site.position for site in opened(model, layers="1", heads="0,2-3").sites]
    heads = [f"layer1-head{head}-{kind}" for kind in ("qk", "ov") for head in (0, 2, 3)]
    assert positions == ["embedding", *heads]


@pytest.mark.parametrize(
    ("chosen", "says"),
    [
        ({"layers": "0-7"}, "the model's are 0 to 1"),
        ({"heads": "4"}, "the model's are 0 to 3"),
        ({"layers": "three"}, "numbers and ranges"),
        ({"heads": "2-1"}, "the model's are 0 to 3"),
    ],
)
def test_layers_and_heads_that_are_not_there_are_named(model, chosen, says):
    with pytest.raises(ParameterError, match=says):
        opened(model, **chosen)


@pytest.mark.parametrize("kinds", [(), ("heads",), ("attention", "")])
def test_kinds_of_sites_are_named(kinds):
    with pytest.raises(ParameterError):
        SiteChoice(kinds)


def test_an_unknown_architecture_names_its_tensors_and_the_way_on(model):
    def rename(tensors):
        for name in list(tensors):
            if "self_attn" in name:
                tensors[name.replace("self_attn", "mixer")] = tensors.pop(name)

    change(model, rename)
    with pytest.raises(ModelFormatError, match=r"mlp.*--layout") as error:
        opened(model)
    assert "\n" not in str(error.value)
    layout = {
        **{part: f"model.layers.{{l}}.mixer.{part[0]}_proj" for part in ("query", "key", "value")},
        "output": "model.layers.{l}.mixer.o_proj",
        "up": "model.layers.{l}.mlp.up_proj", "down": "model.layers.{l}.mlp.down_proj",
        "attention_norm": "model.layers.{l}.input_layernorm", "norm": "rms", "is_causal": True,
    }  # fmt: skip
    (model / "layout.json").write_text(json.dumps(layout))
    mapped = opened(model, layout=model / "layout.json", layers="0", heads="1")
    assert [site.position for site in mapped.sites[1:]] == ["layer0-head1-qk", "layer0-head1-ov"]


@pytest.mark.parametrize(
    ("layout", "says"),
    [
        ("[]", "object"),
        ('{"query": "q"}', "needs key"),
        ('{"query": 3}', "query can't be 3"),
        ('{"heads": 3}', "has no .*heads"),
        ('{"norm": "none"}', "norm can't be"),
        ('{"query":"q","key":"k","value":"v","output":"o","up":"u","down":"d"}', "--layout names"),
    ],
)
def test_a_layout_that_is_none_is_refused(model, layout, says):
    (model / "layout.json").write_text(layout)
    with pytest.raises(ModelFormatError, match=says):
        opened(model, layout=model / "layout.json")


def test_shapes_that_disagree_with_the_configuration_are_refused(model):
    config = json.loads((model / "config.json").read_text())
    (model / "config.json").write_text(json.dumps({**config, "num_attention_heads": 5}))
    with pytest.raises(ModelFormatError, match="5 heads"):
        opened(model)
    (model / "config.json").write_text(json.dumps({**config, "num_hidden_layers": 3}))
    with pytest.raises(ModelFormatError, match="says 3 layers, 2 are there"):
        opened(model)
    (model / "config.json").write_text("{}")
    with pytest.raises(ModelFormatError, match="how many heads"):
        opened(model)


def test_a_layer_of_another_shape_is_refused_when_it_is_read(model):
    def narrow(tensors):
        name = "model.layers.1.self_attn.o_proj.weight"
        tensors[name] = tensors[name][:, 1:].copy()

    change(model, narrow)
    with pytest.raises(ModelFormatError, match=r"config\.json says"):
        gathered(model, kinds=("attention",), layers="1")


def test_weights_that_are_not_finite_are_named(model):
    def spoil(tensors):
        tensors["model.layers.0.self_attn.q_proj.weight"][3, 5] = np.nan

    change(model, spoil)
    with pytest.raises(InvalidVectorsError, match=r"layers.0.self_attn.q_proj"):
        gathered(model, kinds=("attention",))


def test_a_tied_unembedding_is_no_site(model):
    with pytest.raises(ParameterError, match="unembedding"):
        opened(model, kinds=("unembedding",))


def test_an_untied_unembedding_is_a_site_and_what_heads_write_is_read_through_it(model):
    tied = [site.keys.gathered().array for site in opened(model, layers="0", heads="1").sites[2:]]
    other = np.random.default_rng(5).standard_normal((240, 64)).astype(np.float32)
    change(model, lambda tensors: tensors.update({"lm_head.weight": other}))
    assert opened(model, kinds=("unembedding",)).sites[0].position == "unembedding"
    untied = [site.keys.gathered().array for site in opened(model, layers="0", heads="1").sites[2:]]
    assert not np.allclose(tied[0], untied[0])


def test_balanced_inner_products_are_the_centred_ones_in_any_basis():
    random = np.random.default_rng(3)
    queries, keys = (random.standard_normal((n, 8)).astype(np.float32) for n in (300, 200))
    change_of_basis = random.standard_normal((8, 8))
    found = []
    for basis in (np.eye(8), change_of_basis):
        left = HeldRows((queries @ basis).astype(np.float32))
        right = HeldRows((keys @ np.linalg.inv(basis).T).astype(np.float32))
        balance(left, right)
        found.append(left.array @ right.array.T)
        lengths = np.linalg.norm(left.array, axis=1)[:, None] * np.linalg.norm(right.array, axis=1)
        found.append(found[-1] / lengths)
    centred = (queries - queries.mean(axis=0)) @ (keys - keys.mean(axis=0)).T
    np.testing.assert_allclose(found[0], centred, atol=1e-3)
    np.testing.assert_allclose(found[1], found[3], atol=1e-3)


def test_a_head_of_lower_rank_and_one_of_zeros_are_balanced():
    random = np.random.default_rng(3)
    rows = random.standard_normal((50, 4)).astype(np.float32)
    rows[:, 3] = rows[:, 2]
    left, right = HeldRows(rows.copy()), HeldRows(rows.copy())
    balance(left, right)
    centred = rows - rows.mean(axis=0)
    np.testing.assert_allclose(left.array @ right.array.T, centred @ centred.T, atol=1e-4)
    nothing = HeldRows(np.zeros((50, 4), np.float32))
    balance(HeldRows(rows.copy()), nothing)
    assert not nothing.array.any()


def test_whitened_rows_leave_inner_products_and_no_scale():
    random = np.random.default_rng(3)
    rows = (random.standard_normal((400, 6)) * [1, 2, 3, 4, 5, 60]).astype(np.float32)
    directions = random.standard_normal((7, 6)).astype(np.float32)
    left, right = HeldRows(rows.copy()), HeldRows(directions.copy())
    whiten(left, right)
    np.testing.assert_allclose(np.cov(left.array.T, bias=True), np.eye(6), atol=1e-4)
    centred = rows - rows.mean(axis=0)
    np.testing.assert_allclose(
        left.array @ right.array.T, centred @ directions.T, rtol=2e-4, atol=1e-2
    )


def test_rms_norm_has_unit_mean_square():
    rows = np.random.default_rng(1).standard_normal((5, 64)).astype(np.float32) * 9
    normed = rms_norm(rows, np.ones(64, np.float32), 1e-6)
    np.testing.assert_allclose(np.mean(normed**2, axis=1), 1, rtol=1e-4)


@pytest.mark.parametrize("named", ["{l.__class__}", "layers.{l}.none", "layers.{l}.up[0/0]"])
def test_a_layout_that_names_what_is_not_there_is_refused(model, named):
    layout = {
        **{part: f"model.layers.{{l}}.self_attn.{part[0]}_proj" for part in ("query", "value")},
        "key": named, "output": "model.layers.{l}.self_attn.o_proj",
        "up": "model.layers.{l}.mlp.up_proj", "down": "model.layers.{l}.mlp.down_proj",
    }  # fmt: skip
    (model / "layout.json").write_text(json.dumps(layout))
    with pytest.raises(ModelFormatError, match="--layout names"):
        opened(model, layout=model / "layout.json")


@pytest.mark.parametrize("k", [0, -3, 40_000])
def test_k_is_looked_at_before_anything_is_read(k):
    with pytest.raises(ParameterError, match="k must be"):
        SiteChoice(k=k)


def test_a_dictionary_of_two_sizes_and_one_of_no_model_are_refused(model, tmp_path):
    random = np.random.default_rng(1)
    tensors = {
        "decoder.weight": ("float32", random.standard_normal((20, 64)).astype(np.float32)),
        "encoder.weight": ("float32", random.standard_normal((12, 64)).astype(np.float32)),
    }
    path = tmp_path / "sae.safetensors"
    write_safetensors(path, tensors)
    with pytest.raises(ModelFormatError, match="encoder has 12 features"):
        list(open_sources([path], "dictionary", Request(model=model)))
    with pytest.raises(ModelFormatError, match="no such folder"):
        list(open_sources([path], "dictionary", Request(model=tmp_path / "none")))
    with pytest.raises(ParameterError, match="--model PATH"):
        list(open_sources([path], "dictionary", Request()))
