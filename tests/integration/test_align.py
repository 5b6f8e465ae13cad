"""From planted vectors to positions on the sphere: the Python API and the command line."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from planted_relations import load

import hartonomous
from hartonomous import charting
from hartonomous.errors import ParameterError, StoreError, UnknownNameError

HARTONOMOUS = str(Path(sys.executable).with_name("hartonomous"))
WORDS = [f"word{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(150)]


def write_vectors(path: Path, seed: int, words: list[str] = WORDS) -> Path:
    """Write points near a curve, turned at random: models of one world with spaces of their own."""
    rng = np.random.default_rng(seed)
    at = np.linspace(0, 5, len(words))[:, None] * np.ones(6) + np.arange(6)
    world = np.concatenate([np.cos(at), np.sin(at)], axis=1)
    turn = np.linalg.qr(rng.normal(size=(12, 12)))[0]
    turned = (world + 0.05 * rng.normal(size=world.shape)) @ turn
    rows = (f"{word} {' '.join(map(str, row))}\n" for word, row in zip(words, turned, strict=True))
    path.write_text("".join(rows))
    return path


@pytest.fixture
def substrate(dsn):
    with hartonomous.open(dsn) as opened:
        yield opened


def ingest(substrate, folder: Path, *names: str) -> None:
    for name in names:
        path = write_vectors(folder / f"{name}.txt", seed=ord(name))
        substrate.ingest_embeddings(path, source=f"model:{name}", k=8, raw=True)


def positions(substrate) -> dict[str, hartonomous.answers.Position]:
    return {word: substrate.position(word) for word in WORDS}


@pytest.mark.parametrize("words", [0, -4])
def test_a_map_of_no_words_is_refused(substrate, tmp_path, words):
    with pytest.raises(ParameterError, match="ask for 1 or more"):
        substrate.plot_map(tmp_path / "map.png", words)


def test_neighbours_in_a_model_lie_near_each_other_on_the_sphere(substrate, tmp_path):
    ingest(substrate, tmp_path, "a")
    report = substrate.align()
    assert (report.placed, report.sources) == (("model:a",), 1)
    near = [c.neighbor for c in substrate.near(WORDS[70], 6)]
    assert all(abs(WORDS.index(word) - 70) <= 15 for word in near)
    assert substrate.geodesic(WORDS[70], WORDS[71]) < substrate.geodesic(WORDS[70], WORDS[149])


def test_models_of_one_world_are_laid_out_together(substrate, tmp_path):
    ingest(substrate, tmp_path, "a", "b")
    substrate.align()
    for each in substrate.alignments():
        assert (each.concepts, each.anchors, each.residual) == (150, 150, None)
        assert each.trustworthiness > 0.8
        assert each.continuity > 0.8


def test_a_source_s_own_chart_lies_near_the_common_places(substrate, tmp_path):
    ingest(substrate, tmp_path, "a", "b")
    substrate.align()
    common = positions(substrate)
    with pytest.raises(UnknownNameError, match="--charts"):
        substrate.position(WORDS[5], chart="model:a")
    assert substrate.align(charts=True).placed == ("model:a", "model:b")
    assert positions(substrate) == common
    a, b = substrate.alignments()
    assert 0 < a.residual < 0.9
    assert 0 < b.residual < 0.9
    own = {word: substrate.position(word, chart="model:a") for word in WORDS}
    assert own not in (common, {word: substrate.position(word, chart="model:b") for word in WORDS})
    assert substrate.align(charts=True).placed == ()


def test_aligning_again_gives_the_same_bits(substrate, tmp_path):
    ingest(substrate, tmp_path, "a", "b")
    substrate.align()
    first = positions(substrate)
    assert substrate.align().placed == ()
    assert substrate.align(again=True).placed == ("model:a", "model:b")
    assert positions(substrate) == first


def test_a_deleted_model_leaves_positions_as_if_it_had_never_been(substrate, connection, tmp_path):
    ingest(substrate, tmp_path, "b")
    substrate.align()
    never = positions(substrate)
    ingest(substrate, tmp_path, "a", "c")
    substrate.align()
    assert positions(substrate) != never
    for model in ("model:a", "model:c"):
        connection.execute("SELECT delete_model(%s)", [model])
    connection.commit()
    for table in ("composition_position", "composition_coordinate", "source_chart"):
        assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table
    with pytest.raises(UnknownNameError, match="positions are due"):
        substrate.position(WORDS[4])
    assert [each.is_placed for each in substrate.alignments()] == [False]
    assert substrate.align().placed == ("model:b",)
    assert positions(substrate) == never


def test_what_shows_a_quarantined_model_is_due_until_it_is_restored(
    substrate, connection, tmp_path
):
    ingest(substrate, tmp_path, "a")
    substrate.align()
    alone = positions(substrate)
    ingest(substrate, tmp_path, "b")
    substrate.align()
    both = positions(substrate)
    substrate.quarantine_source("model:b")
    for asked in (
        lambda: substrate.position(WORDS[4]),
        lambda: substrate.near(WORDS[4]),
        lambda: substrate.geodesic(*WORDS[4:6]),
    ):
        with pytest.raises(UnknownNameError, match="positions are due"):
            asked()
    assert connection.execute("SELECT * FROM sphere_map()").fetchall() == []
    connection.commit()
    substrate.restore_source("model:b")
    assert positions(substrate) == both
    substrate.quarantine_source("model:b")
    substrate.align()
    assert positions(substrate) == alone


def test_a_model_that_came_later_makes_positions_due_and_moves_nothing(substrate, tmp_path):
    ingest(substrate, tmp_path, "a")
    substrate.align()
    before = positions(substrate)
    near = substrate.near(WORDS[4])
    assert not any(at.is_due for at in before.values())
    assert near.notes == ()
    ingest(substrate, tmp_path, "b")
    assert positions(substrate) == {word: replace(at, is_due=True) for word, at in before.items()}
    assert substrate.near(WORDS[4]) == near
    assert "laid out without 1 of the live models" in substrate.near(WORDS[4]).notes[0]
    assert [each.is_placed for each in substrate.alignments()] == [True, False]
    substrate.plot_map(tmp_path / "map.svg")
    assert "laid out without 1 of the live" in (tmp_path / "map.svg").read_text(encoding="utf-8")
    substrate.align()
    assert positions(substrate) != before
    assert substrate.near(WORDS[4]).notes == ()


def test_deleting_a_concept_takes_the_charts_that_knew_it(substrate, connection, tmp_path):
    ingest(substrate, tmp_path, "a")
    substrate.align()
    connection.execute("SELECT delete_concept(ARRAY[%s], variants => false)", [WORDS[3]])
    connection.commit()
    with pytest.raises(UnknownNameError, match="no concept"):
        substrate.position(WORDS[3])
    with pytest.raises(UnknownNameError, match="positions are due"):
        substrate.position(WORDS[4])
    substrate.align()
    assert substrate.position(WORDS[4])


def test_a_foreign_model_is_laid_out_beside_the_others(substrate, tmp_path):
    ingest(substrate, tmp_path, "b", "c")
    others = [f"else{word}" for word in WORDS[:40]]
    add_vectors(substrate, tmp_path, "a", others)
    report = substrate.align()
    assert (report.sources, report.notes) == (3, ())
    assert [each.anchors for each in substrate.alignments()] == [0, 150, 150]
    assert {c.neighbor for c in substrate.near(others[7], 5)} <= set(others)


def test_a_model_that_relates_nothing_stops_nobody(substrate, connection, tmp_path):
    ingest(substrate, tmp_path, "a")
    load(connection, "model:tiny", [("one", "two", 0.0)])
    report = substrate.align()
    assert (report.placed, report.sources) == (("model:a",), 1)
    assert report.notes == ("model:tiny relates none of its concepts to another: it has no place",)
    assert substrate.align().placed == ()  # and it is not due for ever
    with pytest.raises(UnknownNameError, match="'one' has no position"):
        substrate.position("one")


def test_a_refused_alignment_changes_nothing(substrate, connection, tmp_path, monkeypatch):
    """A concept that is deleted while charts are made does not come back with them."""
    ingest(substrate, tmp_path, "a", "b")
    read = charting._read

    def read_and_delete(*settings):
        found = read(*settings)
        connection.execute("SELECT delete_concept(ARRAY[%s], variants => false)", [WORDS[3]])
        connection.commit()
        return found

    monkeypatch.setattr(charting, "_read", read_and_delete)
    with pytest.raises(StoreError, match="align again"):
        substrate.align()
    (left,) = connection.execute("SELECT count(*) FROM source_chart").fetchone()
    assert left == 0
    fingerprint = substrate.fingerprint()
    assert substrate.quarantine_source("model:b")
    assert substrate.restore_source("model:b")
    assert substrate.fingerprint() == fingerprint
    monkeypatch.undo()
    assert substrate.align().sources == 2


def add_vectors(substrate, folder: Path, name: str, words: list[str], k: int = 8) -> None:
    path = write_vectors(folder / f"{name}.txt", ord(name[0]), words)
    substrate.ingest_embeddings(path, source=f"model:{name}", k=k, raw=True)


def test_nothing_to_align_is_said(substrate):
    with pytest.raises(ParameterError, match="no live model"):
        substrate.align()


@pytest.fixture
def run(dsn):
    def run(*arguments):
        environment = {**os.environ, "HARTONOMOUS_DSN": dsn}
        environment.pop("DISPLAY", None)
        return subprocess.run(
            [HARTONOMOUS, *arguments], env=environment, capture_output=True, text=True
        )

    return run


def test_the_command_line_aligns_asks_and_draws_without_a_display(substrate, run, tmp_path):
    ingest(substrate, tmp_path, "a")
    aligned = run("align")
    assert aligned.returncode == 0, aligned.stderr
    assert "model:a" in aligned.stdout
    at = json.loads(run("position", WORDS[5], "--json").stdout)
    assert at.pop("is_due") is False
    assert sum(value**2 for value in at.values()) == pytest.approx(1)
    assert len(json.loads(run("near", WORDS[5], "-n", "4", "--json").stdout)) == 4
    assert 0 < float(run("geodesic", WORDS[5], WORDS[6]).stdout) < 3.2
    picture = tmp_path / "map.png"
    drawn = run("plot", "map", "--out", str(picture))
    assert drawn.returncode == 0, drawn.stderr
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert "words have a label" in drawn.stdout
    around = tmp_path / "around.svg"
    drawn = run("plot", "map", "--around", WORDS[5], "-n", "8", "--out", str(around))
    assert drawn.returncode == 0, drawn.stderr
    near = json.loads(run("near", WORDS[5], "-n", "7", "--json").stdout)
    shown = re.findall("<title>([^<]+)</title></circle>", around.read_text(encoding="utf-8"))
    assert shown == [WORDS[5], *(row["neighbor"] for row in near)]
    assert f">{WORDS[5]} in model:a</text>" in around.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["position", "nobody"], "no concept 'nobody'"),
        (["near", "nobody"], "no concept 'nobody'"),
        (["near", "worda", "-n", "0"], "ask for 1 or more"),
        (["geodesic", "nobody", "noone"], "no concept 'nobody'"),
        (["align"], "no live model"),
        (["plot", "map", "--out", "x.png"], "hartonomous align"),
        (["plot", "map", "--around", "nobody"], "no concept 'nobody'"),
        (["plot", "map", "--around", ""], "no concept ''"),
        (["plot", "map", "--around", "worda"], "hartonomous align"),
        (["plot", "map", "-n", "20001"], "at most 20,000"),
        (["plot", "map", "-n", "0"], "ask for 1 or more"),
        (["plot", "map", "--out", "x.bmp"], ".png, .svg, .pdf, .html"),
    ],
)
def test_what_cannot_be_answered_is_one_line_and_status_2(connection, run, arguments, said):
    load(connection, "note", [("worda", "wordb", 0.5)], kind="document")
    done = run(*arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
