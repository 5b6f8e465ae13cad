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
    assert both[4:6] == (2, 2)


@pytest.mark.parametrize(
    "word", ["ki_g", "%", "king'; DROP TABLE content; --", "", "KING", "x" * 10_000]
)
def test_an_unknown_word_is_an_error(connection, word):
    load(connection, "model:a", SEEN)
    with pytest.raises(psycopg.Error, match=r"no concept '") as refused:
        labels(connection, word)
    assert refused.value.sqlstate == "HT003"
    assert len(refused.value.diag.message_primary) < 200


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("kingg", "no concept 'kingg'; near it: king"),
        ("King", "no concept 'King'; near it: king"),
        ("zzyzx", "no concept 'zzyzx', nor one written nearly like it"),
        ("a\nb", "no concept 'a\\?b', nor"),
        (None, "a concept is named by text, not by null"),
    ],
)
def test_the_error_says_what_to_do(connection, word, said):
    load(connection, "model:a", SEEN)
    with pytest.raises(psycopg.Error, match=rf"^{said}"):
        labels(connection, word)


def test_an_empty_database_says_how_to_fill_it(connection):
    with pytest.raises(psycopg.Error, match=r"^nothing is loaded yet: hartonomous ingest"):
        labels(connection, "king")


def test_a_word_of_quarantined_sources_only_is_unknown(connection):
    load(connection, "model:a", SEEN)
    load(connection, "model:b", [("kong", "ape", 1.0), ("prince", "ape", 1.0)])
    connection.execute("SELECT quarantine_source('model:b')")
    connection.commit()
    for word in ("kong", "ape"):
        with pytest.raises(psycopg.Error, match=f"no concept '{word}'"):
            labels(connection, word)
        connection.rollback()
    assert labels(connection, "prince") == []  # model:a knows it, and lists nobody


@pytest.mark.parametrize(("number", "said"), [(0, "0"), (-1, "-1"), (None, "null")])
def test_a_number_of_results_is_positive(connection, number, said):
    load(connection, "model:a", SEEN)
    with pytest.raises(psycopg.Error, match=f"max_results is {said}: ask for 1 or more"):
        labels(connection, "king", number)


def test_many_words_are_answered_in_one_question_in_their_order(connection):
    load(connection, "model:a", SEEN)
    words = ["queen", "king", "queen"]
    rows = connection.execute("SELECT * FROM neighbors(%s::text[], 2)", [words]).fetchall()
    alone = [connection.execute("SELECT * FROM neighbors(%s, 2)", [w]).fetchall() for w in words]
    assert rows == [row for found in alone for row in found]
    assert [row[:2] for row in rows][:3] == [
        ("queen", "king"), ("king", "queen"), ("king", "prince"),
    ]  # fmt: skip
    assert connection.execute("SELECT * FROM neighbors('{}'::text[])").fetchall() == []


def notices(connection):
    heard = []
    connection.add_notice_handler(lambda said: heard.append(said.message_primary))
    return heard


def test_unknown_words_among_many_are_skipped_and_named(connection):
    load(connection, "model:a", SEEN)
    heard = notices(connection)
    query = "SELECT * FROM neighbors(%s::text[])"
    rows = connection.execute(query, [["quen", "king", "quen", "kingg"]]).fetchall()
    assert rows == connection.execute(query, [["king"]]).fetchall() != []
    assert heard == ["unknown words are skipped: quen, quen, kingg"]


@pytest.mark.parametrize("words", [["quen"], ["quen", "kingg"]])
def test_many_words_that_are_all_unknown_are_an_error(connection, words):
    load(connection, "model:a", SEEN)
    with pytest.raises(psycopg.Error, match="no concept 'quen'; near it: queen"):
        connection.execute("SELECT * FROM neighbors(%s::text[])", [words])


def test_a_null_among_many_words_is_an_error(connection):
    load(connection, "model:a", SEEN)
    with pytest.raises(psycopg.Error, match="not by null"):
        connection.execute("SELECT * FROM neighbors(ARRAY['king', NULL])")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("neighbors('said')", "'said' is related to nothing itself: towards asks who lists it"),
        ("neighbors('note')", "'note' has no relation of type related, but of calls, precedes"),
        ("neighbors('king', 9, 'calls')", "'king' has no relation of type calls, but of related"),
        ("neighbors('note', towards => TRUE)", "nothing lists 'note' as related"),
        ("neighbors('queen')", None),
        ("agree('note')", "no live model knows 'note', and nobody else votes"),
        ("disagree('note')", "no live model knows 'note', and nobody else votes"),
        ("disagree('king')", "only one live model knows 'king': it takes two"),
        ("disagree('queen')", "the 2 live models that know 'queen' disagree on nothing"),
    ],
)
def test_an_empty_answer_says_why(connection, question, said):
    load(connection, "model:a", SEEN)
    load(connection, "model:b", [("queen", "crown", 0.5), ("crown", "queen", 0.5)])
    load(connection, "note", [("note", "said", 0.5)], kind="document", relation_type="precedes")
    load(connection, "code", [("note", "f", 0.5)], kind="document", relation_type="calls")
    load(connection, "away", [("note", "x", 0.5)], kind="document", relation_type="above")
    connection.execute("SELECT quarantine_source('away')")
    heard = notices(connection)
    rows = connection.execute(f"SELECT * FROM {question}").fetchall()
    assert heard == ([said] if said else [])
    assert (rows == []) == (said is not None)


@pytest.mark.parametrize("word", ["日本", "ملك", "🙂", "it's", 'a "b"; c', "naïve", "100%_x"])
def test_any_text_is_a_word(connection, word):
    load(connection, "model:a", [(word, "other", 0.5), ("other", word, 0.5)])
    assert labels(connection, word) == ["other"]
    assert labels(connection, "other") == [word]


def test_an_unknown_relation_type_is_an_error(connection):
    load(connection, "model:a", SEEN)
    with pytest.raises(psycopg.Error, match=r"no relation type likes; there is .*related"):
        connection.execute("SELECT * FROM neighbors('king', 10, 'likes')")
