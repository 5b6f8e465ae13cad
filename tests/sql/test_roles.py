"""Readers ask, contributors also load and give feedback, editors also delete."""

from __future__ import annotations

import psycopg
import pytest
from planted_relations import load

from hartonomous.editing.audit import verify_audit
from hartonomous.editing.deletion import (
    delete_concept,
    delete_model,
    delete_subject,
    preview_delete_model,
)
from hartonomous.editing.fingerprint import substrate_fingerprint
from hartonomous.editing.receipts import export_receipt
from hartonomous.editing.state import quarantine_source, record_feedback, restore_source
from hartonomous.errors import StoreError
from hartonomous.ingest_text import ingest_text
from hartonomous.store.connection import connect

CHANGES = [
    "SELECT delete_model('model:a')",
    "SELECT delete_source('model:a')",
    "SELECT delete_subject('user_1')",
    "SELECT delete_concept('{king}')",
    "SELECT quarantine_source('model:a')",
    "SELECT restore_source('model:a')",
    "SELECT refresh_ratings()",
    "SELECT snapshot_ratings('s')",
    "SELECT mark_source('model:a', 'lowers quality')",
    "SELECT * FROM audit",
    "SELECT export_receipt()",
    "SELECT delete_contents('{1}')",
    "SELECT append_audit('x', '{}')",
    "SELECT change_state('model:a', 'quarantined', 'x')",
    "DELETE FROM relation_evidence",
    "DELETE FROM content",
    "DELETE FROM audit",
    "UPDATE content SET state = 'quarantined'",
    "UPDATE relation SET source_count = 9",
    "TRUNCATE relation_evidence",
    "DROP TABLE relation_all",
    "INSERT INTO forgotten_composition VALUES (gen_random_uuid(), '')",
]
CONTRIBUTIONS = [
    "SELECT open_source('model:x', 'model', decode(repeat('00', 32), 'hex'))",
    "SELECT record_feedback('user_1', 'king', 'queen', 'accept')",
    "SELECT open_documents('{n}', ARRAY[decode(repeat('00', 32), 'hex')], NULL, '{window5}')",
]


@pytest.fixture
def owner(connection):
    connection.autocommit = True
    load(connection, "model:a", [("king", "queen", 0.5), ("queen", "king", 0.5)])
    return connection


@pytest.fixture
def login(owner, dsn):
    """Open a session as a fresh member of one of the roles."""
    opened = []

    def session(role):
        name = f"test_{role}_{owner.info.backend_pid}"
        owner.execute(f"CREATE ROLE {name} LOGIN IN ROLE hartonomous_{role}")
        member = connect(dsn.replace("postgresql://hartonomous@", f"postgresql://{name}@"))
        member.autocommit = True
        opened.append((name, member))
        return member

    yield session
    for name, member in opened:
        member.rollback()
        member.execute("DISCARD TEMP")  # or the role would own something until the session is gone
        member.commit()
        member.close()
        owner.execute(f"DROP ROLE {name}")


def refused(session, statement):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        session.execute(statement)


def test_a_reader_asks(login):
    reader = login("reader")
    rows = reader.execute("SELECT neighbor FROM neighbors('king')").fetchall()
    assert rows == [("queen",)]
    for question in (
        "SELECT * FROM source",
        "SELECT * FROM evidence",
        "SELECT * FROM relation_rating",
        "SELECT * FROM explain_relation('king', 'queen')",
        "SELECT * FROM verify_ratings()",
    ):
        reader.execute(question)
    assert len(substrate_fingerprint(login("contributor"))) == 64


@pytest.mark.parametrize("statement", CHANGES + CONTRIBUTIONS)
def test_a_reader_changes_nothing(login, owner, statement):
    before = substrate_fingerprint(owner)
    refused(login("reader"), statement)
    assert substrate_fingerprint(owner) == before


@pytest.mark.parametrize("statement", CHANGES)
def test_a_contributor_takes_nothing_away(login, owner, statement):
    before = substrate_fingerprint(owner)
    refused(login("contributor"), statement)
    assert substrate_fingerprint(owner) == before


