"""What is asked while a large source goes is answered as before or as after, without a mixture."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import psycopg
import pytest
from planted_relations import load, random_graph

from hartonomous.editing.deletion import delete_model
from hartonomous.store.connection import connect

PATIENCE = 60
#: Each looks at what is stored in more than one statement.
QUESTIONS = [
    "SELECT substrate_fingerprint()",
    "SELECT export_fingerprint()",
    "SELECT * FROM fingerprint_parts()",
    "SELECT * FROM compare_fingerprints('{}')",
    "SELECT * FROM verify_ratings()",
    "SELECT * FROM neighbors('w3', 200)",
    "SELECT * FROM neighbors('w3', 200, rating => 'elo')",
    "SELECT * FROM neighbors('w3', 200, towards => TRUE)",
    "SELECT * FROM neighbors('{w3,w5}'::text[], 200)",
    "SELECT * FROM neighbors('only', 200)",
    "SELECT * FROM agree('w3', 50)",
    "SELECT * FROM disagree('w3', 50)",
    "SELECT * FROM explain('w3', 'w5')",
    "SELECT * FROM explain('only', 'here')",
    "SELECT * FROM path('w3', 'w40')",
    "SELECT * FROM path('w3', 'here')",
    "SELECT * FROM traverse('w3 only')",
    "SELECT * FROM strongest(200)",
    "SELECT count_relations()",
    "SELECT * FROM suggest_labels('onli')",
    "SELECT find_composition('only') IS NULL",
    "SELECT * FROM prompt_words('only here')",
    "SELECT * FROM consensus_weights()",
    "SELECT * FROM rate_pairs('{w3}', '{w5}')",
    "SELECT * FROM compare_snapshots('two', 'three', 500)",
    "SELECT * FROM preview_delete_model('model:0')",
    "SELECT * FROM preview_delete_concept('{w3}')",
    "SELECT * FROM preview_delete_source('model:2')",
    "SELECT * FROM preview_delete_subject('ann')",
    "SELECT * FROM export_subject('ann')",
    "SELECT * FROM show_subject('ann')",
    "SELECT * FROM list_subjects()",
    "SELECT relatedness('w3', 'w40')",
    "SELECT relatedness('w3', 'only')",
    "SELECT * FROM relatedness_of('{w3,w5}', '{w40,here}')",
    "SELECT * FROM source_overlap()",
    "SELECT * FROM compare_sources('model:0', 'model:2', 5)",
    "SELECT * FROM diff('model:0', 'model:2')",
    "SELECT * FROM diff_relations('model:0', 'model:2')",
    "SELECT * FROM diff_concepts('model:0', 'model:2')",
    "SELECT * FROM calibration()",
    "SELECT agreement_probability('w3', 'w40')",
    "SELECT * FROM source ORDER BY 1",
]


@pytest.fixture(scope="module")
def planted() -> dict[str, list]:
    """Three models that agree in part; one knows two words that nobody else does."""
    found = {}
    for number in range(3):
        seen = random_graph(np.random.default_rng(7), 50, 6)
        own = random_graph(np.random.default_rng(number), 50, 2 + number)
        found[f"model:{number}"] = list({(a, b): (a, b, w) for a, b, w in own + seen}.values())
    found["model:2"] += [("only", "here", 0.5), ("here", "only", 0.5), ("w3", "here", 0.9)]
    return found


@pytest.fixture
def substrate(connection, planted):
    connection.autocommit = True
    for name in ("model:0", "model:1"):
        load(connection, name, planted[name])
    connection.execute("SELECT snapshot_ratings('two')")
    load(connection, "model:2", planted["model:2"], subject="ann")
    connection.execute("SELECT snapshot_ratings('three')")
    for word in ("w40", "here", "w5"):
        connection.execute("SELECT record_feedback('bob', 'w3', %s, 'accept')", [word])
    return connection


def answer(session, question: str) -> object:
    try:
        return session.execute(question).fetchall()
    except psycopg.DatabaseError as error:
        return error.diag.message_primary


def wait_for_the_lock(connection, asked: Future) -> None:
    """Wait until the question waits for a lock, or is answered without one."""
    waiting = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    deadline = time.monotonic() + PATIENCE
    while not asked.done() and connection.execute(waiting).fetchone() == (0,):
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("is_summarised", [False, True], ids=["lists", "summaries"])
def test_a_question_that_meets_a_deletion_mixes_nothing(substrate, dsn, planted, is_summarised):
    mixed = []
    for question in QUESTIONS:
        if is_summarised:
            substrate.execute("SELECT summarise_relations(5)")
        before = answer(substrate, question)
        with connect(dsn) as deleter, connect(dsn) as reader, ThreadPoolExecutor(1) as pool:
            reader.autocommit = True
            with deleter.transaction():
                delete_model(deleter, "model:2")
                asked = pool.submit(answer, reader, question)
                wait_for_the_lock(substrate, asked)
            found = asked.result(PATIENCE)
        after = answer(substrate, question)
        if found not in (before, after):
            mixed.append(question)
        load(substrate, "model:2", planted["model:2"], subject="ann")
    assert "\n".join(mixed) == ""
