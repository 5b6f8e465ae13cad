"""Planted copies of tiny transformers are kin; another seed of the same configuration is not."""

from __future__ import annotations

import json

import numpy as np
import pytest
from planted_models import write_safetensors
from planted_transformers import HEAD_WIDTH, HEADS, STYLES, WIDTH, Tiny, plant_transformer

from hartonomous.errors import ParameterError
from hartonomous.lineage.families import families, lines, reasons, shared_relations
from hartonomous.lineage.kinship import UNKNOWN, compare, kinship
from hartonomous.lineage.sketch import Place, Sketch
from hartonomous.lineage.sketching import sketch_model


@pytest.fixture(scope="module", params=["BERT", "Llama", "GPT-2", "Mixtral", "T5", "ModernBERT"])
def original(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("planted")
    plant_transformer(folder, request.param)
    return request.param, sketch_model(folder, "original")


def written(folder, architecture, change, seed=0):
    """Write a planted model whose weights were changed, and sketch it."""
    style = STYLES[architecture]
    tiny = Tiny(style, seed)
    tensors = change(style.export(tiny))
    folder.mkdir()
    write_safetensors(
        folder / "model.safetensors",
        {name: ("float32", tensor.astype(np.float32)) for name, tensor in tensors.items()},
    )
    (folder / "config.json").write_text(json.dumps(style.config))
    words = next(len(t) for name, t in tensors.items() if t.ndim == 2 and len(t) > 200)
    (folder / "vocab.txt").write_text("\n".join(f"token{t}" for t in range(words)))
    return sketch_model(folder, folder.name)


def rounded(tensors, bits=8):
    most = 2 ** (bits - 1) - 1
    scale = {name: np.abs(t).max(axis=-1, keepdims=True) / most for name, t in tensors.items()}
    return {
        name: np.round(each / scale[name]) * scale[name] if each.ndim == 2 else each
        for name, each in tensors.items()
    }


def test_the_same_weights_are_identical_and_others_of_the_same_shape_are_strangers(
    original, tmp_path
):
    architecture, sketch = original
    copy = written(tmp_path / "copy", architecture, dict)
    other = written(tmp_path / "other", architecture, dict, seed=1)
    same = kinship(sketch, copy)
    assert (same.kind, same.overlap, same.overlap_low, same.qk) == ("identical", 1.0, 1.0, 1.0)
    far = kinship(sketch, other)
    assert far.kind == "unrelated"
    # ten of 239 by chance
    assert far.chance == pytest.approx(10 / 239, abs=1e-4)
    assert far.overlap == pytest.approx(far.chance, abs=0.03)
    assert far.qk == pytest.approx(far.chance, abs=0.03)
    assert far.overlap_low <= far.overlap <= far.overlap_high


def test_rounding_leaves_kin(original, tmp_path):
    architecture, sketch = original
    found = kinship(sketch, written(tmp_path / "int8", architecture, rounded))
    assert found.kind in ("identical", "requantised")
    assert found.overlap > 0.95
    coarse = kinship(
        sketch, written(tmp_path / "coarse", architecture, lambda t: rounded(t, bits=4))
    )
    assert coarse.kind == "requantised"
    assert 0.6 < coarse.overlap < found.overlap


def rotate_llama(tensors):
    """Turn the residual stream, with the norms' weights folded into what reads it."""
    turn = np.linalg.qr(np.random.default_rng(5).standard_normal((WIDTH, WIDTH)))[0]
    found = {}
    for name, each in tensors.items():
        stem = name.partition("self_attn")[0].partition("mlp")[0]
        if name.endswith(("q_proj.weight", "k_proj.weight", "v_proj.weight")):
            each = (each * tensors[f"{stem}input_layernorm.weight"]) @ turn
        elif name.endswith(("gate_proj.weight", "up_proj.weight")):
            each = (each * tensors[f"{stem}post_attention_layernorm.weight"]) @ turn
        elif name.endswith(("o_proj.weight", "down_proj.weight")):
            each = turn.T @ each
        elif name.endswith("embed_tokens.weight"):
            each = each @ turn
        elif "layernorm" in name:
            each = np.ones(WIDTH)
        found[name] = each
    return found


def permute_neurons(tensors):
    """Put neurons in another order, and change the basis inside each head's values."""
    random = np.random.default_rng(6)
    found = dict(tensors)
    for layer in range(2):
        stem = f"model.layers.{layer}."
        order = random.permutation(len(tensors[f"{stem}mlp.up_proj.weight"]))
        for part in ("gate", "up"):
            found[f"{stem}mlp.{part}_proj.weight"] = found[f"{stem}mlp.{part}_proj.weight"][order]
        found[f"{stem}mlp.down_proj.weight"] = found[f"{stem}mlp.down_proj.weight"][:, order]
        value, output = f"{stem}self_attn.v_proj.weight", f"{stem}self_attn.o_proj.weight"
        inner = random.standard_normal((2, HEAD_WIDTH, HEAD_WIDTH)) + 4 * np.eye(HEAD_WIDTH)
        found[value] = np.concatenate(
            [basis @ part for basis, part in zip(inner, np.split(tensors[value], 2), strict=True)]
        )
        found[output] = np.concatenate(
            [
                part @ np.linalg.inv(inner[head // (HEADS // 2)])
                for head, part in enumerate(np.split(tensors[output], HEADS, axis=1))
            ],
            axis=1,
        )
    return found


def turn_heads(tensors):
    """Put heads in another order and change the basis inside each, of queries against keys too."""
    random = np.random.default_rng(8)
    found = dict(tensors)
    for layer in range(2):
        stem = f"bert.encoder.layer.{layer}.attention."
        order = random.permutation(HEADS)
        basis = random.standard_normal((HEADS, HEAD_WIDTH, HEAD_WIDTH)) + 4 * np.eye(HEAD_WIDTH)
        back = np.linalg.inv(basis).transpose(0, 2, 1)
        for part, inner in (("query", basis), ("key", back), ("value", basis)):
            for end in ("weight", "bias"):
                name = f"{stem}self.{part}.{end}"
                heads = tensors[name].reshape(HEADS, HEAD_WIDTH, -1)
                turned = np.einsum("hij,hjk->hik", inner, heads)[order]
                found[name] = turned.reshape(tensors[name].shape)
        written = tensors[f"{stem}output.dense.weight"].T.reshape(HEADS, HEAD_WIDTH, -1)
        turned = np.einsum("hij,hjk->hik", back, written)[order]
        found[f"{stem}output.dense.weight"] = turned.reshape(-1, WIDTH).T
    return found


@pytest.mark.parametrize(
    ("architecture", "change"),
    [("Llama", rotate_llama), ("Llama", permute_neurons), ("BERT", turn_heads)],
)
def test_other_weights_of_the_same_function_are_identical(tmp_path, architecture, change):
    plain = written(tmp_path / "plain", architecture, dict)
    turned = written(tmp_path / "turned", architecture, change)
    found = kinship(plain, turned)
    assert found.kind == "identical"
    assert min(found.overlap, found.residual, found.qk, found.ov) > 0.98
    # of another seed they would share nothing
    other = written(tmp_path / "seed", architecture, change, seed=3)
    assert kinship(other, plain).kind == "unrelated"


def test_training_that_leaves_the_embedding_alone_is_told_from_rounding(original, tmp_path):
    architecture, sketch = original
    random = np.random.default_rng(7)

    def trained(tensors):
        return {
            name: each + 0.5 * each.std() * random.standard_normal(each.shape)
            if each.ndim == 2 and len(each) < 200
            else each
            for name, each in tensors.items()
        }

    found = kinship(sketch, written(tmp_path / "trained", architecture, trained))
    assert (found.kind, found.overlap) == ("fine-tuned", 1.0)


def test_a_part_of_the_vocabulary_is_kin_by_what_both_know(tmp_path):
    whole = written(tmp_path / "whole", "BERT", dict)
    name = "bert.embeddings.word_embeddings.weight"
    part = written(tmp_path / "part", "BERT", lambda t: {**t, name: t[name][:210]})
    found = kinship(whole, part)
    assert found.kind == "fine-tuned"
    assert (found.concepts, part.vocabulary) == (210, 210)
    assert found.overlap > 0.9


def test_models_without_common_concepts_are_not_judged(tmp_path):
    one = written(tmp_path / "one", "BERT", dict)
    (tmp_path / "one" / "vocab.txt").write_text("\n".join(f"wort{n}" for n in range(240)))
    other = sketch_model(tmp_path / "one", "other words")
    found = kinship(one, other)
    assert (found.kind, found.overlap, found.concepts) == (UNKNOWN, None, 0)
    assert [tree.name for tree in families(["one", "other words"], [found])] == [
        "one", "other words",
    ]  # fmt: skip


def test_a_family_is_a_tree_with_what_lies_between_as_its_root(tmp_path):
    made = [
        written(tmp_path / "coarse", "BERT", lambda t: rounded(t, bits=5)),
        written(tmp_path / "base", "BERT", dict),
        written(tmp_path / "pruned", "BERT", lambda t: {
            name: np.where(np.abs(each) < 0.3 * each.std(), 0, each) for name, each in t.items()
        }),
        written(tmp_path / "stranger", "BERT", dict, seed=1),
    ]  # fmt: skip
    pairs = compare(made)
    family, stranger = families([each.name for each in made], pairs)
    assert family.name == "base"
    assert {child.name for child in family.below} == {"coarse", "pruned"}
    assert (stranger.name, stranger.below) == ("stranger", ())
    shown = list(lines(family))
    assert shown[0] == "base"
    assert shown[1].startswith("  ")
    because = [each for each in reasons(made, pairs) if (each.a, each.b) == ("coarse", "base")]
    assert because[0].concept.startswith("token")
    assert {each.strangers for each in because} == {1}


def test_why_are_relations_that_strangers_who_could_say_so_do_not_hold(tmp_path):
    base = written(tmp_path / "base", "BERT", dict)
    copy = written(tmp_path / "copy", "BERT", dict)
    assert shared_relations(base, copy, [base]) == []
    stranger = written(tmp_path / "stranger", "BERT", dict, seed=1)
    found = shared_relations(base, copy, [stranger], most=5)
    assert len(found) == 5
    held = {
        (stranger.labels[number], stranger.labels[other])
        for number, others in enumerate(stranger.places[0].lists[:, :10].tolist())
        for other in others
    }
    assert not held & {(each.concept, each.neighbor) for each in found}


def test_comparing_too_few_or_equal_names_is_refused(tmp_path):
    base = written(tmp_path / "base", "BERT", dict)
    with pytest.raises(ParameterError, match="2 to 64 models, not 1"):
        compare([base])
    with pytest.raises(ParameterError, match="two models are called base"):
        compare([base, base])


def test_a_model_without_some_layers_is_kin_whichever_comes_first(tmp_path):
    whole = written(tmp_path / "whole", "BERT", dict)
    half = written(
        tmp_path / "half",
        "BERT",
        lambda t: {name: each for name, each in t.items() if ".layer.1." not in name},
    )
    (one, other) = kinship(whole, half), kinship(half, whole)
    assert (one.kind, other.kind) == ("fine-tuned", "fine-tuned")
    assert (one.residual, one.qk, one.ov) == (other.residual, other.qk, other.ov) == (1, 1, 1)


def test_lists_of_nothing_that_both_know_share_nothing():
    def sketch(name, numbers, lists):
        ids = np.array(numbers, ">u8").view(np.uint8).reshape(-1, 8)
        return Sketch(name, "", 0, len(ids), ids, (Place("embedding", 0, lists),))

    strange = np.tile(np.arange(50, 82, dtype=np.uint16), (100, 1))
    one = sketch("one", range(100), strange)
    other = sketch("other", [*range(50), *range(200, 250)], strange)
    found = kinship(one, other)
    assert (found.kind, found.overlap, found.concepts) == ("unrelated", 0.0, 50)
    assert (found.overlap_low, found.overlap_high, found.chance) == (None, None, 0.0)
