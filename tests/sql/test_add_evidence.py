"""add_evidence: one observation more, as if its source had been loaded with it."""

from __future__ import annotations

import psycopg
import pytest
from planted_relations import load

from hartonomous.editing.audit import verify_audit
from hartonomous.editing.deletion import delete_concept, delete_source, delete_subject
from hartonomous.editing.fingerprint import fingerprint_parts, substrate_fingerprint
from hartonomous.editing.state import quarantine_source
from hartonomous.editing.verification import verify_ratings
from hartonomous.store.connection import connect

MODEL = [("king", "queen", 0.9), ("king", "man", 0.5)]
BY_HAND = [("king", "queen", 0.25), ("king", "dog", 0.75), ("cat", "dog", 1.0), ("dog", "ox", 0.5)]
#: What SQL says of a condition that isn't met.
REFUSED = {"HT001", "HT002", "HT004"}


@pytest.fixture
def substrate(connection):
    connection.autocommit = True
    load(connection, "model:a", MODEL)
    return connection


def add(connection, *arguments, **named):
    """Call it; named arguments go by name."""
    places = ["%s"] * len(arguments) + [f"{name} => %s" for name in named]
    call = f"SELECT add_evidence({', '.join(places)})"
    return connection.execute(call, [*arguments, *named.values()]).fetchone()[0]


def evidence(connection, source="by hand"):
    rows = connection.execute(
        "SELECT a, relation_type, b, weight, rank, site_position FROM evidence"
        " WHERE source_identifier = %s ORDER BY 1, 2, 3",
        [source],
    )
    return rows.fetchall()


def comparable(connection):
    """Parts of the fingerprint but that of what was read, which no two kinds of source share."""
    parts = fingerprint_parts(connection)
    return {part: digest for part, digest in parts.items() if part != "content"}


@pytest.mark.parametrize("kind", ["related", "precedes"])
@pytest.mark.parametrize("order", [1, -1])
def test_it_is_as_if_the_source_had_been_loaded(substrate, empty_dsn, kind, order):
    for a, b, weight in BY_HAND[::order]:
        directions = 2 if kind == "related" else 1
        assert add(substrate, "by hand", a, b, weight, kind) == directions
    assert verify_ratings(substrate) == ()
    seen = BY_HAND + ([(b, a, w) for a, b, w in BY_HAND] if kind == "related" else [])
    with connect(empty_dsn, migrate=True) as other:
        load(other, "model:a", MODEL)
        load(other, "by hand", seen, kind="evidence", sites=("by hand",), relation_type=kind)
        assert comparable(other) == comparable(substrate)
        question = "SELECT neighbor, elo_score FROM neighbors('dog', 10, %s)"
        found = substrate.execute(question, [kind]).fetchall()
        assert found == other.execute(question, [kind]).fetchall()
        assert found


def test_a_symmetric_relation_is_meant_in_both_directions_and_another_in_one(substrate):
    add(substrate, "by hand", "dog", "cat", 0.5)
    add(substrate, "by hand", "dog", "barks", 0.25, "precedes", "observed")
    assert evidence(substrate) == [
        ("cat", "related", "dog", 0.5, None, "by hand"),
        ("dog", "precedes", "barks", 0.25, None, "observed"),
        ("dog", "related", "cat", 0.5, None, "by hand"),
    ]


def test_weight_0_says_that_the_relation_does_not_hold(substrate):
    assert add(substrate, "by hand", "king", "man", 0) == 2
    rejections = substrate.execute(
        "SELECT evidence_count, rejection_count, source_count, elo_score, weight_sum FROM relation"
        " WHERE relation_id = relation_id(composition_id('king'), composition_id('man'))"
    ).fetchone()
    assert rejections == (2, 1, 2, pytest.approx(1500 + 250 / 2), 1 << 19)
    add(substrate, "by hand", "cat", "dog", 0)
    assert substrate.execute("SELECT * FROM neighbors('cat')").fetchall() == []
    assert substrate.execute("SELECT * FROM explain_relation('cat', 'dog')").fetchall() == []


def test_a_weight_too_small_to_be_stored_is_no_rejection(substrate):
    add(substrate, "by hand", "cat", "dog", 1e-9)
    rows = substrate.execute("SELECT neighbor, mean_weight FROM neighbors('cat')").fetchall()
    assert rows == [("dog", 2.0**-20)]


@pytest.mark.parametrize("weight", [0, 0.5])
def test_the_same_again_adds_nothing(substrate, weight):
    add(substrate, "by hand", "cat", "dog", weight)
    add(substrate, "by hand", "cat", "ox", 1)
    before = substrate_fingerprint(substrate)
    audited = substrate.execute("SELECT count(*) FROM audit").fetchone()
    assert add(substrate, "by hand", "cat", "dog", weight) == 0
    assert add(substrate, "by hand", "dog", "cat", weight) == 0
    assert substrate_fingerprint(substrate) == before
    assert substrate.execute("SELECT count(*) FROM audit").fetchone() == audited


