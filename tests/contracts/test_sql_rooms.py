"""Groups of SQL functions make a picture without circles: each calls only those before it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FUNCTION = """
CREATE OR REPLACE FUNCTION hartonomous.{name}(p_a integer) RETURNS integer
LANGUAGE {language} STABLE SET search_path = pg_catalog, pg_temp AS $$ {body} $$;
"""
PL = "BEGIN IF p_a > 0 THEN RETURN (SELECT {0}); END IF; RETURN 0; END"


def check(folder):
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "sql_groups.py", folder], capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


def plant(folder, files):
    (folder / "groups.txt").write_text("# lowest first\nlow   what is below\nhigh  what is above\n")
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)


def function(name, body, language="plpgsql"):
    return FUNCTION.format(name=name, body=body, language=language)


ONE = function("one", "BEGIN RETURN 1; END")
VIEW = "CREATE OR REPLACE VIEW hartonomous.seen AS SELECT 1 AS one;"


def test_no_function_calls_a_later_group():
    status, output = check(ROOT / "sql" / "functions")
    assert status == 0, output


def test_calls_downwards_are_in_order(tmp_path):
    calls = function("two", PL.format("hartonomous.one(p_a)"))
    plant(tmp_path, {"low/one.sql": ONE, "high/two.sql": calls})
    assert check(tmp_path) == (0, "2 groups of functions, none calls a later one\n")


@pytest.mark.parametrize(
    ("low", "high", "finding"),
    [
        (function("two", PL.format("hartonomous.one(p_a)")), ONE, "calls one of high"),
        (function("two", "SELECT hartonomous.one(1)", "sql"), ONE, "calls one of high"),
        (function("two", PL.format("s.one FROM hartonomous.seen AS s")), VIEW,
         "calls seen of high"),
        ("CREATE OR REPLACE VIEW hartonomous.two AS SELECT hartonomous.one(1) AS one;", ONE,
         "calls one of high"),
        (function("two", "DECLARE v_one integer := hartonomous.one(1); BEGIN RETURN v_one; END"),
         ONE, "calls one of high"),
    ],
)  # fmt: skip
def test_a_call_upwards_is_found(tmp_path, low, high, finding):
    plant(tmp_path, {"low/two.sql": low, "high/one.sql": high})
    status, output = check(tmp_path)
    assert (status, finding in output) == (1, True), output


def test_a_trigger_calls_its_function(tmp_path):
    trigger = (
        "CREATE OR REPLACE TRIGGER t INSTEAD OF DELETE ON hartonomous.seen"
        " FOR EACH ROW EXECUTE FUNCTION hartonomous.one();"
    )
    plant(tmp_path, {"low/seen.sql": VIEW + trigger, "high/one.sql": ONE})
    status, output = check(tmp_path)
    assert (status, "low/seen.sql: calls one of high" in output) == (1, True), output


def test_every_group_is_listed_and_every_listed_one_is_there(tmp_path):
    plant(tmp_path, {"low/one.sql": ONE, "aside/two.sql": function("two", "BEGIN RETURN 2; END")})
    status, output = check(tmp_path)
    assert status == 1
    assert "aside is not in groups.txt" in output
    assert "groups.txt names high, where nothing is" in output


def texts(path):
    """The text literals of a module."""
    return [
        node.value
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


@pytest.mark.parametrize("package", ["editing", "evaluation"])
def test_python_reads_no_table_but_by_a_function(package):
    table = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE)\s+hartonomous\.\w+\b(?!\()")
    modules = sorted((ROOT / "hartonomous" / package).glob("*.py"))
    found = [(path.name, text) for path in modules for text in texts(path) if table.search(text)]
    assert modules != []
    assert found == []
