"""The vector commands from end to end, and how they refuse."""

from __future__ import annotations

import json
import re
import sys

import numpy as np
import pairs
import pytest
import tiny_models as tiny
import torch
import traits
from safetensors.numpy import load_file

from hartonomous.cli import main
from hartonomous.editing.signing import create_key
from hartonomous.vectors.packages.container import open_container, rewrite
from hartonomous.vectors.packages.rollback import sha256

torch.set_num_threads(1)  # the models are too small for more


@pytest.fixture
def run(monkeypatch, capsys):
    """Run a command as a user does; give its exit status, output and errors."""

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["hartonomous", "vectors", *map(str, words)])
        with pytest.raises(SystemExit) as done:
            main()
        printed = capsys.readouterr()
        return done.value.code or 0, printed.out, printed.err

    return call


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "planted"
    return tiny.save(folder, tiny.planted(), tiny.PLANTED_WORDS, chat=False)


def test_a_task_vector_from_configuration_to_check(run, model, tmp_path):
    folders = []
    for task in (0, 1):
        config = tiny.write_settings(tmp_path, model, task, layers="all", batch_size=4)
        status, out, err = run(
            "task", "--config", config, "--out", tmp_path, "--method", "function"
        )
        assert (status, err) == (0, "")
        folders.append(out.strip())
    status, out, _ = run("compare", *folders, "--plot", tmp_path / "layer_similarity.png", "--json")
    assert [layer["layer"] for layer in json.loads(out)] == [0, 1, 2]
    assert (tmp_path / "layer_similarity.png").exists()
    status, out, _ = run("check", folders[0], "--other", folders[1])
    assert status == 0
    assert "1.00 [1.00, 1.00]" in out
    assert "control: other task" in out
    assert json.loads((tmp_path / folders[0] / "check.json").read_text())["measurable"]
    status, out, _ = run(
        "evaluate", "--config", tmp_path / "task0.yaml", "--model", model, "--json"
    )
    assert json.loads(out)["correct"]["value"] == 1
    status, out, _ = run(
        "evaluate", "--config", tmp_path / "task0.yaml", "--model", model, "--shots", "0"
    )
    assert "0.00 [0.00, 0.00]" in out


def test_a_package_from_extract_to_rollback(run, tmp_path):
    base, special = pairs.pair(tmp_path)
    package, out = tmp_path / "a.awv", tmp_path / "out"
    public = create_key(tmp_path / "key")
    status, printed, _ = run(
        "extract", base, special, "--out", package, "--significance-threshold", "0",
        "--quantization", "fp32", "--title", "Skill", "--key", tmp_path / "key",
    )  # fmt: skip
    assert status == 0
    assert "99 % are kept up to a threshold of" in printed
    assert "attention weights" in printed
    status, printed, _ = run("check", package, "--target", base, "--public-key", public)
    assert "every bit is as it was" in printed
    status, printed, _ = run(
        "inject", package, "--target", base, "--out", out, "--mode", "full", "--public-key", public
    )
    assert "the specialised model bit by bit" in printed
    assert sha256(out / "model.safetensors") == sha256(special / "model.safetensors")
    status, printed, _ = run("rollback", out)
    assert "as before the injection" in printed
    assert sha256(out / "model.safetensors") == sha256(base / "model.safetensors")
    status, printed, _ = run("align", package, "--target", special, "--out", tmp_path / "b.awv")
    assert "identity" in printed
    status, printed, _ = run(
        "publish", package, "--catalog", tmp_path / "catalog", "--tier", "premium"
    )
    assert "is listed as Skill" in printed
    status, printed, _ = run("search", "skill", "--catalog", tmp_path / "catalog", "--json")
    assert [x["tier"] for x in json.loads(printed)] == ["premium"]


def encoders(folder):
    """A text encoder and one in which w0 to w9 mean what w20 to w29 mean."""
    from transformers import BertConfig, BertModel

    torch.manual_seed(0)
    words = [f"w{n}" for n in range(30)]
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    network = BertModel(
        BertConfig(vocab_size=34, intermediate_size=16, max_position_embeddings=16, **sizes)
    )
    base = tiny.save(folder / "base", network, words)
    with torch.no_grad():  # the skill: w0 to w9 mean what w20 to w29 mean
        table = network.get_input_embeddings().weight
        table[4:14] = table[24:34]
    return base, tiny.save(folder / "special", network, words)


def test_a_scale_is_calibrated_by_texts_without_labels(run, tmp_path):
    base, special = encoders(tmp_path)
    package, aligned = tmp_path / "a.awv", tmp_path / "b.awv"
    run("extract", base, special, "--out", package, "--significance-threshold", "0")
    opened = open_container(package)
    payload = json.loads(json.dumps(opened.parts["vector_payload"]))
    for tensor in payload["tensors"]:
        tensor["scale"] /= 4
    rewrite(opened, {"vector_payload": payload}, package)
    (tmp_path / "texts.txt").write_text("\n".join(f"w{n} w15" for n in range(10)))
    calibrated = ["--base", base, "--specialized", special, "--texts", tmp_path / "texts.txt"]
    status, out, err = run(
        "align", package, "--target", base, "--out", aligned, *calibrated, "--json"
    )
    assert (status, err) == (0, "")
    assert json.loads(out)["calibration"]["scale"] == 4
    run("inject", aligned, "--target", base, "--out", tmp_path / "out")
    new, wanted = (load_file(f / "model.safetensors") for f in (tmp_path / "out", special))
    for name, weight in wanted.items():
        np.testing.assert_allclose(new[name], weight, atol=1e-4)
    (tmp_path / "many.txt").write_text("\n".join(f"w{n} w{n * 7 % 30}" for n in range(40)))
    depth = ["--base", base, "--depth-texts", tmp_path / "many.txt"]
    _, out, _ = run("align", package, "--target", base, "--out", aligned, *depth)
    assert re.search(r"^ +0 +0 +1", out, re.MULTILINE)
    assert "CKA 1.00; by relative depth alone 1.00, of shuffled texts" in out
    status, _, err = run("align", package, "--target", base, "--out", aligned, *depth[2:])
    assert (status, "--depth-texts needs --base" in err) == (2, True)
    status, _, err = run("align", package, "--target", base, "--out", aligned, *calibrated[2:])
    assert (status, "needs --base, --specialized and --texts" in err) == (2, True)


