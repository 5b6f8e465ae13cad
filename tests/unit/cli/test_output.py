"""What commands print is plain, aligned and safe to show."""

from __future__ import annotations

import io
import json
import re
import uuid
from dataclasses import dataclass

import pytest

from hartonomous.cli.output import counted, printable, show_json, show_table


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("king", "king"),
        ("日本 naïve 🙂", "日本 naïve 🙂"),
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("a\nb\tc", "a\\nb\\tc"),
        ("\u202eabc", "\\u202eabc"),
        ("\udcff", "\\udcff"),
    ],
)
def test_control_characters_never_reach_a_terminal(text, shown):
    assert printable(text) == shown


def test_columns_are_aligned_and_numbers_stand_on_the_right(capsys):
    show_table(("word", "elo", "count"), [("a", 1999.96, 12345), ("longer", 1500.0, None)])
    assert capsys.readouterr().out == (
        "word       elo   count\na       2000.0  12,345\nlonger  1500.0       -\n"
    )


def test_a_table_without_rows_shows_its_titles(capsys):
    show_table(("word", "elo"), [])
    assert capsys.readouterr().out == "word  elo\n"


@dataclass(frozen=True)
class Answer:
    label: str
    relation_id: uuid.UUID


def test_json_holds_dataclasses_as_objects(capsys):
    answer = Answer("日本", uuid.UUID(int=1))
    show_json((answer,))
    assert json.loads(capsys.readouterr().out) == [
        {"label": "日本", "relation_id": "00000000-0000-0000-0000-000000000001"}
    ]


TITLES = ("source", "what", "evidence", "share", "site", "is in frame")
ROW = ("model:" + "x" * 30, "ingest a long name", 1234567, 0.5, "embedding", True)


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_a_table_fits_a_terminal_and_breaks_neither_numbers_nor_titles(monkeypatch, width):
    written = io.StringIO()
    written.isatty = lambda: True
    monkeypatch.setattr("sys.stdout", written)
    monkeypatch.setenv("COLUMNS", str(width))
    show_table(TITLES, [ROW, ROW])
    shown = re.sub(r"\x1b\[\d+m", "", written.getvalue())
    lines = [line for line in shown.splitlines() if "─" in shown or "x" not in line]
    assert all(len(line) <= width for line in lines)
    for text in (*TITLES, "1,234,567", "0.500", "embedding", "yes"):
        assert text in shown, text
    assert ("─" in shown) == (width >= 80)
    assert (f"{'x' * 30}\n" in shown) == (width < 80)


def test_rows_that_no_table_has_room_for_are_a_field_a_line(monkeypatch):
    written = io.StringIO()
    written.isatty = lambda: True
    monkeypatch.setattr("sys.stdout", written)
    monkeypatch.setenv("COLUMNS", "20")
    show_table(("word", "elo", "seen by"), [("a", 1999.96, 2), ("[bold]", None, 1)])
    assert written.getvalue() == (
        "word     a\nelo      2000.0\nseen by  2\n\nword     [bold]\nelo      -\nseen by  1\n"
    )


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0 sources"), (1, "1 source"), (2, "2 sources"), (1234, "1,234 sources")],
)
def test_one_is_no_plural(count, said):
    assert counted(count, "source") == said
    assert counted(count, "fix", "fixes") == said.replace("sources", "fixes").replace(
        "source", "fix"
    )
