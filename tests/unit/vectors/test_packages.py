"""Extracted, injected, rolled back: the bytes, the forms, and what is refused."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pairs
import pytest
from safetensors.numpy import load_file, save_file

from hartonomous.errors import InvalidVectorsError, ModelFormatError, ParameterError
from hartonomous.vectors.packages import checkpoint
from hartonomous.vectors.packages.container import open_container
from hartonomous.vectors.packages.extract import ExtractSettings, extract
from hartonomous.vectors.packages.inject import inject
from hartonomous.vectors.packages.rollback import roll_back, sha256
from hartonomous.vectors.packages.weights_file import InjectSettings

EXACT = ExtractSettings(0, quantization="fp32")


WORDS = "embeddings.word_embeddings.weight"


def weights(folder):
    return load_file(folder / "model.safetensors")


@pytest.fixture
def made(tmp_path):
    base, special = pairs.pair(tmp_path)
    extract(base, special, tmp_path / "a.awv", EXACT)
    return base, special, tmp_path / "a.awv"


@pytest.mark.parametrize("dtype", ["float32", "float16", "float64"])
@pytest.mark.parametrize("compression", ["zstd", "lz4", "none"])
@pytest.mark.parametrize("normalize", [True, False])
def test_at_threshold_0_every_tensor_comes_back_bit_by_bit(tmp_path, dtype, compression, normalize):
    base, special = pairs.pair(tmp_path, dtype=dtype)
    before = sha256(base / "model.safetensors")
    settings = ExtractSettings(0, quantization="fp32", compression=compression, normalize=normalize)
    extract(base, special, tmp_path / "a.awv", settings)
    done = inject(open_container(tmp_path / "a.awv"), base, tmp_path / "out")
    assert done.exact
    assert sha256(tmp_path / "out/model.safetensors") == sha256(special / "model.safetensors")
    assert sha256(base / "model.safetensors") == before
    assert roll_back(tmp_path / "out") == ("model.safetensors",)
    assert sha256(tmp_path / "out/model.safetensors") == before
    assert not (tmp_path / "out/checkpoint").exists()


def test_bfloat16_comes_back_bit_by_bit(tmp_path):
    import torch
    from safetensors.torch import save_file as save_torch

    base, special = pairs.pair(tmp_path)
    for folder in (base, special):
        narrow = {n: torch.from_numpy(w).bfloat16() for n, w in weights(folder).items()}
        save_torch(narrow, folder / "model.safetensors")
    extract(base, special, tmp_path / "a.awv", EXACT)
    assert inject(open_container(tmp_path / "a.awv"), base, tmp_path / "out").exact
    assert sha256(tmp_path / "out/model.safetensors") == sha256(special / "model.safetensors")


def test_tensors_longer_than_a_block_come_back_bit_by_bit(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoint.blocks, "__defaults__", (50,))
    base, special = pairs.pair(tmp_path)
    extract(base, special, tmp_path / "a.awv", EXACT)
    container = open_container(tmp_path / "a.awv")
    assert max(len(t["pieces"]) for t in container.parts["vector_payload"]["tensors"]) > 10
    inject(container, base, tmp_path / "out")
    assert sha256(tmp_path / "out/model.safetensors") == sha256(special / "model.safetensors")


def test_shards_stay_shards(tmp_path, made):
    base, special, package = made
    for folder in (base, special):
        tensors = weights(folder)
        names = sorted(tensors)
        parts = {"a.safetensors": names[:3], "b.safetensors": names[3:]}
        for file, part in parts.items():
            save_file({n: tensors[n] for n in part}, folder / file)
        (folder / "model.safetensors").unlink()
        index = {"weight_map": {n: f for f, part in parts.items() for n in part}}
        (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    extract(base, special, package, EXACT)
    inject(open_container(package), base, tmp_path / "out")
    for file in ("a.safetensors", "b.safetensors"):
        assert sha256(tmp_path / "out" / file) == sha256(special / file)


def test_configuration_and_folders_come_along_but_no_old_weights(tmp_path, made):
    base, _, package = made
    (base / "1_Pooling").mkdir()
    (base / "1_Pooling/config.json").write_text("{}")
    (base / "1_Pooling/old.bin").write_bytes(b"x")
    (base / "pytorch_model.bin").write_bytes(b"x")
    inject(open_container(package), base, tmp_path / "out")
    names = {str(p.relative_to(tmp_path / "out")) for p in (tmp_path / "out").rglob("*")}
    assert {"1_Pooling/config.json", "config.json"} <= names
    assert not {"pytorch_model.bin", "1_Pooling/old.bin"} & names


def test_the_same_pair_gives_the_same_package(tmp_path, made):
    base, special, package = made
    again = extract(base, special, tmp_path / "b.awv", EXACT)
    assert package.read_bytes() == (tmp_path / "b.awv").read_bytes()
    assert again.package_id == open_container(package).package_id


@pytest.mark.parametrize(
    ("quantization", "error"), [("fp32", 1e-7), ("fp16", 3e-4), ("int8", 6e-3)]
)
def test_quantized_deltas_come_back_nearly(tmp_path, quantization, error):
    base, special = pairs.pair(tmp_path)
    found = extract(
        base, special, tmp_path / "a.awv", ExtractSettings(0, quantization=quantization)
    )
    inject(open_container(tmp_path / "a.awv"), base, tmp_path / "out")
    old, new, out = (weights(f) for f in (base, special, tmp_path / "out"))
    lost = sum(((new[n] - out[n]) ** 2).sum() for n in new)
    change = sum(((new[n] - old[n]) ** 2).sum() for n in new)
    assert np.sqrt(lost / change) < error
    assert found.report.energy_kept == pytest.approx(1 - lost / change, abs=1e-4)


def test_few_deltas_are_written_sparsely_and_a_threshold_says_what_it_costs(tmp_path):
    base, special = pairs.pair(tmp_path, size=0.01)
    all_of_them = extract(base, special, tmp_path / "a.awv", ExtractSettings(0))
    few = extract(base, special, tmp_path / "b.awv", ExtractSettings(0.02))
    forms = {
        piece["form"]
        for t in open_container(few.path).parts["vector_payload"]["tensors"]
        for piece in t["pieces"]
    }
    assert "sparse" in forms
    assert few.size < all_of_them.size
    assert 0.1 < few.report.energy_kept < 0.5
    # a normal delta of deviation .01: 99 % of the squares lie above .0034
    assert few.report.threshold_for_99_percent == pytest.approx(0.0034, rel=0.1)
    inject(open_container(few.path), base, tmp_path / "out")
    change = {n: weights(tmp_path / "out")[n] - w for n, w in weights(base).items()}
    left = np.abs(np.concatenate([c.ravel() for c in change.values()]))
    assert left[left > 1e-6].min() > 0.0199


@pytest.mark.parametrize("quantization", ["fp32", "fp16", "int8"])
def test_a_planted_low_rank_change_is_kept_at_a_fraction_of_the_size(tmp_path, quantization):
    base = pairs.weights(0)
    rng = np.random.default_rng(5)
    special = dict(base)
    for name, weight in base.items():
        if weight.ndim == 2:
            left, right = (
                rng.normal(size=(weight.shape[0], 1)),
                rng.normal(size=(1, weight.shape[1])),
            )
            special[name] = (weight + 0.01 * left @ right).astype("f4")
    folders = pairs.write(tmp_path / "base", base), pairs.write(tmp_path / "special", special)
    settings = ExtractSettings(0, quantization=quantization, max_mb=0.004)
    found = extract(*folders, tmp_path / "a.awv", settings)
    assert found.report.energy_kept > 0.999
    inject(open_container(found.path), folders[0], tmp_path / "out")
    for name, weight in weights(tmp_path / "out").items():
        np.testing.assert_allclose(weight, special[name], atol=2e-3)


@pytest.mark.parametrize(
    ("changes", "taken"),
    [
        ({"layer_selection": "attention"}, "attention"),
        ({"layer_selection": "ffn"}, "output.dense"),
        ({"layer_selection": "1"}, "layer.1."),
    ],
)
def test_a_selection_changes_nothing_else(tmp_path, changes, taken):
    base, special = pairs.pair(tmp_path)
    extract(base, special, tmp_path / "a.awv", ExtractSettings(0, **changes))
    inject(open_container(tmp_path / "a.awv"), base, tmp_path / "out")
    old, out = weights(base), weights(tmp_path / "out")
    assert {n for n in old if not np.array_equal(old[n], out[n])} == {n for n in old if taken in n}


def test_without_attention_heads_attention_stays(tmp_path):
    base, special = pairs.pair(tmp_path)
    settings = ExtractSettings(0, include_attention_heads=False)
    extract(base, special, tmp_path / "a.awv", settings)
    names = [
        t["name"] for t in open_container(tmp_path / "a.awv").parts["vector_payload"]["tensors"]
    ]
    assert not [n for n in names if "attention" in n]


def test_scaled_and_selective_injections(tmp_path, made):
    base, special, package = made
    container = open_container(package)
    inject(container, base, tmp_path / "half", InjectSettings("scaled", 0.5))
    inject(container, base, tmp_path / "one", InjectSettings("selective", layers=(1,)))
    old, new = weights(base), weights(special)
    for name, weight in weights(tmp_path / "half").items():
        np.testing.assert_allclose(weight, (old[name] + new[name]) / 2, atol=1e-6)
    for name, weight in weights(tmp_path / "one").items():
        np.testing.assert_allclose(weight, (new if "layer.1." in name else old)[name], atol=1e-6)


def test_a_second_skill_is_stacked_and_its_conflicts_are_told(tmp_path, made):
    base, special, package = made
    other = pairs.write(tmp_path / "other", pairs.changed(pairs.weights(0), 9))
    extract(base, other, tmp_path / "b.awv", EXACT)
    inject(open_container(package), base, tmp_path / "first")
    second = open_container(tmp_path / "b.awv")
    done = inject(second, tmp_path / "first", tmp_path / "both", InjectSettings("additive"))
    assert done.conflicts.opposite / done.conflicts.both == pytest.approx(0.5, abs=0.05)
    old, a, b = weights(base), weights(special), weights(other)
    for name, weight in weights(tmp_path / "both").items():
        np.testing.assert_allclose(weight, a[name] + b[name] - old[name], atol=1e-6)
    trimmed = InjectSettings("additive", density=0.2)
    inject(second, tmp_path / "first", tmp_path / "ties", trimmed)
    for name, weight in weights(tmp_path / "ties").items():
        changed = np.abs(weight - a[name]) > 1e-7
        assert changed.mean() <= 0.2 + 1 / weight.size
        opposite = changed & ((a[name] - old[name]) * (b[name] - old[name]) < 0)
        np.testing.assert_allclose(weight[opposite], b[name][opposite], atol=1e-6)


def test_additive_needs_an_earlier_injection(tmp_path, made):
    base, _, package = made
    with pytest.raises(ParameterError, match="no earlier injection"):
        inject(open_container(package), base, tmp_path / "out", InjectSettings("additive"))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (InjectSettings("half"), "mode is full, scaled, selective, additive, not 'half'"),
        (InjectSettings("full", scale=0.5), "mode full has no scale"),
        (InjectSettings("selective"), "mode selective needs layers"),
        (InjectSettings("selective", layers=(7,)), "layer 7 is out of range"),
        (InjectSettings("scaled", scale=float("nan")), "scale is from -10 to 10"),
    ],
)
def test_injections_out_of_range_are_refused(tmp_path, made, settings, message):
    with pytest.raises(ParameterError, match=message):
        inject(open_container(made[2]), made[0], tmp_path / "out", settings)
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_there_is_not_written_over(tmp_path, made):
    with pytest.raises(ParameterError, match="is there already"):
        inject(open_container(made[2]), made[0], made[1])


def test_a_target_that_the_package_is_not_aligned_for_is_refused(tmp_path, made):
    _, special, package = made
    with pytest.raises(ModelFormatError, match="not aligned for this model"):
        inject(open_container(package), special, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_accept_refuses_never_appears(tmp_path, made):
    def refuse(folder):
        raise ParameterError("retention is too low")

    with pytest.raises(ParameterError, match="too low"):
        inject(open_container(made[2]), made[0], tmp_path / "out", accept=refuse)
    assert not [p for p in tmp_path.iterdir() if "out" in p.name]


def test_models_that_are_no_pair_are_refused(tmp_path):
    base = pairs.weights(0)
    a = pairs.write(tmp_path / "a", base)
    cases = [
        (base, {"hidden_size": 32}, "not one architecture: hidden_size is 16 in a and 32 in b"),
        ({**base, "extra.weight": base["encoder.layer.1.output.LayerNorm.bias"]}, {},
         "extra.weight is in .*b alone"),
        ({n: w for n, w in base.items() if "layer.0.output" not in n}, {},
         "encoder.layer.0.output.dense.weight is in .*a alone"),
        ({**base, WORDS: base[WORDS][:9]}, {}, "is F32 .40, 16. in a and F32 .9, 16. in b"),
    ]  # fmt: skip
    for tensors, config, message in cases:
        b = pairs.write(tmp_path / "b", tensors, **config)
        with pytest.raises(ModelFormatError, match=message):
            extract(a, b, tmp_path / "x.awv", EXACT)
        shutil.rmtree(b)
    assert not (tmp_path / "x.awv").exists()


def test_integers_are_no_weights(tmp_path):
    base = pairs.weights(0)
    a = pairs.write(tmp_path / "a", {**base, "position_ids": np.arange(4)})
    b = pairs.write(tmp_path / "b", pairs.changed(base, 1))
    extract(a, b, tmp_path / "x.awv", EXACT)
    inject(open_container(tmp_path / "x.awv"), a, tmp_path / "out")
    assert np.array_equal(weights(tmp_path / "out")["position_ids"], np.arange(4))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_weights_that_are_not_finite_are_refused(tmp_path, bad):
    base = pairs.weights(0)
    special = pairs.changed(base, 1)
    special["encoder.layer.0.output.dense.weight"][3, 3] = bad
    folders = pairs.write(tmp_path / "a", base), pairs.write(tmp_path / "b", special)
    with pytest.raises(InvalidVectorsError, match=r"layer.0.output.dense.weight: .* is NaN or inf"):
        extract(*folders, tmp_path / "x.awv", EXACT)
    assert not list(tmp_path.glob("*awv*"))


def test_equal_models_have_no_package(tmp_path):
    base = pairs.weights(0)
    folders = pairs.write(tmp_path / "a", base), pairs.write(tmp_path / "b", base)
    with pytest.raises(ParameterError, match="do not differ"):
        extract(*folders, tmp_path / "x.awv", EXACT)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (ExtractSettings(-1), "significance_threshold is at least 0"),
        (ExtractSettings(quantization="int4"), "quantization is fp32, fp16, int8, not 'int4'"),
        (ExtractSettings(compression="gzip"), "compression is zstd, lz4, none, not 'gzip'"),
        (ExtractSettings(layer_selection="9"), "there is no layer 9"),
        (ExtractSettings(layer_selection="some"), "a layer selection is all, attention, ffn"),
        (ExtractSettings(max_mb=0.0), "max_mb is above 0"),
    ],
)
def test_extractions_out_of_range_are_refused(tmp_path, settings, message):
    base, special = pairs.pair(tmp_path)
    with pytest.raises(ParameterError, match=message):
        extract(base, special, tmp_path / "x.awv", settings)
    assert not (tmp_path / "x.awv").exists()


def test_an_interrupted_rollback_is_finished_by_another(tmp_path, made, monkeypatch):
    base, _, package = made
    inject(open_container(package), base, tmp_path / "out")
    wanted = sha256(base / "model.safetensors")
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            roll_back(tmp_path / "out")
    roll_back(tmp_path / "out")
    assert sha256(tmp_path / "out/model.safetensors") == wanted
    with pytest.raises(ParameterError, match="no injection to roll back"):
        roll_back(tmp_path / "out")


def test_a_changed_checkpoint_is_not_rolled_back_to(tmp_path, made):
    base, _, package = made
    inject(open_container(package), base, tmp_path / "out")
    after = sha256(tmp_path / "out/model.safetensors")
    saved = tmp_path / "out/checkpoint/model.safetensors"
    saved.write_bytes(saved.read_bytes()[:-1] + b"x")
    with pytest.raises(ModelFormatError, match="has changed or gone"):
        roll_back(tmp_path / "out")
    assert sha256(tmp_path / "out/model.safetensors") == after
