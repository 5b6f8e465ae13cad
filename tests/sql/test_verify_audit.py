from __future__ import annotations

import pytest
from planted_relations import load

from hartonomous.editing.audit import audit, verify_audit
from hartonomous.editing.deletion import delete_model
from hartonomous.editing.state import quarantine_source, restore_source


@pytest.fixture
def substrate(connection):
    connection.autocommit = True
    load(connection, "model:a", [("king", "queen", 0.9)])
    load(connection, "model:b", [("king", "queen", 0.7)])
    quarantine_source(connection, "model:a")
    restore_source(connection, "model:a")
    delete_model(connection, "model:b")
    return connection


def test_every_change_is_one_row(substrate):
    done = [row.action for row in reversed(audit(substrate))]
    assert done == ["ingest", "ingest", "quarantine_source", "restore_source", "delete_model"]
    assert verify_audit(substrate) == ()


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit SET details = details || '{\"evidence\": 0}' WHERE audit_id = 3",
        "UPDATE audit SET actor = 'nobody' WHERE audit_id = 1",
        "UPDATE audit SET happened_at = happened_at + interval '1 microsecond' WHERE audit_id = 5",
        "UPDATE audit SET hash = sha256(hash) WHERE audit_id = 2",
        "DELETE FROM audit WHERE audit_id = 1",
        "DELETE FROM audit WHERE audit_id = 3",
        "UPDATE audit SET audit_id = CASE audit_id WHEN 2 THEN 30 ELSE 20 END"
        " WHERE audit_id IN (2, 3);"
        "UPDATE audit SET audit_id = audit_id / 10 WHERE audit_id > 10",
    ],
)
def test_changed_removed_and_reordered_rows_show(substrate, tampering):
    substrate.execute(tampering)
    assert verify_audit(substrate)


def test_a_row_that_was_made_to_fit_breaks_the_next(substrate):
    substrate.execute(
        "UPDATE audit SET actor = 'nobody',"
        " hash = audit_hash(audit_id, happened_at, 'nobody', action, details, previous_hash)"
        " WHERE audit_id = 2"
    )
    assert [problem.audit_id for problem in verify_audit(substrate)] == [3]


def test_a_missing_end_shows_by_a_hash_that_was_kept(substrate):
    last = audit(substrate, 1)[0].hash
    assert verify_audit(substrate, last) == ()
    substrate.execute("DELETE FROM audit WHERE audit_id = 5")
    assert verify_audit(substrate) == ()
    assert "removed at the end" in verify_audit(substrate, last)[0].problem


def test_what_is_refused_leaves_no_row(substrate):
    substrate.execute("SELECT 1")
    with pytest.raises(Exception, match="deleted for good"):
        delete_model(substrate, "model:b")
    assert len(audit(substrate)) == 5
