from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from hartonomous.errors import StoreError
from hartonomous.store import migrations
from hartonomous.store.connection import connect

#: Everything that our SQL files make, as text: relations, columns, constraints, indexes, functions,
#: privileges and comments, but not when the files were applied.
SCHEMA = """
SELECT 'relation', relname, relkind::text, relacl::text, relpartbound::text,
       obj_description(oid, 'pg_class')
  FROM pg_class WHERE relnamespace = 'hartonomous'::regnamespace
UNION ALL
SELECT 'column', attrelid::regclass::text, attname, format_type(atttypid, atttypmod) || attnum,
       attnotnull::text || coalesce(pg_get_expr(adbin, adrelid), ''),
       col_description(attrelid, attnum)
  FROM pg_attribute JOIN pg_class ON attrelid = pg_class.oid
  LEFT JOIN pg_attrdef ON (adrelid, adnum) = (attrelid, attnum)
 WHERE relnamespace = 'hartonomous'::regnamespace AND attnum > 0
UNION ALL
SELECT 'constraint', conname, conrelid::regclass::text, pg_get_constraintdef(oid), NULL, NULL
  FROM pg_constraint WHERE connamespace = 'hartonomous'::regnamespace
UNION ALL
SELECT 'index', indexrelid::regclass::text, pg_get_indexdef(indexrelid), NULL, NULL, NULL
  FROM pg_index JOIN pg_class ON indexrelid = pg_class.oid
 WHERE relnamespace = 'hartonomous'::regnamespace
UNION ALL
SELECT 'function', oid::regprocedure::text, pg_get_functiondef(oid), proacl::text, NULL,
       obj_description(oid, 'pg_proc')
  FROM pg_proc WHERE pronamespace::regnamespace::text ~ '^hartonomous' AND prokind IN ('f', 'p')
UNION ALL
SELECT 'view', viewname, definition, NULL, NULL, NULL
  FROM pg_views WHERE schemaname = 'hartonomous'
"""


def schema_of(connection: psycopg.Connection) -> set[tuple[str, ...]]:
    return set(connection.execute(SCHEMA).fetchall())


