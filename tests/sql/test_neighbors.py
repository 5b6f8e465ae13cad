"""neighbors: what a concept is most strongly related to."""

from __future__ import annotations

import psycopg
import pytest
from planted_relations import load

SEEN = [
    ("king", "queen", 0.9),
    ("king", "prince", 0.7),
    ("king", "the", 0.1),
    ("queen", "king", 0.9),
    ("king", "##dom", 0.5),
]


def labels(connection, *arguments):
    marks = ", ".join(["%s"] * len(arguments))
    rows = connection.execute(f"SELECT neighbor FROM neighbors({marks})", arguments)
    return [label for (label,) in rows]


def test_best_rated_first(connection):
    load(connection, "model:a", SEEN)
    assert labels(connection, "king") == ["queen", "prince", "##dom", "the"]


def test_max_results_cuts_the_weakest(connection):
    load(connection, "model:a", SEEN)
    assert labels(connection, "king", 2) == ["queen", "prince"]


def test_evidence_of_several_sources_adds_up(connection):
    load(connection, "model:a", SEEN)
    load(connection, "model:b", [("king", "prince", 0.8)])
    row = connection.execute(
        "SELECT neighbor, evidence_count, source_count, mean_weight FROM neighbors('king')"
        " WHERE neighbor = 'prince'"
    ).fetchone()
    assert row == ("prince", 2, 2, pytest.approx(0.75, abs=2e-6))


def test_equal_ratings_keep_one_order(connection):
    load(connection, "model:a", [("a", word, 0.5) for word in "bcdefgh"])
    assert labels(connection, "a") == labels(connection, "a")
    assert labels(connection, "a", 3) == labels(connection, "a")[:3]


def test_relations_of_another_type_stay_apart(connection):
    load(connection, "model:a", SEEN)
    load(connection, "note", [("king", "said", 0.5)], kind="document", relation_type="precedes")
    assert "said" not in labels(connection, "king")
    assert labels(connection, "king", 10, "precedes") == ["said"]


def test_quarantined_evidence_counts_for_nothing(connection):
    load(connection, "model:a", SEEN)
    load(connection, "model:b", [("king", "kong", 1.0), ("king", "queen", 0.1)])
    before = connection.execute("SELECT * FROM neighbors('king') WHERE neighbor = 'queen'")
    both = before.fetchone()
    connection.execute(
        "UPDATE content SET state = 'quarantined' WHERE source_identifier = 'model:b'"
    )
    assert "kong" not in labels(connection, "king")
    alone = connection.execute(
        "SELECT evidence_count, source_count, mean_weight FROM neighbors('king', 1)"
    ).fetchone()
    assert alone == (1, 1, pytest.approx(0.9, abs=1e-6))
    assert both[2:4] == (2, 2)


@pytest.mark.parametrize(
    "word", ["ki_g", "%", "king'; DROP TABLE content; --", "", "KING", "x" * 10_000]
)
def test_an_unknown_word_has_none(connection, word):
    load(connection, "model:a", SEEN)
    assert labels(connection, word) == []


@pytest.mark.parametrize("word", ["日本", "ملك", "🙂", "it's", 'a "b"; c', "naïve", "100%_x"])
def test_any_text_is_a_word(connection, word):
    load(connection, "model:a", [(word, "other", 0.5), ("other", word, 0.5)])
    assert labels(connection, word) == ["other"]
    assert labels(connection, "other") == [word]


def test_an_unknown_relation_type_is_an_error(connection):
    load(connection, "model:a", SEEN)
    with pytest.raises(psycopg.Error, match="no relation type likes"):
        connection.execute("SELECT * FROM neighbors('king', 10, 'likes')")
