"""What an officer asks: who is there, what is held of them, and what a deletion would leave."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from ingesting import ingest_text
from planted_relations import load

from hartonomous.answers import Kept
from hartonomous.editing.audit import audit, verify_audit
from hartonomous.editing.deletion import (
    forget_expired,
    preview_delete_subject,
    preview_forget_expired,
)
from hartonomous.editing.feedback import record_feedback
from hartonomous.editing.fingerprint import substrate_fingerprint
from hartonomous.editing.receipts import export_receipt, verify_receipt
from hartonomous.editing.state import quarantine_source
from hartonomous.editing.subjects import export_subject, list_subjects, show_subject
from hartonomous.errors import ParameterError, UnknownNameError
from hartonomous.ingesting import ingest_text as ingest_documents
from hartonomous.observations import pseudonym
from hartonomous.store.behalf import act_for

ALICE = "alice@example.org"


@pytest.fixture
def substrate(connection, tmp_path):
    """Give what a model and two persons said."""
    connection.autocommit = True
    load(connection, "model:a", [("king", "queen", 0.5), ("queen", "king", 0.5)])
    for person, text in ((ALICE, "the king met zyxalice"), ("bob", "the king met the dog")):
        note = tmp_path / "note.txt"
        note.write_text(text)
        ingest_text(connection, [note], subject=person)
    record_feedback(connection, ALICE, "king", "queen", "reject")
    return connection


def test_persons_are_listed_with_how_much_is_held(substrate):
    alice, bob = list_subjects(substrate)
    assert (alice.subject_key, alice.source_count, bob.subject_key) == (ALICE, 2, "bob")
    shown = show_subject(substrate, ALICE)
    assert {source.kind for source in shown} == {"document", "feedback"}
    assert sum(source.evidence_count for source in shown) == alice.evidence_count
    assert len(list_subjects(substrate, 1)) == 1
    with pytest.raises(UnknownNameError, match="no subject"):
        show_subject(substrate, "alice@example%")


def test_an_export_holds_every_observation_of_the_person_and_nobody_elses(substrate):
    held = export_subject(substrate, ALICE)
    told = [record for record in held if record.record == "evidence"]
    (alice, _) = list_subjects(substrate)
    assert len(told) == alice.evidence_count
    assert {record.source_identifier for record in held} == {
        source.source_identifier for source in show_subject(substrate, ALICE)
    }
    assert ("met", "zyxalice") in {(record.from_label, record.to_label) for record in told}
    assert "dog" not in repr(held)
    rejected = [(r.from_label, r.to_label) for r in told if r.details["is_rejected"]]
    assert sorted(rejected) == [("king", "queen"), ("queen", "king")]
    sources = [record.details for record in held if record.record == "source"]
    assert {source["subject"] for source in sources} == {ALICE}


def test_what_is_quarantined_is_held_too(substrate):
    before = export_subject(substrate, ALICE)
    quarantine_source(substrate, f"{pseudonym(ALICE)}:note.txt")
    after = export_subject(substrate, ALICE)
    assert [r for r in after if r.record != "source"] == [r for r in before if r.record != "source"]


def test_an_export_is_in_the_audit_without_the_key(substrate):
    export_subject(substrate, ALICE)
    row = audit(substrate, 1)[0]
    assert (row.action, row.details["sources"]) == ("export_subject", 2)
    assert ALICE not in repr(audit(substrate, 1000))
    assert verify_audit(substrate) == ()


def test_a_preview_names_what_goes_and_what_stays(substrate):
    preview = preview_delete_subject(substrate, ALICE)
    assert preview.goes == ("zyxalice",)
    bobs = f"{pseudonym('bob')}:note.txt"
    assert Kept(("king",), None, ("model:a", bobs)) in preview.stays
    assert (
        Kept(("king", "queen"), "related", ("model:a",)) in preview.stays
        or Kept(("queen", "king"), "related", ("model:a",)) in preview.stays
    )
    assert Kept(("king", "met"), "precedes", (bobs,)) in preview.stays
    assert not any("zyxalice" in kept.what for kept in preview.stays)


def expiring(connection, path, days, subject=None):
    day = date.today() + timedelta(days)
    ingest_documents(connection, [path], subject=subject, expires=day)


def test_what_has_expired_goes_and_the_rest_is_as_if_it_had_never_been(substrate, tmp_path):
    before = substrate_fingerprint(substrate)
    note, later = tmp_path / "short.txt", tmp_path / "later.txt"
    note.write_text("a qqfleeting word")
    later.write_text("a qqlasting word")
    expiring(substrate, note, 0, "carol")
    expiring(substrate, later, 9)
    assert [each.next_expiry for each in list_subjects(substrate)][2] is not None
    assert preview_forget_expired(substrate).names == (f"{pseudonym('carol')}:short.txt",)
    gone = forget_expired(substrate)
    assert (gone.sources, gone.concepts_removed) == (1, 1)
    substrate.execute("SELECT delete_source('later.txt')")
    assert substrate_fingerprint(substrate) == before


def test_forgetting_has_its_receipt_even_when_nothing_had_expired(substrate):
    done = forget_expired(substrate)
    assert done.sources == 0
    receipt = export_receipt(substrate)
    assert '"action": "forget_expired"' in receipt
    export_subject(substrate, ALICE)
    assert verify_receipt(substrate, receipt).holds
    substrate.execute("UPDATE relation_list SET weights[1] = 7 WHERE neighbours <> '{}'")
    assert not verify_receipt(substrate, receipt).holds, "an export is no change of the state"


def test_a_day_that_is_past_or_none_is_refused(substrate, tmp_path):
    note = tmp_path / "short.txt"
    note.write_text("a word")
    with pytest.raises(ParameterError, match="past"):
        expiring(substrate, note, -2)
    with pytest.raises(ParameterError, match="no day"):
        ingest_documents(substrate, [note], expires="tomorrow")


def test_the_audit_and_receipts_name_the_operator_and_the_reference(substrate):
    act_for(substrate, "j.doe", "TICKET-12")
    forget_expired(substrate)
    row = audit(substrate, 1)[0]
    assert (row.details["operator"], row.details["reference"]) == ("j.doe", "TICKET-12")
    assert '"reference": "TICKET-12"' in export_receipt(substrate)
    assert verify_receipt(substrate, export_receipt(substrate)).holds
    act_for(substrate, None, None)
    forget_expired(substrate)
    assert "reference" not in audit(substrate, 1)[0].details


@pytest.mark.parametrize("name", ["x" * 81, "two\nlines"])
def test_an_operator_is_one_short_line(substrate, name):
    with pytest.raises(ParameterError, match="one line"):
        act_for(substrate, name, None)
    substrate.execute("SELECT set_config('hartonomous.operator', %s, false)", [name])
    with pytest.raises(ParameterError, match="one line"):
        forget_expired(substrate)