@pytest.fixture
def empty(empty_dsn: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(empty_dsn, autocommit=True) as connection:
        yield connection


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a small set of SQL files."""
    for name, text in {
        "schema/001_word.sql": "CREATE TABLE hartonomous.word (label text PRIMARY KEY);",
        "schema/002_pair.sql": "CREATE TABLE hartonomous.pair (a text REFERENCES word, b text);",
        "functions/query/one.sql": "CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    }.items():
        write(tmp_path / name, text)
    return tmp_path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_a_database_made_step_by_step_equals_a_fresh_one(empty, connection, tmp_path):
    fresh = schema_of(connection)
    assert len(fresh) > 50
    for file in migrations.read_files():
        if file.kind == "function":
            break
        # A version of its own for each file that came after the first release.
        write(tmp_path / file.filename, file.text)
        assert migrations.migrate(empty, tmp_path) == [file.filename]
    migrations.migrate(empty)
    assert schema_of(empty) == fresh


def test_migrating_again_changes_nothing(connection):
    before = schema_of(connection)
    connection.commit()
    assert migrations.migrate(connection) == []
    assert schema_of(connection) == before


def test_the_machines_own_postgresql_takes_the_schema(system_dsn):
    with pytest.raises(StoreError, match="has no hartonomous schema: run `hartonomous db migrate`"):
        connect(system_dsn)
    connect(system_dsn, migrate=True).close()
    with connect(system_dsn) as connection:
        assert connection.execute("SHOW search_path").fetchone() == ("hartonomous,public",)
        assert len(schema_of(connection)) > 50


def test_each_file_is_recorded_with_its_digest(empty, folder):
    applied = migrations.migrate(empty, folder)
    assert applied == ["schema/001_word.sql", "schema/002_pair.sql", "functions/query/one.sql"]
    query = """SELECT filename, kind FROM hartonomous.schema_migration
                WHERE sha256 = sha256(convert_to(%s, 'UTF8'))"""
    for filename in applied:
        row = empty.execute(query, [(folder / filename).read_text()]).fetchone()
        assert row == (filename, "function" if "functions" in filename else "schema")
    assert migrations.schema_version(empty) == "schema/002_pair.sql"


def test_a_changed_function_is_replaced(empty, folder):
    migrations.migrate(empty, folder)
    one = folder / "functions/query/one.sql"
    one.write_text(one.read_text().replace("FUNCTION", "OR REPLACE FUNCTION").replace("1", "2"))
    with pytest.raises(StoreError, match=r"lacks functions/query/one\.sql: run"):
        migrations.require_current(empty, folder)
    assert migrations.migrate(empty, folder) == ["functions/query/one.sql"]
    assert empty.execute("SELECT hartonomous.one()").fetchone() == (2,)


def test_a_migration_takes_a_function_away(empty, folder):
    migrations.migrate(empty, folder)
    (folder / "functions/query/one.sql").unlink()
    write(
        folder / "migrations/001_no_one.sql",
        """DROP FUNCTION hartonomous.one();
           DELETE FROM hartonomous.schema_migration WHERE filename = 'functions/query/one.sql';""",
    )
    assert migrations.migrate(empty, folder) == ["migrations/001_no_one.sql"]
    assert migrations.schema_version(empty) == "migrations/001_no_one.sql"
    migrations.require_current(empty, folder)


def test_an_edited_schema_file_is_refused(empty, folder):
    migrations.migrate(empty, folder)
    before = schema_of(empty)
    write(folder / "schema/001_word.sql", "CREATE TABLE hartonomous.word (label text);")
    write(folder / "schema/003_more.sql", "CREATE TABLE hartonomous.more (label text);")
    for check in (migrations.migrate, migrations.require_current):
        with pytest.raises(StoreError, match=r"001_word\.sql is not as it was when it was applied"):
            check(empty, folder)
    assert schema_of(empty) == before


def test_a_newer_database_is_refused(empty, folder):
    write(folder / "schema/003_newer.sql", "CREATE TABLE hartonomous.newer (label text);")
    migrations.migrate(empty, folder)
    (folder / "schema/003_newer.sql").unlink()
    for check in (migrations.migrate, migrations.require_current):
        with pytest.raises(StoreError, match=r"newer hartonomous \(it has schema/003_newer\.sql"):
            check(empty, folder)


def test_a_schema_that_is_not_ours_is_refused_and_left_alone(empty, folder):
    empty.execute("CREATE SCHEMA hartonomous; CREATE TABLE hartonomous.theirs (n int)")
    before = schema_of(empty)
    for check in (migrations.migrate, migrations.require_current):
        with pytest.raises(StoreError, match="a schema hartonomous that is not ours"):
            check(empty, folder)
    assert schema_of(empty) == before


def test_nothing_of_a_file_that_fails_is_applied(empty, folder):
    text = "CREATE TABLE hartonomous.half (n int);\nINSERT INTO hartonomous.half VALUES ('x');"
    write(folder / "schema/003_half.sql", text)
    with pytest.raises(StoreError, match=r"003_half\.sql cannot be applied: invalid input syntax"):
        migrations.migrate(empty, folder)
    assert empty.execute("SELECT to_regclass('hartonomous.half')").fetchone() == (None,)
    assert migrations.schema_version(empty) == "schema/002_pair.sql"
    write(folder / "schema/003_half.sql", "CREATE TABLE hartonomous.half (n int);")
    assert migrations.migrate(empty, folder)[0] == "schema/003_half.sql"


def test_processes_that_migrate_at_once_apply_each_file_once(empty_dsn, folder):
    applied: list[str] = []

    def migrate() -> None:
        with psycopg.connect(empty_dsn, autocommit=True) as connection:
            applied.extend(migrations.migrate(connection, folder))

    threads = [threading.Thread(target=migrate) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(applied) == sorted(file.filename for file in migrations.read_files(folder))


def test_who_holds_advisory_locks_stops_no_migration(empty_dsn, empty):
    query = "SELECT pg_advisory_lock(%s), pg_advisory_lock(0)"
    with psycopg.connect(empty_dsn) as reader:
        reader.execute(query, [int.from_bytes(b"harton", "big")])
        empty.execute("SET lock_timeout = '5s'")
        migrations.migrate(empty)


def test_rights_that_are_right_are_stated_without_a_wait(connection, dsn):
    connection.commit()
    with psycopg.connect(dsn) as other:
        other.execute("LOCK TABLE hartonomous.schema_migration IN EXCLUSIVE MODE")
        connection.execute("SET lock_timeout = '5s'")
        connection.commit()
        assert migrations.migrate(connection) == []


def test_a_folder_without_the_files_is_refused(tmp_path):
    shutil.rmtree(tmp_path)
    with pytest.raises(StoreError, match="are not in"):
        migrations.read_files(tmp_path)
