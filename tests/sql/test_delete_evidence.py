"""DELETE FROM relation_evidence by hand: exact, as if the observations had never been loaded."""

from __future__ import annotations

import hashlib

import pytest
from planted_relations import load

from hartonomous.editing.audit import verify_audit
from hartonomous.editing.deletion import delete_model
from hartonomous.editing.fingerprint import substrate_fingerprint
from hartonomous.editing.state import quarantine_source
from hartonomous.editing.verification import verify_ratings

SEEN = [
    ("king", "queen", 0.9),
    ("king", "man", 0.5),
    ("king", "dog", 0.25),
    ("queen", "king", 0.9),
    ("cat", "dog", 0.5),
]
OTHER = [("king", "queen", 0.7), ("horse", "king", 0.5)]


@pytest.fixture
def substrate(connection):
    connection.autocommit = True
    return connection


def remove(connection, condition):
    """Delete what fits a condition on the view with names; return how many rows went."""
    return connection.execute(
        "DELETE FROM relation_evidence AS e USING content AS s, site AS p, composition AS x,"
        " composition AS y WHERE s.content_id = e.content_id AND p.site_id = e.site_id"
        " AND x.composition_id = (e.relation_id).composition_a_id"
        f" AND y.composition_id = (e.relation_id).composition_b_id AND ({condition})"
    ).rowcount


def evidence(connection):
    rows = connection.execute(
        "SELECT a, b, source_identifier, site_position, weight, rank FROM evidence"
        " ORDER BY 3, 4, 1, 6, 2"
    )
    return rows.fetchall()


def labels(connection, table="composition", column="label"):
    return {name for (name,) in connection.execute(f"SELECT {column} FROM {table}").fetchall()}


@pytest.mark.parametrize("kind", ["model", "document"])
@pytest.mark.parametrize(
    "words",
    [{("king", "dog")}, {("cat", "dog")}, {("king", "dog"), ("cat", "dog")}, set()],
    ids=len,
)
def test_what_is_left_is_what_a_load_without_it_makes(substrate, kind, words):
    load(substrate, "one", OTHER)
    load(substrate, "two", [row for row in SEEN if row[:2] not in words], kind=kind)
    expected = substrate_fingerprint(substrate)
    substrate.execute("SELECT delete_source('two')")
    load(substrate, "two", SEEN, kind=kind)
    # the name of a source goes with what was read, which is not what is being compared here
    digest = hashlib.sha256(
        repr(([row for row in SEEN if row[:2] not in words], ("embedding",))).encode()
    ).digest()
    substrate.execute(
        "UPDATE content SET fingerprint = %s WHERE source_identifier = 'two'", [digest]
    )
    for a, b in words:
        gone = remove(
            substrate, f"s.source_identifier = 'two' AND x.label = '{a}' AND y.label = '{b}'"
        )
        assert gone == 1
    assert substrate_fingerprint(substrate) == expected
    assert verify_ratings(substrate) == ()


def test_ranks_behind_stay_what_they_were(substrate):
    load(substrate, "model:a", SEEN)
    before = evidence(substrate)
    assert remove(substrate, "x.label = 'king' AND y.label = 'man'") == 1
    assert evidence(substrate) == [row for row in before if row[:2] != ("king", "man")]
    assert ("king", "dog", "model:a", "embedding", 0.25, 3) in evidence(substrate)


def test_concepts_that_nothing_names_any_more_go_and_others_stay(substrate):
    load(substrate, "model:a", SEEN)
    remove(substrate, "x.label = 'cat' OR y.label = 'man'")
    assert labels(substrate) == {"king", "queen", "dog"}
    remove(substrate, "y.label = 'dog'")
    assert labels(substrate) == {"king", "queen"}
    assert verify_ratings(substrate) == ()


def test_sites_and_sources_go_with_the_last_of_their_evidence(substrate):
    load(substrate, "model:b", OTHER)
    before = substrate_fingerprint(substrate)
    load(substrate, "model:a", SEEN, sites=("embedding", "layer0-head0-qk"))
    assert remove(substrate, "p.position = 'embedding' AND s.source_identifier = 'model:a'") == 5
    assert labels(substrate, "site WHERE content_id <> 1", "position") == {"layer0-head0-qk"}
    assert remove(substrate, "s.source_identifier = 'model:a'") == 5
    assert substrate_fingerprint(substrate) == before
    assert verify_ratings(substrate) == ()
    with pytest.raises(Exception, match="no source model:a"):
        delete_model(substrate, "model:a")


