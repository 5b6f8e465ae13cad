from __future__ import annotations

import json

import pytest
from planted_relations import load

from hartonomous.editing.deletion import delete_concept
from hartonomous.editing.fingerprint import (
    compare_fingerprints,
    fingerprint_parts,
    substrate_fingerprint,
)
from hartonomous.store.connection import connect

A = [("king", "queen", 0.9), ("king", "man", 0.5)]


@pytest.fixture
def substrate(connection):
    connection.autocommit = True
    load(connection, "model:a", A)
    load(connection, "note", A, kind="document")
    return connection


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE relation_list SET weights[2] = 7 WHERE content_id = 1 AND neighbours <> '{}'",
        "UPDATE relation_list SET neighbours = 0 || neighbours, weights = 0 || weights"
        " WHERE content_id = 1 AND neighbours <> '{}'",
        "UPDATE relation_list SET relation_type_id = relation_type_id('precedes')",
        "DELETE FROM relation_list WHERE content_id = 1",
        "DELETE FROM relation_evidence WHERE content_id = 1",
        "DELETE FROM relation_evidence WHERE content_id = 1 AND rank = 2",
        "DELETE FROM relation_evidence WHERE content_id > 1",
        "UPDATE composition SET label = 'emperor' WHERE label = 'king'",
        "UPDATE content SET state = 'quarantined' WHERE content_id = 1",
        "UPDATE content SET fingerprint = sha256(fingerprint)",
        "UPDATE content SET source_identifier = 'model:z' WHERE content_id = 1",
        "UPDATE site SET position = 'elsewhere'",
        "UPDATE site SET settings = jsonb_set(settings, '{recall}', '0.5')",
        "INSERT INTO subject (subject_key) VALUES ('someone')",
    ],
)
def test_every_part_of_the_state_shows(substrate, change):
    before = substrate_fingerprint(substrate)
    substrate.execute(change)
    assert substrate_fingerprint(substrate) != before


def test_local_numbers_and_times_do_not_show(substrate, empty_dsn):
    with connect(empty_dsn, migrate=True) as other:
        other.autocommit = True
        other.execute("SELECT nextval('content_own_id_seq'), nextval('content_shared_id_seq')")
        load(other, "note", A, kind="document")
        load(other, "model:a", A)
        assert substrate_fingerprint(other) == substrate_fingerprint(substrate)
        assert compare_fingerprints(substrate, other) == ()
        delete_concept(other, ["man"])
        parts = {
            difference.part.split()[0] for difference in compare_fingerprints(substrate, other)
        }
        assert parts == {"composition", "evidence"}


def test_sql_names_the_parts_too(substrate):
    exported = substrate.execute("SELECT export_fingerprint()").fetchone()[0]
    assert exported == fingerprint_parts(substrate)
    question = "SELECT part FROM compare_fingerprints(%s::jsonb)"
    assert substrate.execute(question, [json.dumps(exported)]).fetchall() == []
    exported["site"] = "00"
    assert substrate.execute(question, [json.dumps(exported)]).fetchall() == [("site",)]


def test_the_state_of_a_planted_database_is_known(connection):
    connection.autocommit = True
    assert substrate_fingerprint(connection) == (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    ), "SHA-256 of nothing"


@pytest.mark.parametrize(
    "change",
    [
        "SELECT refresh_ratings()",
        "SELECT summarise_relations(0)",
        "SELECT snapshot_ratings('now')",
        # empty places behind the last one, or anywhere where nothing is ranked
        "UPDATE relation_list SET neighbours = neighbours || 0, weights = weights || 0",
        "UPDATE relation_list SET neighbours = 0 || neighbours, weights = 0 || weights"
        " WHERE content_id > 1",
    ],
)
def test_what_says_nothing_does_not_show(substrate, change):
    before = substrate_fingerprint(substrate)
    substrate.execute(change)
    assert substrate_fingerprint(substrate) == before


def test_a_new_table_brings_its_part_along(substrate):
    before, parts = substrate_fingerprint(substrate), fingerprint_parts(substrate)
    substrate.execute("CREATE TABLE planted (word text)")
    substrate.execute(
        "CREATE FUNCTION hartonomous_internal.fingerprinted_planted()"
        " RETURNS TABLE (shard integer, facts bytea)"
        " LANGUAGE sql STABLE"
        " AS 'SELECT 7, hartonomous_internal.framed(p.word) FROM hartonomous.planted AS p'"
    )
    assert substrate_fingerprint(substrate) == before
    substrate.execute("INSERT INTO planted VALUES ('moon')")
    assert substrate_fingerprint(substrate) != before
    assert fingerprint_parts(substrate).keys() - parts.keys() == {"planted 07"}


def test_a_new_column_of_a_site_shows_whatever_the_session_s_settings(substrate):
    before = substrate_fingerprint(substrate)
    substrate.execute("ALTER TABLE site ADD COLUMN noise real")
    assert substrate_fingerprint(substrate) == before
    substrate.execute("UPDATE site SET noise = 0.123456")
    noised = substrate_fingerprint(substrate)
    assert noised != before
    substrate.execute("SET extra_float_digits = -9")
    assert substrate_fingerprint(substrate) == noised


def test_a_type_that_a_source_brought_shows(substrate):
    before = fingerprint_parts(substrate)
    substrate.execute(
        "INSERT INTO relation_type (relation_type_id, name, is_symmetric)"
        " VALUES (relation_type_id('rhymes'), 'rhymes', true)"
    )
    assert fingerprint_parts(substrate).keys() - before.keys() == {"relation_type"}
