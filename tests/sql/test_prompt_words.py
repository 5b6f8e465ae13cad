"""prompt_words: the concepts that a prompt's words stand for."""

from __future__ import annotations

import pytest
from planted_relations import load


@pytest.mark.parametrize(
    ("prompt", "found"),
    [
        ("king queen", [("king", "king"), ("queen", "queen")]),
        ("The King, (queen)!", [("The", "the"), ("King,", "king"), ("(queen)!", "queen")]),
        ("king dragon", [("king", "king"), ("dragon", None)]),
        ("  king\n\tqueen ", [("king", "king"), ("queen", "queen")]),
        ("Queen", [("Queen", "Queen")]),  # as it is written comes first
        ("!", [("!", "!")]),
        ("", []),
        (" \n", []),
    ],
)
def test_as_written_then_without_punctuation_then_in_lower_case(connection, prompt, found):
    words = ["king", "queen", "Queen", "!"]
    load(
        connection,
        "model:a",
        [("the", word, 0.5) for word in words if word != "Queen" or "Q" in prompt],
    )
    rows = connection.execute(
        "SELECT w.word, c.label FROM prompt_words(%s) AS w"
        " LEFT JOIN composition AS c USING (composition_id) ORDER BY w.place",
        [prompt],
    ).fetchall()
    assert rows == found
