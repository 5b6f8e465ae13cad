"""Summaries change no answer, whenever they are made and whatever is done to their sources then."""

from __future__ import annotations

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from planted_relations import load

from hartonomous.editing.deletion import delete_concept, delete_source
from hartonomous.editing.feedback import record_feedback
from hartonomous.editing.fingerprint import substrate_fingerprint
from hartonomous.editing.state import quarantine_source, restore_source
from hartonomous.editing.verification import verify_ratings
from hartonomous.errors import HartonomousError
from hartonomous.store.connection import connect

WORDS = ["king", "queen", "man", "woman", "dog", "cat"]
SOURCES = ["model:a", "model:b", "note", "by hand"]
#: Few weights, so that many ratings are alike and the order of ties shows.
WEIGHTS = [0.0, 0.25, 0.5, 1.0]

words = st.sampled_from(WORDS)
names = st.sampled_from(SOURCES)
pairs = st.tuples(words, words).filter(lambda pair: pair[0] != pair[1])
seen = st.dictionaries(pairs, st.sampled_from(WEIGHTS[1:]), min_size=1, max_size=8)

#: What is done, and to what.
STEPS = st.one_of(
    st.tuples(st.just("load"), st.sampled_from(SOURCES[:3]), seen),
    st.tuples(st.just("summarise"), st.sampled_from([0, 2, 4, 1000]), st.none()),
    st.tuples(st.just("summarise"), st.just(0), st.none()),
    st.tuples(st.just("quarantine"), names, st.none()),
    st.tuples(st.just("restore"), names, st.none()),
    st.tuples(st.just("delete source"), names, st.none()),
    st.tuples(st.just("delete concept"), words, st.none()),
    st.tuples(st.just("judge"), pairs, st.sampled_from(["accept", "reject"])),
    st.tuples(st.just("add"), pairs, st.sampled_from(WEIGHTS)),
    st.tuples(st.just("delete by hand"), pairs, names),
)

#: Each question with its answers in a fixed order.
QUESTIONS = {
    "neighbors": "SELECT w, n, (r).* FROM unnest(%(words)s::text[]) AS w"
    " CROSS JOIN unnest(ARRAY[1, 2, 20]) AS n CROSS JOIN LATERAL neighbors(w, n) AS r",
    "traverse": "SELECT n, (r).* FROM unnest(ARRAY[1, 2, 16]) AS n"
    " CROSS JOIN LATERAL traverse_relations('king dog', 3, n) AS r",
    "path": "SELECT w, n, (r).* FROM unnest(%(words)s::text[]) AS w"
    " CROSS JOIN unnest(ARRAY[1, 2, 256]) AS n"
    " CROSS JOIN LATERAL strongest_path('king', w, 4, n) AS r",
    "count": "SELECT count_relations()",
    "strongest": "SELECT n, (r).* FROM unnest(ARRAY[1, 3, 100]) AS n"
    " CROSS JOIN LATERAL strongest(n) AS r",
    "precedes": "SELECT (r).* FROM neighbors('king', 10, 'precedes') AS r",
}


@pytest.fixture
def substrate(connection):
    connection.autocommit = True
    return connection


def do(connection, verb, what, how):
    """Take a step; what does not fit the state is refused and changes nothing."""
    try:
        if verb == "load":
            kind = "document" if what == "note" else "model"
            load(connection, what, [(a, b, w) for (a, b), w in how.items()], kind=kind)
        elif verb == "summarise":
            connection.execute("SELECT summarise_relations(%s)", [what])
        elif verb == "judge":
            record_feedback(connection, "critic", *what, how)
        elif verb == "add":
            connection.execute("SELECT add_evidence('by hand', %s, %s, %s)", [*what, how])
        elif verb == "delete by hand":
            delete_by_hand(connection, *what, how)
        else:
            change = {
                "quarantine": quarantine_source,
                "restore": restore_source,
                "delete source": delete_source,
                "delete concept": lambda session, word: delete_concept(
                    session, [word], variants=False
                ),
            }[verb]
            change(connection, what)
    except (psycopg.Error, HartonomousError) as refusal:
        cause = refusal if isinstance(refusal, psycopg.Error) else refusal.__cause__
        if not str(cause.sqlstate).startswith("HT"):
            raise


def delete_by_hand(connection, a, b, source):
    connection.execute(
        "DELETE FROM relation_evidence WHERE relation_id ="
        " relation_id(composition_id(%s), composition_id(%s))"
        " AND content_id = (SELECT content_id FROM content WHERE source_identifier = %s)",
        [a, b, source],
    )


def answers(connection):
    found = {name: answer(connection, question) for name, question in QUESTIONS.items()}
    return found, substrate_fingerprint(connection)


def answer(connection, question):
    """Return the rows, or what the database says of words that are not there or quarantined."""
    try:
        with connection.transaction():
            return connection.execute(question, {"words": known(connection)}).fetchall()
    except psycopg.Error as refused:
        if refused.sqlstate != "HT003":
            raise
        return refused.diag.message_primary


def known(connection):
    """Return the words that live sources know."""
    rows = connection.execute(
        "SELECT w FROM unnest(%s::text[]) AS w WHERE EXISTS (SELECT FROM relation_list AS l"
        " JOIN composition AS c USING (composition_number) JOIN content AS s USING (content_id)"
        " WHERE c.label = w AND s.state = 'live') ORDER BY w",
        [WORDS],
    )
    return [word for (word,) in rows]


def answers_without_summaries(connection):
    with connection.transaction(force_rollback=True):
        connection.execute("DELETE FROM relation_summary")
        return answers(connection)


