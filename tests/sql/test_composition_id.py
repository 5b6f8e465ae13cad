"""Ids of concepts are the same in SQL as in Python."""

from __future__ import annotations

import uuid

import pytest

from hartonomous.concepts import Concept
from hartonomous.observations import ConceptTable


@pytest.mark.parametrize(
    "text", ["king", "King", "Zürich", "日本", "x" * 10_000, 'a "quoted"; word']
)
@pytest.mark.parametrize("kind", ["text", "piece"])
def test_equals_the_id_that_python_gives(connection, text, kind):
    table, _ = ConceptTable.of([Concept(kind, text)])
    row = connection.execute("SELECT composition_id(%s, %s)", [text, kind]).fetchone()
    assert row[0] == uuid.UUID(bytes=table.ids[0].tobytes())


def test_composed_and_decomposed_letters_are_one_concept(connection):
    row = connection.execute("SELECT composition_id(%s) = composition_id(%s)", ["é", "e\u0301"])
    assert row.fetchone() == (True,)


def test_a_word_and_the_piece_inside_words_are_two_concepts(connection):
    row = connection.execute("SELECT composition_id('ing') = composition_id('ing', 'piece')")
    assert row.fetchone() == (False,)
