"""What commands print is plain, aligned and safe to show."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass

import pytest

from hartonomous.cli.output import printable, show_json, show_table


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
