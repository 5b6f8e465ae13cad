"""Maps recover what was planted; a package fits a target or says why it doesn't."""

from __future__ import annotations

import json

import numpy as np
import pairs
import pytest
from safetensors.numpy import load_file

from hartonomous.errors import ModelFormatError, ParameterError
from hartonomous.vectors import VectorPackage, WMatrixAligner
from hartonomous.vectors.packages import maps
from hartonomous.vectors.packages.align import align
from hartonomous.vectors.packages.container import open_container
from hartonomous.vectors.packages.extract import ExtractSettings, extract
from hartonomous.vectors.packages.inject import inject

WORDS = "embeddings.word_embeddings.weight"
TOKENS = 400


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def turn(rng, source, target):
    return np.linalg.qr(rng.normal(size=(max(source, target),) * 2))[0][:source, :target]


@pytest.mark.parametrize("fit", [maps.ridge_map, maps.procrustes_map, maps.cca_map])
def test_every_method_recovers_a_planted_turn(rng, fit):
    x, planted = rng.normal(size=(500, 12)), 2.5 * turn(rng, 12, 12)
    setting = {"ridge_map": 1e-9, "cca_map": 1.0}.get(fit.__name__, 0.0)
    np.testing.assert_allclose(fit(x, x @ planted, setting), planted, atol=1e-5)


def test_the_best_map_is_told_from_shuffled_pairs(rng):
    x = rng.normal(size=(600, 20)) + 3
    y = x @ turn(rng, 20, 8) + 0.1 * rng.normal(size=(600, 8)) - 1
    found = maps.fit_map(x, y)
    assert found.score > 0.95
    assert found.null < 0.05
    assert found.score == max(found.tried.values())
    np.testing.assert_allclose(found(x), y, atol=0.6)


def test_unrelated_spaces_have_no_map(rng):
    found = maps.fit_map(rng.normal(size=(300, 10)), rng.normal(size=(300, 10)))
    assert found.score < 0.05


def test_maps_need_pairs(rng):
    with pytest.raises(ParameterError, match="a map needs 8 pairs at least, not 3"):
        maps.fit_map(np.ones((3, 2)), np.ones((3, 2)))
    with pytest.raises(ParameterError, match="optimization_passes are from 1 to 3, not 9"):
        maps.fit_map(np.ones((30, 2)), np.ones((30, 2)), passes=9)


def test_a_map_file_comes_back_and_a_malformed_one_is_refused(rng, tmp_path):
    x = rng.normal(size=(60, 4))
    found = maps.fit_map(x, x[:, :3])
    maps.write_map(tmp_path / "a.wmatrix", found)
    back = maps.read_map(tmp_path / "a.wmatrix")
    assert (back.method, back.score, back.tried) == (found.method, found.score, found.tried)
    assert np.array_equal(back.matrix, found.matrix)
    pairs.write(tmp_path / "model", pairs.weights(0))
    with pytest.raises(ModelFormatError, match="is no file of a map"):
        maps.read_map(tmp_path / "model/model.safetensors")


@pytest.fixture
def strangers(rng, tmp_path):
    """A package, its base, and a target of another size whose table is the base's turned."""
    table = rng.normal(0, 0.3, (TOKENS, 16)).astype("f4")
    planted = turn(rng, 16, 8)
    base = {**pairs.weights(0), WORDS: table}
    delta = np.zeros_like(table)
    delta[30:40] = rng.normal(size=(10, 16))
    pairs.write(tmp_path / "base", base, vocab_size=TOKENS)
    pairs.write(tmp_path / "special", {**base, WORDS: table + delta}, vocab_size=TOKENS)
    order = rng.permutation(TOKENS)
    target = {WORDS: (table @ planted).astype("f4")[order], "other.weight": np.ones((8, 8), "f4")}
    pairs.write(tmp_path / "target", target, hidden_size=8, vocab_size=TOKENS)
    words = [f"w{n}" for n in range(TOKENS)]
    (tmp_path / "base/vocab.txt").write_text("\n".join(words))
    listed = {words[n]: row for row, n in enumerate(order)}
    (tmp_path / "target/tokenizer.json").write_text(json.dumps({"model": {"vocab": listed}}))
    settings = ExtractSettings(0, quantization="fp32")
    extract(tmp_path / "base", tmp_path / "special", tmp_path / "a.awv", settings)
    return tmp_path, (delta @ planted)[order]


