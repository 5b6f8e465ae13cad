"""The documents say what is there, and what they say works."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import typer
from planted_relations import load

from hartonomous.cli import app

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
TEXT = {page: page.read_text(encoding="utf-8") for page in PAGES}
#: Words of a command line after `hartonomous`, in code or between backticks.
COMMAND = re.compile(r"(?:^ {4}|^\$ |[`(])hartonomous ([a-z-][^`\n)#]*)", re.MULTILINE)
#: What the examples ask for.
WORDS = ["king", "queen", "castle", "kings", "monarch"]


def commands(group, path=()):
    """Yield the words of every command and the command."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


COMMANDS = dict(commands(typer.main.get_command(app)))


def blocks(language):
    """Yield page and text of every code block in a language."""
    fence = re.compile(rf"^```{language}\n(.*?)^```", re.MULTILINE | re.DOTALL)
    return [
        pytest.param(block, id=f"{page.name}-{number}")
        for page, text in TEXT.items()
        for number, block in enumerate(fence.findall(text))
    ]


def mentioned():
    """Yield page and words of every command line that the pages show."""
    shell = re.compile(r"^hartonomous (.*?)(?:#.*)?$", re.MULTILINE)
    for page, text in TEXT.items():
        fenced = "\n".join(re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL))
        for line in [*COMMAND.findall(text), *shell.findall(fenced)]:
            yield page.name, line.strip()


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_is_documented(words):
    shown = "hartonomous " + " ".join(words)
    assert any(shown in text for text in TEXT.values())


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_and_option_says_what_it_does(words):
    command = COMMANDS[words]
    assert command.help
    assert [option.name for option in command.params if not getattr(option, "help", "x")] == []


@pytest.mark.parametrize(("page", "line"), sorted(set(mentioned())))
def test_every_command_that_is_shown_exists(page, line):
    words = shlex.split(line.split("|")[0].replace("...", ""))
    path = next((tuple(words[:n]) for n in (2, 1) if tuple(words[:n]) in COMMANDS), None)
    if path is None:
        groups = {name[0] for name in COMMANDS if len(name) == 2}
        assert words[0] in groups or words[0].startswith("--"), line
        return
    known = {name for option in COMMANDS[path].params for name in option.opts}
    unknown = [w for w in re.findall(r"(?<![\w-])--?[a-z][a-z-]*", line) if w not in known]
    assert unknown == []


def test_every_public_sql_function_is_in_the_reference():
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "sql_reference.py", "--check"],
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", TEXT[page])
    gone = [k for k in links if "://" not in k and not (page.parent / k).exists()]
    assert gone == []


def test_every_decision_is_in_the_index():
    folder = ROOT / "docs" / "decisions"
    index = TEXT[folder / "README.md"]
    missing = [p.name for p in folder.glob("*.md") if p.name != "README.md" and p.name not in index]
    assert missing == []


def test_every_make_target_that_is_shown_exists():
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    shown = {
        name for text in TEXT.values() for name in re.findall(r"(?:^|`)make ([a-z]+)", text, re.M)
    }
    assert shown - targets == set()


@pytest.fixture
def example(connection):
    """Give a database in which the examples find something."""
    load(connection, "model:minilm-l6", [(a, b, 0.5) for a in WORDS for b in WORDS if a != b])


@pytest.mark.parametrize("block", blocks("sql"))
def test_sql_examples_run_as_written(dsn, example, block):
    with psycopg.connect(f"{dsn}&options=-csearch_path%3Dhartonomous,public") as session:
        for statement in filter(str.strip, block.split(";\n")):
            assert session.execute(statement).fetchall(), statement


@pytest.mark.parametrize(
    "block", [b for b in blocks("python") if "hartonomous.open" in b.values[0]]
)
def test_python_examples_run_as_written(dsn, example, block):
    done = subprocess.run(
        [sys.executable, "-c", block],
        env={**os.environ, "HARTONOMOUS_DSN": dsn},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout
