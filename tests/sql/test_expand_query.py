"""Words for full-text search: their neighbours come beside them, quoted, and never instead."""

from __future__ import annotations

import re

import pytest
from planted_relations import load

NEAR = [("king", "queen", 0.9), ("king", "crown", 0.7), ("king", "kings", 0.95),
        ("king", "new york", 0.5), ("sea", "ocean", 0.9), ("sea", "it's", 0.2)]  # fmt: skip


@pytest.fixture
def substrate(connection):
    connection.autocommit = True
    load(connection, "model:a", NEAR)
    return connection


def expanded(connection, words, most=3, **scope):
    named = "".join(f", {name} => %({name})s" for name in scope)
    asked = f"SELECT * FROM expand_query(%(words)s, %(most)s{named})"
    return connection.execute(asked, {"words": words, "most": most, **scope}).fetchone()


def lexemes(query):
    return set(re.findall(r"'([^']+)'", query))


def test_words_and_their_neighbours_are_two_queries(substrate):
    words, near, labels = expanded(substrate, "The KINGS of the sea")
    assert lexemes(words) == {"king", "sea"}
    assert labels == ["ocean"]  # `kings` lists nobody, and `it's` says nothing
    words, near, labels = expanded(substrate, "king")
    assert labels == ["queen", "crown", "new york"]
    assert near == "'queen' | 'crown' | 'new' <-> 'york'"


def test_neighbours_rank_what_words_alone_do_not_find(substrate):
    found = substrate.execute(
        "SELECT t.text, ts_rank(d, q.word_query) + 0.3 * ts_rank(d, q.neighbor_query)"
        " FROM expand_query('king') AS q, (VALUES ('a queen'), ('a king'), ('a dog')) AS t (text),"
        " to_tsvector('english', t.text) AS d ORDER BY 2 DESC"
    ).fetchall()
    assert [text for text, _ in found] == ["a king", "a queen", "a dog"]
    assert found[1][1] > found[2][1] == 0


@pytest.mark.parametrize(
    "words", ["king' | 'x", "king & !sea:*", "king:A <-> \\", "king %s {} $$", "king\u200b\u2029"]
)
def test_hostile_words_are_quoted(substrate, words):
    query, near, _ = expanded(substrate, words)
    assert "king" in lexemes(query)
    again = substrate.execute("SELECT %s::tsquery::text, %s::tsquery::text", [query, near])
    assert again.fetchone() == (query, near)
    assert ":" not in query
    assert "!" not in query


def test_hostile_labels_are_words_or_left_out(substrate):
    load(substrate, "model:b", [("dog", "cat' | 'x", 0.9), ("dog", "a & !b", 0.8),
                                ("dog", "x" * 500, 0.7), ("dog", "hound", 0.1)])  # fmt: skip
    _, near, labels = expanded(substrate, "dog")
    assert (near, labels) == ("'hound'", ["hound"])


def test_unknown_words_stand_alone_and_no_words_are_refused(substrate):
    assert expanded(substrate, "locomotive") == ("'locomot'", "", [])
    for words in ("", "the of", "?!"):
        with pytest.raises(Exception, match="no word to look for"):
            expanded(substrate, words)
    with pytest.raises(Exception, match="ask for 20 at most"):
        expanded(substrate, "king", 21)


def test_several_models_are_asked_by_consensus(substrate):
    for name in ("b", "c", "d"):
        load(substrate, f"model:{name}", [("king", "monarch", 0.9), ("king", "queen", 0.5),
                                          ("king", "dog", 0.4)])  # fmt: skip
    assert expanded(substrate, "king", 1)[2] == ["monarch"]
    assert expanded(substrate, "king", 1, sources=["model:a"])[2] == ["queen"]


def test_only_the_words_of_a_long_text_that_are_first_are_taken(substrate):
    query, _, _ = expanded(substrate, " ".join(f"word{n}" for n in range(1000)))
    assert len(lexemes(query)) == 64
