from __future__ import annotations

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from planted_relations import load

from hartonomous.editing.deletion import delete_subject
from hartonomous.editing.feedback import record_feedback
from hartonomous.editing.fingerprint import substrate_fingerprint
from hartonomous.editing.verification import verify_ratings
from hartonomous.errors import ParameterError, UnknownNameError

SEEN = [("king", "queen", 0.5), ("queen", "king", 0.5), ("king", "dog", 0.5)]


@pytest.fixture
def substrate(connection):
    connection.autocommit = True
    for number in range(3):
        load(connection, f"model:{number}", SEEN, sites=tuple("abcdefgh"))
    return connection


def rating(connection, a="king", b="queen", relation_type="related"):
    row = connection.execute(
        "SELECT r.elo_score, calculate_elo_from_evidence(r.relation_id) FROM relation AS r"
        " WHERE r.relation_id = relation_id(composition_id(%s), composition_id(%s), %s)",
        [a, b, relation_type],
    ).fetchone()
    if row is None:
        return None
    assert row[0] == row[1]
    return row[0]


def test_accepting_raises_both_directions(substrate):
    before = rating(substrate), rating(substrate, "queen", "king")
    record_feedback(substrate, "user", "king", "queen", "accept")
    after = rating(substrate), rating(substrate, "queen", "king")
    assert all(new > old for new, old in zip(after, before, strict=True))


def test_rejecting_lowers_by_a_source_a_piece_and_the_mean(substrate):
    # 24 pieces of weight 1/2 from 3 sources
    assert rating(substrate) == pytest.approx(1500 + 2.4 + 250 + 60)
    record_feedback(substrate, "user", "king", "queen", "reject")
    assert rating(substrate) == pytest.approx(1500 + 2.3 + 500 * 12 / 25 + 40)
    assert verify_ratings(substrate) == ()


def test_correcting_rejects_one_and_accepts_the_other(substrate):
    before = rating(substrate, "king", "dog")
    record_feedback(substrate, "user", "king", "dog", "correct", corrected="monarch")
    assert rating(substrate, "king", "dog") < before
    assert rating(substrate, "king", "monarch") == pytest.approx(1500 + 0.1 + 500 + 20)
    assert rating(substrate, "monarch", "king") == rating(substrate, "king", "monarch")


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.integers(0, 20), st.sampled_from(["accept", "reject"])), max_size=15))
def test_no_rejection_raises_and_no_acceptance_lowers(substrate, verdicts):
    before = substrate_fingerprint(substrate)
    last = rating(substrate)
    for person, verdict in verdicts:
        record_feedback(substrate, f"user_{person}", "king", "queen", verdict)
        new = rating(substrate)
        assert new >= last if verdict == "accept" else new <= last
        last = new
    for person in {person for person, _ in verdicts}:
        delete_subject(substrate, f"user_{person}")
    assert substrate_fingerprint(substrate) == before


def test_the_same_verdict_twice_counts_once(substrate):
    name = record_feedback(substrate, "user", "king", "queen", "accept")
    once = substrate_fingerprint(substrate)
    assert record_feedback(substrate, "user", "king", "queen", "accept") == name
    assert substrate_fingerprint(substrate) == once


def test_a_relation_that_only_a_rejection_mentions_is_no_answer(substrate):
    record_feedback(substrate, "user", "queen", "dog", "reject")
    assert rating(substrate, "queen", "dog") == 1500
    found = substrate.execute("SELECT neighbor FROM neighbors('queen')").fetchall()
    assert found == [("king",)]


def test_a_directed_relation_is_meant_in_its_direction(substrate):
    record_feedback(substrate, "user", "king", "queen", "accept", relation_type="precedes")
    assert rating(substrate, "king", "queen", "precedes") is not None
    assert rating(substrate, "queen", "king", "precedes") is None


def test_feedback_explains_the_rating(substrate):
    record_feedback(substrate, "user", "king", "dog", "accept")
    kinds = substrate.execute(
        "SELECT kind, site_position FROM explain_relation('king', 'dog') WHERE kind = 'feedback'"
    ).fetchall()
    assert kinds == [("feedback", "accept"), ("feedback", "accept")]


@pytest.mark.parametrize(
    ("arguments", "corrected", "error"),
    [
        (("user", "kingg", "queen", "accept"), None, UnknownNameError),
        (("user", "king", "nobody", "reject"), None, UnknownNameError),
        (("user", "king", "king", "accept"), None, ParameterError),
        (("user", "king", "queen", "maybe"), None, ParameterError),
        (("user", "king", "queen", "correct"), None, ParameterError),
        (("user", "king", "queen", "correct"), "queen", ParameterError),
        (("user", "king", "queen", "accept"), "dog", ParameterError),
        (("", "king", "queen", "accept"), None, ParameterError),
    ],
)
def test_what_is_no_verdict_is_refused(substrate, arguments, corrected, error):
    before = substrate_fingerprint(substrate)
    with pytest.raises(error):
        record_feedback(substrate, *arguments, corrected=corrected)
    assert substrate_fingerprint(substrate) == before


def test_an_unknown_relation_type_is_refused(substrate):
    with pytest.raises(UnknownNameError, match="no relation type likes"):
        record_feedback(substrate, "user", "king", "queen", "accept", relation_type="likes")


OTHERS = "subject-0123456789ab:note.txt"


@pytest.mark.parametrize(
    ("name", "kind", "subject"),
    [
        ("verdict", "feedback", None),
        ("verdict", "feedback", "user_1"),
        ("feedback:subject-0123456789ab:0", "document", None),
        (OTHERS, "document", None),
        (OTHERS, "document", "user_1"),
    ],
)
def test_nobody_takes_the_name_of_a_verdict_or_of_another_person(substrate, name, kind, subject):
    with pytest.raises(psycopg.DatabaseError, match=r"record_feedback|whose it is"):
        substrate.execute(
            "SELECT open_source(%s, %s, sha256('x'), %s)", [name, kind, subject]
        ).fetchone()
    with pytest.raises(psycopg.DatabaseError, match=r"record_feedback|whose it is"):
        substrate.execute(
            "SELECT add_evidence(%s, 'king', 'queen', 0.5, subject => %s)",
            [name if kind == "document" else "feedback:x", subject],
        )


def test_a_person_takes_names_of_their_own(substrate):
    substrate.execute(
        "SELECT add_evidence(pseudonym('user_1') || ':x', 'king', 'queen', 0.5,"
        " subject => 'user_1')"
    )
    assert delete_subject(substrate, "user_1").sources == 1


def test_what_is_loaded_as_nobodys_is_not_taken_for_a_persons(substrate):
    load(substrate, "document:x", [("king", "queen", 0.5), ("queen", "king", 0.5)])
    with pytest.raises(psycopg.DatabaseError, match="not that person's"):
        substrate.execute(
            "SELECT open_source(source_identifier, kind, fingerprint, 'user_1') FROM content"
            " WHERE source_identifier = 'document:x'"
        )