def clear(connection):
    connection.execute("DELETE FROM relation_summary")
    rows = connection.execute("SELECT source_identifier FROM content").fetchall()
    for (name,) in rows:
        delete_source(connection, name, fingerprints=False)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(STEPS, min_size=3, max_size=10))
def test_answers_are_those_without_summaries_whatever_is_done(substrate, steps):
    clear(substrate)
    for step in [("load", "model:a", {("king", "queen"): 0.5, ("dog", "king"): 1.0}), *steps]:
        do(substrate, *step)
        assert answers(substrate) == answers_without_summaries(substrate), step
        assert verify_ratings(substrate) == (), step


def ring(source, weight):
    return source, [(a, b, weight) for a, b in zip(WORDS, WORDS[1:] + WORDS[:1], strict=True)]


def test_a_summary_is_read_while_its_sources_live(substrate):
    """What is planted in a summary shows in the answer, so the answer was read there."""
    for source in (ring("model:a", 0.5), ring("model:b", 0.25)):
        load(substrate, *source)
    assert substrate.execute("SELECT summarise_relations(0)").fetchone() == (len(WORDS),)
    substrate.execute("UPDATE relation_summary SET evidence_counts[1] = 7")
    question = "SELECT evidence_count FROM neighbors('king')"
    assert substrate.execute(question).fetchone() == (7,)
    assert substrate.execute("SELECT count_relations()").fetchone() == (6,)
    load(substrate, *ring("model:c", 1.0))
    assert substrate.execute(question).fetchone() == (8,), "what is newer is added"
    quarantine_source(substrate, "model:c")
    assert substrate.execute(question).fetchone() == (7,)
    quarantine_source(substrate, "model:b")
    assert substrate.execute(question).fetchone() == (1,), "computed from the lists that live"
    restore_source(substrate, "model:b")
    assert substrate.execute(question).fetchone() == (7,)
    delete_source(substrate, "model:b")
    assert substrate.execute(question).fetchone() == (1,)


def test_only_concepts_with_enough_evidence_have_sums_and_all_have_figures(substrate):
    load(substrate, *ring("model:a", 0.5))
    load(substrate, "model:hub", [("king", f"w{number}", 0.5) for number in range(50)])
    assert substrate.execute("SELECT summarise_relations(20)").fetchone() == (1,)
    rows = substrate.execute(
        "SELECT label, relation_count, cardinality(neighbours) FROM relation_summary"
        " JOIN composition USING (composition_number) WHERE relation_count > 0"
        " ORDER BY relation_count DESC, label"
    ).fetchall()
    assert rows == [("king", 51, 51)] + [(word, 1, None) for word in sorted(WORDS[1:])]
    substrate.execute("UPDATE relation_summary SET relation_count = relation_count + 1")
    (count,) = substrate.execute("SELECT count_relations()").fetchone()
    assert count == 56 + 56, "the figures were read"


def test_a_summary_holds_its_best_first_and_the_rejected_last(substrate):
    load(substrate, "model:a", [("king", "queen", 0.25), ("king", "man", 0.75)])
    substrate.execute("SELECT add_evidence('by hand', 'king', 'dog', 0)")
    substrate.execute("SELECT summarise_relations(0)")
    rows = substrate.execute(
        "SELECT hartonomous_internal.labels_of(neighbours), relation_count, rejection_counts"
        " FROM relation_summary JOIN composition USING (composition_number) WHERE label = 'king'"
    ).fetchall()
    assert rows == [(["man", "queen", "dog"], 3, [0, 0, 1])]
    neighbors = substrate.execute("SELECT neighbor FROM neighbors('king')").fetchall()
    assert neighbors == [("man",), ("queen",)]


def test_summaries_can_be_dropped_at_any_time(substrate):
    load(substrate, *ring("model:a", 0.5))
    expected = answers(substrate)
    substrate.execute("SELECT summarise_relations(0)")
    assert answers(substrate) == expected
    substrate.execute("TRUNCATE relation_summary")
    assert answers(substrate) == expected


@pytest.mark.parametrize(
    "change",
    [
        "add_evidence('by hand', 'king', 'dog', 1)",
        "delete_source('by hand')",
        "record_feedback('ada', 'king', 'queen', 'reject')",
    ],
)
def test_a_change_that_cannot_see_a_new_summary_is_refused(substrate, dsn, change):
    """A snapshot of before hides it, so it would stay and leave out what is added."""
    substrate.execute("SELECT add_evidence('by hand', 'king', 'queen', 0.5)")
    with connect(dsn) as other:
        other.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        other.execute("SELECT count(*) FROM content")
        substrate.execute("SELECT summarise_relations(0)")
        with pytest.raises(psycopg.DatabaseError, match="READ COMMITTED"):
            other.execute(f"SELECT {change}")
        other.rollback()
    assert verify_ratings(substrate) == ()


def test_evidence_by_hand_waits_for_summaries_that_are_being_made(substrate, dsn):
    """Or they would be the sums of lists that were added to since."""
    substrate.execute("SELECT add_evidence('by hand', 'king', 'queen', 0.5)")
    with psycopg.connect(dsn) as other:
        other.execute("SELECT hartonomous.summarise_relations(0)")
        substrate.execute("SET lock_timeout = '200ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            substrate.execute("SELECT add_evidence('by hand', 'king', 'man', 0.5)")
        other.commit()
    substrate.execute("SELECT add_evidence('by hand', 'king', 'man', 0.5)")
    assert verify_ratings(substrate) == ()