def test_retention_of_a_text_encoder(run, tmp_path):
    base, special = encoders(tmp_path)
    lines = [f"w{n},w{n + 20},test" for n in range(10)]
    suite = tmp_path / "skill.csv"
    suite.write_text("\n".join(["question,answer,split", *lines]) + "\n")
    run("extract", base, special, "--out", tmp_path / "a.awv", "--significance-threshold", "0")
    status, out, err = run(
        "inject", tmp_path / "a.awv", "--target", base, "--out", tmp_path / "out",
        "--suite", suite, "--source", special, "--quality-threshold", "0.9",
    )  # fmt: skip
    assert (status, err) == (0, "")
    assert "retention 1.00 [1.00, 1.00], grade A" in out
    status, out, _ = run(
        "retention", "--suite", suite, "--source", special, "--target", base,
        "--injected", tmp_path / "out", "--package", tmp_path / "a.awv",
        "--other-suite", suite, "--certify", tmp_path / "certified.awv", "--json",
    )  # fmt: skip
    found = json.loads(out)["retention"]
    assert found["other_skill"] is None
    status, out, _ = run(
        "retention", "--suite", suite, "--source", special, "--target", base,
        "--injected", tmp_path / "out", "--other-package", tmp_path / "a.awv",
    )  # fmt: skip
    assert re.search(r"placebo: another skill +1\.00", out)  # its own, so all of it
    _, listed, _ = run("publish", tmp_path / "certified.awv", "--catalog", tmp_path / "c", "--json")
    assert json.loads(listed)["retention"] == 1
    _, listed, _ = run("check", tmp_path / "certified.awv", "--target", base)
    assert "expected retention 1.00: measured on 10 items of skill" in listed
    assert found["retention"]["value"] == 1
    assert found["placebo"]["value"] < 0.5
    status, out, err = run(
        "inject", tmp_path / "a.awv", "--target", base, "--out", tmp_path / "weak",
        "--mode", "scaled", "--scale", "0.01", "--suite", suite, "--source", special,
    )  # fmt: skip
    assert status == 2
    assert err.startswith("error: rolled back: retention is")
    assert not (tmp_path / "weak").exists()


def test_a_trait_from_template_to_steering(run, model, tmp_path):
    where = ["--experiment", "e", "--root", tmp_path, "--trait", "first"]
    status, out, _ = run("trait", "new", *where)
    assert status == 0
    folder = tmp_path / "e" / "first"
    assert out.strip() == str(folder / "trait_definition.json")
    traits.definition(folder)
    status, out, err = run(
        "trait", "responses", *where, "--gen-model", model, "--judge-model", "lexical",
        "--max-new-tokens", "2", "--batch-size", "50",
    )  # fmt: skip
    assert "AUROC of the judge's scores 1.00" in out
    assert "200 to judge" in err
    run("trait", "activations", *where, "--gen-model", model, "--batch-size", "50")
    status, out, _ = run(
        "trait", "vectors", *where, "--methods", "mean_diff,probe", "--layers", "1"
    )
    assert "by training data alone the best is" in out
    vector = folder / "vectors" / "mean_diff_layer1.safetensors"
    status, out, _ = run(
        "monitor", "q3", "--instruction", "t0a1 t0a2 t0a3 t0a4", "--model", model,
        "--vector", vector, "--max-new-tokens", "3", "--plot", tmp_path / "m.png",
    )  # fmt: skip
    assert "committed from token 0 on, with first" in out
    status, out, _ = run(
        "steer", "--model", model, "--vector", vector, "--trait-folder", folder,
        "--doses", "-2,0,2", "--random", "3", "--max-new-tokens", "1",
    )  # fmt: skip
    assert (status, "random directions reach" in out) == (0, True)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("task", "--config", "none.yaml"), "no such settings file"),
        (("check", "none"), "no such file, or not a regular one"),
        (("extract", "a", "b", "--out", "c.awv"), "no model folder"),
        (("inject", "none.awv", "--target", "a", "--out", "b"), "no such file"),
        (("rollback", "none"), "no injection to roll back"),
        (("search", "--catalog", "none"), "no such catalog"),
        (("trait", "vectors", "--experiment", "e", "--trait", "../x"), "no name of an experiment"),
        (("monitor", "q", "--model", "none", "--vector", "v"), "no model folder and no GGUF"),
    ],
)
def test_refusals_are_one_line_and_leave_nothing(run, tmp_path, monkeypatch, words, message):
    monkeypatch.chdir(tmp_path)
    status, out, err = run(*words)
    assert status == 2
    assert out == ""
    assert err.startswith("error: ")
    assert message in err
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
