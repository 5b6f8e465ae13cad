from __future__ import annotations

import pytest
from planted_relations import load

from hartonomous.editing.deletion import delete_model
from hartonomous.editing.feedback import record_feedback
from hartonomous.editing.fingerprint import substrate_fingerprint
from hartonomous.editing.state import quarantine_source, restore_source
from hartonomous.errors import UnknownNameError


@pytest.fixture
def substrate(connection):
    connection.autocommit = True
    load(connection, "model:a", [("king", "queen", 0.9), ("king", "man", 0.5)])
    load(connection, "model:b", [("king", "queen", 0.7), ("king", "dog", 0.5)])
    return connection


def answers(connection):
    return connection.execute("SELECT * FROM neighbors('king')").fetchall()


def test_answers_are_those_of_a_database_without_the_source(substrate):
    quarantine_source(substrate, "model:b")
    quarantined = answers(substrate)
    delete_model(substrate, "model:b")
    assert answers(substrate) == quarantined


def test_restoring_is_the_identity(substrate):
    before, answered = substrate_fingerprint(substrate), answers(substrate)
    assert quarantine_source(substrate, "model:b")
    assert restore_source(substrate, "model:b")
    assert (substrate_fingerprint(substrate), answers(substrate)) == (before, answered)


def test_doing_it_twice_says_so_and_changes_nothing(substrate):
    quarantine_source(substrate, "model:b")
    before = substrate_fingerprint(substrate)
    notices = []
    substrate.add_notice_handler(lambda notice: notices.append(notice.message_primary))
    assert not quarantine_source(substrate, "model:b")
    assert notices == ["model:b is quarantined already, so nothing was changed"]
    assert substrate_fingerprint(substrate) == before


def test_a_quarantined_rejection_rejects_nothing(substrate):
    answered = answers(substrate)
    name = record_feedback(substrate, "user", "king", "dog", "reject")
    assert answers(substrate) != answered
    quarantine_source(substrate, name)
    assert answers(substrate) == answered


def test_what_was_deleted_cannot_be_restored(substrate):
    quarantine_source(substrate, "model:b")
    delete_model(substrate, "model:b")
    with pytest.raises(UnknownNameError, match="deleted for good"):
        restore_source(substrate, "model:b")


def test_an_unknown_source_is_named_with_near_matches(substrate):
    with pytest.raises(UnknownNameError, match="did you mean"):
        quarantine_source(substrate, "model:aa")


def test_a_name_without_end_is_not_compared_letter_by_letter(substrate):
    with pytest.raises(UnknownNameError, match="there is no source") as caught:
        quarantine_source(substrate, "model:b" + "x" * 5000)
    assert len(str(caught.value)) < 300
