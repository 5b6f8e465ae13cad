"""Of a word that a model never learnt nothing is answered, unless somebody asks for the noise."""

from __future__ import annotations

import numpy as np
import psycopg
import pytest
from planted_relations import load

import hartonomous
from hartonomous.editing.deletion import delete_concept, delete_source
from hartonomous.ingest import ingest
from hartonomous.readers.opening import Request
from hartonomous.sites import JoinSettings

FLOORS = "SELECT strength, contrast FROM source_floor ORDER BY content_id"
WORDS, NOISE, WIDTH = 1200, 60, 96


@pytest.fixture
def table(tmp_path):
    """Words in clusters of twelve, and rows that nothing was learnt for, in no cluster."""
    rng = np.random.default_rng(7)
    centres = rng.normal(size=(WORDS // 12, WIDTH))
    learnt = np.repeat(centres, 12, axis=0) + rng.normal(size=(WORDS, WIDTH)) * 0.6
    rows = np.concatenate([learnt, rng.normal(size=(NOISE, WIDTH))]).astype(np.float32)
    np.save(tmp_path / "words.npy", rows)
    names = [f"w{i}" for i in range(WORDS)] + [f"noise{i}" for i in range(NOISE)]
    (tmp_path / "words.txt").write_text("\n".join(names) + "\n")
    return tmp_path / "words.npy"


@pytest.fixture
def learnt(connection, table):
    connection.autocommit = True
    ingest(connection, "embeddings", [table], Request(join=JoinSettings(20)))
    return connection


def known(connection, word):
    return [row[1] for row in connection.execute("SELECT * FROM known(%s)", [word]).fetchall()]


def said(connection, question):
    heard = []
    connection.add_notice_handler(lambda notice: heard.append(notice.message_primary))
    return connection.execute(question).fetchall(), heard


def test_noise_is_told_from_what_was_learnt(learnt):
    assert np.mean([known(learnt, f"w{i}") == [True] for i in range(0, WORDS, 20)]) > 0.95
    assert np.mean([known(learnt, f"noise{i}") == [True] for i in range(NOISE)]) < 0.05
    assert known(learnt, "nobody") == []


@pytest.mark.parametrize(
    "question",
    [
        "neighbors('noise3')",
        "agree('noise3')",
        "combine(ARRAY['w1', 'noise3'])",
        "analogy('w1', 'w2', 'noise3')",
    ],
)
def test_the_nearest_noise_is_answered_on_demand_alone(learnt, question):
    rows, heard = said(learnt, f"SELECT * FROM {question}")
    assert rows == []
    assert any(text.startswith("nothing known above chance about 'noise3'") for text in heard)
    learnt.execute("SET hartonomous.below_chance = on")
    assert "chance" not in " ".join(said(learnt, f"SELECT * FROM {question}")[1][len(heard) :])


def test_what_was_learnt_is_answered_as_ever(learnt):
    shown = learnt.execute("SELECT * FROM neighbors('w1')").fetchall()
    assert len(shown) == 10
    learnt.execute("SET hartonomous.below_chance = on")
    assert learnt.execute("SELECT * FROM neighbors('w1')").fetchall() == shown
    assert len(learnt.execute("SELECT * FROM neighbors('noise3')").fetchall()) == 10


def test_what_somebody_said_is_no_noise(learnt):
    assert learnt.execute("SELECT * FROM neighbors('noise5')").fetchall() == []
    learnt.execute("SELECT record_feedback('ann', 'noise5', 'w1', 'accept')")
    assert learnt.execute("SELECT neighbor FROM neighbors('noise5')").fetchone() == ("w1",)


def test_floors_are_of_the_source_alone_and_go_with_it(learnt):
    before = learnt.execute(FLOORS).fetchall()
    assert len(before) == 1
    load(learnt, "model:b", [(f"w{i}", f"w{i + 1}", 0.9) for i in range(50)])
    assert learnt.execute(FLOORS).fetchall() == before
    delete_source(learnt, "model:b")
    (name,) = learnt.execute("SELECT source_identifier FROM content").fetchone()
    delete_source(learnt, name)
    assert learnt.execute(FLOORS).fetchall() == []


def test_floors_do_not_remember_what_was_deleted(learnt, table):
    gone = [f"w{i}" for i in range(400)]
    delete_concept(learnt, gone, forget=True)
    after = learnt.execute(FLOORS).fetchall()
    (name,) = learnt.execute("SELECT source_identifier FROM content").fetchone()
    delete_source(learnt, name)
    ingest(learnt, "embeddings", [table], Request(join=JoinSettings(20)))
    assert learnt.execute(FLOORS).fetchall() == after


def test_the_setting_is_on_or_off(learnt):
    learnt.execute("SET hartonomous.below_chance = 'perhaps'")
    with pytest.raises(psycopg.Error, match="below_chance is on or off, not perhaps"):
        learnt.execute("SELECT * FROM neighbors('w1')")


def test_the_door_knows_it_too(learnt, dsn):
    with hartonomous.open(dsn) as substrate:
        (row,) = substrate.known("noise3")
        assert not row.is_known
        assert row.strength < row.strength_floor
        assert "above chance" in substrate.neighbors("noise3").notes[0]
    with hartonomous.open(dsn, below_chance=True) as substrate:
        assert substrate.neighbors("noise3")
