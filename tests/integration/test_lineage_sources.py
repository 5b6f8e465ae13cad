"""Lineage of sources that are loaded: by their stored lists, beside models and sketch files."""

from __future__ import annotations

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from hartonomous.cli import lineage
from hartonomous.editing.state import quarantine_source
from hartonomous.errors import ParameterError, UnknownNameError
from hartonomous.ingest import ingest
from hartonomous.lineage import stored
from hartonomous.lineage.families import reasons
from hartonomous.lineage.kinds import STORED_BOUNDS
from hartonomous.lineage.kinship import UNKNOWN, compare, kinship
from hartonomous.lineage.sketch_file import read_sketch, write_sketch
from hartonomous.lineage.sketching import sketch_model
from hartonomous.lineage.stored import sketch_source, sketch_table
from hartonomous.readers.opening import Request
from hartonomous.sites import JoinSettings
from hartonomous.substrate import Substrate

WORDS, WIDTH = 300, 16


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """An original, the same with a little noise, and a stranger with two thirds of its words."""
    folder = tmp_path_factory.mktemp("tables")
    random = np.random.default_rng(0)
    original = random.standard_normal((WORDS, WIDTH)).astype(np.float32)
    noise = random.standard_normal((WORDS, WIDTH)).astype(np.float32)
    made = {"original": original, "tuned": original + noise / 16, "stranger": noise[: WORDS // 3]}
    for name, matrix in made.items():
        np.save(folder / f"{name}.npy", matrix)
        words = (f"word{number}" for number in range(len(matrix)))
        (folder / f"{name}.txt").write_text("\n".join(words))
    return folder


@pytest.fixture
def substrate(connection, tables):
    connection.autocommit = True
    for name in ("original", "tuned", "stranger"):
        request = Request(f"model:{name}", join=JoinSettings(50))
        ingest(connection, "embeddings", [tables / f"{name}.npy"], request)
    return connection


@pytest.mark.parametrize(("concepts", "lists"), [(stored.CONCEPTS, stored.LISTS), (120, 60)])
def test_a_model_is_sketched_as_the_load_of_it(substrate, tables, monkeypatch, concepts, lists):
    monkeypatch.setattr(stored, "CONCEPTS", concepts)
    monkeypatch.setattr(stored, "LISTS", lists)
    loaded = sketch_source(substrate, "model:original")
    read = sketch_table(tables / "original.npy")
    assert (loaded.name, read.name) == ("model:original", "original")
    assert loaded.vocabulary == read.vocabulary == WORDS
    assert len(loaded.ids) == min(concepts, WORDS)
    assert np.array_equal(loaded.ids, read.ids)
    assert loaded.labels == read.labels
    own, other = loaded.places[0].lists, read.places[0].lists
    assert own.shape == other.shape == (min(lists, WORDS), 50)
    assert np.array_equal(own, other)
    assert (own.max() == concepts) == (concepts < WORDS)


def test_kin_and_strangers_are_told_by_stored_lists(substrate, tables):
    names = ("model:original", "model:tuned", "model:stranger")
    sketches = [sketch_source(substrate, name) for name in names]
    pairs = {(pair.a, pair.b): pair for pair in compare(sketches)}
    near = pairs["model:original", "model:tuned"]
    assert near.kind == "kin"
    assert near.overlap_low > near.strangers_high > near.strangers > near.strangers_low
    for name in ("model:original", "model:tuned"):
        far = pairs[name, "model:stranger"]
        assert (far.kind, far.concepts) == ("unrelated", WORDS // 3)
        assert far.overlap == pytest.approx(far.chance, abs=0.05)
    why = reasons(sketches, list(pairs.values()))
    assert {(each.a, each.b) for each in why} == {("model:original", "model:tuned")}
    for each in why:
        assert each.neighbor in near_by(substrate, "model:original", each.concept)
        assert each.neighbor not in near_by(substrate, "model:stranger", each.concept)


def near_by(connection, source, word):
    rows = connection.execute(
        "SELECT neighbor FROM neighbors(%s, 10, sources => ARRAY[%s])", [word, source]
    )
    return [neighbor for (neighbor,) in rows]


def test_a_concept_that_a_stranger_lists_nothing_of_is_no_reason(substrate, monkeypatch):
    """What a stranger's sketch names without its list says nothing against a relation."""
    sketches = [sketch_source(substrate, f"model:{name}") for name in ("original", "tuned")]
    monkeypatch.setattr(stored, "LISTS", 10)
    sketches.append(sketch_source(substrate, "model:stranger"))
    asked = set(sketches[2].labels[:10])
    why = reasons(sketches, compare(sketches[:2]))
    assert why
    assert {each.concept for each in why} <= asked


def test_a_sketch_file_beside_a_load_is_told_or_left_open(substrate, tables, tmp_path):
    write_sketch(sketch_model(tables / "original.npy", "file"), tmp_path / "file.json")
    file = read_sketch(tmp_path / "file.json")
    found = kinship(sketch_source(substrate, "model:original"), file)
    assert found.kind == "kin"
    assert kinship(sketch_source(substrate, "model:stranger"), file).kind == "unrelated"
    random = np.random.default_rng(1)
    half = np.load(tables / "original.npy")
    half = half + random.standard_normal(half.shape).astype(np.float32) * 0.25
    np.save(tmp_path / "half.npy", half)
    (tmp_path / "half.txt").write_bytes((tables / "original.txt").read_bytes())
    between = kinship(sketch_table(tmp_path / "half.npy"), file)
    assert between.overlap_low < STORED_BOUNDS.kin <= between.overlap_high
    assert between.kind == UNKNOWN


def test_what_is_not_live_has_no_lineage(substrate, dsn):
    with pytest.raises(UnknownNameError, match="model:tuned"):
        sketch_source(substrate, "model:tune")
    quarantine_source(substrate, "model:tuned")
    with pytest.raises(UnknownNameError):
        sketch_source(substrate, "model:tuned")
    with Substrate(dsn, without="model:original") as part, pytest.raises(UnknownNameError):
        part.sketch_source("model:original")


def test_too_few_concepts_are_refused(connection, tmp_path):
    np.save(tmp_path / "few.npy", np.random.default_rng(0).standard_normal((40, 8), np.float32))
    (tmp_path / "few.txt").write_text("\n".join(f"w{number}" for number in range(40)))
    request = Request("model:few", join=JoinSettings(5))
    ingest(connection, "embeddings", [tmp_path / "few.npy"], request)
    with pytest.raises(ParameterError, match="40 concepts are too few"):
        sketch_source(connection, "model:few")
    with pytest.raises(ParameterError, match="40 concepts are too few"):
        sketch_table(tmp_path / "few.npy")


def test_the_command_takes_sources_models_and_sketch_files(substrate, dsn, tables, tmp_path):
    def run(*arguments):
        given = ["compare", *map(str, arguments), "--dsn", dsn]
        return CliRunner().invoke(lineage.app, given, catch_exceptions=True)

    write_sketch(sketch_model(tables / "original.npy", "file"), tmp_path / "file.json")
    done = run("model:original", tables / "tuned.npy", tmp_path / "file.json", "--json")
    assert done.exit_code == 0, done.output
    assert [(each["a"], each["b"]) for each in json.loads(done.output)] == [
        ("model:original", "tuned"), ("model:original", "file"), ("tuned", "file")
    ]  # fmt: skip
    assert {each["kind"] for each in json.loads(done.output)} == {"kin"}
    shown = run("model:original", "model:tuned", "model:stranger", "--why").output
    table, tree, why = shown.split("\n\n")
    assert "strangers" in table
    assert tree.splitlines()[1].startswith("  model:")
    assert "word" in why
    assert isinstance(run("model:original", "model:tunde").exception, UnknownNameError)
