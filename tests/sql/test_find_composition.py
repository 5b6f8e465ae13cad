"""find_composition: the concept that a label stands for."""

from __future__ import annotations

from planted_relations import load


def find(connection, label):
    row = connection.execute(
        "SELECT kind, c.label FROM composition AS c WHERE composition_id = find_composition(%s)",
        [label],
    )
    return row.fetchone()


def test_words_pieces_and_the_marks_themselves(connection):
    load(connection, "model:a", [("ing", "##ing", 0.5), ("##", "ing", 0.5)])
    assert find(connection, "ing") == ("text", "ing")
    assert find(connection, "##ing") == ("piece", "##ing")
    assert find(connection, "##") == ("text", "##")
    assert find(connection, "##ed") is None


def test_composed_and_decomposed_letters_find_the_same(connection):
    load(connection, "model:a", [("café", "tea", 0.5)])
    assert find(connection, "cafe\u0301") == ("text", "café")
