from __future__ import annotations

import pytest
from planted_relations import load

from hartonomous.editing.deletion import delete_concept, delete_model
from hartonomous.editing.fingerprint import substrate_fingerprint
from hartonomous.editing.snapshots import compare_snapshots, drop_snapshot, snapshot_ratings
from hartonomous.editing.state import quarantine_source
from hartonomous.errors import SourceTakenError, UnknownNameError


@pytest.fixture
def substrate(connection):
    connection.autocommit = True
    load(connection, "model:a", [("king", "queen", 0.5), ("king", "man", 0.5)])
    snapshot_ratings(connection, "before")
    load(connection, "model:b", [("king", "queen", 1.0), ("king", "dog", 0.25)])
    return connection


def changes(connection, a, b):
    return {
        (change.from_label, change.to_label): (change.elo_a, change.elo_b)
        for change in compare_snapshots(connection, a, b)
    }


def test_what_a_source_changed_is_told(substrate):
    assert snapshot_ratings(substrate, "after") == 2
    assert changes(substrate, "before", "after") == {
        ("king", "queen"): (pytest.approx(1770.1), pytest.approx(1915.2)),
        ("king", "dog"): (None, pytest.approx(1645.1)),
    }
    assert next(iter(changes(substrate, "before", "after"))) in {("king", "queen"), ("king", "dog")}


def test_a_snapshot_holds_live_sources(substrate):
    quarantine_source(substrate, "model:b")
    snapshot_ratings(substrate, "without b")
    assert changes(substrate, "before", "without b") == {}


def test_no_snapshot_keeps_relations_that_were_deleted(substrate):
    snapshot_ratings(substrate, "after")
    delete_model(substrate, "model:b")
    assert changes(substrate, "before", "after") == {}
    load(substrate, "model:b", [("king", "queen", 1.0), ("king", "dog", 0.25)])
    assert changes(substrate, "before", "after") == {}, "it is another source now"


def test_a_snapshot_holds_what_is_quarantined_since(substrate):
    snapshot_ratings(substrate, "after")
    told = changes(substrate, "before", "after")
    quarantine_source(substrate, "model:b")
    assert changes(substrate, "before", "after") == told


def test_evidence_that_went_from_sources_of_both_is_in_neither(substrate):
    snapshot_ratings(substrate, "after")
    delete_concept(substrate, ["queen"])
    assert changes(substrate, "before", "after") == {("king", "dog"): (None, pytest.approx(1645.1))}


def test_snapshots_are_no_part_of_the_fingerprint(substrate):
    before = substrate_fingerprint(substrate)
    snapshot_ratings(substrate, "after")
    assert substrate_fingerprint(substrate) == before


def test_names_are_unique_and_known(substrate):
    with pytest.raises(SourceTakenError, match="before"):
        snapshot_ratings(substrate, "before")
    with pytest.raises(UnknownNameError, match=r"befor.*did you mean before"):
        compare_snapshots(substrate, "befor", "before")
    drop_snapshot(substrate, "before")
    with pytest.raises(UnknownNameError):
        drop_snapshot(substrate, "before")
