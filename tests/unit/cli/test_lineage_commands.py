"""hartonomous lineage: sketches are written and compared, as tables, trees and JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from planted_transformers import plant_transformer

HARTONOMOUS = str(Path(sys.executable).with_name("hartonomous"))


def run(*arguments):
    done = subprocess.run(
        [HARTONOMOUS, "lineage", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    for name, seed in (("one", 0), ("same", 0), ("other", 1)):
        (folder / name).mkdir()
        plant_transformer(folder / name, "BERT", seed)
    return folder


def test_sketches_and_models_are_compared_alike(models):
    for name in ("one", "same"):
        status, out, _ = run("sketch", models / name, "--out", models / f"{name}.json")
        assert status == 0
        assert "240 concepts at 7 places" in out
    status, out, _ = run(
        "compare", models / "one.json", models / "same.json", models / "other", "--json"
    )
    assert status == 0
    pairs = {(each["a"], each["b"]): each for each in json.loads(out)}
    assert {pair: each["kind"] for pair, each in pairs.items()} == {
        ("one", "same"): "identical", ("one", "other"): "unrelated", ("same", "other"): "unrelated",
    }  # fmt: skip
    assert pairs["one", "same"]["overlap"] == 1
    assert pairs["one", "other"]["chance"] < 0.05
    status, models_alone, _ = run(
        "compare", models / "one", models / "same", models / "other", "--json"
    )
    assert (status, json.loads(models_alone)) == (0, json.loads(out))


def test_a_tree_and_the_reasons_follow_the_table(models):
    status, out, _ = run("compare", *(models / name for name in ("one", "same", "other")), "--why")
    assert status == 0
    table, tree, why = out.split("\n\n")
    assert "identical" in table
    assert tree.splitlines() == ["one", "  same  (identical, 1.00)", "other"]
    assert "token" in why


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("compare", "one"), "2 to 64 models"),
        (("compare", "one", "missing"), "missing"),
        (("sketch", "missing", "--out", "x.json"), "missing"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(models, arguments, said):
    places = [models / each if each in ("one", "missing") else each for each in arguments]
    status, out, error = run(*places)
    assert (status, out) == (2, "")
    assert error.startswith("error: ")
    assert said in error
    assert error.count("\n") == 1
