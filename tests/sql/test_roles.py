"""Readers ask, contributors also load and give feedback, editors also delete."""

from __future__ import annotations

import contextlib

import psycopg
import pytest
from ingesting import ingest_text
from planted_relations import load

from hartonomous.editing.audit import verify_audit
from hartonomous.editing.deletion import (
    delete_concept,
    delete_model,
    delete_subject,
    preview_delete_model,
)
from hartonomous.editing.feedback import record_feedback
from hartonomous.editing.fingerprint import substrate_fingerprint
from hartonomous.editing.receipts import export_receipt
from hartonomous.editing.state import quarantine_source, restore_source
from hartonomous.errors import StoreError
from hartonomous.store.connection import connect

CHANGES = [
    "SELECT delete_model('model:a')",
    "SELECT delete_source('model:a')",
    "SELECT delete_repository('x')",
    "SELECT preview_delete_repository('x')",
    "SELECT delete_subject('user_1')",
    "SELECT delete_concept('{king}')",
    "SELECT quarantine_source('model:a')",
    "SELECT restore_source('model:a')",
    "SELECT refresh_ratings()",
    "SELECT snapshot_ratings('s')",
    "SELECT mark_source('model:a', 'lowers quality')",
    "SELECT * FROM audit",
    "SELECT export_receipt()",
    "SELECT hartonomous_internal.delete_contents('{1}')",
    "SELECT hartonomous_internal.append_audit('x', '{}')",
    "SELECT hartonomous_internal.change_state('model:a', 'quarantined', 'x')",
    "DELETE FROM relation_evidence",
    "DELETE FROM content",
    "DELETE FROM audit",
    "UPDATE content SET state = 'quarantined'",
    "SELECT hartonomous_internal.drop_left_tables()",
    "SELECT hartonomous_internal.drop_list_table(1)",
    "SELECT hartonomous_internal.clear_neighbours('{1}')",
    "DELETE FROM relation_list",
    "UPDATE relation_list SET weights = neighbours",
    "UPDATE relation_summary SET relation_count = 9",
    "TRUNCATE relation_list",
    "DROP TABLE relation_list_1",
    "INSERT INTO forgotten_composition VALUES (gen_random_uuid(), '')",
]
CONTRIBUTIONS = [
    "SELECT open_source('model:x', 'model', decode(repeat('00', 32), 'hex'))",
    "SELECT record_feedback('user_1', 'king', 'queen', 'accept')",
    "SELECT add_evidence('by hand', 'king', 'queen', 0.5)",
    "SELECT summarise_relations()",
    "SELECT close_sources()",
    "SELECT flag_source(1, '{x}')",
    "SELECT * FROM number_compositions()",
    "SELECT add_site(1, 'embedding 2', 'count')",
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
        name = f"test_{role}_{owner.info.backend_pid}_{len(opened)}"
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
    refused(contributor, "INSERT INTO relation_list SELECT * FROM relation_list")
    for content_id in (1, 2):
        refused(contributor, f"INSERT INTO relation_list_{content_id} DEFAULT VALUES")
        for addition in (
            f"add_site({content_id}, 'embedding 2', 'count')",
            f"flag_source({content_id}, '{{}}')",
        ):
            with pytest.raises(psycopg.DatabaseError, match="open"):
                contributor.execute(f"SELECT {addition}")
    with pytest.raises(psycopg.DatabaseError, match="open"):
        contributor.execute("SELECT close_sources()")
    refused(contributor, "INSERT INTO relation_list_shared DEFAULT VALUES")
    refused(contributor, "INSERT INTO relation_summary DEFAULT VALUES")


def test_evidence_in_the_name_of_another_source_is_refused(login, tmp_path):
    contributor = login("contributor")
    contributor.autocommit = False
    contributor.execute("SELECT open_source('n', 'document', decode(repeat('00', 32), 'hex'))")
    contributor.execute(
        "INSERT INTO pg_temp.incoming_list SELECT composition_number, content_id, site_id + 100,"
        " relation_type_id, neighbours, weights FROM relation_list"
    )
    with pytest.raises(psycopg.DatabaseError, match="did not open"):
        contributor.execute("SELECT close_sources()")


def test_a_list_of_concepts_that_have_no_row_is_refused(login):
    contributor = login("contributor")
    contributor.autocommit = False
    (number,) = contributor.execute(
        "SELECT content_id FROM open_source('n', 'document', decode(repeat('00', 32), 'hex'))"
    ).fetchone()
    contributor.execute("SELECT add_site(%s, 'window5', 'count')", [number])
    contributor.execute(
        "INSERT INTO pg_temp.incoming_list SELECT l.composition_number, s.content_id, s.site_id,"
        " l.relation_type_id, l.neighbours, l.weights FROM relation_list AS l CROSS JOIN site AS s"
        " WHERE s.content_id = %s ORDER BY l.composition_number LIMIT 1",
        [number],
    )
    with pytest.raises(psycopg.DatabaseError, match="row of its own"):
        contributor.execute("SELECT close_sources()")


def test_a_large_source_is_copied_to_by_its_own_load_alone(login):
    contributor, other = login("contributor"), login("contributor")
    contributor.autocommit = False
    (number, table) = contributor.execute(
        "SELECT content_id, list_table"
        " FROM open_source('model:n', 'model', decode(repeat('00', 32), 'hex'), NULL, 100000)"
    ).fetchone()
    assert table == f"hartonomous.relation_list_{number}"
    with pytest.raises(psycopg.errors.UndefinedTable):
        other.execute(f"INSERT INTO {table} DEFAULT VALUES")
    contributor.execute(f"INSERT INTO {table} VALUES (1, {number}, 1, 1, '{{}}', '{{}}')")
    with pytest.raises(psycopg.errors.CheckViolation), contributor.transaction():
        contributor.execute(f"INSERT INTO {table} VALUES (1, {number} + 1, 1, 1, '{{}}', '{{}}')")
    with pytest.raises(psycopg.errors.InsufficientPrivilege), contributor.transaction():
        contributor.execute(f"DELETE FROM {table}")


def test_temporary_tables_of_a_contributor_are_not_trusted(login):
    contributor = login("contributor")
    contributor.execute("CREATE TEMP TABLE incoming_source AS SELECT 1 AS content_id")
    for name in ("incoming_composition", "incoming_list"):
        contributor.execute(f"CREATE TEMP VIEW {name} AS SELECT 1 AS content_id")
    for call in (
        "close_sources()",
        "number_compositions()",
        "flag_source(1, '{}')",
        "open_source('n', 'document', decode(repeat('00', 32), 'hex'))",
    ):
        with pytest.raises(psycopg.DatabaseError, match="no load is open"):
            contributor.execute(f"SELECT {call}")


@pytest.mark.parametrize(
    ("role", "table", "statement"),
    [
        ("contributor", "incoming_source", "SELECT open_source('x', 'document', sha256('x'))"),
        ("editor", "outgoing_evidence", "DELETE FROM relation_evidence"),
    ],
)
def test_triggers_of_a_member_never_run_as_the_owner(login, owner, role, table, statement):
    owner.execute("SELECT add_evidence('by hand', 'king', 'queen', 0.5)")
    member = login(role)
    member.execute(
        f"CREATE TEMP TABLE {table} (content_id integer, composition_a_id uuid,"
        " composition_b_id uuid, relation_type_id integer, site_id integer)"
    )
    member.execute("CREATE TEMP TABLE ran_as (name text)")
    member.execute("GRANT ALL ON ran_as TO PUBLIC")
    member.execute(
        "CREATE FUNCTION pg_temp.spy() RETURNS trigger LANGUAGE plpgsql AS"
        " $$BEGIN INSERT INTO pg_temp.ran_as VALUES (current_user); RETURN NULL; END$$"
    )
    member.execute(
        f"CREATE TRIGGER spy BEFORE INSERT OR DELETE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION pg_temp.spy()"
    )
    with contextlib.suppress(psycopg.Error):
        member.execute(statement)
    assert member.execute("SELECT name FROM ran_as").fetchall() == []


def test_an_editor_does_it_all(login, owner):
    editor = login("editor")
    load(editor, "model:b", [("king", "dog", 0.5)])
    assert quarantine_source(editor, "model:b")
    assert restore_source(editor, "model:b")
    assert preview_delete_model(editor, "model:b").relations_removed == 1
    assert delete_model(editor, "model:b").evidence == 1
    assert export_receipt(editor)
    record_feedback(editor, "user_1", "king", "queen", "accept")
    assert delete_subject(editor, "user_1").evidence == 2
    load(editor, "model:c", [("king", "dog", 0.5), ("cat", "dog", 0.25)])
    editor.execute("DELETE FROM relation_evidence WHERE weight = 0.25")
    editor.execute("SELECT summarise_relations(0), add_evidence('by hand', 'king', 'cat', 0.5)")
    assert delete_concept(editor, ["king"]).evidence == 5
    assert verify_audit(editor) == ()
    assert owner.execute("SELECT * FROM verify_ratings()").fetchall() == []
    for table in ("audit", "relation_list", "relation_summary", "composition"):
        refused(editor, f"DELETE FROM {table}")


def test_a_stranger_sees_nothing(owner, dsn):
    name = f"test_stranger_{owner.info.backend_pid}"
    owner.execute(f"CREATE ROLE {name} LOGIN")
    try:
        address = dsn.replace("postgresql://hartonomous@", f"postgresql://{name}@")
        with pytest.raises(StoreError, match="may not"):
            connect(address)
    finally:
        owner.execute(f"DROP ROLE {name}")