def test_a_contributor_loads_models_documents_and_feedback(login, owner, tmp_path):
    contributor = login("contributor")
    load(contributor, "model:b", [("king", "dog", 0.5)])
    note = tmp_path / "note.txt"
    note.write_text("the king and the dog")
    ingest_text(contributor, [note], subject="user_1")
    record_feedback(contributor, "user_1", "king", "dog", "reject")
    assert owner.execute("SELECT * FROM verify_ratings()").fetchall() == []
    actors = owner.execute("SELECT DISTINCT actor FROM audit WHERE audit_id > 1").fetchall()
    assert actors == [(contributor.info.user,)]


def test_a_contributor_cannot_add_to_sources_of_others(login):
    contributor = login("contributor")
    load(contributor, "model:b", [("king", "dog", 0.5)])
    refused(contributor, "INSERT INTO relation_evidence SELECT * FROM relation_evidence")
    for content_id in (1, 2):
        refused(contributor, f"INSERT INTO relation_evidence_{content_id} DEFAULT VALUES")
        with pytest.raises(psycopg.DatabaseError, match="open"):
            contributor.execute(f"SELECT add_site({content_id}, 'embedding 2')")
        with pytest.raises(psycopg.DatabaseError, match="open"):
            contributor.execute(f"SELECT close_source({content_id})")
    refused(contributor, "INSERT INTO relation_all DEFAULT VALUES")


def test_evidence_in_the_name_of_another_source_is_refused(login, tmp_path):
    contributor = login("contributor")
    contributor.autocommit = False
    contributor.execute("SELECT open_source('n', 'document', decode(repeat('00', 32), 'hex'))")
    contributor.execute(
        "INSERT INTO pg_temp.incoming_evidence SELECT relation_id, content_id, site_id, 1, NULL"
        " FROM relation_evidence"
    )
    number = contributor.execute("SELECT max(content_id) FROM content").fetchone()[0]
    with pytest.raises(psycopg.DatabaseError, match="did not open"):
        contributor.execute("SELECT close_source(%s)", [number])


def test_temporary_tables_of_a_contributor_are_not_trusted(login):
    contributor = login("contributor")
    contributor.execute("CREATE TEMP TABLE incoming_source AS SELECT 1 AS content_id")
    for name in ("incoming_composition", "incoming_relation", "incoming_evidence"):
        contributor.execute(f"CREATE TEMP VIEW {name} AS SELECT 1 AS content_id")
    with pytest.raises(psycopg.DatabaseError, match="no load is open"):
        contributor.execute("SELECT close_source(1)")
    with pytest.raises(psycopg.DatabaseError, match="no load is open"):
        contributor.execute("SELECT open_source('n', 'document', decode(repeat('00', 32), 'hex'))")


def test_an_editor_does_it_all(login, owner):
    editor = login("editor")
    load(editor, "model:b", [("king", "dog", 0.5)])
    assert quarantine_source(editor, "model:b")
    assert restore_source(editor, "model:b")
    assert preview_delete_model(editor, "model:b").relations_removed == 1
    assert delete_model(editor, "model:b").relations_removed == 1
    assert export_receipt(editor)
    record_feedback(editor, "user_1", "king", "queen", "accept")
    assert delete_subject(editor, "user_1").evidence == 2
    assert delete_concept(editor, ["king"]).relations_removed == 2
    assert verify_audit(editor) == ()
    refused(editor, "DELETE FROM audit")
    refused(editor, "DELETE FROM relation_evidence")


def test_a_stranger_sees_nothing(owner, dsn):
    name = f"test_stranger_{owner.info.backend_pid}"
    owner.execute(f"CREATE ROLE {name} LOGIN")
    try:
        address = dsn.replace("postgresql://hartonomous@", f"postgresql://{name}@")
        with pytest.raises(StoreError, match="may not"):
            connect(address)
    finally:
        owner.execute(f"DROP ROLE {name}")
