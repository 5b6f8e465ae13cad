"""Keys of persons may be addresses: readers see them nowhere, and the audit has none."""

from __future__ import annotations

import psycopg
import pytest
from ingesting import ingest_text
from planted_relations import load

from hartonomous.editing.audit import audit
from hartonomous.editing.feedback import record_feedback
from hartonomous.editing.fingerprint import substrate_fingerprint
from hartonomous.editing.subjects import export_subject, list_subjects
from hartonomous.errors import StoreError
from hartonomous.observations import pseudonym
from hartonomous.store.connection import connect

ALICE = "alice.zyx@example.org"
READABLE = """
SELECT c.oid::regclass::text FROM pg_class AS c
WHERE c.relnamespace = 'hartonomous'::regnamespace AND c.relkind IN ('r', 'p', 'v')
    AND has_table_privilege(c.oid, 'SELECT')
"""


@pytest.fixture
def owner(connection, tmp_path):
    connection.autocommit = True
    load(connection, "model:a", [("king", "queen", 0.5), ("queen", "king", 0.5)])
    note = tmp_path / "note.txt"
    note.write_text("the king met the dog")
    ingest_text(connection, [note], subject=ALICE)
    record_feedback(connection, ALICE, "king", "queen", "accept")
    connection.execute("SELECT add_evidence('by hand', 'king', 'dog', 0.5, subject => %s)", [ALICE])
    return connection


@pytest.fixture
def reader(owner, dsn):
    name = f"test_reader_of_keys_{owner.info.backend_pid}"
    owner.execute(f"CREATE ROLE {name} LOGIN IN ROLE hartonomous_reader")
    with connect(dsn.replace("postgresql://hartonomous@", f"postgresql://{name}@")) as member:
        member.autocommit = True
        yield member
    owner.execute(f"DROP ROLE {name}")


def test_no_table_or_view_shows_a_reader_a_key(reader):
    names = [name for (name,) in reader.execute(READABLE).fetchall()]
    assert len(names) > 10
    for name in names:
        rows = reader.execute(f"SELECT t::text FROM {name} AS t").fetchall()
        assert ALICE not in repr(rows), name


def test_a_reader_takes_fingerprints_and_sees_no_digest_of_a_key(owner, reader):
    assert substrate_fingerprint(reader) == substrate_fingerprint(owner)
    for part in ("subject", "content"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute(f"SELECT facts FROM hartonomous_internal.fingerprinted_{part}()")


def test_readers_reach_no_rights_of_the_owner_by_internal_functions(reader):
    """But for these: a number of the audit, whether a mark is known, and what is not theirs."""
    found = reader.execute(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'hartonomous_internal'::regnamespace"
        " AND prosecdef AND has_function_privilege(oid, 'EXECUTE') ORDER BY 1"
    ).fetchall()
    assert found == [("behind_mark",), ("hidden_sources",), ("is_viewer",), ("last_change",)]


def test_a_reader_is_told_of_no_person(reader):
    for ask in (
        lambda: list_subjects(reader),
        lambda: export_subject(reader, ALICE),
    ):
        with pytest.raises(StoreError, match="may not"):
            ask()
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        reader.execute("SELECT * FROM subject")


def test_a_persons_model_is_not_named_in_the_audit(owner):
    owner.execute(
        "UPDATE content SET subject_id = (SELECT min(subject_id) FROM subject),"
        " source_identifier = %s WHERE kind = 'model'",
        [f"model of {ALICE}"],
    )
    name = f"model of {ALICE}"
    for change in ("quarantine_source(%s)", "mark_source(%s, 'x')", "delete_source(%s)"):
        owner.execute(f"SELECT {change}", [name])
    assert len(audit(owner, 100)) > 5
    assert ALICE not in repr(audit(owner, 100))


@pytest.mark.parametrize("key", [ALICE, "zoë", "zoe\u0308", "user_1%"])
def test_sql_and_python_make_one_pseudonym_of_a_key(connection, key):
    (theirs,) = connection.execute("SELECT pseudonym(%s)", [key]).fetchone()
    assert theirs == pseudonym(key)
    assert key not in theirs