def test_the_token_table_arrives_through_the_map(strangers):
    folder, wanted = strangers
    container = open_container(folder / "a.awv")
    done = align(
        container, folder / "target", folder / "b.awv", base=folder / "base", cache=folder / "maps"
    )
    assert done.quality_score > 0.99
    assert done.null < 0.05
    assert "R²" in done.rests_on
    inject(open_container(folder / "b.awv"), folder / "target", folder / "out")
    old, new = (load_file(folder / f / "model.safetensors") for f in ("target", "out"))
    change = new[WORDS] - old[WORDS]
    lengths = np.linalg.norm(change), np.linalg.norm(wanted)
    assert (change * wanted).sum() / np.prod(lengths) > 0.999
    assert lengths[0] / lengths[1] == pytest.approx(1, abs=0.1)
    assert np.array_equal(new["other.weight"], old["other.weight"])
    again = align(
        container, folder / "target", folder / "c.awv", base=folder / "base", cache=folder / "maps"
    )
    assert len(list((folder / "maps").glob("*.wmatrix"))) == 1
    assert again.package_id == done.package_id


def test_the_aligner_takes_a_map_from_its_file_and_refuses_that_of_other_models(strangers, rng):
    folder, _ = strangers
    aligner = WMatrixAligner(str(folder / "base"), str(folder / "target"))
    aligner.load_matrix(folder / "maps")
    vector = VectorPackage.load(folder / "a.awv")
    fitted = aligner.align(vector=vector, quality_target=0.85, optimization_passes=3)
    assert fitted.container.path == folder / "a-target.awv"
    (path,) = (folder / "maps").glob("*.wmatrix")
    again = WMatrixAligner(str(folder / "base"), str(folder / "target"))
    again.load_matrix(path)
    assert again.align(vector, folder / "d.awv").container.package_id == (
        fitted.container.package_id
    )
    x = rng.normal(size=(60, 4))
    maps.write_map(folder / "other.wmatrix", maps.fit_map(x, x))
    again.load_matrix(folder / "other.wmatrix")
    with pytest.raises(ModelFormatError, match="the map is of other models"):
        again.align(vector, folder / "e.awv")
    assert not (folder / "e.awv").exists()


def test_an_aligned_package_is_for_its_target_alone(strangers):
    folder, _ = strangers
    container = open_container(folder / "a.awv")
    align(container, folder / "target", folder / "b.awv", base=folder / "base")
    with pytest.raises(ModelFormatError, match="not aligned for this model"):
        inject(open_container(folder / "b.awv"), folder / "base", folder / "out")
    with pytest.raises(ModelFormatError, match="not aligned for this model"):
        inject(container, folder / "target", folder / "out")


def test_what_align_refuses(strangers):
    folder, _ = strangers
    container = open_container(folder / "a.awv")
    out = folder / "b.awv"
    with pytest.raises(ParameterError, match="of another architecture: align needs --base"):
        align(container, folder / "target", out)
    with pytest.raises(ModelFormatError, match="is not the base model of the package"):
        align(container, folder / "target", out, base=folder / "special")
    with pytest.raises(ParameterError, match="below the quality target"):
        align(container, folder / "target", out, base=folder / "base", quality_target=1.1)
    (folder / "base/vocab.txt").write_text("a\nb\n")
    (folder / "target/tokenizer.json").write_text('{"model": {"vocab": {"a": -1}}}')
    with pytest.raises(ModelFormatError):
        align(container, folder / "target", out, base=folder / "base")
    assert not out.exists()


def test_models_that_share_few_tokens_have_no_map(strangers):
    folder, _ = strangers
    (folder / "target/tokenizer.json").write_text('{"model": {"vocab": {"w1": 0, "x": 1}}}')
    with pytest.raises(ModelFormatError, match="share 1 tokens; a map needs 200"):
        align(
            open_container(folder / "a.awv"), folder / "target", folder / "b.awv",
            base=folder / "base",
        )  # fmt: skip


def test_another_checkpoint_of_the_architecture_takes_the_deltas_as_they_are(tmp_path):
    base, special = pairs.pair(tmp_path)
    other = pairs.write(tmp_path / "other", pairs.changed(pairs.weights(0), 7, 0.1))
    extract(base, special, tmp_path / "a.awv", ExtractSettings(0, quantization="fp32"))
    done = align(open_container(tmp_path / "a.awv"), other, tmp_path / "b.awv")
    assert done.method == "identity"
    assert done.estimated_retention is None
    result = inject(open_container(tmp_path / "b.awv"), other, tmp_path / "out")
    assert not result.exact
    tensors = [load_file(tmp_path / f / "model.safetensors") for f in ("base", "special", "other")]
    for name, weight in load_file(tmp_path / "out/model.safetensors").items():
        a, b, c = (t[name] for t in tensors)
        np.testing.assert_allclose(weight, c + b - a, atol=1e-6)
