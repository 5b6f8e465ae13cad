"""Corrections come from fixes, by shapes; a repository's own settings run nothing."""

from __future__ import annotations

import subprocess

import pytest

from hartonomous.errors import CodeError, ParameterError
from hartonomous.readers.code.history import corrections, read_history

NOBODY = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]


def git(folder, *arguments):
    command = ["git", "-C", str(folder), *NOBODY, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def repository(tmp_path):
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "-q")
    return folder


def commit(folder, message, files):
    for name, content in files.items():
        (folder / name).write_text(content)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", message)


def found(folder, commits=100):
    return [(one.before, one.after) for one in corrections(folder, commits)]


@pytest.mark.parametrize(
    ("name", "before", "after", "shapes"),
    [
        (
            "a.py",
            "def f(user):\n    if user == None:\n        return 0\n",
            "def f(user):\n    if user is None:\n        return 0\n",
            ("(== $1 null)", "(is $1 null)"),
        ),
        (
            "a.c",
            "int f(int *a, int n) {\n  for (int i = 0; i <= n; i++) g(a[i]);\n}\n",
            "int f(int *a, int n) {\n  for (int i = 0; i < n; i++) g(a[i]);\n}\n",
            ("(<= $1 $2)", "(< $1 $2)"),
        ),
        (
            "a.js",
            "function f(a) {\n  return strcopy(a, 1);\n}\n",
            "function f(a) {\n  return strcopy(a, a.length);\n}\n",
            ("(call strcopy $1 1)", "(call strcopy $1 (member length $1))"),
        ),
    ],
)
def test_a_fix_is_the_smallest_piece_that_it_changed(repository, name, before, after, shapes):
    commit(repository, "Begin", {name: before})
    commit(repository, "Fix the check", {name: after})
    assert found(repository) == [shapes]


def test_one_mistake_in_two_languages_is_one_pattern(repository):
    script = "function f(a) {{\n  return a {} 10;\n}}\n"
    program = "package a\nfunc f(x int) bool {{\n\treturn x {} 10\n}}\n"
    for message, sign in (("Begin", "<"), ("fixes #3", "<=")):
        files = {"a.js": script.format(sign), "a.go": program.format(sign)}
        commit(repository, message, files)
    history = read_history(repository, 10)
    assert history.fixes == 1
    assert history.pairs.count.tolist() == [2]
    labels = [concept.label for concept in history.concepts]
    assert [labels[history.pairs.a[0]], labels[history.pairs.b[0]]] == [
        "(< $1 number)",
        "(<= $1 number)",
    ]
    assert {concept.kind for concept in history.concepts} == {"pattern"}
    assert history.pairs.relation_type == "corrected_by"


@pytest.mark.parametrize(
    ("message", "after"),
    [
        ("Add a feature", "def f(user):\n    return user is None\n"),  # no fix
        ("Fix the prefixes", "def f(person):\n    return person == None\n"),  # renamed
        ("Fix it all", "".join(f"x{n} = {n}\n" for n in range(50))),  # rewritten
    ],
)
def test_what_is_no_small_fix_corrects_nothing(repository, message, after):
    commit(repository, "Begin", {"a.py": "def f(user):\n    return user == None\n"})
    commit(repository, message, {"a.py": after})
    assert found(repository) == []


def test_only_so_many_commits_are_looked_at(repository):
    commit(repository, "Begin", {"a.py": "x = a == None\n"})
    commit(repository, "Fix", {"a.py": "x = a is None\n"})
    commit(repository, "Write", {"b.md": "text\n"})
    assert found(repository, 1) == []
    assert len(found(repository, 2)) == 1


def test_changes_outside_of_the_folder_do_not_count(repository):
    (repository / "inner").mkdir()
    commit(repository, "Begin", {"a.py": "x = a == None\n", "inner/a.py": "x = a < 0\n"})
    commit(repository, "Fix", {"a.py": "x = a is None\n", "inner/a.py": "x = a <= 0\n"})
    assert found(repository / "inner") == [("(< $1 0)", "(<= $1 0)")]


def test_what_a_repository_could_run_does_not_run(repository, tmp_path):
    trap = tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\ncat\n")
    trap.chmod(0o755)
    commit(repository, "Begin", {"a.py": "x = a == None\n", ".gitattributes": "*.py diff=evil\n"})
    commit(repository, "Fix", {"a.py": "x = a is None\n"})
    for setting in (
        "diff.external",
        "diff.evil.command",
        "diff.evil.textconv",
        "core.fsmonitor",
        "core.pager",
        "filter.evil.smudge",
        "core.sshCommand",
    ):
        git(repository, "config", setting, str(trap))
    (tmp_path / "sprung").unlink(missing_ok=True)  # setting them up may have run some
    assert len(found(repository)) == 1
    assert not (tmp_path / "sprung").exists()
    git(repository, "diff", "HEAD~1", "HEAD")
    assert (tmp_path / "sprung").exists(), "the trap works on who walks into it"


def test_a_file_that_is_no_text_in_a_fix_is_passed_over(repository):
    commit(repository, "Begin", {"a.py": "x = a == None\n"})
    (repository / "b.py").write_bytes(b"\0\1\2")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "Add bytes")
    (repository / "b.py").write_bytes(b"\0\1\3")
    commit(repository, "Fix both", {"a.py": "x = a is None\n"})
    assert len(found(repository)) == 1


def test_a_folder_that_is_no_repository_is_one_line(tmp_path):
    with pytest.raises(CodeError, match="not a git repository") as caught:
        read_history(tmp_path, 10)
    assert "\n" not in str(caught.value)


def test_a_repository_without_commits_is_one_line(repository):
    with pytest.raises(CodeError, match="no commits yet"):
        read_history(repository, 10)


def test_a_missing_folder_is_one_line(tmp_path):
    with pytest.raises(CodeError, match="no such folder"):
        read_history(tmp_path / "missing", 10)


@pytest.mark.parametrize("commits", [0, 100_001])
def test_a_number_of_commits_out_of_range_is_refused(repository, commits):
    with pytest.raises(ParameterError, match="history must be from 1 to 100,000"):
        read_history(repository, commits)


def test_git_that_is_missing_is_one_line(repository, monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(CodeError, match="needs git"):
        read_history(repository, 10)
