"""One check is of one moment: it finds nothing wrong while sources come and go."""

from __future__ import annotations

import threading

import pytest
from ingesting import ingest_text
from planted_relations import load

from hartonomous.charting import align
from hartonomous.editing.deletion import delete_source, delete_subject
from hartonomous.editing.fingerprint import substrate_fingerprint
from hartonomous.editing.verification import verify_ratings
from hartonomous.store.connection import connect

#: Checks while others load and delete; each of these does so until they are done.
CHECKS = 60
WORDS = [f"word{i}" for i in range(40)]
SEEN = [(WORDS[i], WORDS[(i * 7 + step) % 40], step / 8) for i in range(40) for step in (1, 2, 3)]


def texts(session, folder):
    for turn in range(2):
        path = folder / f"note{turn}.txt"
        path.write_text(" ".join(WORDS[turn::2] + [f"new{turn}x{i}" for i in range(60)]))
        ingest_text(session, [path], subject="user_1")
    delete_subject(session, "user_1")


def models(session, _folder):
    load(session, "model:b", [*SEEN, ("only", "here", 0.5)])
    delete_source(session, "model:b")


def charts(session, _folder):
    align(session, again=True, sample=0)
    session.execute("SELECT summarise_relations(0)")


@pytest.mark.parametrize("change", [texts, models, charts])
def test_verify_finds_nothing_beside_a_change(connection, dsn, tmp_path, change):
    connection.autocommit = True
    load(connection, "model:a", SEEN)
    before = substrate_fingerprint(connection)
    done = threading.Event()
    turns = []

    def go_on():
        with connect(dsn) as session:
            session.autocommit = True
            while not done.is_set():
                change(session, tmp_path)
                turns.append(1)

    other = threading.Thread(target=go_on)
    other.start()
    try:
        found = [verify_ratings(connection) for _ in range(CHECKS)]
    finally:
        done.set()
        other.join()
    assert turns
    assert [wrong for wrong in found if wrong] == []
    if change is not charts:
        assert substrate_fingerprint(connection) == before
