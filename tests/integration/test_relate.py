from __future__ import annotations

import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from planted_vectors import direction_of, plant_model, write_session, write_trait
from safetensors.numpy import load_file, save_file

from hartonomous.editing.deletion import delete_source
from hartonomous.editing.fingerprint import substrate_fingerprint
from hartonomous.editing.state import quarantine_source, restore_source
from hartonomous.editing.verification import verify_ratings
from hartonomous.errors import ModelFormatError, ParameterError
from hartonomous.vectors.packages.extract import ExtractSettings, extract
from hartonomous.vectors.relate import ingest_vectors


@pytest.fixture
def model(tmp_path):
    return plant_model(tmp_path / "model")


@pytest.fixture
def substrate(connection):
    connection.autocommit = True
    return connection


@pytest.fixture
def tasks(tmp_path, model):
    """Tasks in layer 1, of which two are alike, with a large part that all share."""
    shared = 50 * direction_of(model, 99)
    wanted = {"plural": (7,), "many": (7, 9), "past": (30,), "upper": (50,), "capital": (70,)}
    return [
        write_session(tmp_path / name, name, model, {1: shared + direction_of(model, *tokens)})
        for name, tokens in wanted.items()
    ]


def rows(connection, query, *parameters):
    return connection.execute(query, parameters).fetchall()


def promoted(connection, label):
    query = "SELECT neighbor FROM hartonomous.neighbors(%s, relation_type => 'promotes')"
    return [label for (label,) in rows(connection, query, label)]


def test_a_trait_promotes_its_words_and_sql_says_in_which_layer_by_which_method(
    substrate, model, tmp_path
):
    path = write_trait(tmp_path / "vectors", "formality", model, 1, direction_of(model, 7))
    report = ingest_vectors(substrate, path, model)
    assert report.sources == ("vector:mean_diff_layer1",)
    assert promoted(substrate, "trait:formality")[0] == "token7"
    found = rows(
        substrate,
        "SELECT source_identifier, kind, site_position, signal > 0"
        " FROM hartonomous.explain('trait:formality', 'token7')",
    )
    assert found == [("vector:mean_diff_layer1", "vector", "layer1-mean_diff", True)]
    (settings,) = rows(substrate, "SELECT settings FROM hartonomous.site")[0]
    assert (settings["layer"], settings["method"], settings["beside"]) == (1, "mean_diff", 0)
    norm = np.linalg.norm(direction_of(model, 7)) / 10
    assert settings["relative_norm"] == pytest.approx(norm, rel=1e-3)


def test_what_all_vectors_of_a_layer_share_is_taken_away(substrate, model, tasks):
    ingest_vectors(substrate, tasks, model)
    assert promoted(substrate, "task:past")[0] == "token30"
    assert promoted(substrate, "task:plural")[0] == "token7"


def test_alone_a_vector_promotes_what_all_share_and_a_note_says_so(substrate, model, tasks):
    report = ingest_vectors(substrate, tasks[0], model)
    assert promoted(substrate, "task:plural")[0] == "token99"
    assert any("alone" in note for note in report.notes)


def test_vectors_that_are_alike_are_related_and_others_are_not(substrate, model, tasks):
    ingest_vectors(substrate, tasks, model)
    query = "SELECT neighbor FROM hartonomous.neighbors('task:plural')"
    assert rows(substrate, query) == [("task:many",)]


def test_a_random_direction_promotes_next_to_nothing_and_everything_is_kept_on_demand(
    substrate, model, tmp_path
):
    drawn = np.random.default_rng(7).standard_normal((20, 64))
    paths = [write_trait(tmp_path / f"{n}", f"r{n}", model, 1, v) for n, v in enumerate(drawn)]
    counts = [
        ingest_vectors(substrate, path, model, source=f"one {n}").observations
        for n, path in enumerate(paths)
    ]
    assert np.mean(counts) < 0.1 * 20
    assert len(rows(substrate, "SELECT FROM hartonomous.source")) < 10
    kept = ingest_vectors(substrate, paths[0], model, source="all", everything=True)
    assert kept.observations == 20


def test_nothing_is_kept_of_a_vector_that_promotes_no_more_than_chance_does_and_a_note_says_so(
    substrate, model, tmp_path
):
    before = substrate_fingerprint(substrate)
    drawn = np.random.default_rng(11).standard_normal(64)
    path = write_trait(tmp_path / "vectors", "noise", model, 1, drawn)
    report = ingest_vectors(substrate, path, model)
    assert report.observations == 0
    assert [site.position for site in report.left_out_sites] == ["layer1-mean_diff"]
    assert any("nothing stands above chance" in note for note in report.notes)
    assert substrate_fingerprint(substrate) == before
    assert not verify_ratings(substrate)


def test_the_query_of_the_docs_shows_each_vector_with_its_evidence(substrate, model, tasks):
    page = (Path(__file__).parents[2] / "docs" / "vectors.md").read_text(encoding="utf-8")
    query = re.search(r"SELECT v\.label.*?;", page, re.DOTALL)[0]
    ingest_vectors(substrate, tasks, model)
    found = rows(substrate, query)
    assert {label for label, *_ in found} == {f"task:{path.name}" for path in tasks}
    assert ("task:past", "token30", "layer1-mean", "vector:past") in {
        (label, word, site, source) for label, word, site, _, source in found
    }


