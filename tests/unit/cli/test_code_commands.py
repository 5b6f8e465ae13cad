"""`hartonomous code` prints what is found; what a user gets wrong is one line and status 2."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

SOURCE = """\
def adults(users):
    if users is None:
        return []
    return [user for user in users if user.age >= 18]
"""


def run(*arguments, folder):
    command = [sys.executable, "-c", "from hartonomous.cli import main; main()", "code"]
    return subprocess.run(
        [*command, *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, "HARTONOMOUS_HOME": str(folder / "home"), "TERM": "dumb"},
    )


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "users.py").write_text(SOURCE)
    (tmp_path / "src" / "readme.md").write_text("# Users\n")
    return tmp_path


def test_patterns_are_a_table_with_file_line_and_function(folder):
    done = run("patterns", "src", folder=folder)
    assert done.stdout == (
        "pattern  file          line  function\n"
        "guard    src/users.py     2  users.adults\n"
        "each     src/users.py     4  users.adults\n"
        "filter   src/users.py     4  users.adults\n"
    )
    assert done.stderr == (
        "read 1 file of 4 lines: 1 guard, 1 each, 1 filter\nleft out 1: 1 other\n"
    )
    assert not (folder / "home").exists(), "nothing is stored"


def test_patterns_are_json_for_machines(folder):
    answer = json.loads(run("patterns", "src", "--json", "-n", "1", folder=folder).stdout)
    assert answer == {
        "patterns": [
            {"pattern": "guard", "file": "src/users.py", "line": 2, "within": "users.adults"}
        ],
        "found": {"guard": 1, "each": 1, "filter": 1},
        "files": 1,
        "lines": 4,
        "files_with_syntax_errors": 0,
        "left_out": {"other": 1},
    }


def test_one_pattern_of_several_paths_can_be_asked_for(folder):
    (folder / "b.js").write_text("xs.filter(x => x.ok);\n")
    done = run("patterns", "src", "b.js", "--pattern", "filter", folder=folder)
    assert [line.split()[:2] for line in done.stdout.splitlines()[1:]] == [
        ["filter", "src/users.py"],
        ["filter", "b.js"],
    ]


def test_what_is_not_shown_is_counted(folder):
    done = run("patterns", "src", "-n", "1", folder=folder)
    assert len(done.stdout.splitlines()) == 2
    assert "2 more: -n shows them" in done.stderr


def test_syntax_errors_are_counted(folder):
    (folder / "src" / "users.py").write_text(SOURCE + "def (:\n")
    assert "1 with a syntax error" in run("patterns", "src", folder=folder).stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["patterns", "missing"], "error: missing: no such file or folder"),
        (["patterns", "src", "--pattern", "loop"], "error: no pattern 'loop'; there are"),
        (["patterns", "src", "--processes", "0"], "error: processes must be from 1 to 64, not 0"),
        (["corrections", "src", "--history", "5"], "error: src: not a git repository"),
        (["corrections", "src", "--history", "0"], "error: history must be from 1 to"),
    ],
)
def test_mistakes_are_one_line_and_status_2(folder, arguments, message):
    done = run(*arguments, folder=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(message)
    assert done.stderr.count("\n") == 1


def test_corrections_are_counted(folder):
    def git(*arguments):
        names = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        command = ["git", "-C", str(folder / "src"), *names, "-c", "commit.gpgsign=false"]
        subprocess.run([*command, *arguments], check=True, capture_output=True)

    git("init", "-q")
    git("add", "-A")
    git("commit", "-q", "-m", "Begin")
    (folder / "src" / "users.py").write_text(SOURCE.replace(">= 18", "> 17"))
    git("commit", "-q", "-a", "-m", "Fix the age")
    done = run("corrections", "src", folder=folder)
    assert done.stdout.split("\n")[1].split(maxsplit=1) == [
        "1",
        "(>= (member age $1) number)  (> (member age $1) number)",
    ]
    assert done.stderr == "1 correction from 1 fix\n"
