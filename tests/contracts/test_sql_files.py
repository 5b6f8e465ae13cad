"""The SQL files keep their rules, and the check of them finds what breaks one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEADER = "CREATE OR REPLACE FUNCTION hartonomous.f(a text) RETURNS integer LANGUAGE plpgsql "
COMMENT = "COMMENT ON FUNCTION hartonomous.f(text) IS 'Internal: planted.';"
FIXED = "SET search_path = pg_catalog, pg_temp "


def check(folder):
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "check_sql.py", folder], capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


def test_every_file_is_in_order():
    status, output = check(ROOT / "sql")
    assert status == 0, output


@pytest.mark.parametrize(
    ("name", "text", "finding"),
    [
        ("f", HEADER + FIXED + "AS $$ BEGIN RETURN 1; END $$;", "f(text) has no COMMENT"),
        ("f", HEADER + "AS $$ BEGIN RETURN 1; END $$;" + COMMENT, "no SET search_path"),
        ("g", HEADER + FIXED + "AS $$ BEGIN RETURN 1; END $$;" + COMMENT, "named otherwise"),
        ("f", HEADER + FIXED + "AS $$ BEGIN RETURN (SELECT 1 FROM content); END $$;" + COMMENT,
         "table content has no schema"),
        ("f", HEADER + FIXED + "AS $$ BEGIN RETURN f('x'); END $$;" + COMMENT,
         "function f has no schema"),
        ("f", HEADER + FIXED + "AS $$ BEGIN RETURN 1 FROM; END $$;" + COMMENT, "no "),
        ("f", HEADER + FIXED + "AS $$ BEGIN PERFORM 1 FROM elsewhere.t; END $$;" + COMMENT,
         "elsewhere is not ours"),
        ("f", "SELECT FROM WHERE", "no SQL"),
        ("f", "", "0 functions"),
    ],
)  # fmt: skip
def test_what_breaks_a_rule_is_found(tmp_path, name, text, finding):
    folder = tmp_path / "functions" / "planted"
    folder.mkdir(parents=True)
    (folder / f"{name}.sql").write_text(text)
    status, output = check(tmp_path)
    assert (status, finding in output) == (1, True), output


def test_a_table_needs_comments(tmp_path):
    (tmp_path / "001_t.sql").write_text("CREATE TABLE hartonomous.t (a integer);")
    status, output = check(tmp_path)
    assert status == 1
    assert "table t has no COMMENT" in output
    assert "column t.a has no COMMENT" in output
