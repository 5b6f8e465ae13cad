"""Each method recovers a planted direction, turned the right way; nulls stay below it."""

from __future__ import annotations

import json

import numpy as np
import pytest

from hartonomous.errors import ModelFormatError, ParameterError
from hartonomous.vectors.statistics import auroc, unit
from hartonomous.vectors.tensor_files import write_json, write_tensors
from hartonomous.vectors.traits import methods
from hartonomous.vectors.traits.vectors import analyse, best, extract_vectors, read_vector

HIDDEN, LAYERS = 24, 3


def planted(rng, examples, shift=6.0):
    """Examples that differ along one direction, under strong noise along another."""
    direction = unit(rng.normal(size=HIDDEN))
    noise = unit(rng.normal(size=HIDDEN))
    noise = unit(noise - direction * (noise @ direction))

    def draw(way):
        base = rng.normal(size=(examples, HIDDEN)) + 9 * rng.normal(size=(examples, 1)) * noise
        return base + way * shift / 2 * direction + 4

    return draw(1), draw(-1), direction


@pytest.mark.parametrize(
    ("name", "cosine"), [("mean_diff", 0.75), ("probe", 0.8), ("ica", 0.9), ("gradient", 0.98)]
)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_planted_direction_is_recovered(name, cosine, seed):
    positive, negative, direction = planted(np.random.default_rng(seed), 300)
    found = methods.METHODS[name](positive, negative)
    assert unit(found) @ direction > cosine


@pytest.mark.parametrize("name", methods.METHODS)
def test_every_method_is_turned_upwards(name):
    positive, negative, _ = planted(np.random.default_rng(4), 60)
    for a, b in ((positive, negative), (negative, positive)):
        found = methods.METHODS[name](a, b)
        assert auroc(a @ found, b @ found) > 0.9


def test_the_fisher_ratio_is_that_of_its_closed_form():
    positive, negative, _ = planted(np.random.default_rng(5), 200)
    centred = np.vstack([positive - positive.mean(0), negative - negative.mean(0)])
    spread = (centred**2).sum() / centred.size
    covariance = (1 - methods.SHRINKAGE) * centred.T @ centred / len(centred)
    covariance += methods.SHRINKAGE * spread * np.eye(HIDDEN)
    exact = unit(np.linalg.solve(covariance, positive.mean(0) - negative.mean(0)))
    assert unit(methods.gradient(positive, negative)) @ exact > 0.99


def test_an_unknown_method_is_named():
    with pytest.raises(ParameterError, match="mean_diff, probe, ica, gradient, not 'svm'"):
        methods.method_named("svm")


@pytest.fixture
def folder(tmp_path):
    """Activations whose middle layer alone tells the trait."""
    rng = np.random.default_rng(6)
    values = rng.normal(size=(160, LAYERS, HIDDEN))
    positive, negative, direction = planted(rng, 80)
    values[:, 1] = np.vstack([positive, negative])
    metadata = {
        "model": "m",
        "model_fingerprint": "f",
        "n_examples": 160,
        "n_layers": LAYERS,
        "hidden_dim": HIDDEN,
        "positive": [n < 80 for n in range(160)],
        "held_out": [n % 80 >= 50 for n in range(160)],
    }
    write_tensors(
        tmp_path / "activations/all_layers.safetensors", {"all_layers": values.astype("f2")}
    )
    write_json(tmp_path / "activations/metadata.json", metadata)
    return tmp_path, direction


def test_the_layer_that_tells_counts_and_the_others_do_not(folder):
    path, direction = folder
    made = extract_vectors(path, "kind", ["mean_diff", "gradient"], pt=True)
    assert sorted(p.name for p in (path / "vectors").glob("gradient*")) == [
        name
        for n in range(LAYERS)
        for name in (
            f"gradient_layer{n}.pt", f"gradient_layer{n}.safetensors",
            f"gradient_layer{n}_metadata.json",
        )
    ]  # fmt: skip
    found = {(q.method, q.layer): q for q in analyse(path, made)}
    good = found["gradient", 1]
    assert good.counts
    assert good.auroc.low > good.random_95 > 0.5
    assert good.p < 0.001
    assert not any(q.counts for (_, layer), q in found.items() if layer != 1)
    assert best(list(found.values())).layer == 1
    again = read_vector(path / "vectors/gradient_layer1.safetensors")
    assert unit(again.vector) @ direction > 0.9
    assert again.negative < again.middle < again.positive
    assert len(json.loads((path / "analysis/analysis.json").read_text())) == 6


def test_layers_and_methods_out_of_range_are_refused(folder):
    path, _ = folder
    with pytest.raises(ParameterError, match="layer 7 is out of range"):
        extract_vectors(path, "kind", ["probe"], [7])
    with pytest.raises(ParameterError, match="a method is"):
        extract_vectors(path, "kind", ["pca"])
    assert not (path / "vectors").exists()


def test_activations_that_disagree_with_their_metadata_are_refused(folder):
    path, _ = folder
    metadata = json.loads((path / "activations/metadata.json").read_text())
    for change in ({"n_layers": 4}, {"positive": [True]}, {"held_out": ["x"] * 160}):
        write_json(path / "activations/metadata.json", {**metadata, **change})
        with pytest.raises(ModelFormatError, match="metadata disagree"):
            extract_vectors(path, "kind", ["mean_diff"])


def test_a_vector_without_its_metadata_is_refused(folder):
    path, _ = folder
    extract_vectors(path, "kind", ["mean_diff"], [1])
    write_json(path / "vectors/mean_diff_layer1_metadata.json", {"trait": "kind"})
    with pytest.raises(ModelFormatError, match="no trait vector with its metadata"):
        read_vector(path / "vectors/mean_diff_layer1.safetensors")
