"""The demo on the real all-MiniLM-L6-v2, as a user runs it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import hartonomous

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(sys.executable).parent

#: Neighbours that a person expects among the first five.
EXPECTED = {"king": "queen", "doctor": "physician", "violin": "cello"}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Give the home of an embedded server of our own, which is stopped at the end."""
    path = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HARTONOMOUS_HOME", str(path))
        patch.delenv("HARTONOMOUS_DSN", raising=False)
        patch.setenv("PATH", f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}")
        yield path
        subprocess.run([PROGRAMS / "hartonomous", "db", "stop"], check=True, capture_output=True)


@pytest.fixture(scope="module")
def demo(home):
    """Run the demo and give what it prints."""
    done = subprocess.run(
        ["bash", ROOT / "scripts" / "demo.sh"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd="/",
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def section(demo, command):
    """The output of one of the demo's commands."""
    return demo.split(f"$ hartonomous {command}\n")[1].split("\n\n")[0]


def test_mines_every_word_of_the_model(demo):
    report = demo.split("--k 50\n")[1].split("\n\n")[0]
    assert "29,523 concepts, 1,476,150 observations" in report
    assert "left out 999: 5 special, 994 unused" in report
    assert "k = 50 by cosine, exact, mean and 2 components removed" in report
    assert re.search(r"took [\d.]+ s: read [\d.]+ s, clean [\d.]+ s, mine [\d.]+ s", report)


@pytest.mark.parametrize(("word", "neighbor"), EXPECTED.items())
def test_neighbors_make_sense_and_show_their_evidence(demo, word, neighbor):
    titles, *rows = section(demo, f"neighbors {word} -n 5").splitlines()
    assert titles.split() == ["concept", "neighbor", "elo", "evidence", "sources", "weight"]
    assert neighbor in [row.split()[1] for row in rows]
    assert len(rows) == 5


def test_explains_finds_a_path_and_traverses(demo):
    assert "model:minilm-l6  embedding" in section(demo, "explain king queen")
    assert "guitar → " in section(demo, "path guitar war")
    _, *paths = section(demo, "traverse violin --max-depth 3 --beam 4").splitlines()
    assert [path.count("→") for path in paths] == [1] * 4 + [2] * 4 + [3] * 4


def test_once_more_changes_nothing(demo, home):
    again = subprocess.run(["bash", ROOT / "scripts" / "demo.sh"], capture_output=True, text=True)
    assert "nothing was changed" in again.stdout
    assert section(again.stdout, "neighbors king -n 5") == section(demo, "neighbors king -n 5")


def test_the_evidence_is_what_numpy_finds(demo, home):
    """Ten words' lists are those of a plain exact search over the cleaned vectors."""
    import numpy as np

    from hartonomous.miners.cleaning import Cleaning, clean
    from hartonomous.readers import open_embeddings, usable

    folder = Path(subprocess.run(
        [sys.executable, ROOT / "scripts" / "zoo.py", "fetch", "minilm-l6"],
        capture_output=True, text=True, check=True,
    ).stdout.strip())  # fmt: skip
    table = usable(open_embeddings(folder))
    vectors, _ = clean(table.vectors(), Cleaning())
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    labels = [table.vocabulary.concepts[i].label for i in table.vocabulary.concept_of_row]
    # also of tokens that no model learnt
    with hartonomous.open(below_chance=True) as substrate:
        for row in np.random.default_rng(0).choice(len(labels), 10, replace=False):
            scores = vectors @ vectors[row]
            scores[row] = -np.inf
            best = np.argsort(-scores)[:10]
            found = substrate.neighbors(labels[row], 10)
            assert [n.mean_weight for n in found] == pytest.approx(scores[best], abs=2e-6)


def test_psql_finds_the_schema_unqualified(demo, home):
    query = "SELECT json_agg(n) FROM (SELECT neighbor FROM neighbors('king', 3)) AS n"
    done = subprocess.run(
        ["hartonomous", "psql", "--no-psqlrc", "-qAt", "-c", query],
        capture_output=True,
        text=True,
        check=True,
    )
    assert [row["neighbor"] for row in json.loads(done.stdout)][:2] == ["kings", "queen"]
