"""suggest_labels: known labels that are written nearly like an unknown one."""

from __future__ import annotations

import pytest
from planted_relations import load


@pytest.fixture
def suggest(connection):
    words = ["king", "queen", "London", "NASA", "city", "##ness", "box", "naïve"]
    load(connection, "model:a", [("the", word, 0.5) for word in words])

    def ask(label, *rest):
        marks = ", ".join(["%s"] * (1 + len(rest)))
        rows = connection.execute(f"SELECT suggestion FROM suggest_labels({marks})", [label, *rest])
        return [suggestion for (suggestion,) in rows]

    return ask


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("King", "king"),  # case
        ("london", "London"),
        ("nasa", "NASA"),
        ("kings", "king"),  # number
        ("boxes", "box"),
        ("cities", "city"),
        ("ness", "##ness"),  # a word piece
        ("kign", "king"),  # two letters changed places
        ("kng", "king"),  # one is missing
        ("kinng", "king"),  # one too many
        ("kinh", "king"),  # one is wrong
        (" king ", "king"),
    ],
)
def test_one_step_away(suggest, typed, meant):
    assert suggest(typed)[0] == meant


def test_nothing_is_near(suggest):
    assert suggest("zzyzx") == []


@pytest.mark.parametrize("label", ["", "##", "x" * 10_000, "%", "_ing", "'"])
def test_odd_labels_do_no_harm(suggest, label):
    assert suggest(label) == [] or label == "_ing"


def test_no_more_than_asked_for(suggest):
    assert suggest("King", 0) == []
    assert suggest("King", 1) == ["king"]


def test_what_more_sources_know_comes_first(connection):
    load(connection, "model:a", [("bing", "ding", 0.5), ("wing", "king", 0.5)])
    load(connection, "model:b", [("wing", "king", 0.5)])
    load(connection, "model:c", [("king", "ding", 0.5), ("zing", "king", 0.5)])
    connection.execute("SELECT quarantine_source('model:c')")
    rows = connection.execute("SELECT suggestion FROM suggest_labels('xing')").fetchall()
    assert [label for (label,) in rows] == ["king", "wing", "bing", "ding"]
