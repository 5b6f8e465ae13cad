from __future__ import annotations

import json

import pytest
from ingesting import ingest_text

from hartonomous.editing.audit import audit
from hartonomous.editing.deletion import delete_subject, preview_delete_subject
from hartonomous.editing.feedback import record_feedback
from hartonomous.editing.fingerprint import substrate_fingerprint
from hartonomous.editing.receipts import export_receipt
from hartonomous.editing.snapshots import compare_snapshots, snapshot_ratings
from hartonomous.editing.verification import verify_ratings
from hartonomous.errors import UnknownNameError
from hartonomous.observations import pseudonym

PEOPLE = ["user_1", "user_12", "user_1%", "user%1", "userx1"]


@pytest.fixture
def people(connection, tmp_path):
    connection.autocommit = True
    for person in PEOPLE:
        note = tmp_path / "note.txt"
        note.write_text(f"the king met {person} and the queen")
        ingest_text(connection, [note], subject=person)
    return connection


def sources(connection):
    rows = connection.execute("SELECT source_identifier FROM content ORDER BY content_id")
    return [name for (name,) in rows.fetchall()]


@pytest.mark.parametrize("person", PEOPLE)
def test_a_name_matches_nothing_but_itself(people, person):
    delete_subject(people, person)
    assert sources(people) == [
        f"{pseudonym(other)}:note.txt" for other in PEOPLE if other != person
    ]
    assert verify_ratings(people) == ()


def test_documents_and_feedback_go_with_what_only_they_supported(people, tmp_path):
    before = substrate_fingerprint(people)
    notes = tmp_path / "notes.jsonl"
    notes.write_text("\n".join(json.dumps({"id": n, "text": f"zyx{n} the king"}) for n in range(9)))
    ingest_text(people, [notes], subject="person")
    record_feedback(people, "person", "zyx1", "king", "correct", corrected="unheard of")
    preview = preview_delete_subject(people, "person")
    deletion = delete_subject(people, "person")
    assert deletion.sources == preview.sources == 10
    assert deletion.concepts_removed == preview.concepts_removed == 10
    assert substrate_fingerprint(people) == before
    assert people.execute(
        "SELECT count(*) FROM subject WHERE subject_key = 'person'"
    ).fetchone() == (0,)


def test_a_person_who_is_not_there_is_named_with_near_matches(people):
    before = substrate_fingerprint(people)
    with pytest.raises(UnknownNameError, match=r"user_2.*did you mean user"):
        delete_subject(people, "user_2")
    assert substrate_fingerprint(people) == before


def test_a_second_deletion_says_so(people):
    delete_subject(people, "user_1")
    after = substrate_fingerprint(people)
    with pytest.raises(UnknownNameError, match=r"no subject \(any more\) user_1"):
        delete_subject(people, "user_1")
    assert substrate_fingerprint(people) == after


def test_neither_audit_nor_receipt_names_the_person(people):
    delete_subject(people, "userx1")
    assert "userx1" not in export_receipt(people)
    assert "userx1" not in repr(audit(people, 1000))


def test_no_snapshot_brings_a_person_back(people):
    note = f"{pseudonym('user_1')}:note.txt"
    people.execute("SELECT quarantine_source(%s)", [note])
    snapshot_ratings(people, "without")
    people.execute("SELECT restore_source(%s)", [note])
    snapshot_ratings(people, "with")
    told = compare_snapshots(people, "without", "with", 1000)
    assert ("met", "user_1") in {(change.from_label, change.to_label) for change in told}
    delete_subject(people, "user_1")
    assert compare_snapshots(people, "without", "with", 1000) == ()
