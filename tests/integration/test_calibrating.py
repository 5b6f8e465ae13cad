"""hartonomous calibrate: a lexicon comes in, is shown and drawn, and goes as other sources do."""

from __future__ import annotations

import json

import numpy as np
import pytest
from planted_relations import load, random_graph
from typer.testing import CliRunner

from hartonomous.cli import app


@pytest.fixture
def line(connection, dsn):
    for seed in (1, 2):
        load(connection, f"model:{seed}", random_graph(np.random.default_rng(seed), 30, 8))

    def run(*words):
        done = CliRunner().invoke(app, [*words, "--dsn", dsn])
        return done.exit_code, done.stdout

    return run


def test_a_lexicon_is_loaded_shown_drawn_and_deleted(line, tmp_path):
    path, plot = tmp_path / "people.tsv", tmp_path / "plot.svg"
    pairs = random_graph(np.random.default_rng(1), 30, 8)[:120]
    path.write_text("\n".join(f"{a}\t{b}\t{int(w > 0.5)}" for a, b, w in pairs))
    status, shown = line("calibrate", "--lexicon", str(path), "--plot", str(plot), "--json")
    found = json.loads(shown)
    assert (status, sum(band["pairs"] for band in found) > 100) == (0, True)
    assert plot.read_bytes().startswith(b"<?xml")
    assert line("calibrate", "--json", "--lexicon", str(path)) == (0, shown)
    a, b, _ = pairs[0]
    status, probability = line("probability", a, b, "--json")
    assert (status, json.loads(probability) in [band["probability"] for band in found]) == (0, True)
    assert line("calibrate", "--json", "--without", "people.tsv") == (0, "[]\n")
    assert line("delete", "source", "people.tsv", "--yes")[0] == 0
    assert line("calibrate", "--json") == (0, "[]\n")
