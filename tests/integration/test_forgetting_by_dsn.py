"""Forgetting on a server that is not ours: the oldest PostgreSQL that this machine has."""

from __future__ import annotations

from planted_relations import load

from hartonomous.editing.audit import verify_audit
from hartonomous.editing.deletion import delete_concept, delete_model, delete_subject
from hartonomous.editing.feedback import record_feedback
from hartonomous.editing.fingerprint import substrate_fingerprint
from hartonomous.editing.state import quarantine_source, restore_source
from hartonomous.editing.verification import refresh_ratings, verify_ratings
from hartonomous.store.connection import connect
from hartonomous.store.scrub import scrub

A = [("king", "queen", 0.9), ("king", "man", 0.5)]
B = [("king", "queen", 0.7), ("dog", "cat", 0.5)]


def test_every_verb_runs(system_dsn):
    with connect(system_dsn, migrate=True) as connection:
        connection.autocommit = True
        load(connection, "model:a", A)
        before = substrate_fingerprint(connection)
        load(connection, "model:b", B)
        load(connection, "note", B, kind="document")
        record_feedback(connection, "user", "king", "dog", "correct", corrected="horse")
        quarantine_source(connection, "note")
        restore_source(connection, "note")
        delete_model(connection, "model:b")
        delete_subject(connection, "user")
        connection.execute("SELECT delete_source('note')")
        assert substrate_fingerprint(connection) == before
        connection.execute("DELETE FROM relation_evidence WHERE weight = 0.5")
        refresh_ratings(connection)
        delete_concept(connection, ["king"], forget=True)
        assert verify_ratings(connection) == ()
        assert verify_audit(connection) == ()


def test_a_scrub_says_what_it_cannot_reach(system_dsn):
    connect(system_dsn, migrate=True).close()
    report = scrub(system_dsn)
    assert report.done[:2] == ("tables and indexes", "statistics")
    assert "backups, replicas and other copies" in report.not_done