def test_all_of_a_large_source_goes_and_so_does_its_partition_later(substrate):
    load(substrate, "model:b", OTHER)
    before = substrate_fingerprint(substrate)
    load(substrate, "model:a", SEEN)
    substrate.execute("DELETE FROM relation_evidence WHERE content_id = 2")
    assert substrate_fingerprint(substrate) == before
    assert verify_ratings(substrate) == ()
    delete_model(substrate, "model:b")
    assert substrate.execute("SELECT to_regclass('relation_list_2')").fetchone() == (None,)


def test_the_whole_view_goes_at_once(substrate):
    load(substrate, "model:a", SEEN)
    load(substrate, "note", OTHER, kind="document")
    assert substrate.execute("DELETE FROM relation_evidence").rowcount == 7
    for table in ("content", "site", "composition", "relation_list"):
        assert substrate.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table


def test_a_join_that_meets_a_row_twice_takes_it_away_once(substrate):
    load(substrate, "model:a", SEEN)
    before = evidence(substrate)
    substrate.execute(
        "DELETE FROM relation_evidence AS e USING (VALUES (1), (2)) AS v WHERE e.weight = 0.5"
    )
    assert evidence(substrate) == [row for row in before if row[4] != 0.5]


def test_several_deletions_in_one_transaction_add_up(substrate):
    load(substrate, "model:a", SEEN)
    before = evidence(substrate)
    with substrate.transaction():
        substrate.execute("DELETE FROM relation_evidence WHERE weight > 0.8")
        assert evidence(substrate) == [row for row in before if row[4] <= 0.8]
        substrate.execute("DELETE FROM relation_evidence WHERE weight > 0.4")
        substrate.execute("DELETE FROM relation_evidence WHERE weight > 0.4")
    assert evidence(substrate) == [row for row in before if row[4] <= 0.4]
    told = substrate.execute(
        "SELECT (details ->> 'evidence')::integer FROM audit WHERE action = 'delete_evidence'"
        " ORDER BY audit_id"
    ).fetchall()
    assert told == [(2,), (2,)]
    assert verify_audit(substrate) == ()


def test_what_is_rolled_back_stays(substrate):
    load(substrate, "model:a", SEEN)
    before = substrate_fingerprint(substrate)
    with substrate.transaction(force_rollback=True):
        substrate.execute("DELETE FROM relation_evidence")
    assert substrate_fingerprint(substrate) == before
    substrate.execute("DELETE FROM relation_evidence WHERE weight > 2")
    assert substrate_fingerprint(substrate) == before


def test_returning_says_what_went(substrate):
    load(substrate, "model:a", SEEN)
    rows = substrate.execute(
        "DELETE FROM relation_evidence WHERE rank = 3 RETURNING weight, rank"
    ).fetchall()
    assert rows == [(0.25, 3)]


def test_summaries_and_charts_follow(substrate):
    load(substrate, "model:a", SEEN)
    substrate.execute("SELECT summarise_relations(0)")
    substrate.execute(
        "INSERT INTO source_chart (content_id, concepts, component_count) VALUES (1, 5, 1)"
    )
    substrate.execute(
        "INSERT INTO composition_coordinate (composition_id, content_id, x, y, z, w)"
        " SELECT composition_id, 1, 1, 0, 0, 0 FROM composition"
    )
    remove(substrate, "x.label = 'king' AND y.label = 'queen'")
    rows = substrate.execute("SELECT neighbor FROM neighbors('king')").fetchall()
    assert rows == [("man",), ("dog",)]
    assert verify_ratings(substrate) == ()
    count = substrate.execute("SELECT count(*) FROM composition_coordinate").fetchone()
    assert count == (0,), "a chart is made of all of a source's relations"


def test_evidence_of_a_quarantined_source_is_out_of_reach(substrate):
    load(substrate, "model:a", SEEN)
    quarantine_source(substrate, "model:a")
    before = substrate_fingerprint(substrate)
    assert substrate.execute("DELETE FROM relation_evidence").rowcount == 0
    assert substrate_fingerprint(substrate) == before
