from __future__ import annotations

import numpy as np
import psycopg
import pytest
from planted_relations import load, random_graph

from hartonomous.editing.deletion import delete_model, delete_source, preview_delete_model
from hartonomous.editing.fingerprint import substrate_fingerprint
from hartonomous.editing.verification import verify_ratings
from hartonomous.errors import ParameterError, UnknownNameError

A = [("king", "queen", 0.9), ("king", "man", 0.5)]
B = [("king", "queen", 0.7), ("dog", "cat", 0.5)]


@pytest.fixture
def both(connection):
    connection.autocommit = True
    load(connection, "model:a", A)
    load(connection, "model:b", B)
    return connection


def test_what_only_the_model_supports_goes_and_the_rest_is_rated_anew(both):
    preview = preview_delete_model(both, "model:b")
    assert (preview.relations_removed, preview.relations_changed) == (1, 1)
    deletion = delete_model(both, "model:b")
    assert deletion.names == ("model:b",)
    assert (deletion.sources, deletion.sites, deletion.evidence) == (1, 1, 2)
    assert deletion.concepts_removed == 2
    rated = both.execute("SELECT neighbor, elo_score FROM neighbors('king')").fetchall()
    assert rated == [("queen", pytest.approx(1970.1)), ("man", pytest.approx(1770.1))]
    assert both.execute("SELECT find_composition('dog')").fetchone() == (None,)


@pytest.mark.parametrize("others", [2, 2000])
def test_a_small_and_a_large_share_of_the_graph_go_as_exactly(connection, others):
    connection.autocommit = True
    load(connection, "model:base", random_graph(np.random.default_rng(1), others // 2 + 8, 7))
    before = substrate_fingerprint(connection)
    load(connection, "model:b", random_graph(np.random.default_rng(2), 10, 5))
    delete_model(connection, "model:b")
    assert substrate_fingerprint(connection) == before
    assert verify_ratings(connection) == ()


def test_its_partition_is_dropped(both):
    delete_model(both, "model:b")
    tables = both.execute(
        "SELECT inhrelid::regclass::text FROM pg_inherits"
        " WHERE inhparent = 'relation_list'::regclass ORDER BY 1"
    ).fetchall()
    assert tables == [("relation_list_1",), ("relation_list_shared",)]
    assert both.execute("SELECT to_regclass('relation_list_2')").fetchone() == (None,)


def test_a_preview_says_what_the_deletion_does_and_touches_nothing(both):
    before = substrate_fingerprint(both)
    with both.transaction():
        both.execute("SET TRANSACTION READ ONLY")
        preview = preview_delete_model(both, "model:b")
    assert preview.audit_id is None
    assert substrate_fingerprint(both) == before
    deletion = delete_model(both, "model:b")
    relations = {"relations_removed": 0, "relations_changed": 0}
    assert preview.names == deletion.names
    assert preview.counts.keys() - deletion.counts.keys() == relations.keys()
    assert preview.counts | relations == deletion.counts | relations


def test_a_deletion_that_is_rolled_back_did_nothing(both):
    before = substrate_fingerprint(both)
    with both.transaction(force_rollback=True):
        delete_model(both, "model:b")
    assert substrate_fingerprint(both) == before


def test_an_unknown_name_lists_near_matches(both):
    before = substrate_fingerprint(both)
    with pytest.raises(UnknownNameError, match=r"model:c.*did you mean model:"):
        delete_model(both, "model:c")
    with pytest.raises(UnknownNameError, match=r"no source %"):
        preview_delete_model(both, "%")
    assert substrate_fingerprint(both) == before


def test_a_second_deletion_says_so_and_changes_nothing(both):
    delete_model(both, "model:b")
    after = substrate_fingerprint(both)
    with pytest.raises(UnknownNameError, match="model:b was deleted for good"):
        delete_model(both, "model:b")
    assert substrate_fingerprint(both) == after


def test_a_deleted_model_can_be_loaded_again(both):
    before = substrate_fingerprint(both)
    delete_model(both, "model:b")
    load(both, "model:b", B)
    assert substrate_fingerprint(both) == before


def test_a_document_is_no_model(both):
    load(both, "note", B, kind="document")
    with pytest.raises(ParameterError, match="note is a document"):
        delete_model(both, "note")
    assert delete_source(both, "note").sources == 1


def test_the_last_model_leaves_nothing(both):
    delete_model(both, "model:a")
    delete_model(both, "model:b")
    for table in ("content", "site", "relation", "relation_list", "composition"):
        assert both.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def test_coordinates_go_with_their_source_and_their_concept(both):
    both.execute(
        "INSERT INTO composition_coordinate (composition_id, content_id, x, y, z, w)"
        " SELECT c.composition_id, s.content_id, 1, 0, 0, 0"
        " FROM composition AS c CROSS JOIN content AS s"
        " WHERE c.label IN ('king', 'queen', 'man') OR s.source_identifier = 'model:b'"
    )
    assert delete_model(both, "model:b").coordinates == 5
    left = both.execute("SELECT count(*) FROM composition_coordinate").fetchone()
    assert left == (3,)


@pytest.mark.parametrize("wanted", [True, None])
def test_fingerprints_of_before_and_after_are_recorded(both, wanted):
    before = substrate_fingerprint(both)
    deletion = delete_model(both, "model:b", fingerprints=wanted)
    details = both.execute(
        "SELECT details FROM audit WHERE audit_id = %s", [deletion.audit_id]
    ).fetchone()[0]
    assert details["fingerprint_before"] == before
    assert details["fingerprint_after"] == substrate_fingerprint(both)


def test_fingerprints_can_be_left_out(both):
    deletion = delete_model(both, "model:b", fingerprints=False)
    details = both.execute(
        "SELECT details FROM audit WHERE audit_id = %s", [deletion.audit_id]
    ).fetchone()[0]
    assert details["fingerprint_before"] is None


def test_functions_answer_to_sql_with_named_arguments(both):
    row = both.execute(
        "SELECT counts -> 'evidence' FROM delete_model(source => 'model:b', fingerprints => false)"
    ).fetchone()
    assert row == (2,)


def test_null_is_no_name(both):
    with pytest.raises(psycopg.Error, match="no source"):
        both.execute("SELECT delete_model(NULL)")