def test_it_adds_to_a_source_in_the_same_and_in_later_transactions(substrate):
    with substrate.transaction():
        assert add(substrate, "by hand", "cat", "dog", 0.5) == 2
        assert add(substrate, "by hand", "cat", "ox", 0.5) == 2
        assert add(substrate, "another", "cat", "ox", 0.5) == 2
    assert add(substrate, "by hand", "cat", "king", 0.5) == 2
    assert len(evidence(substrate)) == 6
    assert len(evidence(substrate, "another")) == 2
    assert verify_audit(substrate) == ()


@pytest.mark.parametrize(
    "arguments",
    [
        ("by hand", "king", "king", 0.5),
        ("by hand", "cafe\u0301", "caf\u00e9", 0.5),
        ("by hand", "king", "queen", 1.5),
        ("by hand", "king", "queen", -0.5),
        ("by hand", "king", "queen", float("nan")),
        ("by hand", "king", "queen", None),
        ("by hand", "king", "", 0.5),
        ("by hand", None, "queen", 0.5),
        ("by hand", "king", None, 0.5),
        ("", "king", "queen", 0.5),
        (None, "king", "queen", 0.5),
        ("by hand", "king", "queen", 0.5, "likes"),
        ("by hand", "king", "queen", 0.5, None),
        ("by hand", "king", "queen", 0.5, "related", ""),
        ("by hand", "king", "queen", 0.5, "related", None),
        ("model:a", "king", "queen", 0.5),
        ("known", "king", "queen", 0.75),
        ("known", "king", "queen", 0),
        ("rejected", "king", "queen", 0.5),
    ],
    ids=repr,
)
def test_what_is_no_observation_is_refused_and_changes_nothing(substrate, arguments):
    add(substrate, "known", "king", "queen", 0.5)
    add(substrate, "rejected", "king", "queen", 0)
    before = substrate_fingerprint(substrate)
    with pytest.raises(psycopg.Error) as refusal:
        add(substrate, *arguments)
    assert refusal.value.sqlstate in REFUSED
    assert substrate_fingerprint(substrate) == before
    assert verify_ratings(substrate) == ()


@pytest.mark.parametrize("label", ["king", "never seen"])
def test_a_concept_that_is_to_stay_forgotten_is_refused(substrate, label):
    delete_concept(substrate, [label], forget=True)
    before = substrate_fingerprint(substrate)
    for arguments in (("by hand", label, "queen", 0.5), ("by hand", "queen", label, 0.5)):
        with pytest.raises(psycopg.Error, match="stay forgotten"):
            add(substrate, *arguments)
    assert substrate_fingerprint(substrate) == before


def test_a_word_piece_is_found_by_its_label(substrate):
    load(substrate, "model:b", [("##ing", "king", 0.5)])
    add(substrate, "by hand", "##ing", "cat", 0.5)
    kinds = substrate.execute("SELECT kind FROM composition WHERE label = '##ing'").fetchall()
    assert kinds == [("piece",)]


def test_summaries_count_it_at_once(substrate):
    add(substrate, "by hand", "king", "queen", 0.5)
    substrate.execute("SELECT summarise_relations(0)")
    question = "SELECT neighbor, evidence_count FROM neighbors('king') ORDER BY 1"
    assert substrate.execute(question).fetchall() == [("man", 1), ("queen", 2)]
    add(substrate, "by hand", "king", "man", 0.5)
    assert substrate.execute(question).fetchall() == [("man", 2), ("queen", 2)]
    assert verify_ratings(substrate) == ()
    assert substrate.execute("SELECT count_relations()").fetchone() == (4,)


def test_it_goes_with_its_source_or_its_person(substrate):
    before = substrate_fingerprint(substrate)
    add(substrate, "by hand", "cat", "dog", 0.5, subject="user_1")
    delete_subject(substrate, "user_1")
    assert substrate_fingerprint(substrate) == before
    add(substrate, "by hand", "cat", "dog", 0.5)
    delete_source(substrate, "by hand")
    assert substrate_fingerprint(substrate) == before
    add(substrate, "by hand", "cat", "dog", 0.5)
    substrate.execute("DELETE FROM relation_evidence WHERE rank IS NULL")
    assert substrate_fingerprint(substrate) == before


def test_nobodys_words_go_under_another_persons_name(substrate):
    add(substrate, "by hand", "cat", "dog", 0.5, subject="user_1")
    before = substrate_fingerprint(substrate)
    with pytest.raises(psycopg.Error) as refusal:
        add(substrate, "by hand", "cat", "ox", 0.5, subject="user_2")
    assert refusal.value.sqlstate in REFUSED
    assert substrate_fingerprint(substrate) == before
    assert add(substrate, "by hand", "cat", "ox", 0.5, subject="user_1") == 2


def test_a_quarantined_source_can_be_added_to_and_stays_out_of_answers(substrate):
    add(substrate, "by hand", "cat", "dog", 0.5)
    quarantine_source(substrate, "by hand")
    add(substrate, "by hand", "king", "dog", 0.5)
    rows = substrate.execute("SELECT neighbor FROM neighbors('king')").fetchall()
    assert rows == [("queen",), ("man",)]