def test_vectors_come_and_go_exactly_in_any_order(substrate, model, tasks):
    empty = substrate_fingerprint(substrate)
    ingest_vectors(substrate, tasks, model)
    loaded = substrate_fingerprint(substrate)
    quarantine_source(substrate, "vector:plural")
    assert promoted(substrate, "task:plural") == []
    restore_source(substrate, "vector:plural")
    assert substrate_fingerprint(substrate) == loaded
    assert ingest_vectors(substrate, tasks, model).new == 0
    for name in ("past", "plural", "upper", "many", "capital"):
        delete_source(substrate, f"vector:{name}")
        assert not verify_ratings(substrate)
    assert substrate_fingerprint(substrate) == empty


def test_what_does_not_fit_is_refused_in_one_line_and_nothing_is_kept(
    substrate, model, tasks, tmp_path
):
    other = write_session(tmp_path / "other", "x", model, {1: np.ones(64)}, model_fingerprint="00")
    narrow = write_session(tmp_path / "narrow", "x", model, {1: np.ones(63)})
    nan = write_session(tmp_path / "nan", "x", model, {1: np.full(64, np.nan)})
    unnamed = write_session(tmp_path / "unnamed", "x", model, {1: np.ones(64)}, prompt_file=3)
    none = write_session(tmp_path / "none", "x", model, {})
    twice = write_session(tmp_path / "twice", "x", model, {1: np.ones(64), "01": np.ones(64)})
    before = substrate_fingerprint(substrate)
    for bad in (other, narrow, nan, unnamed, none, twice):
        with pytest.raises(ModelFormatError) as found:
            ingest_vectors(substrate, [*tasks, bad], model)
        assert "\n" not in str(found.value)
    assert substrate_fingerprint(substrate) == before


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"layer": -1}, "layer"),
        ({"layer": True}, "layer"),
        ({"method": "../x"}, "layer and method"),
        ({"residual_norm": 0}, "residual_norm"),
        ({"residual_norm": "1"}, "residual_norm"),
        ({"trait": "a\nb"}, "name"),
        ({"trait": "x" * 300}, "name"),
        ({"trait": ""}, "name"),
    ],
)
def test_metadata_is_not_trusted(substrate, model, tmp_path, changed, named):
    path = write_trait(tmp_path / "v", "t", model, 1, np.ones(64), changed)
    with pytest.raises(ModelFormatError, match=named):
        ingest_vectors(substrate, path, model)


def test_layers_and_numbers_out_of_range_are_refused(substrate, model, tasks):
    for wrong in ({"layers": "7"}, {"layers": "0"}, {"k": 0}):
        with pytest.raises(ParameterError):
            ingest_vectors(substrate, tasks, model, **wrong)


def changed_model(model: Path, folder: Path, moved) -> Path:
    """Write a model whose token table is another one's with some rows in other places."""
    shutil.copytree(model, folder)
    tensors = load_file(model / "model.safetensors")
    (name,) = (n for n in tensors if n.endswith("embed_tokens.weight"))
    rng = np.random.default_rng(3)
    scale = 5 * tensors[name].std()
    tensors[name][moved] = scale * rng.standard_normal((len(moved), tensors[name].shape[1]))
    save_file(tensors, folder / "model.safetensors")
    return folder


def test_deltas_change_the_neighbours_of_the_words_that_were_taught_and_no_others(
    substrate, model, tmp_path
):
    taught = changed_model(model, tmp_path / "taught", [7, 30])
    extract(model, taught, tmp_path / "skill.awv", ExtractSettings(0, quantization="fp32"))
    empty = substrate_fingerprint(substrate)
    report = ingest_vectors(substrate, tmp_path / "skill.awv", model, k=2)
    assert report.sources == ("vector:skill",)
    query = "SELECT neighbor FROM hartonomous.neighbors('skill:skill', relation_type => 'changes')"
    assert {label for (label,) in rows(substrate, query)} == {"token7", "token30"}
    found = rows(
        substrate,
        "SELECT kind, site_position, signal > 0 FROM hartonomous.explain('skill:skill', 'token7')",
    )
    assert found == [("vector", "embedding-delta", True)]
    delete_source(substrate, "vector:skill")
    assert substrate_fingerprint(substrate) == empty


def test_shuffled_deltas_change_nothing_above_chance(substrate, model, tmp_path):
    noise = changed_model(model, tmp_path / "noise", list(range(100)))
    report = ingest_vectors(substrate, noise, model, k=10)
    assert report.observations == 0
    assert any("shuffled deltas" in note for note in report.notes)


def test_models_of_other_words_and_the_base_itself_are_refused(substrate, model, tmp_path):
    same = shutil.copytree(model, tmp_path / "same")
    with pytest.raises(ParameterError, match="its token table is that of"):
        ingest_vectors(substrate, same, model)
    taught = changed_model(model, tmp_path / "taught", [7])
    with pytest.raises(ParameterError, match="k must be"):
        ingest_vectors(substrate, taught, model, k=0)
