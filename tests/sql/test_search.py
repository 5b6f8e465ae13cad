"""Search: documents and functions by words, and by what these are related to for less."""

from __future__ import annotations

import json

import pytest
from ingesting import ingest_text
from planted_code import plant_repository
from planted_relations import load

from hartonomous.editing.deletion import delete_source
from hartonomous.ingesting_code import ingest_code

NOTES = {
    "kings": "The king rules the land. The old king rests.",
    "queens": "The queen rules the sea and the land.",
    "dogs": "Dogs bark at night. A dog sleeps all day.",
}


@pytest.fixture
def substrate(connection, tmp_path):
    """Give three documents, one repository and a model that relates king and queen."""
    connection.autocommit = True
    path = tmp_path / "notes.jsonl"
    path.write_text("\n".join(json.dumps({"id": n, "text": t}) for n, t in NOTES.items()))
    ingest_text(connection, [path])
    ingest_code(connection, plant_repository(tmp_path / "in"), source="shop")
    load(connection, "model:a", [("king", "queen", 0.9), ("price", "cost", 0.9)])
    return connection


def found(connection, words, expand=True):
    return connection.execute(
        "SELECT * FROM search(%s, 10, %s, without => '{}')", [words, expand]
    ).fetchall()


def test_the_document_of_the_words_comes_first_and_neighbours_find_more(substrate):
    plain = found(substrate, "kings", expand=False)
    assert [(row[0], row[1], row[5], row[6]) for row in plain] == [
        ("kings", "document", ["king"], [])
    ]
    rows = found(substrate, "king")
    assert [row[0] for row in rows[:2]] == ["kings", "queens"]
    assert (rows[1][5], "queen" in rows[1][6]) == ([], True)
    assert rows[0][4] > rows[1][4] > 0


def test_functions_are_found_beside_documents_with_their_lines(substrate):
    (first, *_) = found(substrate, "sort prices", expand=False)
    assert first[:4] == (
        "shop:shop/prices.py", "code", "function:python:shop.prices.sort_prices", 5
    )  # fmt: skip


def test_other_forms_of_a_word_are_the_word(substrate):
    assert found(substrate, "dog", expand=False) == found(substrate, "dogs", expand=False)
    assert found(substrate, "dog", expand=False)[0][0] == "dogs"


def test_what_is_gone_is_not_found(substrate):
    delete_source(substrate, "kings")
    assert [row[0] for row in found(substrate, "king", expand=False)] == []
    within = "SELECT source_identifier FROM search('rules', sources => ARRAY['queens'])"
    assert substrate.execute(within).fetchall() == [("queens",)]


def test_words_are_asked_for(substrate):
    for words in ("", "the of", "?!", None):
        with pytest.raises(Exception, match="no word to look for"):
            found(substrate, words)
