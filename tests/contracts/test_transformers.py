"""What is planted in a tiny model of every architecture is found at its site, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest
from planted_models import write_safetensors
from planted_transformers import (
    EXPERT,
    HEAD,
    PLANTED_NEURONS,
    STYLES,
    TOKENS,
    Tiny,
    plant_transformer,
)

from hartonomous.miners.mining import mine
from hartonomous.progress import Stages
from hartonomous.readers.openers import open_sources
from hartonomous.readers.opening import Request
from hartonomous.readers.transformer.choice import SiteChoice

#: Planted answers that have to come first, those of neurons, which other neurons write over, and
#: those that chance may bring.
FOUND, OF_NEURONS, CHANCE = 0.9, 0.7, 0.1


@pytest.fixture(params=STYLES)
def planted(request, tmp_path):
    return request.param, plant_transformer(tmp_path, request.param)


def first_of_each(path, *, kinds, layers="0", heads="all"):
    """Return of each site the first concept of each concept's list, by labels."""
    request = Request(sites=SiteChoice(kinds, layers, heads, k=3))
    return first_of_source(path, "model", request)


def first_of_source(path, family, request):
    (opened,) = open_sources([path], family, request)
    mined = mine(opened, Stages()).source
    labels = np.array([concept.label for concept in mined.concepts.concepts])
    first: dict[str, dict[str, str]] = {}
    for group in mined.sites:
        for batch in group.batches:
            a, b = batch.a, batch.b
            places = len(group.sites) * group.length
            lists = b.reshape(-1, places)
            for number, site in enumerate(group.sites):
                best = labels[lists[:, number * group.length]]
                first.setdefault(site.position, {}).update(
                    zip(labels[a[::places]], best, strict=True)
                )
    return first


def share_found(found, expected):
    return np.mean([found[a] == b for a, b in expected.items()])


def test_a_planted_head_is_found_at_its_site_and_at_no_other(planted):
    _, model = planted
    expected = {f"token{t}": f"token{p}" for t, p in enumerate(model.partner) if p != t}
    found = first_of_each(model.path, kinds=("attention",))
    assert set(found) == {f"layer0-head{h}-{kind}" for h in range(4) for kind in ("qk", "ov")}
    for position, lists in found.items():
        share = share_found(lists, expected)
        if position in (f"layer0-head{HEAD}-qk", f"layer0-head{HEAD}-ov"):
            assert share >= FOUND, position
        else:
            assert share <= CHANCE, position


def test_planted_neurons_answer_to_their_tokens_and_promote_others(planted):
    name, model = planted
    place = f"layer0-expert{EXPERT}" if name == "Mixtral" else "layer0"
    found = first_of_each(model.path, kinds=("mlp",))
    owner = f"neuron:model:{model.path.name} {place}"
    answering = {f"token{t}": f"{owner}-{n}" for n, t in enumerate(model.answers_to)}
    promoting = {f"{owner}-{n}": f"token{t}" for n, t in enumerate(model.promotes)}
    assert len(answering) == len(promoting) == PLANTED_NEURONS
    assert share_found(found[f"{place}-mlp-in"], answering) >= OF_NEURONS
    assert share_found(found[f"{place}-mlp-out"], promoting) >= OF_NEURONS


def test_tokens_go_to_the_experts_that_their_router_scores_highest(tmp_path):
    model = plant_transformer(tmp_path, "Mixtral")
    found = first_of_each(model.path, kinds=("mlp",))["layer0-router"]
    experts = {f"expert:model:{tmp_path.name} layer0-{e}" for e in range(3)}
    assert set(found.values()) == experts
    assert len(found) == TOKENS


def test_a_second_layer_is_read_through_the_first(tmp_path):
    """Layers come in any order, and a layer asked for alone is the same as among all."""
    model = plant_transformer(tmp_path, "Llama")
    whole = first_of_each(model.path, kinds=("attention",), layers="all")
    alone = first_of_each(model.path, kinds=("attention",), layers="1", heads="2")
    assert set(alone) == {"layer1-head2-qk", "layer1-head2-ov"}
    assert all(alone[position] == whole[position] for position in alone)


def test_features_of_a_dictionary_answer_to_their_tokens_and_promote_others(tmp_path):
    """The planted neurons of layer 0 as features: encoder rows, decoder columns turned."""
    folder = tmp_path / "model"
    folder.mkdir()
    model = plant_transformer(folder, "Llama")
    tiny = Tiny(STYLES["Llama"], 0)
    encoder = tiny.code[model.answers_to] @ tiny.own.T
    decoder = (tiny.code[model.promotes] @ tiny.own.T) / tiny.norms["final"]
    tensors = {"encoder.weight": ("float32", encoder), "W_dec": ("float32", decoder.T.copy())}
    write_safetensors(tmp_path / "sae.safetensors", tensors)
    request = Request(model=folder, sites=SiteChoice(layers="0", k=3))
    found = first_of_source(tmp_path / "sae.safetensors", "dictionary", request)
    answering = {f"token{t}": f"feature:dictionary:sae {n}" for n, t in enumerate(model.answers_to)}
    promoting = {f"feature:dictionary:sae {n}": f"token{t}" for n, t in enumerate(model.promotes)}
    assert share_found(found["dictionary-in"], answering) >= OF_NEURONS
    assert share_found(found["dictionary-out"], promoting) >= OF_NEURONS
