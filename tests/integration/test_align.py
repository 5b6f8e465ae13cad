"""From planted vectors to positions on the sphere: the Python API and the command line."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
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
    assert (report.charted, report.sources) == (("model:a",), 1)
    near = [c.neighbor for c in substrate.near(WORDS[70], 6)]
    assert all(abs(WORDS.index(word) - 70) <= 15 for word in near)
    assert substrate.geodesic(WORDS[70], WORDS[71]) < substrate.geodesic(WORDS[70], WORDS[149])


def test_models_of_one_world_come_into_one_frame(substrate, tmp_path):
    ingest(substrate, tmp_path, "a", "b")
    substrate.align()
    a, b = substrate.alignments()
    assert (a.anchors, b.anchors) == (150, 150)
    assert a.residual == b.residual < 0.9
    assert a.trustworthiness > 0.8
    assert a.continuity > 0.8


def test_aligning_again_gives_the_same_bits(substrate, tmp_path):
    ingest(substrate, tmp_path, "a", "b")
    substrate.align()
    first = positions(substrate)
    assert substrate.align().charted == ()
    assert substrate.align(again=True).charted == ("model:a", "model:b")
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
    assert positions(substrate) == never
    (left,) = connection.execute("SELECT count(*) FROM composition_coordinate").fetchone()
    assert left == len(WORDS)


def test_a_quarantined_model_moves_nothing_until_it_is_restored(substrate, connection, tmp_path):
    ingest(substrate, tmp_path, "a", "b")
    substrate.align()
    both = positions(substrate)
    connection.execute("SELECT quarantine_source('model:b')")
    connection.commit()
    assert positions(substrate) != both
    connection.execute("SELECT restore_source('model:b')")
    connection.commit()
    assert positions(substrate) == both


def test_deleting_a_concept_takes_the_charts_that_knew_it(substrate, connection, tmp_path):
    ingest(substrate, tmp_path, "a")
    substrate.align()
    connection.execute("SELECT delete_concept(ARRAY[%s], variants => false)", [WORDS[3]])
    connection.commit()
    with pytest.raises(UnknownNameError, match="no concept"):
        substrate.position(WORDS[3])
    with pytest.raises(UnknownNameError, match="has no position"):
        substrate.position(WORDS[4])
    substrate.align()
    assert substrate.position(WORDS[4])


def test_a_foreign_model_stops_nobody_and_comes_in_by_itself(substrate, tmp_path):
    ingest(substrate, tmp_path, "b", "c")
    substrate.align()
    before = positions(substrate)
    others = [*WORDS[:3], *(f"else{word}" for word in WORDS[3:40])]
    add_vectors(substrate, tmp_path, "a", others)
    report = substrate.align()
    assert report.sources == 2
    assert [note.partition(":")[2].partition(":")[0] for note in report.notes] == ["a"]
    assert positions(substrate) == before
    add_vectors(substrate, tmp_path, "d", [*WORDS, *others[3:]])
    report = substrate.align()
    assert (report.sources, report.notes) == (4, ())
    substrate.position(others[-1])


def test_a_model_without_a_chart_stops_nobody(substrate, tmp_path):
    ingest(substrate, tmp_path, "a")
    add_vectors(substrate, tmp_path, "tiny", ["one", "two"], k=1)
    report = substrate.align()
    assert (report.charted, report.sources) == (("model:a",), 1)
    assert "model:tiny" in report.notes[0]


def test_a_refused_alignment_changes_nothing(substrate, connection, tmp_path, monkeypatch):
    """A concept that is deleted while charts are made does not come back with them."""
    ingest(substrate, tmp_path, "a", "b")
    make = charting._chart
    deleted = []

    def chart(session, source, *settings):
        made = make(session, source, *settings)
        if not deleted:
            deleted.append(source)
            connection.execute("SELECT delete_concept(ARRAY[%s], variants => false)", [WORDS[3]])
            connection.commit()
        return made

    monkeypatch.setattr(charting, "_chart", chart)
    with pytest.raises(StoreError, match="align again"):
        substrate.align()
    (left,) = connection.execute("SELECT count(*) FROM source_chart").fetchone()
    assert left == 0
    fingerprint = substrate.fingerprint()
    assert substrate.quarantine_source("model:b")
    assert substrate.restore_source("model:b")
    assert substrate.fingerprint() == fingerprint
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
